"""One import from its file to what is to be written, where nobody waits for it: in a thread, or in
a process of its own (`apart`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hub.entries import How
from hub.errors import Problem
from hub.roster.change import Stored, rows_of
from hub.roster.difference import RosterDifference, difference
from hub.roster.packing import pages, problem_row
from hub.roster.reading import read_roster
from hub.roster.values import RowProblem

SHOWN = 200  # problems named in a refusal; the report has 500 and the count of all


class Intake:
    """A file that was read. Raises Refused, as `read_roster` does, for one that is no roster."""

    def __init__(self, data: bytes, *, name: str, country: str, languages: Sequence[str],
        how: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._how = How(**(how or {}))
        self._reading = read_roster(
            data, name=name, country=country, languages=languages, how=self._how
        )
        self._stored = Stored()
        self._found: RosterDifference | None = None

    def report(self) -> dict[str, Any]:
        """What the file says, as JSON: `reading`, how many rows stop it, and the first of them."""
        stops = self._reading.stops
        return {
            "reading": self._reading.to_json(),
            "stops": len(stops),
            "asks": sum(not found.row for found in stops),
            "shown": [problem_row(_problem(found)) for found in stops[:SHOWN]],
        }

    def compare(self, views: Iterable[bytes]) -> dict[str, Any]:
        """What it changes in a register, given as pages (`Stored.take`), as JSON."""
        self._stored, self._found = Stored(), None
        for page in views:
            self._stored.take(page)
        self._found = difference(
            self._stored.people, self._reading, keep=self._how.missing == "keep"
        )
        return self._found.to_json()

    def change(self) -> Iterator[tuple[str, bytes, int]]:
        """(kind, page, rows in it) of everything to be written, once it was compared."""
        if self._found is None:
            return
        for kind, rows in rows_of(self._stored, self._reading, self._found).items():
            for page, count in pages(rows):
                yield kind, page, count


def _problem(found: RowProblem) -> Problem:
    column = f", column {found.letter} {found.column}" if found.letter else ""
    shown = f"{found.found!r}: " if found.found else ""
    words = {language: shown + text for language, text in found.words.items()}
    where = f"{found.sheet}: row {found.row}{column}" if found.row else f"{found.sheet}{column}"
    return Problem(where, words["en"], found.words.get("zh-CN", ""), words=words)
