from __future__ import annotations

import pytest

from hub.decide.target import Target, find_target, too_deep
from hub.errors import Problem
from hub.model import PlaceKind
from hub.plans import Spot
from hub.roster.place_path import parse_place

SPOTS = [
    Spot(1, "building", "3", "3", "", "", None),
    Spot(2, "floor", "3/12", "3", "", "12", 12),
    Spot(3, "unit", "3/12/1203", "3", "", "12", 12),
    Spot(4, "lift", "3/lift-1", "3", "", "", None),
    Spot(5, "building", "5", "5", "", "", None),
    Spot(6, "entrance", "5-1", "5", "1", "", None),
    Spot(7, "floor", "5-1/2", "5", "1", "2", 2),
    Spot(8, "unit", "5-1/2/201", "5", "1", "2", 2),
    Spot(9, "entrance", "5-2", "5", "2", "", None),
    Spot(10, "floor", "5-2/2", "5", "2", "2", 2),
    Spot(11, "unit", "5-2/2/201", "5", "2", "2", 2),
    Spot(12, "unit", "5-2/2/202", "5", "2", "2", 2),
    Spot(13, "site", "", "", "", "", None),
]
NAMES = {1: {"en": "Cedar House"}}


def find(text: str) -> Target | Problem:
    return find_target(parse_place(text), SPOTS, NAMES, site=1)


@pytest.mark.parametrize(
    ("text", "kind", "level"),
    [
        ("3", PlaceKind.BUILDING, None),
        ("3/12", PlaceKind.FLOOR, 12),
        ("3/12/1203", PlaceKind.UNIT, 12),
        ("3/lift-1", PlaceKind.LIFT, None),
        ("5-1", PlaceKind.ENTRANCE, None),
        ("5-1/2", PlaceKind.FLOOR, 2),
    ],
)
def test_a_place_is_found_by_its_path(text: str, kind: PlaceKind, level: int | None) -> None:
    found = find(text)

    assert isinstance(found, Target)
    assert found.place is not None
    assert (found.path, found.place.kind, found.place.level) == (text, kind, level)


def test_the_whole_site_has_no_place() -> None:
    assert find("all") == Target(None, "all", {})


def test_a_floor_of_a_building_with_entrances_is_that_floor_in_each() -> None:
    found = find("5/2")

    assert isinstance(found, Target)
    assert found.place is not None
    assert (found.path, found.place.entrance, found.place.level) == ("5/2", "", 2)


def test_a_flat_that_is_in_one_entrance_alone_is_found() -> None:
    found = find("5/2/202")

    assert isinstance(found, Target)
    assert found.path == "5-2/2/202"


def test_a_flat_that_is_in_several_entrances_wants_the_entrance() -> None:
    found = find("5/2/201")

    assert isinstance(found, Problem)
    assert "5-1/2/201" in found.hint


def test_the_building_goes_by_its_name() -> None:
    found = find("3/12")

    assert isinstance(found, Target)
    assert found.building_name == {"en": "Cedar House"}


@pytest.mark.parametrize(
    ("text", "hint"),
    [("9", "the buildings are 3, 5"), ("3/99", "3/12 to 3/12"), ("3-7/1", "the buildings are")],
)
def test_what_is_not_there_says_what_is(text: str, hint: str) -> None:
    found = find(text)

    assert isinstance(found, Problem)
    assert found.where == "place"
    assert hint in found.hint or "3/12" in found.hint


def test_a_site_without_buildings_wants_a_roster() -> None:
    found = find_target(parse_place("3"), [], {}, site=1)

    assert isinstance(found, Problem)
    assert "import" in found.hint


@pytest.mark.parametrize(
    ("text", "depth", "write"),
    [
        ("3/12/1203", "floor", "3/12"),
        ("3/12/1203", "building", "3"),
        ("5-1/2", "building", "5-1"),
        ("3", "site", "all"),
    ],
)
def test_a_place_smaller_than_the_playbook_speaks_of_says_the_larger(
    text: str, depth: str, write: str
) -> None:
    found = find(text)
    assert isinstance(found, Target)
    problem = too_deep(found, depth)

    assert problem is not None
    assert problem.hint == f"write {write}"


@pytest.mark.parametrize(
    ("text", "depth"),
    [("3/12/1203", "unit"), ("3/12", "floor"), ("3/lift-1", "building"), ("all", "site")],
)
def test_a_place_as_large_as_the_playbook_speaks_of_is_taken(text: str, depth: str) -> None:
    found = find(text)
    assert isinstance(found, Target)

    assert too_deep(found, depth) is None


def test_a_flat_that_is_in_several_entrances_is_asked_for_again() -> None:
    found = find("5/2/201")
    assert isinstance(found, Problem)
    assert found.hint == "write one of 5-1/2/201, 5-2/2/201"


def test_a_place_whose_building_is_not_in_the_tree_has_no_name_from_it() -> None:
    alone = [Spot(2, "floor", "3/12", "3", "", "12", 12)]
    found = find_target(parse_place("3/12"), alone, NAMES, site=1)
    assert isinstance(found, Target)
    assert found.building_name == {}
