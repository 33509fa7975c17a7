"""Sending is cancelled at each of its awaits in turn: nothing is lost or doubled unseen."""

from __future__ import annotations

import asyncio
import types
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest
from sqlalchemy import delete, update

from hub.model import Lane, Outcome, Parcel, Verdict
from hub.states import Reason
from hub.store import schema as t
from tests.flow.stage import Provider, Stage
from tests.flow.test_crash import SETTLED
from tests.flow.test_deliver import sender
from tests.flow.test_sweep import sweeper

PEOPLE = 6
SENDS = ("Deliver.", "Pump.")  # whose tasks are followed; the database's own end by themselves
PASSES = 100_000  # ms: a lease, the wait for a callback, the wait for another try

Cut = Callable[["asyncio.Task[Any]"], None]


class Steps:
    """Counts how often a followed task waits, and does something the `at`-th time."""

    def __init__(self, at: int, cut: Cut) -> None:
        self.at, self.count, self._cut = at, 0, cut

    def make(
        self, loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **more: Any
    ) -> asyncio.Task[Any]:
        """The loop's task factory."""
        if coro.__qualname__.startswith(SENDS):
            coro = self._followed(coro)
        return asyncio.Task(coro, loop=loop, **more)

    async def _followed(self, coro: Coroutine[Any, Any, Any]) -> Any:
        return await self._stepped(coro)

    @types.coroutine
    def _stepped(self, coro: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
        step, given = coro.send, None
        while True:
            try:
                waits_for = step(given)
            except StopIteration as done:
                return done.value
            self.count += 1
            if self.count == self.at:
                task = asyncio.current_task()
                assert task is not None
                asyncio.get_running_loop().call_soon(self._cut, task)
            try:
                step, given = coro.send, (yield waits_for)
            except BaseException as error:  # noqa: BLE001 a cancellation is the coroutine's own
                step, given = coro.throw, error


class Carrier(Provider):
    """Takes some at once, turns others away first, and is in doubt about the rest first. `copies`:
    texts it may have taken, by delivery."""

    def __init__(self) -> None:
        super().__init__(answer=self._answer)
        self.copies: Counter[int] = Counter()

    async def _answer(self, parcel: Parcel) -> Outcome:
        kind, first = int(parcel.to[-1]) % 3, self.counts()[parcel.delivery] == 1
        await asyncio.sleep(0)
        if kind == 1 and first:
            return Outcome(Verdict.RETRY, Reason.UNAVAILABLE)
        self.copies[parcel.delivery] += 1
        await asyncio.sleep(0)
        if kind == 2 and first:
            return Outcome(Verdict.UNSURE, Reason.TIMEOUT)
        return Outcome(Verdict.ACCEPTED, Reason.OK, provider_ref=f"SM{parcel.attempt}")


async def cancelled(stage: Stage, carrier: Carrier, at: int, *, all_at_once: bool) -> int:
    """A worker sends, and is cancelled at its `at`-th wait: as a whole, or the one task that waits.
    How often it waited."""
    worker = sender(stage, carrier)

    def everything(_task: object = None) -> None:
        for task in (drain, *worker._running):
            task.cancel()

    def one(task: asyncio.Task[Any]) -> None:
        task.cancel()
        loop.call_later(0.05, everything)

    steps = Steps(at, everything if all_at_once else one)
    loop = asyncio.get_running_loop()
    loop.set_task_factory(steps.make)
    try:
        drain = loop.create_task(worker.drain(Lane.URGENT))
        await asyncio.wait({drain})
        await asyncio.gather(drain, *worker._running, return_exceptions=True)
    finally:
        loop.set_task_factory(None)
    await worker.bell.quiet()
    return steps.count


async def recovered(stage: Stage, carrier: Carrier) -> None:
    """Time passes and another worker takes over, until everything has come to its end."""
    passed = update(t.deliveries).values(
        lease_until=t.deliveries.c.lease_until - PASSES, due_at=t.deliveries.c.due_at - PASSES
    )
    for _ in range(6):
        if {row.state for row in await stage.deliveries()} <= SETTLED:
            return
        await stage.db.write(lambda conn: conn.execute(passed).rowcount)
        await sweeper(stage).once()
        worker = sender(stage, carrier)
        await worker.drain(Lane.URGENT)
        await worker.stop()


async def check(stage: Stage, carrier: Carrier, at: int) -> None:
    on_record = {row.id for row in await stage.rows(t.attempts)}
    assert {parcel.attempt for parcel in carrier.ledger} <= on_record, at
    for row in await stage.deliveries():
        assert row.state in SETTLED, (at, row)
        assert 1 <= carrier.copies[row.id] <= 2, (at, row)
        assert carrier.copies[row.id] == 1 or row.doubled, (at, row)


async def cleared(stage: Stage) -> None:
    for table in (t.attempts, t.deliveries):
        await stage.db.write(lambda conn, table=table: conn.execute(delete(table)).rowcount)


@pytest.mark.parametrize("all_at_once", [True, False], ids=["the worker", "one task"])
async def test_cancelled_at_any_await_sending_loses_and_silently_doubles_nothing(
    stage, all_at_once
):
    await stage.set_up(people=PEOPLE, prefer_double=True)
    at, every = 1, 1 if stage.db.dialect == "sqlite" else 7
    while True:
        await stage.plan()
        carrier = Carrier()
        waited = await cancelled(stage, carrier, at, all_at_once=all_at_once)
        await recovered(stage, carrier)
        await check(stage, carrier, at)
        await cleared(stage)
        if waited < at:
            break
        at += every
    assert at > 10, "it was cancelled at many places"
