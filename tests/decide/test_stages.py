from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.stages import AFTER_CLOSE, No, cleared, may_say, may_stop
from hub.model import Stage
from hub.states import IncidentState

OPEN, STOPPED = IncidentState.OPEN, IncidentState.STOPPED
CLEARED, CLOSED = IncidentState.CLEARED, IncidentState.CLOSED


@pytest.mark.parametrize("status", [OPEN, STOPPED])
@pytest.mark.parametrize("stage", [Stage.UPDATE, Stage.ALL_CLEAR, Stage.CORRECTION])
def test_what_runs_or_was_stopped_can_be_followed_up(stage: Stage, status: IncidentState) -> None:
    assert may_say(stage, status, {"alert", "update"}) is No.NONE


def test_after_the_all_clear_only_a_correction_follows() -> None:
    said = {"alert", "all_clear"}

    assert may_say(Stage.UPDATE, CLEARED, said) is No.CLEARED
    assert may_say(Stage.ALL_CLEAR, CLEARED, said) is No.CLEARED
    assert may_say(Stage.CORRECTION, CLEARED, said) is No.NONE


@given(st.sampled_from(Stage), st.sampled_from(IncidentState))
def test_nothing_follows_a_correction(stage: Stage, status: IncidentState) -> None:
    assert may_say(stage, status, {"alert", "correction"}) is not No.NONE


def test_a_correction_cut_short_is_said_again_before_anything_else() -> None:
    said, cut = {"alert", "all_clear", "correction"}, {"correction"}

    assert may_say(Stage.CORRECTION, CLEARED, said, cut=cut) is No.NONE
    assert may_say(Stage.ALL_CLEAR, CLEARED, said, cut=cut) is No.AGAIN
    assert may_say(Stage.UPDATE, STOPPED, said, cut=cut) is No.AGAIN
    assert may_say(Stage.CORRECTION, CLEARED, said, cut={"all_clear"}) is No.CORRECTED


@given(st.sampled_from(Stage), st.sets(st.sampled_from(Stage)))
def test_a_closed_record_of_what_was_called_over_is_final(stage: Stage, said: set[Stage]) -> None:
    for last in (Stage.ALL_CLEAR, Stage.CORRECTION):
        assert may_say(stage, CLOSED, said | {last}) is not No.NONE


def test_what_was_closed_and_never_called_over_can_still_be_for_a_week() -> None:
    for stage in (Stage.ALL_CLEAR, Stage.CORRECTION):
        for closed_for in (timedelta(0), AFTER_CLOSE):
            assert may_say(stage, CLOSED, {"alert"}, closed_for=closed_for) is No.NONE
        late = AFTER_CLOSE + timedelta(seconds=1)
        assert may_say(stage, CLOSED, {"alert"}, closed_for=late) is No.LATE
    assert may_say(Stage.UPDATE, CLOSED, {"alert"}) is No.CLOSED
    assert AFTER_CLOSE.days == 7


def test_what_a_restore_cut_short_before_the_close_can_be_said_again() -> None:
    said = {"alert", "all_clear"}

    assert may_say(Stage.ALL_CLEAR, CLOSED, said, cut={"all_clear"}) is No.NONE
    assert may_say(Stage.ALL_CLEAR, CLOSED, {"correction"}, cut={"correction"}) is No.AGAIN
    assert may_say(Stage.CORRECTION, CLOSED, {"correction"}, cut={"correction"}) is No.NONE


def test_cleared_is_what_was_said_to_its_end() -> None:
    assert not cleared({"alert", "update"}, set())
    assert cleared({"alert", "all_clear"}, set())
    assert cleared({"alert", "correction"}, set())
    assert not cleared({"alert", "all_clear"}, {"all_clear"})
    assert cleared({"all_clear", "correction"}, {"correction"})


def test_an_alert_is_said_by_the_launch_alone() -> None:
    assert may_say(Stage.ALERT, OPEN, set()) is No.ALERT


def test_what_is_over_cannot_be_stopped() -> None:
    assert [may_stop(s) for s in (OPEN, STOPPED)] == [No.NONE, No.NONE]
    assert (may_stop(CLEARED), may_stop(CLOSED)) == (No.CLEARED, No.CLOSED)
