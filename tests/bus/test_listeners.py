"""Listeners hear what concerns them, the newest of it, and never pile it up."""

from __future__ import annotations

import asyncio
import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.bus.listeners import EVERYTHING, TOPICS, Listener, Listeners


async def heard(listener: Listener) -> list[tuple[str, int]]:
    """What it has not heard yet."""
    found = []
    while True:
        try:
            async with asyncio.timeout(0.01):
                found.append(await anext(listener))
        except TimeoutError:
            return found


async def test_a_listener_hears_the_topics_that_start_with_its_own() -> None:
    house = Listeners()
    listener = house.listen("incident:7")

    house.deliver("incident:7", 1)
    house.deliver("screens", 1)

    assert await heard(listener) == [("incident:7", 1)]


async def test_it_hears_from_the_moment_it_is_made_not_from_the_first_look() -> None:
    house = Listeners()
    listener = house.listen("")
    house.deliver("screens", 0)
    assert await anext(listener) == ("screens", 0)


async def test_a_topic_rung_often_is_heard_once_with_its_highest_seq() -> None:
    house = Listeners()
    listener = house.listen("incident:")
    for seq in (3, 9, 4):
        house.deliver("incident:1", seq)
    assert await heard(listener) == [("incident:1", 9)]


async def test_everybody_hears_that_everything_may_have_changed() -> None:
    house = Listeners()
    listener = house.listen("incident:7")
    house.deliver("incident:7", 5)
    house.deliver(EVERYTHING, 0)
    house.deliver("incident:7", 6)
    assert await heard(listener) == [(EVERYTHING, 0)]


async def test_a_listener_who_never_looks_is_told_to_read_everything() -> None:
    house = Listeners()
    listener = house.listen("")
    for number in range(TOPICS + 1):
        house.deliver(f"incident:{number}", 1)
    assert await heard(listener) == [(EVERYTHING, 0)]


async def test_a_closed_listener_ends() -> None:
    house = Listeners()
    listener = house.listen("")
    house.deliver("screens", 1)
    house.close()
    with pytest.raises(StopAsyncIteration):
        await anext(listener)


async def test_closing_wakes_one_who_waits() -> None:
    listener = Listener("")

    async def all_of_it() -> list[tuple[str, int]]:
        return [word async for word in listener]

    task = asyncio.create_task(all_of_it())
    await asyncio.sleep(0)
    await listener.aclose()
    assert await task == []


async def test_a_listener_nobody_holds_is_forgotten() -> None:
    house = Listeners()
    listener = house.listen("")
    assert len(house) == 1
    del listener
    gc.collect()
    assert len(house) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50))))
def test_whatever_the_order_each_topic_is_heard_once_with_its_highest(words) -> None:
    async def story() -> dict[str, int]:
        listener = Listener("")
        for topic, seq in words:
            listener.put(topic, seq)
        listener_words = [await anext(listener) for _ in {topic for topic, _ in words}]
        return dict(listener_words)

    assert asyncio.run(story()) == {
        topic: max(s for t, s in words if t == topic) for topic, _ in words
    }
