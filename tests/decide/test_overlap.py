"""Which places of a site share ground."""

from __future__ import annotations

import pytest

from hub.decide.overlap import overlaps, running_at, same_ground
from hub.under_way import Standing


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3", "3"),
        ("all", "3-1/12/1203"),
        ("all", "gate-2"),
        ("all", "all"),
        ("3", "3/12"),
        ("3", "3-1"),
        ("3", "3-2/12/1203"),
        ("3", "3/lobby"),
        ("3-1", "3-1/12"),
        ("3/12", "3/12/1203"),
        ("3/12", "3-1"),  # floor 12 of every entrance, and one entrance
        ("3/12", "3-1/12"),
        ("3/12", "3-2/12/1203"),
        ("3-1", "3/lobby"),  # what belongs to no entrance belongs to all
        ("1期", "1期3/12"),
        ("1期", "1期3-2"),
        ("东苑", "东苑3"),
        ("PHASE1", "PHASE1.3/12"),
        ("商铺", "商铺/S07"),
        ("别墅", "别墅12"),
    ],
)
def test_places_that_share_ground(one: str, other: str) -> None:
    assert overlaps(one, other)
    assert overlaps(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3", "4"),
        ("3", "31/12"),
        ("3", "13"),
        ("3/1", "3/12"),
        ("3/12", "3/13"),
        ("3/12/1203", "3/12/1204"),
        ("3-1", "3-2"),
        ("3-1/12", "3-2/12"),
        ("3-1", "3-12"),
        ("3/12", "3/lobby"),
        ("3/lift-1", "3/lift-2"),
        ("gate", "gate-2"),
        ("gate-1", "gate-2"),
        ("gate", "3"),
        ("1期", "2期3"),
        ("1期3", "1期31"),
        ("1期3", "2期3"),
        ("1期3", "3"),
        ("1期/12", "1期3/12"),  # no group: a building of that name
        ("PHASE1", "PHASE12.3"),
        ("A", "AB"),
        ("商铺", "别墅12"),
    ],
)
def test_places_that_do_not(one: str, other: str) -> None:
    assert not overlaps(one, other)
    assert not overlaps(other, one)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("all", "3/12", True),
        ("3", "3", True),
        ("3/12", "3", True),
        ("3/12", "3/5", True),
        ("3-1/12", "3-2", True),
        ("3-1", "3", True),
        ("3/12/1203", "3/lobby", True),
        ("1期", "1期3/12", True),
        ("gate-2", "", True),
        ("PHASE1", "PHASE1.3", True),
        ("gate-2", "gate-2", True),
        ("3", "4", False),
        ("3", "31", False),
        ("1期3", "1期31", False),
        ("1期3", "2期3", False),
        ("gate-2", "gate-3", False),
        ("A", "AB", False),
    ],
)
def test_places_of_one_building_share_its_ground(one: str, other: str, shared: bool) -> None:
    assert same_ground(one, other) is shared
    assert same_ground(other, one) is shared


def test_the_same_place_is_named_first_then_the_newest() -> None:
    runs = [
        Standing(n, f"FIRE-000{n}", place, "live", "fire", 0)
        for n, place in enumerate(("3/12", "all", "3/13", "3"), start=1)
    ]
    assert [one.id for one in running_at("3/12", runs)] == [1, 4, 2]
    assert [one.id for one in running_at("4", runs)] == [2]
    assert running_at("4", runs[:1]) == ()
