from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from hub.errors import Unknown
from tests.web.test_live_client import Peer
from web import live_incident
from web.live_client import Client
from web.live_incident import IncidentTopic


class Story:
    """A feed told by the test: `happen` adds events, `look` reads them like a database would."""

    def __init__(self) -> None:
        self.epoch = "e1"
        self.seq = 0
        self.told = 0
        self.looks = 0
        self.broken: Exception | None = None

    def happen(self, number: int = 1) -> None:
        self.told += number

    async def look(self) -> Sequence[Mapping[str, Any]]:
        self.looks += 1
        if self.broken is not None:
            raise self.broken
        first = self.looks == 1
        before, self.seq = self.seq, self.told
        frames = [{"op": "progress", "seq": n} for n in range(before + 1, self.seq + 1)]
        return [] if first else frames

    def snapshot(self) -> Mapping[str, Any]:
        return {"op": "snapshot", "seq": self.seq}


@contextlib.asynccontextmanager
async def running(story: Story) -> AsyncIterator[IncidentTopic]:
    topic = IncidentTopic("incident:1", story)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(topic.run())
        yield topic
        task.cancel()


def seqs(peer: Peer) -> list[tuple[str, int]]:
    return [(f.payload.decode().split('"')[3][0], f.seq) for f in peer.got]


async def rung(topic: IncidentTopic, peer: Peer, number: int) -> None:
    async with asyncio.timeout(30):
        while len(peer.got) < number:
            topic.rung.set()
            await asyncio.sleep(0.01)


async def test_a_watcher_gets_a_snapshot_and_then_every_frame_in_order():
    story, peer = Story(), Peer()
    story.happen(3)
    async with running(story) as topic:
        await topic.greet(Client(peer), since=None, epoch="")
        story.happen(2)
        await rung(topic, peer, 3)
    assert seqs(peer) == [("s", 3), ("p", 4), ("p", 5)]


async def test_one_who_comes_back_gets_just_what_was_missed():
    story, first, second = Story(), Peer(), Peer()
    async with running(story) as topic:
        await topic.greet(Client(first), since=None, epoch="")
        story.happen(4)
        await rung(topic, first, 5)
        await topic.greet(Client(second), since=2, epoch="e1")
    assert seqs(second) == [("p", 2), ("p", 3), ("p", 4)]  # 2 again: it does no harm


@pytest.mark.parametrize(("since", "epoch"), [(2, "e0"), (99, "e1"), (0, "e1")])
async def test_one_we_cannot_resume_gets_a_snapshot(since, epoch):
    story, first, second = Story(), Peer(), Peer()
    story.happen(1)  # before anything was kept: since 0 cannot be told
    async with running(story) as topic:
        await topic.greet(Client(first), since=None, epoch="")
        story.happen(3)
        await rung(topic, first, 4)
        await topic.greet(Client(second), since=since, epoch=epoch)
    assert seqs(second) == [("s", 4)]


async def test_one_who_missed_nothing_is_sent_nothing():
    story, peer = Story(), Peer()
    story.happen(2)
    async with running(story) as topic:
        await topic.ready.wait()
        await topic.greet(Client(peer), since=2, epoch="e1")
        assert peer.got == []
        story.happen()
        await rung(topic, peer, 1)
    assert seqs(peer) == [("p", 3)]


async def test_a_thousand_watchers_cost_one_read_and_one_snapshot():
    story = Story()
    story.happen(5)
    peers = [Peer() for _ in range(1000)]
    async with running(story) as topic:
        for peer in peers:
            await topic.greet(Client(peer), since=None, epoch="")
        assert story.looks == 1
        assert len({id(peer.got[0]) for peer in peers}) == 1


async def test_a_lost_ring_is_made_up_by_looking_all_the_same(monkeypatch):
    monkeypatch.setattr(live_incident, "POLL", 0.05)
    story, peer = Story(), Peer()
    async with running(story) as topic:
        await topic.greet(Client(peer), since=None, epoch="")
        story.happen()
        async with asyncio.timeout(30):
            while len(peer.got) < 2:
                await asyncio.sleep(0.01)
    assert seqs(peer)[-1] == ("p", 1)


async def test_an_unknown_incident_is_said_to_the_watcher():
    story = Story()
    story.broken = Unknown("There is no such incident.")
    async with running(story) as topic:
        with pytest.raises(Unknown):
            await topic.greet(Client(Peer()), since=None, epoch="")


async def test_a_database_that_is_away_is_told_as_stale_once_and_mends(monkeypatch):
    monkeypatch.setattr(live_incident, "STALE_AFTER", 0.0)
    monkeypatch.setattr(live_incident, "SPACING", 0.01)
    story, peer = Story(), Peer()
    async with running(story) as topic:
        await topic.greet(Client(peer), since=None, epoch="")
        story.broken = OSError("no database")
        await rung(topic, peer, 2)
        looks = story.looks
        while story.looks < looks + 5:
            topic.rung.set()
            await asyncio.sleep(0.01)
        assert [f.payload[:13] for f in peer.got[1:]] == [b'{"op":"stale"']
        story.broken = None
        story.happen()
        await rung(topic, peer, 3)
    assert seqs(peer)[-1] == ("p", 1)


async def test_a_topic_nobody_watches_ends_by_itself(monkeypatch):
    monkeypatch.setattr(live_incident, "LINGER", 0.05)
    monkeypatch.setattr(live_incident, "POLL", 0.05)
    topic = IncidentTopic("incident:1", Story())
    async with asyncio.timeout(30):
        await topic.run()


async def test_what_is_kept_for_those_who_come_back_is_bounded(monkeypatch):
    monkeypatch.setattr(live_incident, "KEPT", 10)
    story, peer = Story(), Peer()
    async with running(story) as topic:
        await topic.greet(Client(peer), since=None, epoch="")
        story.happen(100)
        await rung(topic, peer, 101)
        assert len(topic._kept) == 10
