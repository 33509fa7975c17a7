from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.ground import Ground, covers, distance, in_group, lowest, survey
from hub.model import Band, Place, PlaceId, PlaceKind, RecipientKind, SiteId
from hub.plans import Spot

RESIDENTS = frozenset({RecipientKind.RESIDENT})


def band(where: str, below: int = 1) -> Band:
    return Band(where, {}, RESIDENTS, where, below=below)


FLOOR, EVACUATE, BUILDING, SITE = map(band, ("floor", "evacuate", "building", "site"))


def spot(path: str) -> Spot:
    head, *rest = path.split("/")
    building, _, entrance = head.partition("-")
    level = int(rest[0]) if rest and rest[0].lstrip("-").isdigit() else None
    floor = rest[0] if level is not None else ""
    return Spot(hash(path), "unit", path, building, entrance, floor, level)


def place(path: str) -> Place:
    at = spot(path)
    kind = PlaceKind.FLOOR if at.level is not None else PlaceKind.BUILDING
    return Place(
        PlaceId(1),
        SiteId(1),
        None,
        kind,
        path,
        building=at.building,
        entrance=at.entrance,
        floor=at.floor,
        level=at.level,
    )


TOWERS = [spot(f"{b}/{f}/{f}01") for b in ("3", "4") for f in range(1, 31)]
HOUSES = [spot(f"5-{e}/{f}/{f}01") for e in (1, 2) for f in range(1, 7)]


def taken(where: Band, named: str | None, *, scope: str = "", bands: list[Band]) -> set[str]:
    everywhere = [*TOWERS, *HOUSES, spot("3/lobby"), spot("5/lobby"), spot("gate")]
    ground = survey(place(named) if named else None, everywhere, bands=bands, scope=scope)
    return {one.path for one in everywhere if covers(where, one, ground)}


def test_the_named_floor_is_one_floor() -> None:
    assert taken(FLOOR, "3/12", bands=[FLOOR]) == {"3/12/1201"}


def test_the_fire_floor_one_below_and_all_above_leave() -> None:
    got = taken(EVACUATE, "3/12", bands=[EVACUATE])

    assert got == {f"3/{f}/{f}01" for f in range(11, 31)}


def test_nobody_of_another_building_leaves() -> None:
    assert not any(path.startswith("4") for path in taken(EVACUATE, "3", bands=[EVACUATE]))


def test_the_whole_building_leaves_when_no_floor_is_named_or_the_operator_says_so() -> None:
    whole = {f"3/{f}/{f}01" for f in range(1, 31)} | {"3/lobby"}

    assert taken(EVACUATE, "3", bands=[EVACUATE]) == whole
    assert taken(EVACUATE, "3/12", scope="building", bands=[EVACUATE]) == whole


def test_an_entrance_leaves_alone_but_its_building_is_the_whole_one_when_floors_evacuate() -> None:
    leaving = taken(EVACUATE, "5-1/3", bands=[EVACUATE, BUILDING])
    building = taken(BUILDING, "5-1/3", bands=[EVACUATE, BUILDING])

    assert leaving == {f"5-1/{f}/{f}01" for f in range(2, 7)}
    assert "5-2/1/101" in building


def test_an_entrance_is_a_building_of_its_own_where_nothing_spreads() -> None:
    got = taken(BUILDING, "5-1", bands=[BUILDING])

    assert got == {f"5-1/{f}/{f}01" for f in range(1, 7)} | {"5/lobby"}


def test_the_building_means_all_its_entrances() -> None:
    got = taken(BUILDING, "5", bands=[BUILDING])

    assert {"5-1/1/101", "5-2/6/601", "5/lobby"} <= got


def test_a_floor_across_entrances_is_that_floor_in_each() -> None:
    assert taken(FLOOR, "5/3", bands=[FLOOR]) == {"5-1/3/301", "5-2/3/301"}


@pytest.mark.parametrize("where", [FLOOR, EVACUATE, BUILDING, SITE])
def test_the_whole_site_is_everyone_in_it(where: Band) -> None:
    got = taken(where, None, bands=[where])

    assert len(got) == len(TOWERS) + len(HOUSES) + 3
    assert covers(where, None, Ground(None))


def test_who_has_no_place_is_of_the_site_alone() -> None:
    ground = survey(place("3/12"), TOWERS, bands=[EVACUATE])

    assert covers(SITE, None, ground)
    assert not any(covers(where, None, ground) for where in (FLOOR, EVACUATE, BUILDING))


def test_a_lobby_screen_is_of_the_building_and_not_of_the_floors_that_leave() -> None:
    assert "3/lobby" in taken(BUILDING, "3/12", bands=[EVACUATE, BUILDING])
    assert "3/lobby" not in taken(EVACUATE, "3/12", bands=[EVACUATE, BUILDING])


def test_an_outdoor_spot_is_itself() -> None:
    at = Place(PlaceId(1), SiteId(1), None, PlaceKind.SPOT, "gate")
    ground = survey(at, TOWERS, bands=[BUILDING])

    assert covers(BUILDING, spot("gate"), ground)
    assert not covers(BUILDING, TOWERS[0], ground)
    assert covers(SITE, TOWERS[0], ground)


def test_there_is_no_floor_zero() -> None:
    assert lowest(1, 1, frozenset({1, -1})) == -1
    assert lowest(2, 2, frozenset({1, 2, -1})) == -1


def test_floors_left_out_for_luck_are_no_floors() -> None:
    levels = frozenset(n for n in range(1, 31) if n not in {4, 13, 14, 24})

    assert lowest(5, 1, levels) == 3
    assert lowest(15, 1, levels) == 12
    assert lowest(25, 1, levels) == 23


def test_an_empty_floor_is_still_a_floor() -> None:
    assert lowest(12, 1, frozenset({5, 12})) == 11


@given(st.integers(-3, 40), st.integers(0, 5), st.frozensets(st.integers(-3, 40)))
def test_going_down_never_goes_up(named: int, below: int, levels: frozenset[int]) -> None:
    got = lowest(named, below, levels)

    assert got <= named - below
    assert lowest(named, below + 1, levels) < got or below < 0


def test_distance_counts_floors() -> None:
    ground = survey(place("3/12"), TOWERS, bands=[EVACUATE])

    assert distance(spot("3/15/1501"), ground) == 3
    assert distance(spot("3/lobby"), ground) == 0
    assert distance(None, ground) == 0


@pytest.mark.parametrize(
    ("building", "group", "inside"),
    [
        ("东苑3", "东苑", True),
        ("1期东苑3", "1期", True),
        ("PHASE2.3", "PHASE2", True),
        ("PHASE21", "PHASE2", False),
        ("PHASE21.3", "PHASE2", False),
        ("西苑3", "东苑", False),
        ("东苑", "东苑", False),
        ("3", "", False),
    ],
)
def test_a_building_stands_in_the_group_its_number_begins_with(
    building: str, group: str, inside: bool
) -> None:
    assert in_group(building, group) is inside


def test_a_group_is_all_its_buildings_and_no_others() -> None:
    east, west = spot("东苑3/1/101"), spot("西苑3/1/101")
    group = Place(PlaceId(1), SiteId(1), None, PlaceKind.GROUP, "东苑")
    ground = survey(group, [east, west], bands=[BUILDING], scope="")
    assert [one.path for one in (east, west) if covers(BUILDING, one, ground)] == ["东苑3/1/101"]
