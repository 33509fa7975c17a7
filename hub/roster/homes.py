"""The homes of one person: which a file speaks of, and which stay as they are."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import RecipientKind
from hub.roster.names import name_key
from hub.roster.stored import FieldChange, Left, StoredPerson
from hub.roster.values import PersonRow

Pairs = list[tuple[StoredPerson, PersonRow]]


def may_be(stored: StoredPerson, row: PersonRow, buildings: frozenset[str]) -> bool:
    """True when the row can be about this person: the same home or name, or one the file would
    name."""
    here = bool(set(stored.paths) & set(row.paths)) or not stored.place or not row.place.path
    same = name_key(stored.name) == name_key(row.name)
    named = any(building_of(path) in buildings for path in stored.paths)
    return here or same or stored.kind is not row.kind or named


def home_refs(row: PersonRow) -> tuple[str, ...]:
    """The refs of one home each, as they were kept when every home was an entry of its own."""
    if row.ref.startswith("id:"):
        return tuple(f"{row.ref}@{path}" for path in row.paths)
    return tuple(f"{path}|{name_key(row.name)}" for path in row.paths)


def home_ref(row: PersonRow) -> str:
    """The ref of one of several homes of a person whom the file gives an id."""
    return f"{row.ref}@{row.place.path}"


def homes_after(stored: StoredPerson, row: PersonRow, buildings: frozenset[str]) -> tuple[str, ...]:
    """Their homes after the import, the first that is known already first."""
    if not row.place.path:
        return ("",)
    kept = [path for path in stored.paths if path and building_of(path) not in buildings]
    found = dict.fromkeys((*row.paths, *kept))
    first = stored.place if stored.place in found else row.place.path
    return (first, *(path for path in found if path != first))


def joined(missing: Sequence[StoredPerson], pairs: Pairs) -> tuple[StoredPerson, ...]:
    """Those stored a second time for a flat that is a home of the same person's one entry now."""
    whose: dict[tuple[str, str], set[str]] = {}
    for _, row in pairs:
        if row.homes:
            for path in row.paths:
                values = whose.setdefault((path, name_key(row.name)), set())
                values |= {address.value for address in row.addresses}
    return tuple(
        one
        for one in missing
        if whose
        and {value for _, value in one.addresses}
        & whose.get((one.place, name_key(one.name)), set())
    )


def left_of(person: StoredPerson, buildings: frozenset[str]) -> Left:
    """Without the homes in buildings the file names."""
    kept = tuple(path for path in person.paths if building_of(path) not in buildings)
    said = home_changes(person, kept)
    return Left(person, said, kept)


def home_changes(stored: StoredPerson, places: tuple[str, ...]) -> tuple[FieldChange, ...]:
    """What changes of where they live."""
    pairs = [
        ("place", stored.place, places[0]),
        ("homes", ", ".join(sorted(stored.homes)), ", ".join(sorted(places[1:]))),
    ]
    return tuple(FieldChange(f, a, b) for f, a, b in pairs if a != b)


def is_covered(person: StoredPerson, buildings: frozenset[str]) -> bool:
    """True for residents of buildings the file names (`3-1/12/1203` is in building 3) alone."""
    here = all(building_of(path) in buildings for path in person.paths)
    return person.kind is RecipientKind.RESIDENT and here


def is_partly(person: StoredPerson, buildings: frozenset[str]) -> bool:
    """True for residents with a home there and another elsewhere."""
    here = [building_of(path) in buildings for path in person.paths]
    return person.kind is RecipientKind.RESIDENT and any(here) and not all(here)


def building_of(place: str) -> str:
    """The building of a path: 3 for `3-1/12/1203`."""
    return place.split("/", maxsplit=1)[0].split("-", maxsplit=1)[0]
