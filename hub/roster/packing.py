"""People and places as lines of JSON that cross a pipe: a page of up to PAGE of them at a time.

A whole estate as objects takes ten times the memory of its pages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from hub.entries import AddressEntry, PlaceEntry, RecipientEntry
from hub.errors import Problem
from hub.model import PlaceKind, RecipientKind

PAGE = 1000

T = TypeVar("T")
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Packed(Collection[T], Generic[T]):
    """Values kept as pages; each walk makes them anew, a page at a time."""

    pages: Sequence[bytes]
    read: Callable[[Row], T]
    count: int

    def __iter__(self) -> Iterator[T]:
        for page in self.pages:
            yield from (self.read(row) for row in json.loads(page))

    def __len__(self) -> int:
        return self.count

    def __contains__(self, value: object) -> bool:
        return any(one == value for one in self)


def pages(rows: Iterable[Row]) -> Iterator[tuple[bytes, int]]:
    """(page, how many rows it holds) until all rows are packed."""
    left = iter(rows)
    while page := list(islice(left, PAGE)):
        yield packed(page), len(page)


def packed(rows: Sequence[Any]) -> bytes:
    """A page of these rows."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def recipient_row(entry: RecipientEntry) -> Row:
    """A recipient of a file as one row."""
    return [
        entry.ref, entry.kind, entry.name, entry.place, entry.language, entry.roles, entry.needs,
        entry.drill, entry.no_drill,
        [[a.channel, a.value, a.usable, a.reason] for a in entry.addresses], entry.homes,
    ]  # fmt: skip


def recipient_of(row: Row) -> RecipientEntry:
    """The recipient in a row."""
    ref, kind, name, place, language, roles, needs, drill, no_drill, ways, homes = row
    return RecipientEntry(
        ref=ref,
        kind=RecipientKind(kind),
        name=name,
        place=place,
        language=language,
        roles=tuple(roles),
        needs=tuple(needs),
        drill=drill,
        no_drill=no_drill,
        addresses=tuple(AddressEntry(*way) for way in ways),
        homes=tuple(homes),
    )


def changed_of(row: Row) -> tuple[int, RecipientEntry]:
    """The id and what becomes of it."""
    return int(row[0]), recipient_of(row[1])


def place_row(entry: PlaceEntry) -> Row:
    """A place as one row."""
    return [
        entry.path, entry.parent, entry.kind, entry.building, entry.entrance, entry.floor,
        entry.level, entry.unit, dict(entry.name), entry.sort,
    ]  # fmt: skip


def place_of(row: Row) -> PlaceEntry:
    """The place in a row."""
    path, parent, kind, *rest = row
    return PlaceEntry(path, parent, PlaceKind(kind), *rest)


def ref_of(row: Row) -> tuple[int, str]:
    """The id and its new ref."""
    return int(row[0]), str(row[1])


def problem_row(problem: Problem) -> Row:
    """A problem as one row."""
    return [problem.where, problem.what, problem.hint, dict(problem.words)]


def problem_of(row: Row) -> Problem:
    """The problem in a row."""
    where, what, hint, words = row
    return Problem(where, what, hint, words=words)
