"""Which places each band of a playbook covers, around the place that was named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.decide.meeting import takes_place
from hub.model import Band, Place, PlaceKind
from hub.plans import Spot

_THIRTEEN = 13


@dataclass(frozen=True, slots=True)
class Ground:
    """The place that was named, and what its floors look like. `place` None: the whole site.

    `levels`: the floors known of the named building or entrance. `spreads`: floors
    evacuate, so the building is all its entrances and not only the named one; `evacuate_all`: the
    whole building leaves; `floor_alone`: no other floor than the named one does.
    """

    place: Place | None
    levels: frozenset[int] = frozenset()
    spreads: bool = False
    evacuate_all: bool = False
    floor_alone: bool = False


def survey(
    place: Place | None, spots: Iterable[Spot], *, bands: Sequence[Band], scope: str = ""
) -> Ground:
    """The ground around `place`. `scope` is the operator's parameter of that name, or ""."""
    spreads = any(band.where == "evacuate" for band in bands)
    if place is None:
        return Ground(None, spreads=spreads)
    levels = {
        spot.level
        for spot in spots
        if spot.level is not None and _beside(place, spot.building, spot.entrance)
    }
    if place.level is not None:
        levels.add(place.level)
    return Ground(
        place,
        frozenset(levels),
        spreads=spreads,
        evacuate_all=scope == "building",
        floor_alone=scope == "floor",
    )


def covers(band: Band, spot: Spot | None, ground: Ground) -> bool:
    """Whether a recipient of this place is in the band's area (its kinds and roles apart).

    A recipient without a place belongs to `site` bands, and to all of them when the whole site was
    named. Where no floor was named, `floor` and `evacuate` take the named building or entrance.
    """
    place = ground.place
    if band.meet and not (spot and takes_place(band, spot.building, spot.entrance)):
        return False
    if band.where == "site" or place is None:
        return True
    if spot is None:
        return False
    if band.where == "building" or (band.where == "evacuate" and ground.evacuate_all):
        return _in_building(spot, place, spreads=ground.spreads)
    return _inside(spot, place) and _on_floor(band, spot, place.level, ground)


def distance(spot: Spot | None, ground: Ground) -> int:
    """Floors between a place and the named floor; 0 where either has no floor."""
    place = ground.place
    if spot is None or spot.level is None or place is None or place.level is None:
        return 0
    return abs(spot.level - place.level)


def _on_floor(band: Band, spot: Spot, named: int | None, ground: Ground) -> bool:
    if named is None:
        return True
    if spot.level is None:
        return False
    if band.where == "floor" or ground.floor_alone:
        return spot.level == named
    return spot.level >= lowest(named, band.below, ground.levels)


def lowest(named: int, below: int, levels: frozenset[int]) -> int:
    """The level `below` floors under the named one, in a building that has these levels.

    There is no level 0, and what a building leaves out for luck (4, 13, 14, 24 …) is no floor. Any
    other level counts whether or not somebody lives there.
    """
    level = named
    for _ in range(below):
        level -= 1
        while level == 0 or (level not in levels and _left_out_for_luck(level)):
            level -= 1
    return level


def _left_out_for_luck(level: int) -> bool:
    return level == _THIRTEEN or (level > 0 and "4" in str(level))


def _in_building(spot: Spot, place: Place, *, spreads: bool) -> bool:
    """The whole building where the hazard spreads; else no more than the named entrance."""
    if spreads and place.building:
        return spot.building == place.building
    return _inside(spot, place)


def in_group(building: str, group: str) -> bool:
    """Whether a building's number begins with its group: 东苑3 is in 东苑, PHASE2.3 in PHASE2."""
    rest = building.removeprefix(group)
    if not group or rest in {"", building}:
        return False
    return rest.startswith(".") if group.isascii() else re.match(r"[^.]", rest) is not None


def _inside(spot: Spot, place: Place) -> bool:
    """Whether a spot is in the group, building or entrance of a place; outdoors, at that spot."""
    if place.kind is PlaceKind.GROUP and in_group(spot.building, place.path):
        return True
    if place.building:
        return _beside(place, spot.building, spot.entrance)
    return place.kind is PlaceKind.SITE or spot.path == place.path


def _beside(place: Place, building: str, entrance: str) -> bool:
    # What belongs to no entrance (a lobby, a resident whose entrance is unknown) belongs to all.
    same = not place.entrance or entrance in {"", place.entrance}
    return bool(place.building) and building == place.building and same
