"""A whole hub's sending half on a database of its own, with two workers that can freeze and die."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.accounts import Offer
from hub.decide.claim import Claimed, Release, Sent
from hub.flow.answer import TakeAnswer
from hub.flow.deliver import Deliver
from hub.flow.doubt import AskDoubts
from hub.flow.escalate import Escalate
from hub.flow.inbox import Inbox
from hub.flow.launch import Launch
from hub.flow.parcels import Parcels
from hub.flow.report import Report
from hub.flow.roster_import import import_file
from hub.flow.say import Say
from hub.flow.sweep import Sweep
from hub.flow.tasks import Tasks
from hub.flow.watch import Watch
from hub.model import Lane, WordingId
from hub.ports import Traits
from hub.store.answers import AnswerLedger
from hub.store.boards import BoardLedger
from hub.store.calls import CallLedger
from hub.store.deliveries import DeliveryLedger
from hub.store.displays import DisplayLedger
from hub.store.doubts import DoubtLedger
from hub.store.escalations import EscalateLedger
from hub.store.estates import EstateLedger
from hub.store.inbox import InboxLedger
from hub.store.launches import LaunchLedger
from hub.store.lists import ListLedger
from hub.store.notices import SayLedger
from hub.store.pages import PageLedger
from hub.store.receipts import ReceiptLedger
from hub.store.schema import metadata
from hub.store.sweeps import SweepLedger
from hub.store.tasks import TaskLedger
from tests.flow.stage import SECRET
from tests.launch_estate import Bells, Who, put_estate, shipped
from tests.model.carrier import Call, Carrier
from tests.model.house import House, HouseDatabase, HouseLoop
from tests.roster.files import csv_bytes

URL = "https://muster.example"
PATHS = ("3/5/501", "3/12/1201", "3/12/1202", "3/13/1301", "4/1/101")
NUMBERS = tuple(f"+447700900{number:03d}" for number in range(1, 9))
STAFF = (
    Who(None, "staff", ways=[("sms", "+447700900091")], roles=["duty_manager"], drill=True),
    Who(None, "staff", "en", ways=[("sms", "+447700900092")], roles=["deputy"], drill=True),
    Who("3", "group", ways=[("wecom", "group-3")]),
)


@dataclass(frozen=True)
class Resident:
    """A row of the residents' file."""

    name: str
    building: str
    flat: str
    number: str
    needs: str = ""


RESIDENTS = (
    Resident("陈一", "3", "1201", NUMBERS[0], "轮椅"),
    Resident("陈二", "3", "1201", NUMBERS[0]),  # one phone for both
    Resident("林三", "3", "1202", NUMBERS[1]),
    Resident("王四", "3", "1301", NUMBERS[0]),  # and for a relative upstairs
    Resident("赵五", "3", "501", NUMBERS[2]),
    Resident("钱六", "4", "101", NUMBERS[3]),
    Resident("孙七", "4", "101", ""),  # nobody can reach them
)


# In memory where there is such a place: nothing here is about the power, and fsync would be most of
# the time it takes.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def roster_file(people: Sequence[Resident]) -> bytes:
    head = ("楼栋", "房号", "姓名", "电话", "特殊需求")
    return csv_bytes([head, *((p.building, p.flat, p.name, p.number, p.needs) for p in people)])


async def bring_in(ledger: EstateLedger, people: Sequence[Resident]) -> None:
    """The residents' file is in, whole."""
    site = (await ledger.sites())[0]
    await import_file(
        ledger, site, roster_file(people), "roster.csv", country="CN",
        languages=("zh-CN", "en"), dry_run=False, skip_problems=False,
    )  # fmt: skip


@cache
def _template() -> Path:
    """A database with schema and estate, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="muster-model-", dir=MEMORY)) / "town.db"
    loop = HouseLoop()

    async def build() -> None:
        db = HouseDatabase(f"sqlite:///{path}", House(loop), loop)
        await db.open()
        await db.write(metadata.create_all)
        await db.write(lambda conn: put_estate(conn, PATHS, STAFF))
        await bring_in(EstateLedger(db), RESIDENTS)
        await db.close()

    loop.run_until_complete(build())
    loop.close()
    return path


class Grip:
    """One worker's hold on its claims. `fault` strikes once: the reply of a commit is lost, or the
    process stops for a while between a commit and what follows."""

    def __init__(self, inner: DeliveryLedger):
        self._inner = inner
        self.fault = ""
        self.open: set[int] = set()  # attempts claimed, not yet recorded or given back
        self.frozen: set[int] = set()
        self.touched: set[int] = set()  # attempts whose fate the hub cannot know
        self._thaw = asyncio.Event()

    @property
    def in_doubt(self) -> set[int]:
        """Attempts whose fate the hub cannot know; while one is frozen, all behind it too."""
        return self.touched | (self.open if self.frozen else set())

    def thaw(self) -> None:
        self._thaw.set()

    async def claim(
        self, lane: Lane, channel: str, accounts: Sequence[Offer], *, limit: int
    ) -> Claimed:
        claimed = await self._inner.claim(lane, channel, accounts, limit=limit)
        attempts = {int(one.attempt) for one in claimed.claims}
        if attempts and self._strikes("claim_lost"):
            self.touched |= attempts
            raise ConnectionError("the reply of the commit was lost")
        self.open |= attempts
        if attempts and self._strikes("freeze_claimed"):
            await self._freeze(attempts)
        return claimed

    async def release(self, unsent: Sequence[Release]) -> tuple[tuple[int, int], ...]:
        found = await self._inner.release(unsent)
        self.open -= {int(one.claim.attempt) for one in unsent}
        return found

    async def record(self, sent: Sequence[Sent]) -> tuple[tuple[int, int], ...]:
        attempts = {int(one.claim.attempt) for one in sent}
        if self._strikes("freeze_sent"):
            await self._freeze(attempts)
        found = await self._inner.record(sent)
        if self._strikes("record_lost"):
            raise ConnectionError("the reply of the commit was lost")
        self.open -= attempts
        return found

    async def wording(self, wording: WordingId) -> tuple[str, Any]:
        return await self._inner.wording(wording)

    def _strikes(self, fault: str) -> bool:
        if self.fault != fault:
            return False
        self.fault = ""
        return True

    async def _freeze(self, attempts: set[int]) -> None:
        self.touched |= attempts
        self.frozen |= attempts
        self._thaw.clear()
        try:
            await self._thaw.wait()
        finally:
            self.frozen -= attempts
            self.touched |= self.open  # what waited behind it was recorded late as well


class Worker:
    """A worker process: it drains, and it can die."""

    def __init__(self, town: Town):
        self._town = town
        self.grip = Grip(DeliveryLedger(town.db))
        self.deliver = Deliver(
            ledger=self.grip,
            channels=town.carriers,
            wake=Bells(),
            clock=town.house,
            secret=SECRET,
            public_url=URL,
        )
        self._drains: set[asyncio.Task[int]] = set()

    async def drain(self) -> None:
        """All that is due was sent and recorded, or hangs somewhere."""
        begun = {asyncio.ensure_future(self.deliver.drain(lane)) for lane in Lane}
        self._drains |= begun
        await self._town.loop.until(lambda: self.stuck or all(one.done() for one in begun))
        self._drains = {one for one in self._drains if not one.done()}

    @property
    def stuck(self) -> bool:
        """Everything it has claimed hangs: at a provider, or where the process was frozen."""
        hanging = {int(c.parcel.attempt) for c in self._town.calls if c.hanging}
        return bool(self.grip.open) and self.grip.open <= hanging | self.grip.frozen

    async def killed(self) -> None:
        """Gone, with whatever it was doing."""
        self.grip.touched |= self.grip.open
        tasks = {*self._drains, *self.deliver._running}
        for task in tasks:
            task.cancel()
        await self._town.loop.until(lambda: all(one.done() for one in tasks))

    async def stopped(self) -> None:
        """Ended in good order."""
        await self._town.loop.done(self.deliver.stop())
        await self._town.loop.until(lambda: all(one.done() for one in self._drains))


class _Later:
    """The sweep's drains are made by the test, where it can wait for them."""

    async def drain(self, _lane: Lane) -> int:
        return 0


class Trail:
    async def audit(self, actor: str, action: str, obj: str, data: Any) -> None: ...


class Town:
    """The use-cases over one fresh database, and the providers they send by."""

    def __init__(self, loop: HouseLoop, witness: Any):
        self.loop, self.house = loop, House(loop)
        self.folder = Path(tempfile.mkdtemp(prefix="muster-model-", dir=MEMORY))
        shutil.copy(_template(), self.folder / "town.db")
        self.db = HouseDatabase(f"sqlite:///{self.folder / 'town.db'}", self.house, loop)
        self.calls: list[Call] = []
        self.carriers = self._carriers(witness)
        bells, books, db = Bells(), shipped(), self.db
        self.launch = Launch(LaunchLedger(db), books, self.house, bells, self.carriers)
        self.say = Say(SayLedger(db), books, self.house, bells, self.carriers)
        self.escalate = Escalate(EscalateLedger(db), bells, self.carriers)
        self.answer = TakeAnswer(AnswerLedger(db), PageLedger(db), bells, SECRET)
        self.tasks = Tasks(TaskLedger(db), bells)
        self.watch = Watch(boards=BoardLedger(db), lists=ListLedger(db))
        self.estate = EstateLedger(db)
        self.sweep = self.sweeper()
        self.report = Report(
            receipts=ReceiptLedger(db), displays=DisplayLedger(db), replies=AnswerLedger(db),
            calls=CallLedger(db), answers=self.answer, audit=Trail(), channels=self.carriers,
            inbox=Inbox(InboxLedger(db), Trail(), bells), wake=bells, secret=SECRET,
        )  # fmt: skip
        self.doubts = AskDoubts(
            ledger=DoubtLedger(db), channels=self.carriers, wake=bells,
            parcels=Parcels(DeliveryLedger(db).wording, secret=SECRET, public_url=URL),
        )  # fmt: skip

    def _carriers(self, witness: Any) -> dict[str, Carrier]:
        traits = (
            Traits("sms", (), 10, unit="segments", receipts=True, answers=True, parallel=20),
            Traits("voice", (), 5_000, receipts=True, answers=True, parallel=20),
            Traits("wecom", (), 5_000, personal=False, parallel=20),
        )
        return {
            f"{one.channel}_test": Carrier(
                f"{one.channel}_test", one, lambda: self.house.ms, witness, self.calls
            )
            for one in traits
        }

    def sweeper(self) -> Sweep:
        """Its first sweep looks at lives and receipt windows, as every tenth and thirtieth does."""
        ledger = SweepLedger(self.db, askable=set(self.carriers))
        return Sweep(ledger=ledger, escalate=self.escalate, deliver=_Later(), wake=Bells())

    async def open(self) -> Town:
        await self.db.open()
        self.workers = [Worker(self), Worker(self)]
        return self

    async def close(self) -> None:
        for worker in self.workers:
            await worker.killed()
        await self.db.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def rows(self, sql: str, **named: Any) -> list[Any]:
        def ask(conn: Connection) -> list[Any]:
            return list(conn.execute(text(sql), named))

        return await self.db.read(ask)

    @property
    def touched(self) -> AbstractSet[int]:
        return self.lost | {one for worker in self.workers for one in worker.grip.in_doubt}

    lost: frozenset[int] = frozenset()  # of workers that are no more
