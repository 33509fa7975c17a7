from __future__ import annotations

from datetime import UTC, datetime

from hub.store.reckoner import YOUNG_MS, Reckoner

START, HOUR = 1_780_000_000_000, 3_600_000


class Even:
    """An even clock a test moves."""

    def __init__(self) -> None:
        self.ms = 5_000

    def __call__(self) -> int:
        return self.ms


def read(reckoner: Reckoner, even: Even, *, off: int = 0) -> int:
    return reckoner.read(lambda: START + even.ms + off)


def test_it_knows_the_time_without_asking():
    even = Even()
    reckoner = Reckoner(even)
    assert abs((reckoner.now() - datetime.now(UTC)).total_seconds()) < 5
    read(reckoner, even)
    even.ms += 1_500
    assert int(reckoner.now().timestamp() * 1000) == START + even.ms


def test_it_begins_where_others_stand():
    even = Even()
    reckoner = Reckoner(even)
    assert reckoner.shared(-HOUR)
    assert reckoner.offset == -HOUR
    assert read(reckoner, even, off=HOUR) == START + even.ms
    assert reckoner.unshared() is None


def test_a_jump_is_told_until_it_is_shared():
    even = Even()
    reckoner = Reckoner(even)
    read(reckoner, even)
    even.ms += 1_000
    assert read(reckoner, even, off=HOUR) == START + even.ms
    assert reckoner.unshared() == (0, -HOUR)
    assert reckoner.shared(-HOUR + 3)
    assert reckoner.unshared() is None
    assert read(reckoner, even, off=HOUR) == START + even.ms + 3


def test_a_clock_set_and_set_back_is_nothing_to_tell():
    even = Even()
    reckoner = Reckoner(even)
    for off in (0, HOUR, 0):
        read(reckoner, even, off=off)
    assert reckoner.unshared() is None


def test_only_a_young_process_believes_a_jump_it_has_not_seen():
    even = Even()
    young = Reckoner(even)
    read(young, even)
    assert young.shared(-HOUR)
    even.ms += 1_000
    assert read(young, even, off=HOUR) == START + even.ms, "its reading was older than the jump"
    assert young.unshared() is None
    old = Reckoner(even)
    read(old, even)
    even.ms += YOUNG_MS + 1
    assert not old.shared(-HOUR)
    assert old.offset == 0
    assert old.shared(5), "milliseconds are no jump"


def test_the_word_of_those_who_have_not_seen_a_jump_takes_nobody_back():
    even = Even()
    young = Reckoner(even)
    read(young, even)
    assert young.shared(-HOUR)
    read(young, even, off=HOUR)
    even.ms += 1_000
    read(young, even, off=3 * HOUR)  # while what was on record was on its way here
    assert not young.shared(-HOUR, told=False)
    assert young.unshared() == (-HOUR, -3 * HOUR)
    assert read(young, even, off=3 * HOUR) == START + even.ms


def test_what_was_asked_before_others_told_of_a_jump_is_asked_again():
    even = Even()
    young = Reckoner(even)
    read(young, even)
    said = [0, HOUR]

    def slow() -> int:
        off = said.pop(0)
        if said:  # the answer is on its way, and so is the others' word
            assert young.shared(-HOUR)
        return START + even.ms + off

    assert young.read(slow) == START + even.ms
    assert said == []
    assert young.unshared() is None
