from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.unsure import Doubt, Found, Resolved, found_by, receipt_of, resolve
from hub.model import Outcome, Receipt, Verdict
from hub.states import DeliveryState, Reason

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOUBT = Doubt(NOW, NOW + timedelta(minutes=5), Reason.TIMEOUT, doubled=False, prefer_double=True)


def test_it_waits_for_the_callback_first():
    found = resolve(DOUBT, now=NOW - timedelta(milliseconds=1))
    assert (found.how, found.state) == (Resolved.WAIT, DeliveryState.UNSURE)


def test_one_copy_is_sent_where_two_are_better_than_none():
    assert resolve(DOUBT, now=NOW).how is Resolved.DOUBLE
    assert resolve(DOUBT, now=NOW).state is DeliveryState.PLANNED


def test_never_a_second_copy_never_unasked_never_too_late_never_unwanted():
    for other in (
        replace(DOUBT, doubled=True),
        replace(DOUBT, prefer_double=False),
        replace(DOUBT, expires_at=NOW),
        replace(DOUBT, wanted=False),
    ):
        found = resolve(other, now=NOW)
        assert (found.how, found.state, found.reason) == (
            Resolved.END,
            DeliveryState.FAILED,
            Reason.TIMEOUT,
        )


def test_an_end_always_has_a_reason():
    nameless = replace(DOUBT, reason=Reason.NONE, doubled=True)
    assert resolve(nameless, now=NOW).reason is Reason.UNKNOWN


@given(st.booleans(), st.booleans(), st.booleans(), st.integers(-100, 400))
def test_after_its_wait_a_doubt_is_over(doubled, prefers, wanted, seconds):
    doubt = replace(DOUBT, doubled=doubled, prefer_double=prefers, wanted=wanted)
    found = resolve(doubt, now=NOW + timedelta(seconds=seconds))
    assert (found.how is Resolved.WAIT) is (seconds < 0)


def test_what_a_provider_has_not_got_is_sent_once_more_whatever_the_playbook_prefers():
    absent = replace(DOUBT, prefer_double=False, found=Found.ABSENT)
    assert resolve(absent, now=NOW).how is Resolved.DOUBLE
    for other in (
        replace(absent, doubled=True),
        replace(absent, expires_at=NOW),
        replace(absent, wanted=False),
    ):
        assert resolve(other, now=NOW).how is Resolved.END


def test_what_a_provider_does_not_know_is_as_if_it_had_not_been_asked():
    for prefers in (True, False):
        asked = replace(DOUBT, prefer_double=prefers, found=Found.UNKNOWN)
        unasked = replace(asked, found=Found.UNASKED)
        assert resolve(asked, now=NOW) == resolve(unasked, now=NOW)


def test_an_answer_of_a_provider_is_read_by_its_verdict():
    assert found_by(Outcome(Verdict.ACCEPTED)) is Found.ACCEPTED
    assert found_by(Outcome(Verdict.RETRY)) is Found.ABSENT
    assert found_by(Outcome(Verdict.UNSURE)) is Found.UNKNOWN
    assert found_by(Outcome(Verdict.REFUSED)) is Found.UNKNOWN


def test_what_it_found_of_an_older_send_is_not_this_one():
    assert found_by(Outcome(Verdict.ACCEPTED), taken=True) is Found.ABSENT


def test_what_was_taken_and_failed_since_is_found_and_has_failed_by_name() -> None:
    failed = Outcome(Verdict.REFUSED, Reason.HANDSET, "SM1", code="30003")
    assert found_by(failed) is Found.ACCEPTED
    assert found_by(failed, taken=True) is Found.ABSENT
    assert receipt_of(failed) == Receipt(DeliveryState.FAILED, Reason.HANDSET, "SM1", "30003")
    nameless = receipt_of(Outcome(Verdict.REFUSED, Reason.UNKNOWN, "SM1"))
    assert (nameless.state, nameless.code) == (DeliveryState.FAILED, "found")
    sent = receipt_of(Outcome(Verdict.ACCEPTED, Reason.OK, "SM2", code="sent"))
    assert sent == Receipt(DeliveryState.ACCEPTED, Reason.OK, "SM2", "found")


@given(st.booleans(), st.booleans(), st.booleans(), st.integers(-100, 400), st.sampled_from(Found))
def test_a_copy_is_the_first_in_doubt_wanted_in_time_and_after_the_wait(
    doubled, prefers, wanted, seconds, said
):
    doubt = replace(DOUBT, doubled=doubled, prefer_double=prefers, wanted=wanted, found=said)
    found = resolve(doubt, now=NOW + timedelta(seconds=seconds))
    if found.how is Resolved.DOUBLE:
        assert wanted
        assert not doubled
        assert 0 <= seconds < 300
        assert prefers or said is Found.ABSENT
