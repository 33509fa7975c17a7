from __future__ import annotations

import asyncio

import pytest

from hub.errors import Unready
from hub.flow import gather
from hub.flow.bell import Bell
from hub.flow.gather import Gather
from hub.flow.latency import Latency
from hub.model import Outcome, Verdict
from tests.flow.stage import Doorbell


async def test_what_comes_during_a_write_goes_into_the_next_one():
    batches, free = [], asyncio.Event()

    async def write(batch):
        batches.append(list(batch))
        await free.wait()

    many = Gather(write)
    waiting = [asyncio.create_task(many.put(number)) for number in range(10)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.create_task(many.put(number)) for number in range(10, 15)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    free.set()
    await asyncio.gather(*waiting, *later)
    assert [one for batch in batches for one in batch] == list(range(15))
    assert len(batches) <= 3


async def test_a_failed_batch_is_told_to_its_callers_and_the_next_goes_on():
    async def write(batch):
        if "bad" in batch:
            raise Unready("away")

    many = Gather(write)
    with pytest.raises(Unready):
        await many.put("bad")
    await many.put("good")


async def test_an_item_that_cannot_be_written_harms_no_other():
    written = []

    async def write(batch):
        if "bad" in batch:
            raise ValueError("out of range")
        written.extend(batch)

    many = Gather(write)
    said = await asyncio.gather(*map(many.put, ["one", "bad", "two"]), return_exceptions=True)
    assert [type(one) for one in said] == [type(None), ValueError, type(None)]
    assert written == ["one", "two"]


async def test_a_caller_that_gives_up_leaves_its_item_in():
    written, free = [], asyncio.Event()

    async def write(batch):
        await free.wait()
        written.extend(batch)

    many = Gather(write)
    task = asyncio.create_task(many.put(1))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    free.set()
    await many.put(2)
    assert written == [1, 2]


async def test_beyond_its_bound_it_says_so(monkeypatch):
    monkeypatch.setattr(gather, "WAITING", 2)
    free = asyncio.Event()

    async def write(_batch):
        await free.wait()

    many = Gather(write)
    tasks = [asyncio.create_task(many.put(number)) for number in range(4)]
    done, _ = await asyncio.wait(tasks, timeout=0.05)
    assert [type(task.exception()) for task in done] == [Unready] * len(done)
    assert done
    free.set()
    await asyncio.wait(tasks)


async def test_a_bell_rings_the_newest_number_and_holds_nobody_up():
    wake = Doorbell()
    bell = Bell(wake)
    bell.ring([(1, 3), (2, 5)])
    bell.ring([(1, 9), (1, 4)])
    bell.ring([])
    await bell.quiet()
    assert sorted(wake.told) == [("incident:1", 9), ("incident:2", 5)]


def test_latency_counts_up_to_each_bound():
    latency = Latency({"sms_twilio": "sms"})
    for seconds in (0.004, 0.2, 99.0):
        latency.seen("sms_twilio", Outcome(Verdict.ACCEPTED), seconds)
    found = latency.figures()["sms_twilio"]
    assert found["channel"] == "sms"
    assert found["buckets"][0] == ("0.01", 1)
    assert found["buckets"][-1] == ("+Inf", 3)
    assert found["sum_s"] == pytest.approx(99.204)
    assert latency.outcomes == {("sms_twilio", "accepted", "ok"): 3}
