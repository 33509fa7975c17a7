"""What a cell says, as text: widths unified, spaces trimmed, numbers without their `.0`."""

from __future__ import annotations

import datetime as dt
import html
import re
import unicodedata

Cell = str | int | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta | None

_SPACES = re.compile(r"[ \t\u00a0\u3000]+")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_LOST = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_CONSTANT = re.compile(r"""="([^"]*)"|'(.+)""", re.DOTALL)
"""What keeps a spreadsheet from changing a number: ="0138", '0138."""

LOST_WORDS = re.compile(
    r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)", re.IGNORECASE
)
EMPTY_WORDS = frozenset({"null", "(null)", "nan", "undefined", "<null>"})
"""What programs write for an error, and for nothing."""

_RUN = re.compile(r"\d(?:[\d \-]*\d)?")


def cell_text(value: Cell) -> str:
    """The text of a cell, full-width forms made plain, inner line breaks kept."""
    if isinstance(value, str):
        return value if value.isascii() and value.isalnum() else tidy(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value)


def tidy(text: str) -> str:
    """`text` in NFKC, without zero-width marks, each run of blanks one space."""
    if text.isalnum() and unicodedata.is_normalized("NFKC", text):
        return text
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    if text[:1] in {"=", "'"} and (constant := _CONSTANT.fullmatch(text.strip())):
        text = constant[1] or constant[2]
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SPACES.sub(" ", text).strip()


def is_date(value: Cell) -> bool:
    """True for cells a spreadsheet turned into a date or time (`3-2` becomes 2 March)."""
    return isinstance(value, dt.date | dt.time | dt.timedelta)


def has_lost_text(text: str) -> bool:
    """True when characters were already lost before the file reached us."""
    return bool(_LOST.search(text))


def masked(text: str, *, limit: int = 60) -> str:
    """`text` fit to be shown: every long run of digits as 138****5678, at most `limit` long."""
    shown = _RUN.sub(lambda m: _mask_run(m.group()), text.replace("\n", " "))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def clipped(text: str, *, limit: int = 60) -> str:
    """`text` as it stands, at most `limit` long: for messages to whoever holds the file."""
    shown = text.replace("\n", " ")
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


_NO_NUMBER = re.compile(
    r"(?:19|20)\d\d-\d{1,2}-\d{1,2}|\d{1,3}-\d{3,4}|(\d\d)\d{1,2}[- ]\1\d{1,2}"
    r"|\d{1,2}-\d{1,2}-\d{1,4}(?:-\d{1,4})?"
)
"""Dates and flats: 2026-03-01, 12-1203, 1201-1203, 3-2-1203."""


def _mask_run(run: str) -> str:
    digits = "".join(c for c in run if c.isdigit())
    if len(digits) < 6 or _NO_NUMBER.fullmatch(run):
        return run
    if len(digits) < 9:
        return digits[:2] + "****" + digits[-2:]
    head = digits[2:5] if len(digits) == 13 and digits.startswith("86") else digits[:3]
    return head + "****" + digits[-4:]


def column_letter(index: int) -> str:
    """The spreadsheet's letter of a column, counted from 0: 0 is A, 27 is AB."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
