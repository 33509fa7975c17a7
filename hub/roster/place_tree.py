"""The tree of places that a set of flats stands in, in the order people count them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from hub.model import PlaceKind, Words
from hub.roster.floors import level_of, order_of
from hub.roster.place_kinds import WORDED, group_name, groups_of
from hub.roster.values import SITE, PlaceParts, PlaceRow

_PIECES = re.compile(r"\d+|\D+")


@lru_cache(maxsize=16_384)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sorting key that puts 2 before 12 and numbers before letters."""
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in _PIECES.findall(text))


def parent_of(place: PlaceParts) -> PlaceParts:
    """The place it stands in: a flat in its floor, a floor in its entrance or building."""
    building, entrance = place.building, place.entrance
    if place.unit and place.floor:
        return PlaceParts(building, entrance, place.floor)
    if place.unit or place.floor:
        return PlaceParts(building, entrance)
    return PlaceParts(building) if entrance else SITE


def _groups(buildings: Iterable[str]) -> dict[str, str]:
    """Each group of these buildings and the one it stands in, or ""."""
    found: dict[str, str] = {}
    for building in buildings:
        before = ""
        for group in groups_of(building):
            found[group] = before
            before = group
    return found


def place_tree(places: Iterable[PlaceParts]) -> tuple[PlaceRow, ...]:
    """Every node the places need, parents before children, without the site itself."""
    nodes: dict[str, PlaceParts] = {}
    for place in places:
        at, path = place, place.path
        while path and path not in nodes:
            nodes[path] = at
            at = parent_of(at)
            path = at.path
    ordered = sorted(nodes.items(), key=lambda node: _order(node[1]))
    groups = _groups(dict.fromkeys(place.building for place in nodes.values()))
    above = sorted(groups.items(), key=lambda group: (len(group[0]), natural(group[0])))
    rows = [_group(path, parent, sort) for sort, (path, parent) in enumerate(above, start=1)]
    first = len(rows) + 1
    return (*rows, *(_row(path, at, sort) for sort, (path, at) in enumerate(ordered, first)))


def _order(place: PlaceParts) -> tuple[object, ...]:
    level = level_of(place.floor)
    return (
        natural(place.building),
        natural(place.entrance),
        -1000 if level is None else level,
        order_of(place.floor),
        natural(place.floor),
        natural(place.unit),
    )


def _group(path: str, parent: str, sort: int) -> PlaceRow:
    return PlaceRow(path, parent, PlaceKind.GROUP, "", "", "", None, "", group_name(path), sort)


def _row(path: str, place: PlaceParts, sort: int) -> PlaceRow:
    return PlaceRow(
        path=path,
        parent=parent_of(place).path or (groups_of(place.building) or ("",))[-1],
        kind=kind_of(place),
        building=place.building,
        entrance=place.entrance,
        floor=place.floor,
        level=level_of(place.floor),
        unit=place.unit,
        name=place_name(place),
        sort=sort,
    )


def kind_of(place: PlaceParts) -> PlaceKind:
    """What sort of node the innermost named part is."""
    if place.unit:
        return PlaceKind.UNIT
    if place.floor:
        return PlaceKind.FLOOR
    if place.entrance:
        return PlaceKind.ENTRANCE
    return PlaceKind.BUILDING if place.building else PlaceKind.SITE


def place_name(place: PlaceParts) -> Words:
    """What people call the innermost part, in Chinese and English."""
    match kind_of(place):
        case PlaceKind.UNIT:
            return _unit_name(place)
        case PlaceKind.FLOOR:
            return _floor_name(place.floor)
        case PlaceKind.ENTRANCE:
            return {"zh-CN": f"{place.entrance}单元", "en": f"Entrance {place.entrance}"}
        case _:
            return _building_name(place.building)


def _unit_name(place: PlaceParts) -> Words:
    for word, english in WORDED.items():
        if place.building.endswith(word):
            return {"zh-CN": word + place.unit, "en": f"{english} {place.unit}"}
    return {"zh-CN": f"{place.unit}室", "en": f"Flat {place.unit}"}


def _building_name(building: str) -> Words:
    for word, english in WORDED.items():
        before, found, number = building.rpartition(word)
        if found:
            inside = f"{english} {number}" if number else f"{english}s"
            return {"zh-CN": building, "en": _in_group(before, inside)}
    group = (groups_of(building) or ("",))[-1]
    number = building.removeprefix(group).removeprefix(".")
    known = group_name(group)["zh-CN"] if group else ""
    counted = "号" if known.endswith("弄") else "栋"
    before = f"{known} " if known and known.isascii() else known
    return {"zh-CN": f"{before}{number}{counted}", "en": _in_group(group, f"Tower {number}")}


def _in_group(group: str, inside: str) -> str:
    """An English name behind that of its group: 1期1 is Phase 1, Tower 1."""
    return f"{group_name(group)['en']}, {inside}" if group else inside


def _floor_name(floor: str) -> Words:
    if floor.startswith("B") and floor[1:].isdigit():
        return {"zh-CN": f"地下{floor[1:]}层", "en": f"Basement {floor[1:]}"}
    return {"zh-CN": f"{floor}层", "en": f"Floor {floor}"}
