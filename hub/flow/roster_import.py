"""Taking a residents' file in: read, compare, and write it whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from hub.entries import HOW, How, RosterWrite
from hub.errors import Conflict, Problem, Refused, Unready
from hub.flow.roster_reader import read_apart
from hub.model import Site
from hub.roster.packing import packed, problem_of

FEW = 5  # people that an import may remove without being told their number
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

    `stops` counts what keeps the file out, rows and questions; `asks` the questions among them,
    which are of no single row; `shown` names the first.
    """

    reading: Mapping[str, Any]
    difference: Mapping[str, Any]
    stops: int
    asks: int
    shown: Sequence[Problem]
    applied: bool

    def to_json(self) -> dict[str, Any]:
        """The report as the API and the command say it; numbers masked."""
        return {
            "applied": self.applied,
            "skipped_problems": self.applied and self.stops > 0,
            "stops": self.stops,
            "asks": self.asks,
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
    how: How = HOW,
    removing: int | None = None,
    columns: Mapping[str, str] | None = None,
) -> ImportReport:
    """The file is in, whole; with `dry_run` only the report of what would happen.

    Refused, with every problem by row and column, while rows cannot be understood and
    `skip_problems` is not given. Conflict when many would be removed and `removing` is not how
    many. Unready when the register keeps changing meanwhile. `columns` are kept with it.
    """
    for _ in range(TRIES):
        # The reader has ended before anything is written: its memory and ours never add up.
        async with read_apart(
            data, name=name, country=country, languages=languages, how=how
        ) as reader:
            said = reader.report
            if said["stops"] and not (skip_problems or dry_run):
                raise _refusal(said)
            rev, views = await ledger.residents(site.id, packed)
            found, change = await reader.compare(rev, views, write=not dry_run)
            del views
        if not dry_run:
            _check_removed(found["counts"]["removed"], removing)
        if dry_run or await ledger.write_roster(site.id, replace(change, columns=columns)):
            counts = said["stops"], said["asks"]
            return ImportReport(said["reading"], found, *counts, _shown(said), not dry_run)
    raise Unready("The register keeps changing just now; try the import again.")


def _check_removed(count: int, said: int | None) -> None:
    if count == said or (said is None and count <= FEW):
        return
    what = f"This removes {count} people. Nothing was imported."
    hint = f"Say the number if it is right: {count}."
    zh = f"这会移除 {count} 人，没有导入任何内容。确认无误请写明人数：{count}"
    words = {"en": f"{what} {hint}", "zh-CN": zh}
    problem = Problem("confirm_remove", what, hint, words=words)
    raise Conflict(f"{what} {hint}", [problem], code="roster_removes")


def _refusal(said: Mapping[str, Any]) -> Refused:
    return Refused(f"{unread(said)}. Nothing was imported.", _shown(said), code="roster_rows")


def unread(said: Mapping[str, Any]) -> str:
    """How many rows cannot be understood, and how many questions about the file are open."""
    asks, rows = said["asks"], said["stops"] - said["asks"]
    parts = [f"{rows} row{'s' if rows != 1 else ''} cannot be understood"] if rows else []
    about = "about a column, a sheet or hidden rows"
    if asks:
        parts.append(f"{asks} question{'s' if asks != 1 else ''} {about} {_wait(asks)}")
    return ", and ".join(parts)


def _wait(count: int) -> str:
    return "are open" if count != 1 else "is open"


def _shown(said: Mapping[str, Any]) -> list[Problem]:
    return [problem_of(one) for one in said["shown"]]
