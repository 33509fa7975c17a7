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
