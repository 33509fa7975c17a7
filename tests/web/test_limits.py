from __future__ import annotations

import pytest

from hub.errors import TooMany
from web import limits
from web.limits import Bucket


class Hand:
    """A clock moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_taken_and_the_next_one_waits():
    clock = Hand()
    bucket = Bucket(burst=3, each=2.0, clock=clock)
    for _ in range(3):
        bucket.count("a")
    with pytest.raises(TooMany) as refused:
        bucket.count("a")
    assert 1 <= refused.value.retry_after <= 3
    bucket.count("b")
    clock.now = 2.1
    bucket.count("a")


def test_being_refused_costs_nothing_more():
    clock = Hand()
    bucket = Bucket(burst=1, each=1.0, clock=clock)
    bucket.count("a")
    for _ in range(50):
        with pytest.raises(TooMany):
            bucket.count("a")
    clock.now = 1.01
    bucket.count("a")


def test_no_more_than_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(limits, "KNOWN", 100)
    bucket = Bucket(burst=1, each=1.0, clock=Hand())
    for number in range(1000):
        bucket.count(str(number))
    assert len(bucket._left) == 100
