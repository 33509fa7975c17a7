"""Who takes part in drills: by the site's rule, by building, and by what people said."""

from __future__ import annotations

import pytest

from hub.decide.drills import CHOSEN, EVERYBODY, STAFF, Drills, drills_of, takes_part

BY_BUILDING = Drills(CHOSEN, frozenset({"3", "5-1"}))


def test_a_rule_is_read_from_the_settings_and_marks_count_without_one() -> None:
    said = {"drills": {"who": "chosen", "buildings": ["3", "5-1"]}}
    assert drills_of(said) == BY_BUILDING
    assert drills_of({}) == drills_of({"drills": {"who": "moon"}}) == Drills(CHOSEN)
    assert drills_of({"drills": {"who": "staff"}}) == Drills(STAFF)


@pytest.mark.parametrize("rule", [Drills(), Drills(STAFF), Drills(EVERYBODY), BY_BUILDING])
def test_nobody_who_said_no_is_told(rule: Drills) -> None:
    for kind in ("resident", "staff", "group", "screen", "outside"):
        assert not takes_part(kind, rule, said=-1, building="3")


@pytest.mark.parametrize(
    ("kind", "said", "rule", "building", "entrance", "told"),
    [
        ("resident", 0, Drills(), "3", "", False),
        ("resident", 1, Drills(), "3", "", True),
        ("staff", 1, Drills(), "", "", True),
        ("resident", 1, Drills(STAFF), "3", "", False),
        ("staff", 1, Drills(STAFF), "", "", True),
        ("staff", 0, Drills(STAFF), "", "", False),
        ("screen", 1, Drills(STAFF), "3", "", True),
        ("resident", 0, BY_BUILDING, "3", "2", True),
        ("resident", 0, BY_BUILDING, "5", "1", True),
        ("resident", 0, BY_BUILDING, "5", "2", False),
        ("screen", 0, BY_BUILDING, "3", "", True),
        ("group", 0, BY_BUILDING, "3", "", True),
        ("resident", 0, BY_BUILDING, "", "", False),
        ("staff", 0, BY_BUILDING, "3", "", False),
        ("outside", 0, BY_BUILDING, "3", "", False),
        ("resident", 0, Drills(EVERYBODY), "", "", True),
        ("staff", 0, Drills(EVERYBODY), "", "", True),
        ("outside", 0, Drills(EVERYBODY), "", "", False),
        ("outside", 1, Drills(EVERYBODY), "", "", True),
    ],
)
def test_who_is_told(
    kind: str, said: int, rule: Drills, building: str, entrance: str, *, told: bool
) -> None:
    assert takes_part(kind, rule, said=said, building=building, entrance=entrance) is told
