from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.unsure import Doubt, Found, Resolved, found_by, receipt_of, resolve
from hub.model import Outcome, Receipt, Verdict
from hub.states import DeliveryState, Reason

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOUBT = Doubt(NOW, NOW + timedelta(minutes=5), Reason.TIMEOUT, doubled=False, prefer_double=True)
PLAIN = replace(DOUBT, prefer_double=False)


def test_it_waits_for_the_callback_first():
    found = resolve(DOUBT, now=NOW - timedelta(milliseconds=1))
    assert (found.how, found.state) == (Resolved.WAIT, DeliveryState.UNSURE)


def test_one_copy_is_sent_where_two_are_better_than_none():
    assert resolve(DOUBT, now=NOW).how is Resolved.DOUBLE
    assert resolve(DOUBT, now=NOW).state is DeliveryState.PLANNED


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (replace(DOUBT, doubled=True), Reason.TIMEOUT),
        (PLAIN, Reason.TIMEOUT),
        (replace(DOUBT, expires_at=NOW), Reason.TOO_OLD),
        (replace(DOUBT, unwanted=Reason.STOPPED), Reason.STOPPED),
    ],
)
def test_never_a_second_copy_never_unasked_never_too_late_never_unwanted(other, reason):
    found = resolve(other, now=NOW)
    expected = (Resolved.END, DeliveryState.FAILED, reason)
    assert (found.how, found.state, found.reason) == expected


def test_an_end_always_has_a_reason():
    nameless = replace(DOUBT, reason=Reason.NONE, doubled=True)
    assert resolve(nameless, now=NOW).reason is Reason.UNKNOWN


@given(st.booleans(), st.booleans(), st.booleans(), st.integers(-100, 400))
def test_after_its_wait_a_doubt_nobody_can_be_asked_about_is_over(doubled, prefers, over, seconds):
    unwanted = Reason.STOPPED if over else Reason.NONE
    doubt = replace(DOUBT, doubled=doubled, prefer_double=prefers, unwanted=unwanted)
    found = resolve(doubt, now=NOW + timedelta(seconds=seconds))
    assert (found.how is Resolved.WAIT) is (seconds < 0)


def test_what_a_provider_has_not_got_is_sent_again_however_often_and_is_no_copy():
    gone = replace(PLAIN, found=Found.GONE, asked=True, left=0)
    for one in (gone, replace(gone, doubled=True), replace(gone, asked=False)):
        found = resolve(one, now=NOW)
        assert (found.how, found.state) == (Resolved.AGAIN, DeliveryState.PLANNED)


def test_what_it_has_not_got_ends_as_never_sent_if_it_is_too_late_or_not_wanted():
    gone = replace(PLAIN, found=Found.GONE, left=0)
    late = resolve(replace(gone, expires_at=NOW), now=NOW)
    assert (late.how, late.state, late.reason) == (
        Resolved.END, DeliveryState.EXPIRED, Reason.TOO_OLD,
    )  # fmt: skip
    over = resolve(replace(gone, unwanted=Reason.STOPPED), now=NOW)
    assert (over.state, over.reason) == (DeliveryState.CANCELLED, Reason.STOPPED)
    another = resolve(replace(gone, expires_at=NOW, left=1), now=NOW)
    assert another.state is DeliveryState.FAILED, "an earlier call may have brought it"


@pytest.mark.parametrize("said", [Found.UNASKED, Found.ABSENT])
def test_what_has_not_been_said_for_good_is_waited_for_until_it_is_too_old(said):
    open_ = replace(PLAIN, found=said, asked=True)
    assert resolve(open_, now=NOW + timedelta(minutes=4)).how is Resolved.WAIT
    end = resolve(open_, now=NOW + timedelta(minutes=5))
    assert (end.how, end.state, end.reason) == (Resolved.END, DeliveryState.FAILED, Reason.TOO_OLD)


def test_life_safety_does_not_wait_for_a_provider_that_does_not_answer():
    assert resolve(replace(DOUBT, asked=True), now=NOW).how is Resolved.DOUBLE
    again = replace(DOUBT, asked=True, doubled=True)
    assert resolve(again, now=NOW).how is Resolved.WAIT, "but sends no third"


def test_one_absence_of_a_provider_that_is_there_no_more_is_a_doubt():
    assert resolve(replace(PLAIN, found=Found.ABSENT), now=NOW).how is Resolved.DOUBLE
    again = replace(PLAIN, found=Found.ABSENT, doubled=True)
    assert resolve(again, now=NOW).how is Resolved.END


def test_what_a_provider_cannot_say_is_as_if_it_could_not_be_asked():
    for prefers in (True, False):
        asked = replace(DOUBT, prefer_double=prefers, found=Found.UNKNOWN, asked=True)
        unasked = replace(asked, found=Found.UNASKED, asked=False)
        assert resolve(asked, now=NOW) == resolve(unasked, now=NOW)


def test_an_answer_of_a_provider_is_read_by_its_verdict():
    assert found_by(Outcome(Verdict.ACCEPTED)) is Found.ACCEPTED
    assert found_by(Outcome(Verdict.RETRY)) is Found.ABSENT
    assert found_by(Outcome(Verdict.UNSURE, Reason.UNKNOWN)) is Found.UNKNOWN
    assert found_by(Outcome(Verdict.REFUSED)) is Found.UNKNOWN


def test_no_answer_is_none():
    for reason in (Reason.TIMEOUT, Reason.BROKEN, Reason.THROTTLED, Reason.UNAVAILABLE):
        assert found_by(Outcome(Verdict.UNSURE, reason)) is Found.UNASKED


def test_an_absence_is_believed_when_it_is_said_again():
    absent = Outcome(Verdict.RETRY)
    assert found_by(absent, before=Found.ABSENT) is Found.GONE
    assert found_by(absent, before=Found.UNKNOWN) is Found.ABSENT
    assert found_by(Outcome(Verdict.ACCEPTED), before=Found.ABSENT) is Found.ACCEPTED


def test_what_it_found_of_an_older_send_is_not_this_one():
    taken = Outcome(Verdict.ACCEPTED)
    assert found_by(taken, taken=True) is Found.ABSENT
    assert found_by(taken, taken=True, before=Found.ABSENT) is Found.GONE


def test_what_was_taken_and_failed_since_is_found_and_has_failed_by_name() -> None:
    failed = Outcome(Verdict.REFUSED, Reason.HANDSET, "SM1", code="30003")
    assert found_by(failed) is Found.ACCEPTED
    assert found_by(failed, taken=True) is Found.ABSENT
    assert receipt_of(failed) == Receipt(DeliveryState.FAILED, Reason.HANDSET, "SM1", "30003")
    nameless = receipt_of(Outcome(Verdict.REFUSED, Reason.UNKNOWN, "SM1"))
    assert (nameless.state, nameless.code) == (DeliveryState.FAILED, "found")
    sent = receipt_of(Outcome(Verdict.ACCEPTED, Reason.OK, "SM2", code="sent"))
    assert sent == Receipt(DeliveryState.ACCEPTED, Reason.OK, "SM2", "found")


@given(
    st.builds(
        Doubt,
        look_at=st.just(NOW),
        expires_at=st.just(NOW + timedelta(minutes=5)),
        reason=st.sampled_from(Reason),
        doubled=st.booleans(),
        prefer_double=st.booleans(),
        unwanted=st.sampled_from([Reason.NONE, Reason.NONE, Reason.STOPPED, Reason.ANSWERED]),
        found=st.sampled_from(Found),
        asked=st.booleans(),
        left=st.integers(0, 2),
    ),
    st.integers(-100, 400),
)
def test_nothing_is_sent_unwanted_too_late_or_against_what_is_known(doubt, seconds):
    found = resolve(doubt, now=NOW + timedelta(seconds=seconds))
    if found.state is DeliveryState.PLANNED:
        assert doubt.unwanted is Reason.NONE
        assert 0 <= seconds < 300
    if found.how is Resolved.DOUBLE:
        assert not doubt.doubled
        assert doubt.prefer_double or doubt.found is Found.ABSENT
        assert doubt.found is not Found.GONE
    if found.how is Resolved.END:
        assert found.reason is not Reason.NONE
        can_say = doubt.asked and doubt.found is not Found.UNKNOWN
        over = doubt.unwanted is not Reason.NONE or seconds >= 300
        assert over or not can_say, "a provider that can be asked is asked first"
