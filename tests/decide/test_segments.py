from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.marks import LINK, NAME
from hub.decide.segments import GSM_BASIC, GSM_EXTENSION, Encoding, Segments, count

GSM = st.text(alphabet=sorted(GSM_BASIC | GSM_EXTENSION), max_size=700)
ANY = st.text(st.characters(exclude_characters=LINK + NAME), max_size=400)
"""Text of any script; the two marks stand for other text and are counted as that."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments(Encoding.GSM7, 0, 0)),
        ("a" * 160, Segments(Encoding.GSM7, 160, 1)),
        ("a" * 161, Segments(Encoding.GSM7, 161, 2)),
        ("a" * 306, Segments(Encoding.GSM7, 306, 2)),
        ("a" * 307, Segments(Encoding.GSM7, 307, 3)),
        ("€" * 80, Segments(Encoding.GSM7, 160, 1)),
        ("€" * 81, Segments(Encoding.GSM7, 162, 2)),
        ("火" * 70, Segments(Encoding.UCS2, 70, 1)),
        ("火" * 71, Segments(Encoding.UCS2, 71, 2)),
        ("火" * 134, Segments(Encoding.UCS2, 134, 2)),
        ("火" * 135, Segments(Encoding.UCS2, 135, 3)),
        ("😀" * 35, Segments(Encoding.UCS2, 70, 1)),
        ("it’s", Segments(Encoding.UCS2, 4, 1)),
        ("Ça va", Segments(Encoding.GSM7, 5, 1)),
        ("ça va", Segments(Encoding.UCS2, 5, 1)),
    ],
)
def test_parts_are_counted_as_the_networks_count(text: str, expected: Segments):
    assert count(text) == expected


def test_the_basic_table_has_its_127_characters_and_ten_cost_two():
    assert len(GSM_BASIC) == 127
    assert len(GSM_EXTENSION) == 10


def test_a_surrogate_pair_is_never_cut_so_a_part_may_stay_one_unit_short():
    # 67 units a part: 33 emoji and a hole; 67 emoji are 134 units but need a third part.
    assert count("😀" * 67) == Segments(Encoding.UCS2, 134, 3)
    assert count("火" + "😀" * 66).parts == 2


def test_an_escape_pair_is_never_cut():
    assert count("a" * 152 + "€" + "a" * 152) == Segments(Encoding.GSM7, 306, 3)


def test_the_link_counts_as_long_as_it_will_be_and_keeps_a_latin_text_cheap():
    assert count(f"Reply 1 {LINK}", link_length=48) == Segments(Encoding.GSM7, 56, 1)
    assert count("a" * 113 + LINK, link_length=48).parts == 2


def test_a_name_may_be_chinese_so_its_mark_makes_the_text_dear():
    assert count(f"Dear {NAME}", name_length=3) == Segments(Encoding.UCS2, 8, 1)


@given(GSM)
def test_gsm_text_never_needs_more_than_its_septets_allow(text: str):
    found = count(text)
    assert found.encoding is Encoding.GSM7
    assert found.units == sum(2 if c in GSM_EXTENSION else 1 for c in text)
    if found.parts > 1:
        assert 152 * (found.parts - 1) < found.units <= 153 * found.parts


@given(ANY)
def test_units_of_other_text_are_utf_16(text: str):
    found = count(text)
    if found.encoding is Encoding.UCS2:
        assert found.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
        assert found.parts >= -(-found.units // 67) or found.units <= 70


@given(ANY, ANY)
def test_more_text_never_takes_fewer_parts(one: str, two: str):
    assert count(one + two).parts >= count(one).parts


@given(ANY, st.integers(0, 120))
def test_a_link_costs_the_same_as_its_letters(text: str, length: int):
    assert count(text + LINK, link_length=length) == count(text + "x" * length)
