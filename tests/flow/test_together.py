"""Two workers, receipts and answers at the same time: every count adds up."""

from __future__ import annotations

import asyncio
import json

from hub.decide.tokens import attempt_token
from hub.model import Lane, Outcome, Receipt, Verdict
from hub.ports import Inward
from hub.states import DeliveryState, Reason
from hub.store import schema as t
from tests.flow.stage import SECRET
from tests.flow.test_answer import take
from tests.flow.test_deliver import sender
from tests.flow.test_report import ear, request
from tests.flow.test_watch import still, watcher

PEOPLE = 80


async def test_two_workers_receipts_and_answers_at_once_add_up(stage):
    await stage.set_up(people=PEOPLE)
    await stage.plan()
    feed = await watcher(stage).feed(stage.incident)
    heard = ear(stage)
    heard.provider.inward = Inward((Receipt(DeliveryState.DELIVERED, Reason.OK, ""),))
    later: list[asyncio.Task[object]] = []

    async def answer(parcel):
        await asyncio.sleep(0.002)
        said = heard.report.receipts("sms_test", request(attempt_token(SECRET, parcel.attempt)))
        later.append(asyncio.create_task(said))
        if parcel.delivery % 2:
            later.append(asyncio.create_task(take(stage, _person(stage, parcel), "safe")))
        return Outcome(Verdict.ACCEPTED, Reason.OK, provider_ref=f"SM{parcel.attempt}")

    heard.provider.answer = answer
    workers = [sender(stage, heard.provider) for _ in range(2)]
    counts = await asyncio.gather(*(worker.drain(Lane.URGENT) for worker in workers))
    await asyncio.gather(*later, *(worker.stop() for worker in workers))

    assert sum(counts) == PEOPLE
    assert set(heard.provider.counts().values()) == {1}
    assert {row.state for row in await stage.deliveries()} == {"delivered"}
    people = await stage.rows(t.audience)
    assert all(person.told_at and person.delivered_at for person in people)
    assert sum(person.answer == "safe" for person in people) == PEOPLE // 2
    seqs = [row.seq for row in await stage.rows(t.events)]
    assert seqs == list(range(1, len(seqs) + 1))

    told = [one for row in await stage.rows(t.events) for one in _data(row).get("told", ())]
    assert sorted(told) == sorted(stage.people)  # each person told once, in one event
    await feed.news()
    fresh = await watcher(stage).feed(stage.incident)
    folded, afresh = still(feed.snapshot()), still(fresh.snapshot())
    assert folded["cells"] == afresh["cells"]
    assert folded["tally"] == afresh["tally"]
    assert folded["curve"] == afresh["curve"]


def _person(stage, parcel) -> int:
    return stage.people[int(parcel.to.removeprefix("+4477009"))]


def _data(row) -> dict:
    return json.loads(row.data) if isinstance(row.data, str) else row.data
