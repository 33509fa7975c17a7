"""What may become of a task."""

from __future__ import annotations

import pytest

from hub.decide.chores import HELP, Change, No, Standing, answers, decide
from hub.model import AnswerWord

OPEN = Standing("close_gas", "open")
CALL = Standing(HELP, "assigned", "Lin")


def test_naming_somebody_assigns_an_open_task() -> None:
    assert decide(OPEN, Change(assigned=" Lin "), closed=False) == Standing(
        "close_gas", "assigned", "Lin"
    )


def test_a_task_is_assigned_to_somebody() -> None:
    assert decide(OPEN, Change("assigned"), closed=False) is No.NOBODY
    assert decide(CALL, Change("assigned", assigned=" "), closed=False) is No.NOBODY


def test_help_is_over_only_with_what_came_of_it() -> None:
    assert decide(CALL, Change("done", outcome=" "), closed=False) is No.NO_OUTCOME
    assert decide(CALL, Change("done", outcome="Carried down"), closed=False) == Standing(
        HELP, "done", "Lin", "Carried down"
    )
    assert decide(OPEN, Change("done"), closed=False) == Standing("close_gas", "done")


def test_reopening_keeps_who_had_it() -> None:
    done = Standing("close_gas", "done", "Lin", "closed")
    assert decide(done, Change("open"), closed=False) == Standing(
        "close_gas", "open", "Lin", "closed"
    )


@pytest.mark.parametrize("change", [Change("done"), Change(assigned="Lin"), Change()])
def test_nothing_changes_in_a_closed_incident(change: Change) -> None:
    assert decide(OPEN, change, closed=True) is No.CLOSED


DOOR = Standing("door", "assigned", "Lin", by_hand=True)


@pytest.mark.parametrize("outcome", ["", "found", "other people"])
def test_a_door_is_only_done_with_a_word_of_the_list(outcome: str) -> None:
    assert decide(DOOR, Change("done", outcome=outcome), closed=False) is No.NO_WORD


def test_a_door_is_done_with_its_outcome() -> None:
    done = decide(DOOR, Change("done", outcome="not_home: dark"), closed=False)
    assert done == Standing("door", "done", "Lin", "not_home: dark", by_hand=True)
    assert decide(done, Change(outcome="gone"), closed=False) is No.NO_WORD


def test_what_the_hub_itself_ended_may_still_be_given_to_somebody() -> None:
    ended = Standing("door", "done", "", "answered", by_hand=True)
    named = Standing("door", "done", "Lin", "answered", by_hand=True)
    assert decide(ended, Change(assigned="Lin"), closed=False) == named


@pytest.mark.parametrize(
    ("key", "by_hand", "outcome", "word"),
    [
        ("door", True, "safe", AnswerWord.SAFE),
        ("door", True, "help: needs oxygen", AnswerWord.HELP),
        ("door", True, "not_home", None),
        (HELP, False, "evacuated", AnswerWord.EVACUATED),
        (HELP, False, "help", None),
        (HELP, False, "Carried down", None),
        ("close_gas", False, "safe", None),
    ],
)
def test_an_outcome_may_be_an_answer(
    key: str, by_hand: bool, outcome: str, word: AnswerWord | None
) -> None:
    before = Standing(key, "open", by_hand=by_hand)
    done = Standing(key, "done", "", outcome, by_hand)
    assert answers(before, done) is word
    assert answers(before, Standing(key, "open", "", outcome, by_hand)) is None
    assert answers(done, done) is None, "it was said before"


def test_two_at_one_door_do_not_write_over_each_other() -> None:
    done = Standing("door", "done", "", "safe", by_hand=True)
    late = Change("done", outcome="not_home", was="open")
    assert decide(done, late, closed=False) is No.MEANWHILE
    seen = Change("done", outcome="not_home", was="done")
    assert decide(done, seen, closed=False) == Standing(
        "door", "done", "", "not_home", by_hand=True
    )
