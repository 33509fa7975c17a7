from __future__ import annotations

import pytest

from hub.decide.filters import period, sentence, spaced


def test_signs_put_blanks_between_figures_and_characters():
    assert spaced("3栋12层A座") == "3 栋 12 层 A 座"
    assert spaced("Tower 3") == "Tower 3"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("已到场", "已到场。"), ("已到场。", "已到场。"), ("走B梯.", "走B梯。"),
        ("Use stair B", "Use stair B."),
        ("Use stair B!", "Use stair B!"), ("Wait,", "Wait."), ("", ""),
    ],
)  # fmt: skip
def test_a_full_stop_of_the_right_script(text: str, expected: str):
    assert period(text) == expected


def test_a_sentence_begins_with_a_capital():
    assert sentence("duty manager") == "Duty manager"
    assert sentence("") == ""
