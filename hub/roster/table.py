"""A table of cells as any format gives it: rows that can be walked more than once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.roster.cells import Cell
from hub.roster.number_format import Shown
from hub.roster.problem_words import Code

Rows = Iterator[tuple[int, Sequence[Cell]]]


@dataclass(slots=True)
class Facts:
    """What is to be known of a workbook's sheet beside its values. Rows count from 1, columns
    from 0. `faults`: cells whose content is lost; `shown`: what number formats make of them."""

    faults: dict[tuple[int, int], Code] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    shown: dict[int, dict[int, Shown]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `rows()` yields (row number as the sheet counts, cells from column A).

    `faults` are cells whose content the format lost: (row, column index) → why.
    `bad_rows` are rows that are damaged as a whole.
    `hidden_rows` and `hidden_columns` are there, and nobody who looks at the sheet sees them.
    """

    name: str
    rows: Callable[[], Rows]
    faults: Mapping[tuple[int, int], Code] = field(default_factory=dict)
    bad_rows: Mapping[int, Code] = field(default_factory=dict)
    hidden_rows: Collection[int] = ()
    hidden_columns: Collection[int] = ()


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
