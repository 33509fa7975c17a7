from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.asking import LETTERS, lettered, next_letter, offered

TEXTS = [
    (
        "3栋2层起火。若有烟：打119，并回复2。回复数字：1安全，2求助，3已撤离，4不在家 \ue000",
        "3栋2层起火。若有烟：打119，并回复B2。回复数字：B1安全，B2求助，B3已撤离，B4不在家 \ue000",
    ),
    (
        "Tower 3, floor 2. Cannot use stairs: reply 2. Reply 1 safe, 4 not at home \ue000",
        "Tower 3, floor 2. Cannot use stairs: reply B2. Reply B1 safe, B4 not at home \ue000",
    ),
    ("使用医疗设备请回复2，平安1，不在4", "使用医疗设备请回复B2，平安B1，不在B4"),
    ("Need help: reply 2. Safe 1, away 4 \ue000", "Need help: reply B2. Safe B1, away B4 \ue000"),
    ("收到请回复1。2号门集合，4人一组，1小时内到", "收到请回复B1。2号门集合，4人一组，1小时内到"),
    ("Reply 1 on it. Gate 2, in 3 hours, at 4:10", "Reply B1 on it. Gate 2, in 3 hours, at 4:10"),
    ("All clear at 3:10. Tower 3.", "All clear at 3:10. Tower 3."),
    ("Reply 1 safe. In 4 we trust", "Reply B1 safe. In 4 we trust"),
    ("返信：1 安全、4 留守", "返信：B1 安全、B4 留守"),
]


@pytest.mark.parametrize(("plain", "with_letter"), TEXTS)
def test_each_digit_that_is_asked_for_carries_the_letter(plain: str, with_letter: str):
    assert lettered(plain, "B") == with_letter


@pytest.mark.parametrize(("plain", "with_letter"), TEXTS)
def test_what_is_offered_is_the_same_with_a_letter(plain: str, with_letter: str):
    assert offered(with_letter, "B") == offered(plain)


def test_the_digits_of_a_text_are_those_it_asks_for():
    assert offered(TEXTS[0][0]) == frozenset("1234")
    assert offered(TEXTS[1][0]) == frozenset("124")
    assert offered("Tower 3 is safe, 2 people told") == frozenset()


def test_letters_are_given_in_order_and_run_out():
    assert next_letter(()) == "B"
    assert next_letter({"B", "D"}) == "C"
    assert next_letter(LETTERS) == ""


@given(st.text(max_size=200))
def test_a_letter_takes_nothing_away(text: str):
    made = lettered(text, "B")
    assert len(made) == len(text) + made.count("B") - text.count("B")
