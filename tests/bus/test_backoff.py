"""Waiting longer each time, and from the start after a good time."""

from __future__ import annotations

from hub.bus.backoff import FIRST, LAST, Backoff


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff()
    waits = [backoff.next() for _ in range(8)]
    assert waits[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert waits[-1] == LAST
    assert waits == sorted(waits)


def test_after_a_good_time_it_starts_again() -> None:
    backoff = Backoff()
    for _ in range(8):
        backoff.next()
    backoff._asked -= 3 * LAST
    assert backoff.next() == FIRST
