from __future__ import annotations

from collections.abc import Sequence

import pytest

from hub.errors import TooMany
from hub.plans import Ask, Grant
from web import limits
from web.limits import Bucket, Limits


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


class Others:
    """What all processes have counted: as told, None for no answer."""

    def __init__(self, *said: float | None) -> None:
        self.said = list(said)
        self.asked: list[list[str]] = []

    async def take(self, key: str, ask: Ask) -> Grant | None:
        return None

    async def here(self, *, spent: bool) -> bool | None:
        return None

    async def spare(self, asks: Sequence[tuple[str, Ask]]) -> float | None:
        self.asked.append([key for key, _ in asks])
        return self.said.pop(0)


async def test_what_other_processes_counted_counts_here():
    others = Others(0.0, 4.2)
    counted = Limits(others)
    await counted.answer("token")
    with pytest.raises(TooMany) as refused:
        await counted.pairing("192.0.2.1")
    assert refused.value.retry_after == 5
    assert others.asked == [["link/token"], ["pairing/192.0.2.1"]]


async def test_while_nobody_answers_each_process_counts_its_own():
    others = Others(None)
    counted = Limits(others)
    for _ in range(20):
        await counted.answer("token")
    with pytest.raises(TooMany):
        await counted.answer("token")
    assert len(others.asked) == 1  # nobody waits for it again within the second
