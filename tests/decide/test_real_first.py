from __future__ import annotations

import pytest

from hub.decide.real_first import drill_ended, drills_at, public_path, real_at, refuse_drill
from hub.errors import Conflict
from hub.under_way import UnderWay


def under_way(number: int, kind: str, status: str = "open", place: str = "3/12") -> UnderWay:
    return UnderWay(number, f"F-{number}", kind, status, place)


def test_what_is_real_and_not_closed_counts_and_the_newest_is_named() -> None:
    others = [
        under_way(1, "live", "cleared"),
        under_way(2, "live", "stopped"),
        under_way(3, "live", "closed"),
        under_way(4, "live", place="4"),
        under_way(5, "drill"),
    ]
    found = real_at("3", others)
    assert found is not None
    assert found.id == 2
    assert real_at("5", others) is None
    assert real_at("3", [under_way(5, "drill"), under_way(6, "test")]) is None


def test_drills_and_tests_there_are_to_end() -> None:
    others = [
        under_way(7, "test", "stopped"),
        under_way(5, "drill"),
        under_way(6, "drill", place="4"),
        under_way(8, "drill", "closed"),
        under_way(9, "live"),
    ]
    assert [one.id for one in drills_at("3", others)] == [5, 7]
    assert drills_at("5", others) == ()


@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [("open", "live_open", "see to it first"), ("cleared", "live_cleared", "close it, then")],
)
def test_the_refusal_names_the_incident_and_what_to_do(status: str, code: str, hint: str) -> None:
    with pytest.raises(Conflict) as refused:
        refuse_drill("3", [under_way(4, "live", status)])

    assert (refused.value.code, refused.value.facts) == ("live_open", {"incident": 4})
    (problem,) = refused.value.problems
    assert (problem.where, problem.code) == ("place", code)
    assert hint in problem.hint
    refuse_drill("3", [])


def test_an_ended_drill_names_what_ended_it() -> None:
    assert drill_ended(under_way(4, "live")).facts == {"incident": 4}
    assert drill_ended(None).facts == {}


@pytest.mark.parametrize(
    ("path", "depth", "told"),
    [
        ("3/12/1203", "floor", "3/12"),
        ("3/12/1203", "building", "3"),
        ("3-1/12/1203", "unit", "3-1/12/1203"),
        ("3/12", "floor", "3/12"),
        ("3/12", "building", "3"),
        ("3/lobby", "building", "3/lobby"),
        ("all", "floor", "all"),
    ],
)
def test_nobodys_flat_is_named(path: str, depth: str, told: str) -> None:
    assert public_path(path, depth) == told
