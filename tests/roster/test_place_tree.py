"""The tree of places: parents first, in the order people count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import PlaceKind
from hub.roster.place_tree import natural, place_name, place_tree
from hub.roster.values import PlaceParts

PARTS = st.builds(
    PlaceParts,
    st.sampled_from(["1", "2", "12", "A"]),
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["1", "2", "12", "B1", "12A"]),
    st.sampled_from(["", "101", "1203"]),
)


@given(st.lists(PARTS, max_size=20))
def test_every_parent_stands_before_its_children(places: list[PlaceParts]) -> None:
    seen = {""}
    for row in place_tree(places):
        assert row.path not in seen
        assert row.parent in seen
        seen.add(row.path)
    assert {p.path for p in places} <= seen


def test_floors_count_upwards_from_the_basement() -> None:
    rows = place_tree([PlaceParts("3", "", f) for f in ("12A", "2", "B1", "12", "1")])
    assert [r.floor for r in rows[1:]] == ["B1", "1", "2", "12", "12A"]


def test_an_entrance_stands_inside_its_building() -> None:
    rows = {r.path: r for r in place_tree([PlaceParts("3", "1", "12", "1203")])}
    assert rows["3-1"].parent == "3"
    assert rows["3-1"].kind is PlaceKind.ENTRANCE
    assert rows["3-1/12/1203"].parent == "3-1/12"


def test_names_are_in_both_languages() -> None:
    for row in place_tree([PlaceParts("3", "1", "B1", "B101")]):
        assert set(row.name) == {"zh-CN", "en"}


def test_two_comes_before_twelve_and_numbers_before_letters() -> None:
    assert sorted(["12", "A", "2", "2A"], key=natural) == ["2", "2A", "12", "A"]


@pytest.mark.parametrize(
    ("building", "chinese", "english"),
    [
        ("1期1", "1期1栋", "Phase 1, Tower 1"),
        ("翡翠苑1期3", "翡翠苑1期3栋", "翡翠苑 Phase 1, Tower 3"),
        ("123弄3", "123弄3号", "Lane 123, Tower 3"),
        ("1期车库", "1期车库", "Phase 1, Garages"),
        ("1期别墅3", "1期别墅3", "Phase 1, Villa 3"),
        ("PHASE2.3", "2期3栋", "Phase 2, Tower 3"),
        ("3", "3栋", "Tower 3"),
    ],
)
def test_a_building_of_a_group_is_named_in_both_languages(
    building: str, chinese: str, english: str
) -> None:
    assert place_name(PlaceParts(building)) == {"zh-CN": chinese, "en": english}
