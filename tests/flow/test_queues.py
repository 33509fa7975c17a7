from __future__ import annotations

import asyncio

import pytest

from hub.decide.queue import Depth, Look, Seen
from hub.flow.feed import BoardFeed
from hub.flow.queues import Queues, senders_of
from hub.flow.watch import Watch
from hub.model import Lane
from hub.ports import Traits
from hub.store import schema as t
from hub.store.boards import BoardLedger
from hub.store.lists import ListLedger
from hub.store.processes import ProcessLedger
from hub.store.queues import QueueLedger
from hub.store.tasks import TaskLedger
from tests.flow.stage import Provider, Stage
from tests.flow.test_deliver import sender

PACED = Provider(traits=Traits("sms", ("body",), 1600, receipts=True, pace=2.0))


async def beat(stage: Stage, role: str = "worker", **account) -> None:
    about = {"role": role, "host": "h", "pid": 1, "version": "1"}
    state = {"accounts": {"sms_test": {"channel": "sms", **account}}}
    await ProcessLedger(stage.db).beat(f"{role} 1", about, swept_s=1, state=state)


def watch(stage: Stage) -> Watch:
    senders = senders_of({PACED.name: PACED}, {})
    boards, lists = BoardLedger(stage.db), ListLedger(stage.db)
    return Watch(boards=boards, lists=lists, queues=Queues(QueueLedger(stage.db), senders))


async def queue(stage: Stage) -> dict:
    return dict((await watch(stage).board(stage.incident)).to_json()["queue"])


async def test_a_board_says_how_many_wait_how_long_and_why_nothing_goes(stage):
    await stage.set_up(people=40)
    await stage.plan()
    nobody = {"waiting": 40, "seconds": None, "why": "no_worker", "accounts": ["sms_test"]}
    assert await queue(stage) == {"sms": nobody}
    await beat(stage, "web", state="closed")
    assert (await queue(stage))["sms"]["why"] == "no_worker", "a web process sends nothing"
    await beat(stage, state="closed", heard_s=1, latency_s=0.1)
    assert await queue(stage) == {
        "sms": {"waiting": 40, "seconds": 20, "why": "", "accounts": []},
    }
    await beat(stage, state="open", heard_s=1, open_s=5, failures=5)
    assert (await queue(stage))["sms"] == {**nobody, "why": "resting"}


async def test_a_queue_shrinks_in_the_frames_that_watchers_get_and_is_gone_at_the_end(stage):
    await stage.set_up(people=40)
    await stage.plan()
    await beat(stage, state="closed")
    feed = await watch(stage).feed(stage.incident)
    assert feed.snapshot()["queue"]["sms"]["waiting"] == 40
    assert await feed.news() == []
    await sender(stage, Provider()).drain(Lane.URGENT)
    frames = await feed.news()
    assert frames[-1]["op"] == "progress"
    assert frames[-1]["queue"] == feed.snapshot()["queue"] == {}


async def test_what_waits_is_counted_by_lane_with_its_length_and_its_next_try(stage):
    await stage.set_up(people=6)
    await stage.plan()
    await stage.set(t.wordings, {"channel": "sms"}, segments=3)
    later = await stage.now() + 60_000
    await stage.set(t.deliveries, {"id": 1}, due_at=later)
    seen = await QueueLedger(stage.db).look()
    ((key, depth),) = seen.depths.items()
    assert key == ("urgent", "sms")
    assert (depth.count, depth.units) == (6, 3.0)
    assert 50 < depth.last_s <= 60
    assert isinstance(depth, Depth)
    assert (seen.workers, list(seen.stood), dict(seen.calls)) == (0, [], {})


async def test_how_long_calls_hold_their_lines_is_learnt_from_the_last_ones(stage):
    await stage.set_up(people=3)
    await stage.plan()
    await sender(stage, Provider()).drain(Lane.URGENT)
    for number, took in ((1, 20_000), (2, 40_000)):
        ended = {"accepted_at": 1_000, "ended_at": 1_000 + took}
        await stage.set(t.deliveries, {"id": number}, channel="voice", **ended)
    assert (await QueueLedger(stage.db).look()).calls == {"sms_test": 30.0}


class Away(QueueLedger):
    """The real rows, behind a database that does not answer this question while `away`."""

    away = False

    async def look(self) -> Seen:
        if self.away:
            raise TimeoutError
        return await super().look()


async def test_queues_that_cannot_be_read_hold_up_no_event(stage, monkeypatch):
    monkeypatch.setattr("hub.flow.queues.EVERY", 0.0)
    await stage.set_up(people=3)
    await stage.plan()
    ledger = Away(stage.db)
    feed = BoardFeed(BoardLedger(stage.db), stage.incident, queues=Queues(ledger, ()))
    await feed.open()
    before = feed.snapshot()["queue"]
    assert before["sms"]["waiting"] == 3
    ledger.away = True
    await TaskLedger(stage.db).called(stage.incident, "119", "user:1")
    assert [frame["op"] for frame in await feed.news()] == ["event", "progress"]
    assert feed.snapshot()["queue"] == before, "the last that is known"


class Gone(Queues):
    """Whoever asks is cancelled, once: its watchers have gone."""

    gone = False

    async def look(self) -> Look:
        if self.gone:
            self.gone = False
            raise asyncio.CancelledError
        return await super().look()


async def test_a_look_that_is_cancelled_takes_no_event_for_told(stage):
    await stage.set_up(people=3)
    await stage.plan()
    queues = Gone(QueueLedger(stage.db), ())
    feed = BoardFeed(BoardLedger(stage.db), stage.incident, queues=queues)
    queues.gone = True
    with pytest.raises(asyncio.CancelledError):
        await feed.open()
    assert feed.seq == 0, "not half open"
    await feed.open()
    await TaskLedger(stage.db).called(stage.incident, "119", "user:1")
    queues.gone = True
    with pytest.raises(asyncio.CancelledError):
        await feed.news()
    assert [frame["op"] for frame in await feed.news()] == ["event", "progress"]
