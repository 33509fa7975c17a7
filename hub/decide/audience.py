"""Who is told: the first band of the playbook that takes a recipient has them, once."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter

from hub.decide.drills import Drills, takes_part
from hub.decide.ground import Ground, covers, distance
from hub.decide.meeting import base_band
from hub.decide.overlap import same_ground
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
    """Everyone an incident speaks to, those told first first; no recipient twice.

    `people`: residents, staff and outside parties, not groups and screens. `households`: flats,
    and residents without one. `further`: a row more for each other flat that is concerned, in the
    band of that flat. `spared`: residents a drill leaves out because they live where something
    real is open.
    """

    told: tuple[Told, ...]
    people: int
    households: int
    further: tuple[Told, ...] = ()
    spared: int = 0

    @property
    def hash(self) -> str:
        """The same for the same people, bands and languages, whatever order they came in."""
        lines = "\n".join(f"{row[0]} {row[2]} {row[4]}" for row in self.told)
        return hashlib.sha256(lines.encode()).hexdigest()


def audience(
    people: Iterable[Person],
    spots: Sequence[Spot],
    *,
    bands: Sequence[Band],
    ground: Ground,
    languages: Sequence[str],
    site_languages: Sequence[str] = (),
    drills: Drills | None = None,
    real: Sequence[str] = (),
) -> Audience:
    """Who is told, in which band, language and order.

    `languages`: those there are words in, at least one. `drills`: only recipients that take part
    in drills by this rule. `real`: where something real is open; a drill tells nobody who has a
    home there. Nobody found is an empty audience, never everybody.
    """
    places = _Places(spots, bands, ground)
    people = tuple(people) if real else people
    busy = _at_home(people, spots, real) if real else frozenset()
    spared: set[int] = set()
    pick, look, units = _picker(bands), places.of, places.units

    @cache
    def speak(tag: str) -> str:
        return choose_language(tag, languages, site_languages)

    grave = {band.key: index for index, band in enumerate(bands)}
    found: dict[int, Told] = {}
    more: list[Told] = []
    for number, kind, place, language, roles, vulnerable, drill in people:
        if drills is not None and not takes_part(kind, drills, said=drill, **places.head(place)):
            continue
        chosen = pick((kind, roles, vulnerable, look(place)))
        if chosen is not None:
            band, rank = chosen
            if number in busy:
                spared.add(number)
                continue
            home = place if place is not None and place in units else -number
            row = Told(number, kind, band, rank, speak(language), home, place, roles, vulnerable)
            if number in found:
                row = _graver(found[number], row, grave, more)
            found[number] = row
    return _audience(sorted(found.values(), key=itemgetter(3, 0)), more, len(spared))


def _at_home(
    people: Iterable[Person], spots: Sequence[Spot], real: Sequence[str]
) -> frozenset[int]:
    """Residents with a home on the ground of one of these places: it is real for them."""
    there = {spot.id for spot in spots if any(same_ground(spot.path, one) for one in real)}
    resident = RecipientKind.RESIDENT
    return frozenset(one[0] for one in people if one[1] == resident and one[2] in there)


def _graver(one: Told, two: Told, grave: Mapping[str, int], more: list[Told]) -> Told:
    """The row of whoever has two homes here: in the band a playbook names first. The other home
    goes to `more`, if it is a flat of its own."""
    first, second = sorted((one, two), key=lambda row: (grave[row.band], row.rank))
    if second.household > 0 and second.household != first.household:
        more.append(second)
    return first


def _audience(told: Sequence[Told], more: Sequence[Told], spared: int) -> Audience:
    kinds = Counter(map(itemgetter(1), told))
    flats = {row[5] for row in (*told, *more) if row[1] == RecipientKind.RESIDENT}
    people = sum(kinds[kind] for kind in PEOPLE)
    return Audience(tuple(told), people, len(flats), tuple(more), spared)


def bands_by_floor(spots: Sequence[Spot], bands: Sequence[Band], ground: Ground) -> dict[str, str]:
    """The band a resident of each floor belongs to, by the floor's path: the picker's colours."""
    residents = [b for b in bands if RecipientKind.RESIDENT in b.kinds and not b.needs]
    shown: dict[str, str] = {}
    for spot in spots:
        if spot.kind != PlaceKind.FLOOR:
            continue
        taken = next((band.key for band in residents if covers(band, spot, ground)), None)
        if taken is not None:
            shown[spot.path] = base_band(taken)
    return shown


_Area = tuple[int, int]
"""What is known of a place: the bands that cover it as bits, floors to the named one."""


class _Places:
    """What is known of each place, worked out once per building, entrance and floor."""

    def __init__(self, spots: Sequence[Spot], bands: Sequence[Band], ground: Ground):
        self._bands, self._ground = bands, ground
        self._spots = {spot.id: spot for spot in spots}
        self._alike: dict[object, _Area] = {}
        self._known: dict[int | None, _Area] = {}
        self.units = {spot.id for spot in spots if spot.kind == PlaceKind.UNIT}

    def of(self, place: int | None) -> _Area:
        """What is known of a place (None: of a recipient without one)."""
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = self._area(place)
        return found

    def head(self, place: int | None) -> Mapping[str, str]:
        """The building and entrance of a place."""
        spot = self._spots.get(place) if place is not None else None
        return {"building": spot.building, "entrance": spot.entrance} if spot else {}

    def _area(self, place: int | None) -> _Area:
        spot = self._spots.get(place) if place is not None else None
        if spot is None:
            return self._look(None)
        alike = (spot.building or spot.path, spot.entrance, spot.level)
        if alike not in self._alike:
            self._alike[alike] = self._look(spot)
        return self._alike[alike]

    def _look(self, spot: Spot | None) -> _Area:
        bits = 0
        for index, band in enumerate(self._bands):
            bits |= covers(band, spot, self._ground) << index
        return bits, min(distance(spot, self._ground), _STEP // 2)


_Who = tuple[str, str, bool, _Area]
"""What the choice depends on: kind, roles, vulnerable, place."""


def _picker(bands: Sequence[Band]) -> Callable[[_Who], tuple[str, int] | None]:
    """Chooses band and rank; every combination is decided once."""
    danger = _danger(bands)

    @cache
    def pick(who: _Who) -> tuple[str, int] | None:
        kind, roles, vulnerable, (area, near) = who
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


def by_band(told: Iterable[Told]) -> Mapping[str, int]:
    """How many people (not groups and screens) each band holds."""
    counts: dict[str, int] = {}
    for row in told:
        if row.kind in PEOPLE:
            counts[row.band] = counts.get(row.band, 0) + 1
    return counts
