"""What stands in each column: three examples to show, and what an unknown column looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.roster.cells import Cell, cell_text, masked
from hub.roster.columns import Column
from hub.roster.names import begins_with_surname

SHOWN = 3
LOOKED_AT = 200  # rows from the top

_PHONE = re.compile(r"(?:\+|00)?\d(?:[\d\s()-]{6,18})\d")
_PLACE = re.compile(
    r"\d{1,3}-\d{1,2}-\d{3,4}|\d{1,3}-\d{3,4}|第?[\d一-十A-Z]{1,3}\s*(?:栋|棟|幢|座|号楼|#|单元|單元)\S*"
    r"|\d{3,4}室|(?:flat|apt|unit|tower|building|block)\s*\w{1,6}",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:19|20)\d\d[-/.]?\d\d?[-/.]?\d\d?(?:\s.*)?")
_LATIN = re.compile(r"[A-Z][a-z']+(?: [A-Z][a-z']+){1,2}")


@dataclass(slots=True)
class Samples:
    """The first cells of each column."""

    columns: Sequence[Column]
    _cells: dict[int, list[str]] = field(default_factory=dict)
    _rows: int = 0
    looking: bool = True  # rows far down are not looked at

    def take(self, cells: Sequence[Cell]) -> None:
        """A row more."""
        self._rows += 1
        self.looking = self._rows < LOOKED_AT
        for column in self.columns:
            if column.index < len(cells) and (text := cell_text(cells[column.index])):
                self._cells.setdefault(column.index, []).append(text)

    def shown(self, column: Column) -> tuple[str, ...]:
        """Three different ones, numbers masked; what somebody needs may be a diagnosis."""
        found = dict.fromkeys(self._cells.get(column.index, ()))
        if column.field in {"needs", "remarks"}:
            return ("…",) if found else ()
        return tuple(masked(text, limit=40) for text in list(found)[:SHOWN])

    def looks_like(self, column: Column) -> str:
        """`phone`, `unit` or `name` when that is what most cells are, else ""."""
        cells = self._cells.get(column.index, [])
        if not cells:
            return ""
        kinds = [_kind(text) for text in cells]
        for kind in ("phone", "unit", "name"):
            if kinds.count(kind) * 2 > len(cells) and not (kind == "name" and _few(cells)):
                return kind
        return ""


def _few(cells: Sequence[str]) -> bool:
    """True for a few words said again and again, as categories are."""
    return len(cells) > 3 and len(set(cells)) * 2 < len(cells)


def _kind(text: str) -> str:
    if _DATE.fullmatch(text):
        return ""
    if _PLACE.fullmatch(text):
        return "unit"
    digits = sum(c.isdigit() for c in text)
    if _PHONE.fullmatch(text) and 8 <= digits <= 13:
        return "phone"
    return "name" if begins_with_surname(text) or _LATIN.fullmatch(text) else ""
