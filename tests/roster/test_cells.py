"""What a cell says, and how it may be shown."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.roster.cells import Cell, cell_text, column_letter, has_lost_text, is_date, masked, tidy


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("３栋　", "3栋"),
        ("\u200b张三\ufeff", "张三"),
        ("a\u00a0 b", "a b"),
        (1203.0, "1203"),
        (13800138000.0, "13800138000"),
        (1203, "1203"),
        (1.5, "1.5"),
        (True, "TRUE"),
        (None, ""),
        ("x\r\ny", "x\ny"),
    ],
)
def test_a_cell_is_its_text(value: Cell, text: str) -> None:
    assert cell_text(value) == text


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    ("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_named_as_in_a_spreadsheet(index: int, letter: str) -> None:
    assert column_letter(index) == letter


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800138000", "138****8000"),
        ("+8613800138000", "+138****8000"),
        ("138 0013 8000 张三", "138****8000 张三"),
        ("12345", "12345"),
        ("8888666", "88****66"),
        ("3栋1203", "3栋1203"),
        ("x" * 99, "x" * 59 + "…"),
    ],
)
def test_long_numbers_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@given(st.integers(10**8, 10**15))
def test_no_long_number_is_shown_whole(number: int) -> None:
    assert str(number) not in masked(f"tel {number}.")


def test_dates_and_lost_characters_are_noticed() -> None:
    assert is_date(dt.date(2026, 3, 2))
    assert is_date(dt.time(3, 2))
    assert not is_date("3-2")
    assert has_lost_text("张\ufffd")
    assert not has_lost_text("张三\n李四")
