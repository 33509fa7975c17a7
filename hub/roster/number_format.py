"""What a number format shows: 3 as `3单元`, 12 as `012`. Those of dates and sums are left alone."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from hub.roster.cells import Cell

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[[^\]]*\]|(General)|([0#?][0#?,]*)|(.)', re.IGNORECASE)
_PLAIN = frozenset(" -#+()/:'")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a whole number is shown: with words around it, and at least so many digits."""

    before: str
    digits: int
    after: str

    def text(self, value: Cell) -> Cell:
        """The text of a cell with this format; anything but a whole number stays as it is."""
        if isinstance(value, dt.date):  # the reader takes some formats with words for dates
            value = _serial(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            return value
        if value != int(value) or value >= 10**15:
            return value
        return f"{self.before}{int(value):0{self.digits}d}{self.after}"


def _serial(date: dt.date) -> int:
    """The number that a workbook counts as this day."""
    days = (dt.date(date.year, date.month, date.day) - dt.date(1899, 12, 30)).days
    return days if days > 60 else days - 1  # there is a 29 February 1900 in workbooks


@lru_cache(maxsize=1024)
def shown_by(code: str) -> Shown | None:
    """What a format of one whole number with words or leading zeros shows, else None."""
    around, digits, found = ["", ""], 0, 0
    for token in _TOKEN.finditer(_first_section(code)):
        quoted, escaped, general, number, other = token.groups()
        if general or number:
            found += 1
            digits = (number or "").count("0")
        elif other and other not in _PLAIN:
            return None
        else:
            around[min(found, 1)] += quoted or escaped or other or ""
    before, after = around
    words = (before + after).strip()
    if found != 1 or not (words or digits > 1) or len(words) > 20:
        return None
    return Shown(before.lstrip(), max(digits, 1), after.rstrip())


def _first_section(code: str) -> str:
    """What is for numbers above zero; quoted semicolons do not end it."""
    quoted = False
    for at, char in enumerate(code):
        quoted ^= char == '"'
        if char == ";" and not quoted:
            return code[:at]
    return code
