"""Who is told: the first band of the playbook that takes a recipient has them, once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from hub.decide.ground import Ground, covers, distance
from hub.decide.spoken import choose_language
from hub.model import PEOPLE, Band, PlaceKind, RecipientKind
from hub.plans import Person, Spot, Told

FIRST = 0
"""Rank of those told before all others: staff, and vulnerable people in danger."""

_STEP = 1000
"""Room for one band's ranks."""

DANGER = frozenset({"floor", "evacuate"})
"""Where the hazard is."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Everyone an incident speaks to, those told first first; no recipient twice."""

    told: tuple[Told, ...]

    @property
    def people(self) -> int:
        """Residents, staff and outside parties; not groups and screens."""
        return sum(1 for row in self.told if row.kind in PEOPLE)

    @property
    def households(self) -> int:
        """Flats (and residents without one)."""
        return len({row.household for row in self.told if row.kind == RecipientKind.RESIDENT})

    @property
    def hash(self) -> str:
        """The same for the same people, bands and languages, whatever order they came in."""
        lines = "\n".join(f"{row.recipient} {row.band} {row.language}" for row in self.told)
        return hashlib.sha256(lines.encode()).hexdigest()


def audience(
    people: Iterable[Person],
    spots: Sequence[Spot],
    *,
    bands: Sequence[Band],
    ground: Ground,
    languages: Sequence[str],
    site_languages: Sequence[str] = (),
    drill_only: bool = False,
) -> Audience:
    """Who is told, in which band, language and order.

    `languages`: those there are words in, at least one. `drill_only`: only recipients that take
    part in drills. Nobody found is an empty audience, never everybody.
    """
    place = _Places(spots, bands, ground)
    pick = _picker(bands)
    speak = lru_cache(maxsize=None)(lambda tag: choose_language(tag, languages, site_languages))
    found: list[Told] = []
    for person in people:
        if drill_only and not person.drill:
            continue
        area, near = place.of(person.place)
        chosen = pick((person.kind, person.roles, person.vulnerable, area, near))
        if chosen is not None:
            found.append(_told(person, chosen, speak(person.language), place.units))
    found.sort(key=lambda row: (row.rank, row.recipient))
    return Audience(tuple(found))


def bands_by_floor(spots: Sequence[Spot], bands: Sequence[Band], ground: Ground) -> dict[str, str]:
    """The band a resident of each floor belongs to, by the floor's path: the picker's colours."""
    residents = [b for b in bands if RecipientKind.RESIDENT in b.kinds and not b.needs]
    shown: dict[str, str] = {}
    for spot in spots:
        if spot.kind != PlaceKind.FLOOR:
            continue
        taken = next((band.key for band in residents if covers(band, spot, ground)), None)
        if taken is not None:
            shown[spot.path] = taken
    return shown


class _Places:
    """Which bands cover a place, worked out once per building, entrance and floor."""

    def __init__(self, spots: Sequence[Spot], bands: Sequence[Band], ground: Ground):
        self._bands, self._ground = bands, ground
        self._spots = {spot.id: spot for spot in spots}
        self._known: dict[object, tuple[int, int]] = {}
        self.units = {spot.id for spot in spots if spot.kind == PlaceKind.UNIT}

    def of(self, place: int | None) -> tuple[int, int]:
        """(covering bands as bits, distance to the named floor)."""
        spot = self._spots.get(place) if place is not None else None
        key = (
            (spot.building, spot.entrance, spot.level, "" if spot.building else spot.path)
            if spot is not None
            else None
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look(spot)
        return found

    def _look(self, spot: Spot | None) -> tuple[int, int]:
        bits = 0
        for index, band in enumerate(self._bands):
            bits |= covers(band, spot, self._ground) << index
        return bits, min(distance(spot, self._ground), _STEP // 2)


_Who = tuple[str, str, bool, int, int]
"""What the choice depends on: kind, roles, vulnerable, covering bands as bits, distance."""


def _picker(bands: Sequence[Band]) -> Callable[[_Who], tuple[str, int] | None]:
    """Chooses band and rank; every combination is decided once."""
    danger = _danger(bands)

    @cache
    def pick(who: _Who) -> tuple[str, int] | None:
        kind, roles, vulnerable, area, near = who
        held = roles_of(roles)
        for index, band in enumerate(bands):
            if area >> index & 1 and _takes(band, kind, held, vulnerable=vulnerable):
                first = kind == RecipientKind.STAFF or (vulnerable and index in danger)
                return band.key, FIRST if first else rank(index, near, vulnerable=vulnerable)
        return None

    return pick


def rank(index: int, near: int, *, vulnerable: bool) -> int:
    """Place in the order of sending: by band, the vulnerable of a band first, then the nearest."""
    return (index + 1) * _STEP + (0 if vulnerable else near + 1)


def _danger(bands: Sequence[Band]) -> frozenset[int]:
    """The bands where the hazard is; without such, the first that takes residents."""
    near = [i for i, band in enumerate(bands) if band.where in DANGER]
    resident = [i for i, band in enumerate(bands) if RecipientKind.RESIDENT in band.kinds]
    return frozenset(near or resident[:1])


def _takes(band: Band, kind: str, roles: frozenset[str], *, vulnerable: bool) -> bool:
    if kind not in band.kinds or (band.needs and not vulnerable):
        return False
    return not band.roles or not band.roles.isdisjoint(roles)


@lru_cache(maxsize=4096)
def roles_of(written: str) -> frozenset[str]:
    """The roles in the JSON text of a recipient's `roles`."""
    found = json.loads(written) if written else []
    return frozenset(str(role) for role in found) if isinstance(found, list) else frozenset()


def _told(person: Person, chosen: tuple[str, int], language: str, units: set[int]) -> Told:
    place = person.place
    household = place if place is not None and place in units else -person.id
    return Told(
        person.id,
        person.kind,
        chosen[0],
        chosen[1],
        language,
        household,
        place,
        person.roles,
        person.vulnerable,
    )


def by_band(told: Iterable[Told]) -> Mapping[str, int]:
    """How many people (not groups and screens) each band holds."""
    counts: dict[str, int] = {}
    for row in told:
        if row.kind in PEOPLE:
            counts[row.band] = counts.get(row.band, 0) + 1
    return counts
