"""What may become of a task."""

from __future__ import annotations

import pytest

from hub.decide.chores import HELP, Change, No, Standing, decide

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
