from __future__ import annotations

import pytest

from hub.decide.byhand import OUTCOMES, answer_of, by_hand, outcome_word
from hub.model import AnswerWord


def test_only_doors_and_phones_are_carried_out_by_people():
    assert by_hand(["voice", "phone", "sms", "door"]) == ["phone", "door"]


@pytest.mark.parametrize("word", OUTCOMES)
def test_a_word_of_the_list_may_have_a_note(word: str):
    assert outcome_word(word) == outcome_word(f" {word} : a note") == word


@pytest.mark.parametrize("said", ["", "found", "Safe", "answered", "stopped", ": safe"])
def test_any_other_word_is_none(said: str):
    assert outcome_word(said) == ""
    assert answer_of(said) is None


def test_four_outcomes_are_answers():
    assert {word for word in OUTCOMES if answer_of(word)} == {"safe", "help", "evacuated", "away"}
    assert answer_of("away: in hospital") is AnswerWord.AWAY
