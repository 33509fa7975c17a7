"""Every problem and every refusal has its words in both languages."""

from __future__ import annotations

import re
import string

import pytest

from hub.roster.problem_words import Code, problem_words
from hub.roster.refusal_words import REFUSALS, refusal_words
from hub.roster.vocabulary import NEEDS, ROLES


@pytest.mark.parametrize("code", list(Code))
def test_a_problem_says_in_both_languages_what_was_expected(code: Code) -> None:
    words = problem_words(code, args=("x", "y", "z", "w"))
    assert set(words) == {"zh-CN", "en"}
    assert re.search("[一-鿿]", words["zh-CN"])
    assert not re.search(r"[{}]", words["zh-CN"] + words["en"])


@pytest.mark.parametrize("code", list(REFUSALS))
def test_a_refusal_names_the_same_things_in_both_languages(code: str) -> None:
    fields = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in REFUSALS[code].values()
    ]
    assert fields[0] == fields[1]
    assert set(refusal_words(code, **dict.fromkeys(fields[0], "x"))) == {"en", "zh-CN"}


def test_needs_are_categories_and_roles_are_those_of_the_field() -> None:
    assert set(NEEDS) == {
        "moves_slowly", "wheelchair", "powered_device", "hearing", "sight", "infant", "other"
    }  # fmt: skip
    assert {"duty_manager", "control_room", "security", "engineering", "steward"} <= set(ROLES)
