"""An estate as the board draws it: buildings, entrances, floors, flats, each in its fixed place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hub.decide.ground import in_group
from hub.decide.showing import ScreenRow
from hub.model import Place, PlaceKind, Site

_PIECES = re.compile(r"\d+|\D+")


def layout(
    site: Site, places: Sequence[Place], screens: Sequence[ScreenRow], *, occupied: Iterable[int]
) -> dict[str, Any]:
    """The drawing as JSON: top floor first, flats in their order, vacant flats marked. 2 stands
    before 12, whichever file named it first: each import numbers only the places it has.

    A building without entrances has one entrance with the building's own path. Screens that stand
    at no building are in `screens_elsewhere`.
    """
    lived_in = frozenset(occupied)
    children = _children(places)
    buildings = _in_order(p for p in places if p.kind is PlaceKind.BUILDING)
    by_path = _screens_by_path(screens)
    drawn = [_building(b, children, by_path, lived_in) for b in buildings]
    names = {b.building for b in buildings}
    return {
        "site": {"key": site.key, "name": dict(site.name)},
        "buildings": drawn,
        "groups": [_group(p, buildings) for p in places if p.kind is PlaceKind.GROUP],
        "screens_elsewhere": [_screen(s) for s in screens if s.building not in names],
        "assembly_points": list(site.settings.get("assembly_points", ())),
    }


def _in_order(places: Iterable[Place]) -> list[Place]:
    """By their numbers, numbers before letters."""
    return sorted(places, key=lambda place: _numbered(place.path))


def _numbered(path: str) -> list[tuple[int, int, str]]:
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in _PIECES.findall(path)]


def _group(group: Place, buildings: Iterable[Place]) -> dict[str, Any]:
    """A phase, court or estate, with the buildings that stand in it."""
    mine = [b.path for b in buildings if in_group(b.building, group.path)]
    return {"path": group.path, "name": dict(group.name), "buildings": mine}


def _children(places: Sequence[Place]) -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = {}
    for place in places:
        if place.parent is not None:
            found.setdefault(place.parent, []).append(place)
    return found


def _screens_by_path(screens: Sequence[ScreenRow]) -> dict[str, list[ScreenRow]]:
    found: dict[str, list[ScreenRow]] = {}
    for screen in screens:
        found.setdefault(screen.path.partition("/")[0], []).append(screen)
    return found


def _building(
    building: Place,
    children: Mapping[int, list[Place]],
    screens: Mapping[str, list[ScreenRow]],
    lived_in: frozenset[int],
) -> dict[str, Any]:
    below = children.get(building.id, [])
    entrances = _in_order(p for p in below if p.kind is PlaceKind.ENTRANCE)
    standing = entrances or [building]
    drawn = [_entrance(e, children, screens.get(e.path, []), lived_in) for e in standing]
    if entrances and (own := screens.get(building.path)):
        drawn[0]["screens"] += [_screen(s) for s in own]
    return {
        "id": building.id,
        "path": building.path,
        "name": dict(building.name),
        "entrances": drawn,
    }


def _entrance(
    entrance: Place,
    children: Mapping[int, list[Place]],
    screens: Sequence[ScreenRow],
    lived_in: frozenset[int],
) -> dict[str, Any]:
    below = children.get(entrance.id, [])
    floors = sorted((p for p in below if p.kind is PlaceKind.FLOOR), key=lambda p: -(p.level or 0))
    return {
        "id": entrance.id,
        "path": entrance.path,
        "name": dict(entrance.name),
        "floors": [
            *(_floor(f, children.get(f.id, []), lived_in) for f in floors),
            *_rows(entrance, [p for p in below if p.kind is PlaceKind.UNIT], lived_in),
        ],
        "lifts": [{"path": p.path} for p in below if p.kind is PlaceKind.LIFT],
        "screens": [_screen(s) for s in screens],
    }


def _floor(floor: Place, units: Sequence[Place], lived_in: frozenset[int]) -> dict[str, Any]:
    return {
        "id": floor.id,
        "path": floor.path,
        "label": floor.floor,
        "level": floor.level,
        "units": [
            _unit(u, lived_in) for u in _in_order(p for p in units if p.kind is PlaceKind.UNIT)
        ],
    }


ROW = 6
"""Shops or villas in one row of the drawing."""


def _rows(
    place: Place, units: Sequence[Place], lived_in: frozenset[int]
) -> Iterable[dict[str, Any]]:
    """Shops and villas, which stand on no floor, in rows as if they did, each named by its first:
    what is not drawn would be missed when it asks for help."""
    starts = range(0, len(units), ROW)
    for level, start in zip(range(len(starts), 0, -1), starts, strict=True):
        row = units[start : start + ROW]
        yield {
            "id": row[0].id,
            "path": place.path,
            "label": row[0].unit,
            "level": level,
            "units": [_unit(unit, lived_in) for unit in row],
        }


def _unit(unit: Place, lived_in: frozenset[int]) -> dict[str, Any]:
    vacant = unit.id not in lived_in
    return {"id": unit.id, "path": unit.path, "label": unit.unit, "vacant": vacant}


def _screen(screen: ScreenRow) -> dict[str, Any]:
    return {
        "recipient": screen.recipient,
        "name": screen.name,
        "kind": screen.kind,
        "path": screen.path,
    }
