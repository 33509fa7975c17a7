from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.reckon import EXACT_MS, JUMP_MS, Reading, Reckoned, adopt, begin, reckon

HOUR = 3_600_000
START = 1_780_000_000_000


def exact(real: int, *, off: int = 0) -> Reading:
    """A quick reading at the moment `real`, of a clock that is `off` from the true time."""
    return Reading(START + real + off, real, real + 4)


def test_a_clock_that_goes_evenly_is_believed():
    found = begin(exact(0))
    for second in range(1, 50):
        found = reckon(found, exact(second * 1000))
        assert (found.house, found.jumped, found.offset) == (START + second * 1000, 0, 0)


@given(st.one_of(st.integers(JUMP_MS + 10, 30 * HOUR), st.integers(-30 * HOUR, -JUMP_MS - 10)))
def test_after_a_jump_house_time_goes_on_as_reckoned(by: int):
    found = reckon(begin(exact(0)), exact(1000, off=by))
    assert abs(found.house - (START + 1000)) <= 4
    assert abs(found.jumped - by) <= 4
    for second in range(2, 6):
        found = reckon(found, exact(second * 1000, off=by))
        assert abs(found.house - (START + second * 1000)) <= 4
        assert found.jumped == 0


def test_a_clock_that_is_set_and_set_back_leaves_no_offset():
    found = reckon(begin(exact(0)), exact(1000, off=HOUR))
    found = reckon(found, exact(2000))
    assert abs(found.offset) <= 8
    assert abs(found.house - (START + 2000)) <= 8


@given(st.integers(0, 10 * HOUR), st.integers(0, 120_000), st.integers(0, 120_000))
def test_a_stopped_process_or_a_slow_database_is_no_jump(idle: int, slow: int, at: int):
    """It was read somewhere between the two moments, however far apart they are."""
    when = idle + min(at, slow)
    reading = Reading(START + when, idle, idle + slow)
    found = reckon(begin(exact(0)), reading)
    assert (found.jumped, found.offset, found.house) == (0, 0, START + when)


def test_a_slow_reading_of_a_clock_that_was_set_decides_nothing_and_misleads_nobody():
    before = begin(exact(0))
    slow = Reading(START + HOUR + 500, 500, 500 + EXACT_MS + 1)
    found = reckon(before, slow)
    assert (found.jumped, found.offset, found.last) == (0, 0, before.last)
    assert START + 500 <= found.house <= START + 500 + EXACT_MS + 5
    found = reckon(found, exact(3000, off=HOUR))
    assert abs(found.jumped - HOUR) <= 8
    assert abs(found.house - (START + 3000)) <= 8


def test_drift_never_adds_up_to_a_jump():
    found = begin(exact(0))
    for second in range(1, 20_000, 7):
        found = reckon(found, exact(second * 1000, off=second))  # a thousand in a million
        assert found.jumped == 0


def test_the_offset_of_others_is_the_time_to_go_on_from():
    assert begin(exact(0), offset=-HOUR).house == START - HOUR
    found = adopt(begin(exact(0), offset=5), 9)
    assert found == Reckoned(exact(0), 9, START + 9)
