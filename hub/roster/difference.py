"""What an import would change: pure, so that a dry run shows exactly what the import then does.

A file is taken as the whole roster of residents of the buildings it names. So residents of those
buildings who are missing from it are removed; staff, and people elsewhere, never are. Whoever has
homes elsewhere only loses the one here, and a file speaks of no home in a building it does not
name. While rows could not be understood nobody is removed: the missing person may be in one of
them (`held`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub.model import RecipientId, RecipientKind
from hub.roster.cells import masked
from hub.roster.homes import (
    Pairs,
    building_of,
    home_changes,
    home_ref,
    home_refs,
    homes_after,
    is_covered,
    is_partly,
    joined,
    left_of,
    may_be,
)
from hub.roster.names import name_key
from hub.roster.stored import Changed, FieldChange, Left, StoredPerson, needs_after
from hub.roster.values import PersonRow, RosterReading

_CHANNELS: Mapping[str, tuple[str, ...]] = {"phone": ("sms", "voice"), "email": ("email",)}


@dataclass(frozen=True, slots=True)
class RosterDifference:
    """Everything an import does. `channels` are the media the file speaks about: addresses of
    other media stay as they are. `held` would be removed, were every row understood. `refs` are
    people found by place and name, or moved: their ref becomes the one given here. `joined` were
    second entries of people who have one entry for all their homes now."""

    added: tuple[PersonRow, ...]
    changed: tuple[Changed, ...]
    moved: tuple[Changed, ...]
    removed: tuple[StoredPerson, ...]
    held: tuple[StoredPerson, ...]
    unchanged: int
    refs: tuple[tuple[RecipientId, str], ...]
    buildings: frozenset[str]
    channels: frozenset[str]
    left: tuple[Left, ...] = ()
    joined: tuple[StoredPerson, ...] = ()
    lived: Mapping[str, int] = field(default_factory=dict)  # residents stored, by building

    def _missing(self) -> list[dict[str, Any]]:
        """How many of each building are not in the file, of how many."""
        gone = Counter(building_of(p.place) for p in (*self.removed, *self.held))
        return [
            {"building": building, "missing": gone[building], "stored": count}
            for building, count in self.lived.items()
            if gone[building]
        ]

    @property
    def empty(self) -> bool:
        """True when an import would change nothing."""
        changes = (self.added, self.changed, self.moved, self.removed, self.left, self.joined)
        return not any(changes)

    def to_json(self, *, limit: int = 20) -> dict[str, Any]:
        """Counts, and the first `limit` of each with numbers masked."""
        changed: tuple[Changed | Left, ...] = (*self.changed, *self.left)
        return {
            "counts": {
                "added": len(self.added),
                "changed": len(changed),
                "moved": len(self.moved),
                "removed": len(self.removed),
                "held": len(self.held),
                "joined": len(self.joined),
                "unchanged": self.unchanged,
            },
            "buildings": sorted(self.buildings),
            "missing": self._missing(),
            "added": [_row_json(p) for p in self.added[:limit]],
            "changed": [_changed_json(c) for c in changed[:limit]],
            "moved": [_changed_json(c) for c in self.moved[:limit]],
            "removed": [_stored_json(p) for p in self.removed[:limit]],
            "held": [_stored_json(p) for p in self.held[:limit]],
        }


def _by_building(people: Iterable[StoredPerson], buildings: frozenset[str]) -> Mapping[str, int]:
    residents = (p for p in people if p.kind is RecipientKind.RESIDENT)
    found = Counter(building_of(p.place) for p in residents)
    return {building: found[building] for building in sorted(buildings) if found[building]}


def difference(
    current: Sequence[StoredPerson], reading: RosterReading, *, keep: bool = False
) -> RosterDifference:
    """What importing `reading` changes in `current` (residents and staff, in any order). `keep`:
    nobody is removed, and nobody leaves a home."""
    hold = keep or bool(reading.stops)
    buildings = frozenset(p.place.building for p in reading.people if p.place.building)
    buildings |= {p.building for p in reading.places if p.building}
    pairs, added, missing = _match(current, reading.people, buildings)
    moves, added, missing = _moves(added, missing)
    channels = frozenset(c for f, cs in _CHANNELS.items() if f in reading.fields for c in cs)
    held = frozenset[str]() if hold else buildings  # a home may be in one of those rows
    changes = [
        _changed(
            stored,
            row,
            held if stored.homes else buildings,
            fields=reading.fields,
            channels=channels,
        )
        for stored, row in (*pairs, *moves)
    ]
    twice = joined(missing, [*pairs, *moves])
    doubles = {p.recipient for p in twice}
    missing = [p for p in missing if p.recipient not in doubles]
    gone = tuple(p for p in missing if is_covered(p, buildings))
    left = tuple(left_of(p, buildings) for p in missing if is_partly(p, buildings))
    return RosterDifference(
        added=tuple(added),
        changed=tuple(c for c in changes if c.fields and not _is_move(c)),
        moved=tuple(c for c in changes if _is_move(c)),
        removed=() if hold else gone,
        held=gone if hold else (),
        unchanged=sum(not c.fields for c in changes),
        refs=tuple((s.recipient, r.ref) for s, r in (*pairs, *moves) if s.ref != r.ref),
        buildings=buildings,
        channels=channels,
        left=() if hold else left,
        joined=() if hold else twice,
        lived=_by_building(current, buildings),
    )


def _match(
    current: Sequence[StoredPerson], people: Iterable[PersonRow], buildings: frozenset[str]
) -> tuple[Pairs, list[PersonRow], list[StoredPerson]]:
    """(pairs, rows without a stored person, stored persons without a row), by ref, then by place
    and name: for people added by hand, and for files that gain or lose their id column.

    A home in a building that the file does not name is another home of the same person, which
    stays: two files never move an owner of two flats to and fro. An id of somebody else's, who
    lives elsewhere and has another name, is another person's: systems count each for itself."""
    by_ref = {p.ref: p for p in current if p.ref}
    by_name = {(path, name_key(p.name)): p for p in current for path in p.paths}
    left = {p.recipient: p for p in current}
    pairs: Pairs = []
    second: list[PersonRow] = []
    for row in people:
        stored = next(filter(None, map(by_ref.get, (*home_refs(row), row.ref))), None)
        if stored is not None and not may_be(stored, row, buildings):
            row = replace(row, ref=home_ref(row))  # noqa: PLW2901
            stored = None
        if stored is not None and left.pop(stored.recipient, None) is not None:
            pairs.append((stored, row))
        else:
            second.append(row)
    added: list[PersonRow] = []
    for row in second:
        known = ((path, name_key(row.name)) for path in row.paths)
        stored = next(filter(None, map(by_name.get, known)), None)
        if stored is not None and left.pop(stored.recipient, None) is not None:
            pairs.append((stored, row))
        else:
            added.append(row)
    return pairs, added, list(left.values())


def _moves(
    added: list[PersonRow], missing: list[StoredPerson]
) -> tuple[Pairs, list[PersonRow], list[StoredPerson]]:
    """The same name with a number in common, once on each side, is the same person: moved, or,
    where the building of the known home is not named in the file, with a second home."""
    gone: dict[tuple[str, str], list[StoredPerson]] = defaultdict(list)
    come: dict[tuple[str, str], list[PersonRow]] = defaultdict(list)
    for stored in missing:
        for _, value in stored.addresses:
            gone[name_key(stored.name), value].append(stored)
    for row in added:
        for address in row.addresses:
            come[name_key(row.name), address.value].append(row)
    pairs: dict[RecipientId, tuple[StoredPerson, PersonRow]] = {}
    taken: set[str] = set()
    for key, rows in come.items():
        stored_list = gone.get(key, [])
        if len(rows) == 1 and len(stored_list) == 1 and rows[0].ref not in taken:
            if stored_list[0].recipient in pairs or not _same_kind(stored_list[0], rows[0]):
                continue
            pairs[stored_list[0].recipient] = (stored_list[0], rows[0])
            taken.add(rows[0].ref)
    return (
        list(pairs.values()),
        [r for r in added if r.ref not in taken],
        [s for s in missing if s.recipient not in pairs],
    )


def _same_kind(stored: StoredPerson, row: PersonRow) -> bool:
    """Somebody on the staff who lives here as well answers for each apart."""
    return stored.kind is row.kind or row.kind is RecipientKind.STAFF


def _changed(
    stored: StoredPerson,
    row: PersonRow,
    buildings: frozenset[str],
    *,
    fields: frozenset[str],
    channels: frozenset[str],
) -> Changed:
    places = homes_after(stored, row, buildings)
    said = _changes(stored, row, places, fields=fields, channels=channels)
    return Changed(stored, row, said, places)


def _changes(
    stored: StoredPerson,
    row: PersonRow,
    places: tuple[str, ...],
    *,
    fields: frozenset[str],
    channels: frozenset[str],
) -> tuple[FieldChange, ...]:
    """What differs, in the fields the file speaks about. A missing column changes nothing."""
    before = [f"{c} {v}" for c, v in stored.addresses if c in channels]
    after = [f"{a.channel} {a.value}" for a in row.addresses if a.channel in channels]
    pairs = [
        ("name", stored.name, row.name, bool(row.name)),
        ("kind", stored.kind.value, row.kind.value, bool(fields & {"kind", "roles"})),
        ("language", stored.language, row.language, "language" in fields),
        ("addresses", _list(before), _list(after), True),
        ("roles", _list(stored.roles), _list(row.roles), "roles" in fields),
        ("needs", _list(stored.needs), _list(needs_after(stored, row, fields)), True),
        ("drill", stored.takes_part, str(row.drill), row.drill is not None),
    ]
    said = (FieldChange(f, a, b) for f, a, b, told in pairs if told and a != b)
    return (*home_changes(stored, places), *said)


def _list(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


def _is_move(change: Changed) -> bool:
    return any(f.field == "place" for f in change.fields)


def _row_json(person: PersonRow) -> dict[str, Any]:
    return {
        "name": person.name,
        "place": person.place.path,
        "homes": list(person.paths[1:]),
        "rows": list(person.rows[:5]),
        "addresses": [
            {"channel": a.channel, "value": masked(a.value), "usable": a.usable}
            for a in person.addresses
        ],
    }


def _stored_json(person: StoredPerson) -> dict[str, Any]:
    said = {"id": person.recipient, "name": person.name, "place": person.place}
    return said | {"homes": list(person.homes)}


def _changed_json(change: Changed | Left) -> dict[str, Any]:
    return {
        **_stored_json(change.stored),
        "fields": [
            {
                "field": f.field,
                "before": masked(f.before, limit=200),
                "after": masked(f.after, limit=200),
            }
            for f in change.fields
        ],
    }
