"""What an import would change: pure, so that a dry run shows exactly what the import then does.

A file is taken as the whole roster of residents of the buildings it names. So residents of those
buildings who are missing from it are removed; staff, and people elsewhere, never are. While rows
could not be understood nobody is removed: the missing person may be in one of them (`held`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.model import RecipientId, RecipientKind
from hub.roster.cells import masked
from hub.roster.names import name_key
from hub.roster.values import PersonRow, RosterReading

_CHANNELS: Mapping[str, tuple[str, ...]] = {"phone": ("sms", "voice"), "email": ("email",)}


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A resident or staff member as stored. `place` is a path, "" for the site.

    `addresses` are (channel, value) of every address not removed, in order.
    """

    ref: str
    recipient: RecipientId
    place: str
    name: str
    kind: RecipientKind = RecipientKind.RESIDENT
    language: str = ""
    addresses: tuple[tuple[str, str], ...] = ()
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    drill: bool = False


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; addresses as `channel value`."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored person whom the file describes differently. A moved one has a change of `place`."""

    stored: StoredPerson
    row: PersonRow
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class RosterDifference:
    """Everything an import does. `channels` are the media the file speaks about: addresses of
    other media stay as they are. `held` would be removed, were every row understood. `refs` are
    people found by place and name, or moved: their ref becomes the one given here."""

    added: tuple[PersonRow, ...]
    changed: tuple[Changed, ...]
    moved: tuple[Changed, ...]
    removed: tuple[StoredPerson, ...]
    held: tuple[StoredPerson, ...]
    unchanged: int
    refs: tuple[tuple[RecipientId, str], ...]
    buildings: frozenset[str]
    channels: frozenset[str]

    @property
    def empty(self) -> bool:
        """True when an import would change nothing."""
        return not (self.added or self.changed or self.moved or self.removed)

    def to_json(self, *, limit: int = 20) -> dict[str, Any]:
        """Counts, and the first `limit` of each with numbers masked."""
        return {
            "counts": {
                "added": len(self.added),
                "changed": len(self.changed),
                "moved": len(self.moved),
                "removed": len(self.removed),
                "held": len(self.held),
                "unchanged": self.unchanged,
            },
            "buildings": sorted(self.buildings),
            "added": [_row_json(p) for p in self.added[:limit]],
            "changed": [_changed_json(c) for c in self.changed[:limit]],
            "moved": [_changed_json(c) for c in self.moved[:limit]],
            "removed": [_stored_json(p) for p in self.removed[:limit]],
            "held": [_stored_json(p) for p in self.held[:limit]],
        }


def difference(current: Sequence[StoredPerson], reading: RosterReading) -> RosterDifference:
    """What importing `reading` changes in `current` (residents and staff, in any order)."""
    buildings = frozenset(p.place.building for p in reading.people if p.place.building)
    buildings |= {p.building for p in reading.places if p.building}
    pairs, added, missing = _match(current, reading.people, buildings)
    moves, added, missing = _moves(added, missing, buildings)
    channels = frozenset(c for f, cs in _CHANNELS.items() if f in reading.fields for c in cs)
    changes = [
        Changed(stored, row, _changes(stored, row, fields=reading.fields, channels=channels))
        for stored, row in (*pairs, *moves)
    ]
    gone = tuple(p for p in missing if _is_covered(p, buildings))
    return RosterDifference(
        added=tuple(added),
        changed=tuple(c for c in changes if c.fields and not _is_move(c)),
        moved=tuple(c for c in changes if _is_move(c)),
        removed=() if reading.stops else gone,
        held=gone if reading.stops else (),
        unchanged=sum(not c.fields for c in changes),
        refs=tuple((s.recipient, r.ref) for s, r in (*pairs, *moves) if s.ref != r.ref),
        buildings=buildings,
        channels=channels,
    )


Pairs = list[tuple[StoredPerson, PersonRow]]


def _match(
    current: Sequence[StoredPerson], people: Iterable[PersonRow], buildings: frozenset[str]
) -> tuple[Pairs, list[PersonRow], list[StoredPerson]]:
    """(pairs, rows without a stored person, stored persons without a row), by ref, then by place
    and name: for people added by hand, and for files that gain or lose their id column.

    A home in a building that the file does not name is another home of the same person, which
    stays: two files never move an owner of two flats to and fro."""
    by_ref = {p.ref: p for p in current if p.ref}
    by_name = {(p.place, name_key(p.name)): p for p in current}
    left = {p.recipient: p for p in current}
    pairs: Pairs = []
    second: list[PersonRow] = []
    for row in people:
        stored = by_ref.get(home_ref(row)) or by_ref.get(row.ref)
        if stored is not None and not _may_be(stored, row, buildings):
            row = replace(row, ref=home_ref(row))  # noqa: PLW2901
            stored = None
        if stored is not None and left.pop(stored.recipient, None) is not None:
            pairs.append((stored, row))
        else:
            second.append(row)
    added: list[PersonRow] = []
    for row in second:
        stored = by_name.get((row.place.path, name_key(row.name)))
        if stored is not None and left.pop(stored.recipient, None) is not None:
            pairs.append((stored, row))
        else:
            added.append(row)
    return pairs, added, list(left.values())


def home_ref(row: PersonRow) -> str:
    """The ref of one of several homes of a person whom the file gives an id."""
    return f"{row.ref}@{row.place.path}"


def _may_be(stored: StoredPerson, row: PersonRow, buildings: frozenset[str]) -> bool:
    """True when the row can be about this home: the same one, or one the file would name."""
    here = stored.place == row.place.path or not stored.place or not row.place.path
    return here or stored.kind is not row.kind or _building(stored.place) in buildings


def _moves(
    added: list[PersonRow], missing: list[StoredPerson], buildings: frozenset[str]
) -> tuple[Pairs, list[PersonRow], list[StoredPerson]]:
    """The same name with a number in common, once on each side, is a person who moved. Who lives
    in a building that the file does not name has not: this is a second home."""
    gone: dict[tuple[str, str], list[StoredPerson]] = defaultdict(list)
    come: dict[tuple[str, str], list[PersonRow]] = defaultdict(list)
    for stored in missing:
        if stored.place and _building(stored.place) not in buildings:
            continue
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
            if stored_list[0].recipient in pairs:
                continue
            pairs[stored_list[0].recipient] = (stored_list[0], rows[0])
            taken.add(rows[0].ref)
    return (
        list(pairs.values()),
        [r for r in added if r.ref not in taken],
        [s for s in missing if s.recipient not in pairs],
    )


def _changes(
    stored: StoredPerson, row: PersonRow, *, fields: frozenset[str], channels: frozenset[str]
) -> tuple[FieldChange, ...]:
    """What differs, in the fields the file speaks about. A missing column changes nothing."""
    before = [f"{c} {v}" for c, v in stored.addresses if c in channels]
    after = [f"{a.channel} {a.value}" for a in row.addresses if a.channel in channels]
    pairs = [
        ("place", stored.place, row.place.path, True),
        ("name", stored.name, row.name, bool(row.name)),
        ("kind", stored.kind.value, row.kind.value, bool(fields & {"kind", "roles"})),
        ("language", stored.language, row.language, "language" in fields),
        ("addresses", _list(before), _list(after), True),
        ("roles", _list(stored.roles), _list(row.roles), "roles" in fields),
        ("needs", _list(stored.needs), _list(row.needs), "needs" in fields),
        ("drill", str(stored.drill), str(row.drill), row.drill is not None),
    ]
    return tuple(FieldChange(f, a, b) for f, a, b, told in pairs if told and a != b)


def _list(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


def _is_move(change: Changed) -> bool:
    return any(f.field == "place" for f in change.fields)


def _is_covered(person: StoredPerson, buildings: frozenset[str]) -> bool:
    """True for residents of a building the file names (`3-1/12/1203` is in building 3)."""
    return person.kind is RecipientKind.RESIDENT and _building(person.place) in buildings


def _building(place: str) -> str:
    return place.split("/", maxsplit=1)[0].split("-", maxsplit=1)[0]


def _row_json(person: PersonRow) -> dict[str, Any]:
    return {
        "name": person.name,
        "place": person.place.path,
        "rows": list(person.rows[:5]),
        "addresses": [
            {"channel": a.channel, "value": masked(a.value), "usable": a.usable}
            for a in person.addresses
        ],
    }


def _stored_json(person: StoredPerson) -> dict[str, Any]:
    return {"id": person.recipient, "name": person.name, "place": person.place}


def _changed_json(change: Changed) -> dict[str, Any]:
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
