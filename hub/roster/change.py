"""What an import writes: the difference between a file and the register, ready to be stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from sys import intern
from typing import Any

from hub.entries import AddressEntry, PlaceEntry, RecipientEntry
from hub.model import RecipientId, RecipientKind
from hub.roster.difference import RosterDifference
from hub.roster.packing import Row, place_row, recipient_row
from hub.roster.stored import Changed, Left, StoredPerson, needs_after
from hub.roster.values import AddressRow, PersonRow, PlaceRow, RosterReading

Way = tuple[int, str, str]  # of an address: its recipient, channel and value


@dataclass(slots=True)
class Stored:
    """The register as an import compares it; `bad`: why an address is not usable."""

    people: list[StoredPerson] = field(default_factory=list)
    bad: dict[Way, str] = field(default_factory=dict)

    def take(self, page: bytes) -> None:
        """A page more of the rows that `hub.store.people.register` tells of."""
        for row in json.loads(page):
            self._take(row)

    def _take(self, row: Row) -> None:
        number, ref, kind, name, place, language, roles, needs, drill, no_drill, *rest = row
        ways, homes = rest
        for channel, value, usable, reason in ways:
            if not usable:
                self.bad[number, channel, value] = reason
        self.people.append(
            StoredPerson(
                ref=ref or f"#{number}",
                recipient=RecipientId(number),
                place=intern(place),
                name=name,
                kind=RecipientKind(kind),
                language=intern(language),
                addresses=tuple((intern(way[0]), way[1]) for way in ways),
                roles=tuple(roles),
                needs=tuple(needs),
                drill=drill,
                no_drill=no_drill,
                homes=tuple(map(intern, homes)),
            )
        )

    def entry(self, person: StoredPerson, address: tuple[str, str]) -> AddressEntry:
        """An address of theirs as it is kept."""
        reason = self.bad.get((person.recipient, *address))
        return AddressEntry(*address, usable=reason is None, reason=reason or "")


def rows_of(
    stored: Stored, reading: RosterReading, found: RosterDifference
) -> Mapping[str, Iterator[Any]]:
    """What is to be written, by kind, as rows that `packing` reads; each can be walked once."""
    changes = (*found.changed, *found.moved)
    return {
        "places": (place_row(place_entry(row)) for row in reading.places),
        "added": (recipient_row(_added(row)) for row in found.added),
        "changed": chain(
            (
                [c.stored.recipient, recipient_row(merged(stored, c, reading, found))]
                for c in changes
            ),
            ([one.stored.recipient, recipient_row(_left(stored, one))] for one in found.left),
        ),
        "removed": (person.recipient for person in (*found.removed, *found.joined)),
        "refs": ([recipient, ref] for recipient, ref in found.refs),
    }


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
        homes=row.paths[1:],
        language=row.language,
        roles=row.roles,
        needs=row.needs,
        drill=row.kind is RecipientKind.STAFF if row.drill is None else row.drill,
        no_drill=row.drill is False,
        addresses=tuple(address_entry(a) for a in row.addresses),
    )


def merged(
    stored: Stored, change: Changed, reading: RosterReading, found: RosterDifference
) -> RecipientEntry:
    """What is stored, with what the file speaks about replaced; the rest stays."""
    row, person = change.row, change.stored
    says: Mapping[str, bool] = {name: name in reading.fields for name in ("language", "roles")}
    return RecipientEntry(
        ref=row.ref,
        kind=row.kind,
        name=row.name,
        place=change.places[0],
        homes=change.places[1:],
        language=row.language if says["language"] else person.language,
        roles=row.roles if says["roles"] else person.roles,
        needs=needs_after(person, row, reading.fields),
        drill=person.drill if row.drill is None else row.drill,
        no_drill=person.no_drill if row.drill is None else not row.drill,
        addresses=tuple(_addresses(stored, person, row.addresses, found.channels)),
    )


def _left(stored: Stored, left: Left) -> RecipientEntry:
    """What is stored, without the homes the person has no more."""
    person = left.stored
    return RecipientEntry(
        ref=person.ref if person.ref[:1] != "#" else "",
        kind=person.kind,
        name=person.name,
        place=left.places[0],
        homes=left.places[1:],
        language=person.language,
        roles=person.roles,
        needs=person.needs,
        drill=person.drill,
        addresses=tuple(stored.entry(person, way) for way in person.addresses),
    )


def _addresses(
    stored: Stored, person: StoredPerson, rows: Sequence[AddressRow], channels: Iterable[str]
) -> Iterator[AddressEntry]:
    """Those of the file, as they are kept where they are known; then those of other media."""
    known = set(person.addresses)
    for row in rows:
        way = (row.channel, row.value)
        yield stored.entry(person, way) if way in known else address_entry(row)
    for way in person.addresses:
        if way[0] not in channels:
            yield stored.entry(person, way)
