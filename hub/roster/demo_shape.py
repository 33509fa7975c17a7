"""How many towers, floors and flats an estate of so many people has, and its places."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.model import PlaceKind, Words
from hub.roster.place_tree import place_tree
from hub.roster.values import PlaceParts, PlaceRow

_LIFTS_FROM = 5  # floors; lower houses have stairs only


@dataclass(frozen=True, slots=True)
class Tower:
    """One building. `entrances` is "" alone, or "1", "2" for a building with several (单元)."""

    key: str
    floors: int
    flats: int  # on each floor of each entrance
    entrances: tuple[str, ...] = ("",)

    @property
    def has_lifts(self) -> bool:
        """True for houses tall enough for lifts."""
        return self.floors >= _LIFTS_FROM

    @property
    def homes(self) -> tuple[PlaceParts, ...]:
        """Every flat, from the ground up."""
        return tuple(
            PlaceParts(self.key, entrance, str(floor), f"{floor}{flat:02d}")
            for entrance in self.entrances
            for floor in range(1, self.floors + 1)
            for flat in range(1, self.flats + 1)
        )


def shape(people: int, *, chance: random.Random) -> tuple[Tower, ...]:
    """The towers for `people` residents: six of 30 floors with 4 flats each at about 1,900."""
    if people <= 60:
        floors = max(2, min(3, -(-people // 10)))
        flats = max(2, -(-people // (floors * 5)))
        return tuple(Tower(str(n), floors, flats) for n in (1, 2))
    if people <= 2200:
        towers = max(2, min(6, round(people / 320)))
        floors = max(3, min(30, -(-people // round(towers * 4 * 2.64))))
        return tuple(Tower(str(n), floors, 4) for n in range(1, towers + 1))
    return _large(people, chance=chance)


def _large(people: int, *, chance: random.Random) -> tuple[Tower, ...]:
    """Up to 20 towers of unequal height; every fifth has two entrances."""
    homes = people / 2.9
    towers = max(6, min(20, round(homes / 200)))
    flats = next((n for n in (4, 6, 8) if homes / towers / n <= 36), 12)
    middle = homes / towers / flats
    heights = [max(6, round(middle * chance.uniform(0.72, 1.28))) for _ in range(towers)]
    short = round(middle * towers) - sum(heights)
    for index in range(max(0, short)):
        heights[index % towers] += 1
    return tuple(
        Tower(str(n), h, flats // 2, ("1", "2")) if n % 5 == 0 else Tower(str(n), h, flats)
        for n, h in enumerate(heights, start=1)
    )


_SPOTS: tuple[tuple[str, str, str], ...] = (
    ("gate-1", "1号门（东）", "Gate 1 (east)"),
    ("gate-2", "2号门（南）", "Gate 2 (south)"),
    ("gate-3", "3号门（西）", "Gate 3 (west)"),
    ("gate-4", "4号门（北）", "Gate 4 (north)"),
    ("office", "物业服务中心", "Property office"),
    ("clubhouse", "会所", "Clubhouse"),
    ("carpark-1", "地库入口A", "Car park entrance A"),
    ("carpark-2", "地库入口B", "Car park entrance B"),
    ("plaza", "中心广场", "Central plaza"),
    ("playground", "儿童乐园", "Playground"),
)
_IN_TOWER: tuple[tuple[str, PlaceKind, str, str], ...] = (
    ("lobby", PlaceKind.LOBBY, "大堂", "lobby"),
    ("lobby-2", PlaceKind.LOBBY, "后门厅", "rear lobby"),
    ("lobby-b1", PlaceKind.LOBBY, "地下门厅", "basement lobby"),
    ("lift-1", PlaceKind.LIFT, "1号电梯", "lift 1"),
    ("lift-2", PlaceKind.LIFT, "2号电梯", "lift 2"),
)


def estate_places(towers: Sequence[Tower], *, name: Words) -> tuple[PlaceRow, ...]:
    """The site, then every building, entrance, floor and flat, then lobbies, lifts and spots."""
    site = PlaceRow("", None, PlaceKind.SITE, "", "", "", None, "", name, 0)
    tree = [_named(row) for row in place_tree(h for t in towers for h in t.homes)]
    things = [row for tower in towers for row in _tower_things(tower)]
    small = not any(t.has_lifts for t in towers)
    spots = [_spot(*s) for s in (_SPOTS[:1] if small else _SPOTS)]
    rows = [site, *tree, *things, *spots]
    return tuple(replace(row, sort=sort) for sort, row in enumerate(rows))


def _named(row: PlaceRow) -> PlaceRow:
    if row.kind is not PlaceKind.BUILDING:
        return row
    return replace(row, name={"zh-CN": f"{row.building}栋", "en": f"Tower {row.building}"})


def _tower_things(tower: Tower) -> list[PlaceRow]:
    wanted = _IN_TOWER if tower.has_lifts else _IN_TOWER[:1]
    return [
        PlaceRow(
            path=f"{tower.key}/{key}",
            parent=tower.key,
            kind=kind,
            building=tower.key,
            entrance="",
            floor="",
            level=None,
            unit="",
            name={"zh-CN": f"{tower.key}栋{zh}", "en": f"Tower {tower.key} {en}"},
            sort=0,
        )
        for key, kind, zh, en in wanted
    ]


def _spot(key: str, zh: str, en: str) -> PlaceRow:
    name = {"zh-CN": zh, "en": en}
    return PlaceRow(key, "", PlaceKind.SPOT, "", "", "", None, "", name, 0)
