from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.named import Named, named_places


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("救命 5栋1601 着火 出不去", Named("5", unit="1601")),
        ("我在５栋２单元１６０１室", Named("5", "2", unit="1601")),
        ("3栋12层有烟", Named("3", floor="12")),
        ("3號樓 1203", Named("3", unit="1203")),
        ("7座", Named("7")),
        ("3-1-502 救命", Named("3", "1", unit="502")),
        ("5-1601", Named("5", unit="1601")),
        ("help, Tower 3, floor 12", Named("3", floor="12")),
        ("building 5 flat 1601", Named("5", unit="1601")),
        ("flat 1601 in tower 5", Named("5", unit="1601")),
        ("block B 1203", Named("b", unit="1203")),
        ("tower 3 12th floor", Named("3", floor="12")),
        ("1601室", Named(unit="1601")),
        ("room 502 stuck", Named(unit="502")),
        ("trapped 1203", Named(unit="1203")),
    ],
)
def test_the_place_in_words_is_found(words: str, first: Named):
    assert named_places(words)[0] == first


@pytest.mark.parametrize(
    "words", ["救命", "help", "2", "call +8613800000001", "at 02:41", "we are on the roof", ""]
)
def test_words_without_a_place_name_none(words: str):
    assert named_places(words) == ()


@given(st.text(max_size=300))
def test_anything_typed_is_looked_through(words: str):
    assert len(named_places(words)) <= 6


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("一期1栋1单元8楼有人被困", Named("1期1", "1", "8")),
        ("2期1栋2单元601 救命", Named("2期1", "2", "", "601")),
        ("help, phase 2 tower 3 flat 1203", Named("2期3", "", "", "1203")),
        ("一期还是二期 1栋601", Named("1", "", "", "601")),
        ("救命 一期 1203室", Named(unit="1203")),
    ],
)
def test_a_phase_stands_before_the_building(words: str, first: Named) -> None:
    assert named_places(words)[0] == first


def test_a_phase_named_in_english_is_looked_for_under_both_ways_to_write_it() -> None:
    found = [one.building for one in named_places("Phase 2 tower 3 flat 1203")]
    assert found[:3] == ["2期3", "phase2.3", "3"]
