"""Chinese on the resident's page: no line ends inside a word, or between a number and its count."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.resident.together import WORDS, together

SCREENS = Path(__file__).parents[2] / "web" / "static" / "screen" / "lines.js"


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ("3栋12层警报解除", ["3栋", "12层", "警报", "解除"]),
        ("11 号楼停电，40 分钟后恢复供电", ["11\u00a0号楼", "停电", "40\u00a0分钟", "恢复供电"]),
        ("打119，勿乘电梯", ["勿乘", "电梯"]),
    ],
)
def test_a_word_and_a_counted_number_stay_in_one_line(said: str, marked: list[str]) -> None:
    drawn = str(together(said, "zh-CN"))
    assert re.findall(r'<span class="k">(.*?)</span>', drawn) == marked
    assert re.sub(r"<.*?>", "", drawn).replace("\u00a0", " ") == said


def test_what_somebody_wrote_is_escaped_and_other_languages_are_left_alone() -> None:
    assert str(together("<b>停电</b>", "zh-CN")) == '&lt;b&gt;<span class="k">停电</span>&lt;/b&gt;'
    assert together("Fire at Tower 3, 3栋", "en") == "Fire at Tower 3, 3栋"


def test_the_words_are_those_of_the_screens() -> None:
    found = re.search(
        r"const WORDS = \((.*?)\)\.split", SCREENS.read_text(encoding="utf-8"), re.DOTALL
    )
    assert found is not None
    theirs = " ".join(re.findall(r'"([^"]*)"', found[1])).split()
    assert sorted(theirs) == sorted(WORDS)
