"""An estate as the board draws it."""

from __future__ import annotations

from typing import Any

from hub.decide.layout import layout
from hub.decide.showing import ScreenRow
from hub.model import Place, PlaceId, PlaceKind, Site, SiteId

SITE = Site(SiteId(1), "home", {"en": "Home"}, {"assembly_points": [{"key": "lawn"}]}, 1)


def place(number: int, kind: PlaceKind, path: str, parent: int | None, **more: Any) -> Place:
    above = None if parent is None else PlaceId(parent)
    return Place(PlaceId(number), SiteId(1), above, kind, path, **more)


PLACES = [
    place(1, PlaceKind.BUILDING, "3", None, building="3"),
    place(2, PlaceKind.FLOOR, "3/1", 1, floor="1", level=1),
    place(3, PlaceKind.FLOOR, "3/2", 1, floor="2", level=2),
    place(4, PlaceKind.UNIT, "3/2/201", 3, unit="201"),
    place(5, PlaceKind.UNIT, "3/2/202", 3, unit="202"),
    place(6, PlaceKind.LIFT, "3/lift-1", 1),
    place(7, PlaceKind.BUILDING, "5", None, building="5"),
    place(8, PlaceKind.ENTRANCE, "5-1", 7, building="5"),
    place(9, PlaceKind.FLOOR, "5-1/1", 8, floor="1"),
    place(10, PlaceKind.SPOT, "5-1/1/plant", 9),
]


def screen(number: int, path: str, building: str) -> ScreenRow:
    known = dict.fromkeys(ScreenRow.__dataclass_fields__)
    return ScreenRow(
        **known | {"recipient": number, "name": f"S{number}", "path": path, "building": building}
    )


def draw(*screens: ScreenRow) -> dict[str, Any]:
    return layout(SITE, PLACES, screens, occupied=[4])


def test_floors_stand_from_the_top_and_empty_flats_are_marked() -> None:
    tower = draw()["buildings"][0]["entrances"][0]
    assert tower["path"] == "3"
    assert [floor["path"] for floor in tower["floors"]] == ["3/2", "3/1"]
    assert [(u["label"], u["vacant"]) for u in tower["floors"][0]["units"]] == [
        ("201", False),
        ("202", True),
    ]
    assert tower["lifts"] == [{"path": "3/lift-1"}]


def test_a_building_with_entrances_is_drawn_by_them() -> None:
    entrances = draw(screen(1, "5", "5"), screen(2, "5-1/1", "5"))["buildings"][1]["entrances"]
    assert [one["path"] for one in entrances] == ["5-1"]
    assert entrances[0]["floors"][0]["units"] == []
    assert [s["recipient"] for s in entrances[0]["screens"]] == [2, 1]


def test_screens_that_stand_at_no_building_are_elsewhere() -> None:
    drawn = draw(screen(1, "3/lobby", "3"), screen(2, "gate", ""))
    assert [s["recipient"] for s in drawn["screens_elsewhere"]] == [2]
    assert [s["recipient"] for s in drawn["buildings"][0]["entrances"][0]["screens"]] == [1]
    assert drawn["assembly_points"] == [{"key": "lawn"}]


def test_a_group_is_drawn_with_its_buildings() -> None:
    phase = place(20, PlaceKind.GROUP, "1期", None, name={"zh-CN": "一期"})
    inside = place(21, PlaceKind.BUILDING, "1期3", None, building="1期3")
    drawn = layout(SITE, [*PLACES, phase, inside], (), occupied=[])
    assert drawn["groups"] == [
        {"path": "1期", "name": {"zh-CN": "一期"}, "buildings": ["1期3"]},
    ]


def test_shops_without_floors_are_drawn_in_rows_named_by_their_first() -> None:
    shops = [place(20, PlaceKind.BUILDING, "商铺", None, building="商铺")]
    shops += [
        place(20 + n, PlaceKind.UNIT, f"商铺/S{n:02}", 20, building="商铺", unit=f"S{n:02}")
        for n in range(1, 9)
    ]
    drawn = layout(SITE, shops, (), occupied=range(21, 30))["buildings"][0]["entrances"][0]
    rows = [(f["label"], f["path"], f["level"], len(f["units"])) for f in drawn["floors"]]
    assert rows == [("S01", "商铺", 2, 6), ("S07", "商铺", 1, 2)]


def test_what_a_second_file_brought_stands_by_its_number() -> None:
    """Each import numbers only its own places: building 10, 8 and 3 may all be the first."""
    late = [
        place(20, PlaceKind.BUILDING, "10", None, building="10", sort=1),
        place(21, PlaceKind.BUILDING, "阅江苑.2", None, building="阅江苑.2", sort=1),
        place(22, PlaceKind.BUILDING, "8", None, building="8", sort=1),
        place(23, PlaceKind.UNIT, "3/2/1001", 3, unit="1001", sort=1),
    ]
    drawn = layout(SITE, [*late, *PLACES], [], occupied=[])["buildings"]
    assert [one["path"] for one in drawn] == ["3", "5", "8", "10", "阅江苑.2"]
    floor = drawn[0]["entrances"][0]["floors"][0]
    assert [unit["label"] for unit in floor["units"]] == ["201", "202", "1001"]
