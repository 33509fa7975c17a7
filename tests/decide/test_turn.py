from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.decide.turn import SEND, Candidate, turn
from hub.model import Stage
from hub.states import DeliveryState, IncidentState, Reason

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
I = IncidentState  # noqa: E741 a table reads better


def ask(stage=Stage.ALERT, incident=I.OPEN, *, left=60, repeat=False, answered=False):
    expires = NOW + timedelta(seconds=left)
    return turn(Candidate(stage, incident, expires, repeat, answered), now=NOW)


def test_an_open_incident_sends():
    for stage in Stage:
        assert ask(stage) is SEND


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("incident", list(I))
def test_nothing_is_sent_after_its_expiry(stage, incident):
    said = ask(stage, incident, left=0)
    assert (said.state, said.reason) == (DeliveryState.EXPIRED, Reason.TOO_OLD)


@pytest.mark.parametrize(
    ("stage", "incident", "reason"),
    [
        (Stage.ALERT, I.STOPPED, Reason.STOPPED),
        (Stage.ALERT, I.CLEARED, Reason.SUPERSEDED),
        (Stage.UPDATE, I.CLEARED, Reason.SUPERSEDED),
        (Stage.ALERT, I.CLOSED, Reason.STOPPED),
        (Stage.ALL_CLEAR, I.CLOSED, Reason.STOPPED),
    ],
)
def test_what_is_no_longer_true_is_cancelled(stage, incident, reason):
    said = ask(stage, incident)
    assert (said.state, said.reason) == (DeliveryState.CANCELLED, reason)


@pytest.mark.parametrize(
    ("stage", "incident"),
    [
        (Stage.UPDATE, I.STOPPED),
        (Stage.ALL_CLEAR, I.STOPPED),
        (Stage.ALL_CLEAR, I.CLEARED),
        (Stage.CORRECTION, I.CLEARED),
    ],
)
def test_what_the_people_told_need_still_goes_out(stage, incident):
    assert ask(stage, incident, repeat=True, answered=True) is SEND


def test_an_answer_stops_later_waves_of_the_alert_alone():
    assert ask(answered=True) is SEND
    said = ask(repeat=True, answered=True)
    assert (said.state, said.reason) == (DeliveryState.SUPPRESSED, Reason.ANSWERED)
    assert ask(Stage.UPDATE, repeat=True, answered=True) is SEND


def test_who_opted_out_is_told_nothing_new_but_the_last_word():
    expires = NOW + timedelta(seconds=60)
    for stage in Stage:
        one = Candidate(stage, I.OPEN, expires, repeat=False, answered=False, opted_out=True)
        said = turn(one, now=NOW)
        last = stage in {Stage.ALL_CLEAR, Stage.CORRECTION}
        assert said.state is (DeliveryState.SENDING if last else DeliveryState.REFUSED)
        assert last or said.reason is Reason.OPTED_OUT


def test_after_a_stop_only_what_is_said_later_goes_out():
    expires = NOW + timedelta(seconds=60)
    for stopped, end in ((True, DeliveryState.CANCELLED), (False, DeliveryState.SENDING)):
        one = Candidate(Stage.UPDATE, I.STOPPED, expires, False, False, stopped=stopped)
        assert turn(one, now=NOW).state is end


def test_an_all_clear_is_not_sent_once_a_correction_was_said():
    late = Candidate(
        Stage.ALL_CLEAR, I.CLEARED, NOW + timedelta(seconds=60), False, False, corrected=True
    )
    said = turn(late, now=NOW)
    assert (said.state, said.reason) == (DeliveryState.CANCELLED, Reason.SUPERSEDED)
