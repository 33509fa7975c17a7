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
