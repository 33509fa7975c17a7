"""Taking a residents' file in: read, compare, and write it whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hub.entries import RosterWrite
from hub.errors import Problem, Refused, Unready
from hub.flow.roster_reader import read_apart
from hub.model import Site
from hub.roster.packing import packed, problem_of

TRIES = 5  # how often an import is compared anew because the register changed meanwhile


class RosterLedger(Protocol):
    """The rows an import reads and writes."""

    async def residents(
        self, site: int, pack: Callable[[Sequence[list[Any]]], bytes]
    ) -> tuple[int, list[bytes]]: ...
    async def write_roster(self, site: int, change: RosterWrite) -> bool: ...


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file says, what importing it changes, and whether that was done.

    `stops` counts the rows that could not be understood, `shown` names the first of them.
    """

    reading: Mapping[str, Any]
    difference: Mapping[str, Any]
    stops: int
    shown: Sequence[Problem]
    applied: bool

    def to_json(self) -> dict[str, Any]:
        """The report as the API and the command say it; numbers masked."""
        return {
            "applied": self.applied,
            "skipped_problems": self.applied and self.stops > 0,
            "stops": self.stops,
            "reading": self.reading,
            "difference": self.difference,
        }


async def import_file(
    ledger: RosterLedger,
    site: Site,
    data: bytes,
    name: str,
    *,
    country: str,
    languages: Sequence[str],
    dry_run: bool,
    skip_problems: bool,
) -> ImportReport:
    """The file is in, whole; with `dry_run` only the report of what would happen.

    Refused, with every problem by row and column, while rows cannot be understood and
    `skip_problems` is not given. Unready when the register keeps changing meanwhile.
    """
    for _ in range(TRIES):
        # The reader has ended before anything is written: its memory and ours never add up.
        async with read_apart(data, name=name, country=country, languages=languages) as reader:
            said = reader.report
            if said["stops"] and not (skip_problems or dry_run):
                raise _refusal(said)
            rev, views = await ledger.residents(site.id, packed)
            found, change = await reader.compare(rev, views, write=not dry_run)
            del views
        if dry_run or await ledger.write_roster(site.id, change):
            return ImportReport(said["reading"], found, said["stops"], _shown(said), not dry_run)
    raise Unready("The register keeps changing just now; try the import again.")


def _refusal(said: Mapping[str, Any]) -> Refused:
    count = said["stops"]
    what = f"{count} row{'s' if count != 1 else ''} cannot be understood. Nothing was imported."
    return Refused(what, _shown(said), code="roster_rows")


def _shown(said: Mapping[str, Any]) -> list[Problem]:
    return [problem_of(one) for one in said["shown"]]
