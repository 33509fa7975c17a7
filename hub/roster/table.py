"""A table of cells as any format gives it: rows that can be walked more than once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.roster.cells import Cell
from hub.roster.problem_words import Code

Rows = Iterator[tuple[int, Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `rows()` yields (row number as the sheet counts, cells from column A).

    `faults` are cells whose content the format lost: (row, column index) → why.
    `bad_rows` are rows that are damaged as a whole.
    """

    name: str
    rows: Callable[[], Rows]
    faults: Mapping[tuple[int, int], Code] = field(default_factory=dict)
    bad_rows: Mapping[int, Code] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tables:
    """A file's tables and how it was read. `hidden` names sheets that were left alone."""

    format: str
    tables: tuple[Table, ...]
    hidden: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""


def head(table: Table, count: int) -> list[tuple[int, Sequence[Cell]]]:
    """The first `count` rows that hold anything."""
    found: list[tuple[int, Sequence[Cell]]] = []
    for number, cells in table.rows():
        if any(c not in ("", None) for c in cells):
            found.append((number, cells))
        if len(found) >= count:
            break
    return found
