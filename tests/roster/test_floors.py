"""Floors, their order, and the numerals they are written with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.roster.floors import canonical_floor, floor_of_unit, level_of
from hub.roster.numerals import chinese_number, plain_number


@pytest.mark.parametrize(
    ("text", "floor", "level"),
    [
        ("1", "1", 1),
        ("012", "12", 12),
        ("十二", "12", 12),
        ("12A", "12A", 13),
        ("3A", "3A", 4),
        ("b1", "B1", -1),
        ("-2", "B2", -2),
        ("G", "G", 1),
        ("0", "", None),
        ("100", "", None),
        ("顶", "", None),
        ("", "", None),
    ],
)
def test_a_floor_has_one_form_and_a_level(text: str, floor: str, level: int | None) -> None:
    assert canonical_floor(text) == floor
    assert level_of(floor) == level


@given(st.integers(1, 99))
def test_every_numbered_floor_is_its_own_form(number: int) -> None:
    assert canonical_floor(str(number)) == str(number)
    assert level_of(str(number)) == number


@pytest.mark.parametrize(
    ("unit", "floor"),
    [
        ("1203", "12"), ("302", "3"), ("0302", "3"), ("12A03", "12A"), ("1203A", "12"),
        ("12D", "12"), ("G01", "G"), ("B101", "B1"), ("10301", ""), ("3", ""), ("", ""), ("A", ""),
    ],
)  # fmt: skip
def test_a_flat_tells_its_floor_or_nothing(unit: str, floor: str) -> None:
    assert floor_of_unit(unit) == floor


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("二十一", 21), ("一百零二", 102),
        ("两百", 200), ("一二", 12), ("十百", None), ("3", None), ("栋", None), ("", None),
    ],
)  # fmt: skip
def test_chinese_numerals_are_read(text: str, number: int | None) -> None:
    assert chinese_number(text) == number


def test_numbers_lose_their_leading_zeros_only() -> None:
    assert [plain_number(t) for t in ("03", "0", "三", "A", "30")] == ["3", "0", "3", "A", "30"]
