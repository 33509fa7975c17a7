"""Taking a residents' file in: read, compare, and write it whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hub.entries import AddressEntry, PlaceEntry, RecipientEntry, RecipientView, RosterWrite
from hub.errors import Problem, Refused, Unready
from hub.model import RecipientId, RecipientKind, Site
from hub.roster.difference import Changed, RosterDifference, StoredPerson, difference
from hub.roster.reading import read_roster
from hub.roster.values import AddressRow, PersonRow, PlaceRow, RosterReading, RowProblem

TRIES = 5  # how often an import is compared anew because the register changed meanwhile
SHOWN = 200  # problems named in a refusal; the report has 500 and the count of all


class RosterLedger(Protocol):
    """The rows an import reads and writes."""

    async def residents(self, site: int) -> tuple[int, list[RecipientView]]: ...
    async def write_roster(self, site: int, change: RosterWrite) -> bool: ...


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file says, what importing it changes, and whether that was done."""

    reading: RosterReading
    difference: RosterDifference
    applied: bool
    skipped_problems: bool

    def to_json(self) -> dict[str, Any]:
        """The report as the API and the command say it; numbers masked."""
        return {
            "applied": self.applied,
            "skipped_problems": self.skipped_problems,
            "stops": len(self.reading.stops),
            "reading": self.reading.to_json(),
            "difference": self.difference.to_json(),
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
    reading = await asyncio.to_thread(
        read_roster, data, name=name, country=country, languages=languages
    )
    for _ in range(TRIES):
        rev, views = await ledger.residents(site.id)
        found = await asyncio.to_thread(_compare, views, reading)
        if dry_run:
            return ImportReport(reading, found, applied=False, skipped_problems=False)
        if reading.stops and not skip_problems:
            raise _refusal(reading)
        change = await asyncio.to_thread(_change, rev, views, reading, found)
        if await ledger.write_roster(site.id, change):
            return ImportReport(reading, found, applied=True, skipped_problems=bool(reading.stops))
    raise Unready("The register keeps changing just now; try the import again.")


def _refusal(reading: RosterReading) -> Refused:
    count = len(reading.stops)
    said = f"{count} row{'s' if count != 1 else ''} cannot be understood. Nothing was imported."
    problems = [_problem(found) for found in reading.stops[:SHOWN]]
    return Refused(said, problems, code="roster_rows")


def _problem(found: RowProblem) -> Problem:
    column = f", column {found.letter} {found.column}" if found.letter else ""
    shown = f"{found.found!r}: " if found.found else ""
    words = found.words
    return Problem(
        f"{found.sheet}: row {found.row}{column}", shown + words["en"], words.get("zh-CN", "")
    )


def _compare(views: Sequence[RecipientView], reading: RosterReading) -> RosterDifference:
    return difference([_stored(view) for view in views], reading)


def _stored(view: RecipientView) -> StoredPerson:
    return StoredPerson(
        ref=view.ref or f"#{view.id}",
        recipient=RecipientId(view.id),
        place=view.place,
        name=view.name,
        kind=view.kind,
        language=view.language,
        addresses=tuple((a.channel, a.value) for a in view.addresses),
        roles=view.roles,
        needs=view.needs,
        drill=view.drill,
    )


def _change(
    rev: int,
    views: Sequence[RecipientView],
    reading: RosterReading,
    found: RosterDifference,
) -> RosterWrite:
    known = {view.id: view for view in views}
    changes = [*found.changed, *found.moved]
    return RosterWrite(
        rev=rev,
        places=[place_entry(row) for row in reading.places],
        added=[_added(row) for row in found.added],
        changed=[
            (int(c.stored.recipient), _merged(known[c.stored.recipient], c, reading, found))
            for c in changes
        ],
        removed=[int(person.recipient) for person in found.removed],
        refs=[(int(recipient), ref) for recipient, ref in found.refs],
    )


def place_entry(row: PlaceRow) -> PlaceEntry:
    """A place of a file as it is kept."""
    return PlaceEntry(
        path=row.path,
        parent=row.parent,
        kind=row.kind,
        building=row.building,
        entrance=row.entrance,
        floor=row.floor,
        level=row.level,
        unit=row.unit,
        name=row.name,
        sort=row.sort,
    )


def address_entry(row: AddressRow) -> AddressEntry:
    """An address of a file as it is kept."""
    return AddressEntry(row.channel, row.value, row.usable, row.reason.value)


def _added(row: PersonRow) -> RecipientEntry:
    return RecipientEntry(
        ref=row.ref,
        kind=row.kind,
        name=row.name,
        place=row.place.path,
        language=row.language,
        roles=row.roles,
        needs=row.needs,
        drill=row.kind is RecipientKind.STAFF if row.drill is None else row.drill,
        addresses=tuple(address_entry(a) for a in row.addresses),
    )


def _merged(
    view: RecipientView, change: Changed, reading: RosterReading, found: RosterDifference
) -> RecipientEntry:
    """What is stored, with what the file speaks about replaced; the rest stays."""
    row = change.row
    says: Mapping[str, bool] = {
        name: name in reading.fields for name in ("language", "roles", "needs")
    }
    kept = tuple(a for a in view.addresses if a.channel not in found.channels)
    same = {(a.channel, a.value): a for a in view.addresses}
    new = [address_entry(a) for a in row.addresses]
    return RecipientEntry(
        ref=row.ref,
        kind=row.kind,
        name=row.name,
        place=row.place.path,
        language=row.language if says["language"] else view.language,
        roles=row.roles if says["roles"] else view.roles,
        needs=row.needs if says["needs"] else view.needs,
        drill=view.drill if row.drill is None else row.drill,
        addresses=(*(same.get((a.channel, a.value), a) for a in new), *kept),
    )
