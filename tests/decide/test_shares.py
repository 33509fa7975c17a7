from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.pacing import Pace
from hub.decide.shares import LONGEST_HOLD, Level, emptied, granted, share_of
from hub.plans import Ask

RATES = st.floats(0.1, 500)
ASKED = st.lists(
    st.tuples(st.floats(0, 3), st.integers(1, 8), st.integers(0, 30), st.booleans()),
    min_size=1,
    max_size=60,
)


@given(RATES, st.floats(1, 50), ASKED)
def test_no_window_ever_gets_more_than_the_limit(rate, burst, asked):
    level, now, sent = Level(), 100.0, []
    for gap, least, more, urgent in asked:
        now += gap
        ask = Ask(rate, burst, least + more, least, urgent=urgent)
        level, grant = granted(level, ask, now=now)
        assert grant.units == 0 or least <= grant.units <= least + more
        sent.append((now, grant.units))
    for first in range(len(sent)):
        units, longest = 0, burst
        for at, more in sent[first:]:
            units, longest = units + more, max(longest, more)
            # A text longer than the burst waits for all of it and is paid for afterwards.
            assert units <= rate * (at - sent[first][0]) + longest + 1e-3


@given(RATES, st.floats(1, 50), ASKED)
def test_who_asks_again_when_told_to_is_served(rate, burst, asked):
    level, now = Level(), 0.0
    for gap, least, more, _ in asked:
        now += gap
        ask = Ask(rate, burst, least + more, least)
        level, grant = granted(level, ask, now=now)
        if not grant.units:
            now += grant.wait
            level, grant = granted(level, ask, now=now)
        assert grant.units


@given(RATES, st.integers(1, 12))
def test_all_the_shares_are_one_limit_and_each_is_something(rate, workers):
    pace = Pace(rate, max(1.0, rate))
    mine = share_of(pace, workers)
    assert mine.rate * workers == pytest.approx(pace.rate)
    assert mine.burst * workers <= max(pace.burst, workers) * (1 + 1e-9)
    assert mine.rate > 0
    assert mine.burst >= 1


@given(RATES, st.floats(1, 50))
def test_an_emptied_limit_gives_nothing_at_first_and_then_its_rate(rate, burst):
    level, ask = emptied(Pace(rate, burst), 10.0), Ask(rate, burst)
    _, grant = granted(level, ask, now=10.0)
    assert (grant.units, grant.wait) == (0, pytest.approx(1 / rate, rel=1e-3, abs=1e-6))
    assert grant.debt == pytest.approx(burst / rate)


def test_routine_work_gets_nothing_while_urgent_work_waits():
    fast = Ask(10, 10, want=20, least=20)
    level, grant = granted(Level(), fast, now=0.0)
    assert grant.units == 20  # longer than the burst: all of it, and paid for afterwards
    routine = Ask(10, 10, urgent=False)
    assert granted(level, routine, now=1.2)[1].units == 1
    level, grant = granted(level, Ask(10, 10, want=4), now=1.2)
    assert grant.units == 2  # not all it wanted: it waits for more
    _, grant = granted(level, routine, now=1.31)
    assert (grant.units, grant.wait) == (0, pytest.approx(0.14))
    assert granted(level, routine, now=1.5)[1].units == 1  # nobody asked again


def test_an_urgent_send_that_waits_long_does_not_hold_the_others_for_ever():
    level, _ = granted(Level(5.0), Ask(0.1, 1), now=0.0)
    assert level.urgent_until <= LONGEST_HOLD + 0.25


def test_an_urgent_send_that_comes_back_to_a_slow_limit_finds_it_kept_for_it():
    ask, routine = Ask(0.3, 1), Ask(0.3, 1, urgent=False)
    level, grant = granted(Level(3 + 1 / 3), ask, now=0.0)
    assert grant.wait == pytest.approx(3 + 1 / 3)  # longer than a claim may wait: given back
    back = grant.wait + 1.0  # and claimed again at the next sweep
    assert granted(level, routine, now=back)[1].units == 0
    assert granted(level, ask, now=back)[1].units == 1
