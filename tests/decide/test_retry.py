from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.retry import LONGEST_WAIT, TRIES, Next, Standing, after, wait
from hub.model import Outcome, Verdict
from hub.states import ENDS, RANK, DeliveryState, Reason

S = DeliveryState
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASKED = st.none() | st.floats(allow_nan=True, allow_infinity=True)
OUTCOMES = st.builds(Outcome, st.sampled_from(Verdict), st.sampled_from(Reason), retry_after=ASKED)
RETRIES = st.builds(
    Outcome, st.just(Verdict.RETRY), st.sampled_from(Reason), retry_after=st.none() | st.just(2.0)
)


def standing(**changes) -> Standing:
    base = Standing(
        delivery=1,
        state=S.SENDING,
        reason=Reason.NONE,
        tries=1,
        unsure=0,
        doubled=False,
        expires_at=NOW + timedelta(minutes=30),
    )
    return replace(base, **changes)


STANDINGS = st.builds(
    standing,
    state=st.sampled_from(sorted(RANK)),
    tries=st.integers(1, TRIES + 3),
    unsure=st.integers(0, 2),
    doubled=st.booleans(),
    expires_at=st.integers(-60, 3600).map(lambda s: NOW + timedelta(seconds=s)),
    receipts=st.booleans(),
)


@given(OUTCOMES, STANDINGS)
def test_what_comes_next_is_never_backwards_and_never_in_the_past(outcome, now_at):
    to = after(outcome, now_at, now=NOW)
    if now_at.state not in {S.SENDING, S.UNSURE, S.PLANNED}:
        assert to.state is now_at.state
    if to.due_at is not None:
        assert to.due_at > NOW
    assert to.ended is (to.due_at is None) or to.state in {S.ACCEPTED, S.PLANNED, S.UNSURE}


@given(st.lists(RETRIES, min_size=TRIES, max_size=TRIES))
def test_it_always_ends_within_its_tries_and_its_life(outcomes):
    now, at = NOW, standing()
    for tries, outcome in enumerate(outcomes, 1):
        to = after(outcome, replace(at, tries=tries), now=now)
        if to.ended:
            assert to.state in {S.REFUSED, S.EXPIRED}
            assert now < at.expires_at
            return
        assert to.due_at is not None
        assert now < to.due_at < at.expires_at
        now = to.due_at
    pytest.fail("it never ended")


@given(STANDINGS, st.sampled_from(Reason))
def test_a_refusal_is_never_tried_again_on_that_address(now_at, reason):
    to = after(Outcome(Verdict.REFUSED, reason), now_at, now=NOW)
    if now_at.state is S.PLANNED:  # a stale worker speaks; the new copy goes on
        assert to.state is S.PLANNED
    else:
        assert to.state not in {S.PLANNED, S.SENDING, S.UNSURE}


def test_an_accepted_call_is_an_end_only_where_no_receipt_can_come():
    taken = Outcome(Verdict.ACCEPTED)
    assert after(taken, standing(), now=NOW) == Next(S.ACCEPTED, Reason.OK)
    assert after(taken, standing(receipts=False), now=NOW).ended
    assert after(taken, standing(state=S.DELIVERED, reason=Reason.OK), now=NOW).state is S.DELIVERED
    assert after(taken, standing(state=S.FAILED), now=NOW).state is S.FAILED


def test_an_unknown_outcome_is_looked_at_after_half_a_minute():
    to = after(Outcome(Verdict.UNSURE, Reason.BROKEN), standing(), now=NOW)
    assert to == Next(S.UNSURE, Reason.BROKEN, 1, due_at=NOW + timedelta(seconds=30))


def test_a_definite_outcome_after_the_lease_ended_the_doubt_counts():
    late = standing(state=S.UNSURE, unsure=1)
    assert after(Outcome(Verdict.ACCEPTED), late, now=NOW).unsure == 0
    refused = after(Outcome(Verdict.REFUSED, Reason.BLOCKED), late, now=NOW)
    assert (refused.state, refused.reason, refused.unsure) == (S.REFUSED, Reason.BLOCKED, 0)
    again = after(Outcome(Verdict.RETRY, Reason.THROTTLED), late, now=NOW)
    assert (again.state, again.unsure) == (S.PLANNED, 0)
    still = after(Outcome(Verdict.UNSURE, Reason.TIMEOUT), late, now=NOW)
    assert (still.state, still.unsure) == (S.UNSURE, 1)


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.RETRY])
def test_an_address_that_may_have_got_it_has_not_simply_been_refused(verdict):
    """An all-clear goes to `failed` and not to `refused` or `expired`."""
    doubled = standing(unsure=1, doubled=True, tries=TRIES)
    to = after(Outcome(verdict, Reason.UNAVAILABLE), doubled, now=NOW)
    assert (to.state, to.ended) == (S.FAILED, True)


def test_a_second_copy_is_flagged_only_where_it_may_have_arrived():
    again = standing(unsure=1, doubled=True)
    flagged = {one: after(Outcome(one), again, now=NOW).doubled for one in Verdict}
    assert flagged == {
        Verdict.ACCEPTED: True,
        Verdict.UNSURE: True,
        Verdict.RETRY: False,
        Verdict.REFUSED: False,
    }


def test_the_provider_s_own_wait_is_kept_and_ends_what_would_be_too_old():
    asked = Outcome(Verdict.RETRY, Reason.THROTTLED, retry_after=90)
    to = after(asked, standing(), now=NOW)
    assert to.due_at == NOW + timedelta(seconds=90)
    late = after(replace(asked, retry_after=3600), standing(), now=NOW)
    assert (late.state, late.reason) == (S.EXPIRED, Reason.TOO_OLD)


@given(st.integers(1, 100), st.integers(0, 10**9))
def test_waits_grow_and_are_spread(tries, spread):
    first = wait(tries, spread=spread)
    assert 1 <= first <= LONGEST_WAIT * 1.25
    assert wait(tries, retry_after=math.nan, spread=spread) == first
    assert wait(tries, retry_after=-5, spread=spread) == first
    assert wait(tries, retry_after=500, spread=spread) == 500
    assert wait(tries + 1) >= wait(tries)


def test_ends_are_ends():
    for state in (S.REFUSED, S.EXPIRED, S.FAILED):
        assert state in ENDS


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(Verdict.RETRY, Reason.THROTTLED, retry_after=300),
        Outcome(Verdict.REFUSED, Reason.MISCONFIGURED),
    ],
)
def test_what_goes_to_another_account_waits_for_nothing(outcome):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    row = standing(expires_at=now + timedelta(seconds=60))
    said = after(outcome, row, now=now, elsewhere=True)
    assert (said.state, said.reason, said.due_at) == (
        DeliveryState.PLANNED,
        outcome.reason,
        now,
    )
    used_up = replace(row, tries=TRIES)
    assert after(outcome, used_up, now=now, elsewhere=True).ended


def test_doubt_waits_for_its_callback_whatever_other_accounts_there_are():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    row = standing(expires_at=now + timedelta(minutes=5))
    in_doubt = Outcome(Verdict.UNSURE, Reason.TIMEOUT)
    assert after(in_doubt, row, now=now, elsewhere=True) == after(in_doubt, row, now=now)
