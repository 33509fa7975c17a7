"""The place an incident is about, found among a site's places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.errors import Problem
from hub.model import Place, PlaceId, PlaceKind, SiteId, Words
from hub.plans import Spot

_DEPTH: Mapping[str, int] = {"site": 0, "building": 1, "floor": 2, "unit": 3}
_OF_KIND: Mapping[str, int] = {
    PlaceKind.SITE: 0,
    PlaceKind.FLOOR: 2,
    PlaceKind.UNIT: 3,
}
_NAMED = 12  # places a hint names at most
_BUILDING = 1  # entrances, lifts, lobbies and spots count as parts of a building


class Asked(Protocol):
    """A place as it was asked for (`hub.roster.place_path.PlaceQuery` is one)."""

    @property
    def building(self) -> str: ...
    @property
    def entrance(self) -> str: ...
    @property
    def floor(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def whole(self) -> bool: ...
    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Target:
    """Where it is. `place` None: the whole site. `path` is canonical: `3/12`, `all`."""

    place: Place | None
    path: str
    building_name: Words


def find_target(
    asked: Asked, spots: Sequence[Spot], names: Mapping[int, Words], *, site: int
) -> Target | Problem:
    """The place asked for, or what is wrong with it (field `place`)."""
    if asked.whole:
        return Target(None, "all", {})
    found = [spot for spot in spots if spot.path == asked.path] or _groups(asked, spots)
    if not found and asked.building and not asked.entrance and asked.floor:
        found = _across_entrances(asked, spots)
    if not found:
        return _unknown(asked, spots)
    if len(found) > 1 and asked.unit:
        paths = ", ".join(spot.path for spot in found[:6])
        what, named = f"{asked.path} is in several entrances", {"path": asked.path, "paths": paths}
        return Problem("place", what, f"write one of {paths}", code="place_entrances", params=named)
    shared = len(found) > 1
    place = _place(found[0], names, site=site, shared=shared)
    return Target(place, asked.path if shared else place.path, _building(place, spots, names))


def _groups(asked: Asked, spots: Sequence[Spot]) -> list[Spot]:
    """A group of buildings, however its letters are written."""
    wanted = asked.path.upper()
    return [spot for spot in spots if spot.kind == PlaceKind.GROUP and spot.path == wanted]


def _across_entrances(asked: Asked, spots: Sequence[Spot]) -> list[Spot]:
    """`3/12` in a building with entrances: floor 12 of each of them."""
    return [
        spot
        for spot in spots
        if spot.building == asked.building
        and spot.floor == asked.floor
        and spot.kind == (PlaceKind.UNIT if asked.unit else PlaceKind.FLOOR)
        and (not asked.unit or spot.path.rsplit("/", 1)[-1] == asked.unit)
    ]


def _place(spot: Spot, names: Mapping[int, Words], *, site: int, shared: bool) -> Place:
    return Place(
        id=PlaceId(spot.id),
        site=SiteId(site),
        parent=None,
        kind=PlaceKind(spot.kind),
        path=f"{spot.building}/{spot.floor}" if shared else spot.path,
        building=spot.building,
        entrance="" if shared else spot.entrance,
        floor=spot.floor,
        level=spot.level,
        unit=spot.path.rsplit("/", 1)[-1] if spot.kind == PlaceKind.UNIT else "",
        name=names.get(spot.id, {}),
    )


def _building(place: Place, spots: Sequence[Spot], names: Mapping[int, Words]) -> Words:
    for spot in spots:
        if spot.kind == PlaceKind.BUILDING and spot.building == place.building:
            return names.get(spot.id, {})
    return {}


def _unknown(asked: Asked, spots: Sequence[Spot]) -> Problem:
    """What there is instead, from the innermost part that exists."""
    buildings = [spot.path for spot in spots if spot.kind == PlaceKind.BUILDING]
    groups = [spot.path for spot in spots if spot.kind == PlaceKind.GROUP]
    if not buildings:
        return Problem(
            "place",
            f"there is no place {asked.path}: the site has no buildings yet",
            "import the roster first, or write all",
            code="place_none",
            params={"path": asked.path},
        )
    inside = [
        spot.path
        for spot in spots
        if spot.kind == PlaceKind.FLOOR and spot.building == asked.building
    ]
    if asked.building in buildings and asked.floor and inside:
        hint = f"building {asked.building} has {inside[0]} to {inside[-1]}"
        code = "place_unknown_inside"
        params = {"building": asked.building, "first": inside[0], "last": inside[-1]}
    else:
        known = [*groups, *buildings]
        named = ", ".join(known[:_NAMED]) + (" …" if len(known) > _NAMED else "")
        hint = f"the buildings are {named}; the whole site is all"
        code, params = "place_unknown", {"buildings": named}
    params = {"path": asked.path, **params}
    return Problem("place", f"there is no place {asked.path}", hint, code=code, params=params)


def too_deep(target: Target, depth: str) -> Problem | None:
    """What is wrong if the place is smaller than the playbook speaks of."""
    place = target.place
    if place is None or _OF_KIND.get(place.kind, _BUILDING) <= _DEPTH.get(depth, 3):
        return None
    larger = _shortened(place, depth)
    what, named = f"{target.path} is smaller than a {depth}", {"path": target.path}
    named["larger"] = larger
    return Problem("place", what, f"write {larger}", code=f"place_deeper_{depth}", params=named)


def _shortened(place: Place, depth: str) -> str:
    head = f"{place.building}-{place.entrance}" if place.entrance else place.building
    if depth == "floor" and place.floor:
        return f"{head}/{place.floor}"
    return head if depth == "building" and head else "all"
