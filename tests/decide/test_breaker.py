from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.breaker import (
    CLOSED,
    FAILURES,
    FIRST_REST,
    LONGEST_REST,
    PROBE,
    Breaker,
    Stand,
    begun,
    heard,
    places,
    stand,
)
from hub.model import Outcome, Verdict
from hub.states import Reason

DOWN = Outcome(Verdict.RETRY, Reason.UNAVAILABLE)
FINE = Outcome(Verdict.ACCEPTED, Reason.OK)


@dataclass
class Line:
    """A breaker and what happens to it."""

    breaker: Breaker = field(default=CLOSED)

    def hear(self, *outcomes: Outcome, now: float = 0.0, alone: bool = False) -> Line:
        for outcome in outcomes:
            self.breaker = heard(self.breaker, outcome, now=now, alone=alone)
        return self

    def places(self, now: float) -> int:
        return places(self.breaker, now=now, most=9)


def opened() -> Line:
    return Line().hear(*[DOWN] * FAILURES)


@pytest.mark.parametrize("reason", [Reason.UNAVAILABLE, Reason.TIMEOUT, Reason.BROKEN])
def test_it_opens_on_failures_of_the_provider_in_a_row(reason):
    failed = Outcome(Verdict.UNSURE, reason)
    line = Line().hear(*[failed] * (FAILURES - 1))
    assert line.places(0) == 9
    assert line.hear(failed).places(0) == 0


def test_one_that_went_well_in_between_starts_the_count_again():
    line = Line().hear(*[DOWN] * (FAILURES - 1), FINE, *[DOWN] * (FAILURES - 1))
    assert line.places(0) == 9


@pytest.mark.parametrize("reason", [Reason.THROTTLED, Reason.BAD_ADDRESS, Reason.BLOCKED])
def test_too_many_and_bad_numbers_are_answers_of_a_provider_that_works(reason):
    assert Line().hear(*[Outcome(Verdict.REFUSED, reason)] * 50).places(0) == 9


def test_what_never_reached_the_provider_says_nothing_about_it():
    line = opened().hear(Outcome(Verdict.REFUSED, Reason.TOO_OLD))
    assert line.places(0) == 0


def test_refused_credentials_open_it_only_where_another_account_can_do_better():
    sick = [Outcome(Verdict.REFUSED, Reason.MISCONFIGURED)] * FAILURES
    assert Line().hear(*sick).places(0) == 0
    assert Line().hear(*sick, alone=True).places(0) == 9


def test_after_its_rest_one_call_goes_through_and_decides():
    line = opened()
    assert line.places(FIRST_REST - 0.1) == 0
    assert line.places(FIRST_REST) == 1
    line.breaker = begun(line.breaker, now=FIRST_REST)
    assert line.places(FIRST_REST + 1) == 0
    assert line.hear(FINE, now=4).places(4) == 9


def test_a_probe_that_fails_doubles_the_rest_up_to_a_limit():
    line, now, rests = opened(), 0.0, []
    for _ in range(8):
        rests.append(line.breaker.rest)
        now = line.breaker.rests_until
        line.breaker = begun(line.breaker, now=now)
        line.hear(DOWN, now=now)
    assert rests[:3] == [FIRST_REST, FIRST_REST * 2, FIRST_REST * 4]
    assert rests[-1] == LONGEST_REST


def test_calls_that_began_before_it_opened_do_not_lengthen_its_rest():
    assert opened().hear(*[DOWN] * 40, now=1.5).places(FIRST_REST) == 1


def test_a_probe_nobody_heard_of_again_is_forgotten():
    line = opened()
    line.breaker = begun(line.breaker, now=5)
    assert line.places(5 + PROBE - 0.1) == 0
    assert line.places(5 + PROBE) == 1


def test_a_closed_one_takes_no_note_of_calls_that_begin():
    assert begun(CLOSED, now=3) is CLOSED


@given(st.lists(st.tuples(st.sampled_from([DOWN, FINE]), st.floats(0, 60)), max_size=40))
def test_it_never_stays_shut_longer_than_its_longest_rest_and_a_lost_probe(steps):
    line, now = Line(), 0.0
    for outcome, wait in steps:
        now += wait
        if line.places(now):
            line.breaker = begun(line.breaker, now=now)
        line.hear(outcome, now=now)
    assert line.places(now + LONGEST_REST + PROBE) > 0


def test_how_it_stands_is_one_word_and_it_remembers_since_when():
    line = Line()
    assert (stand(line.breaker, now=0), line.breaker.opened_at) == (Stand.CLOSED, math.inf)
    line.hear(*[DOWN] * FAILURES, now=10)
    assert stand(line.breaker, now=11) is Stand.OPEN
    assert stand(line.breaker, now=10 + FIRST_REST) is Stand.HALF_OPEN
    line.breaker = begun(line.breaker, now=13)
    line.hear(DOWN, now=14)
    assert (stand(line.breaker, now=15), line.breaker.opened_at) == (Stand.OPEN, 10)
    assert stand(line.hear(FINE, now=30).breaker, now=30) is Stand.CLOSED
