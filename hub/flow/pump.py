"""One lane of one account: claim, send concurrently, record in batches, while more is claimed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from hub.decide.claim import Claim, Claimed, Release, Sent
from hub.flow.account import BATCH, Account
from hub.flow.bell import Bell
from hub.flow.parcels import Parcels
from hub.model import Lane, Outcome, Parcel, Verdict, WordingId
from hub.ports import Clock
from hub.states import Reason

CALL = 12.0  # seconds one call may take; with BEGIN it stays inside the lease of 15 s
BEGIN = 2.5  # seconds after its claim within which a send begins, or is given back unsent
LINGER = 0.05  # seconds a batch of outcomes waits for more
SKEW = timedelta(seconds=1)  # clocks this close are taken for one
KEEP_TRYING = 60.0  # seconds outcomes are kept for a database that is away

log = structlog.get_logger(__name__)

_NO_WORDS = Outcome(Verdict.REFUSED, Reason.MISCONFIGURED, code="no_wording")


class DeliveryLedger(Protocol):
    """The rows of deliveries; each method one transaction."""

    async def claim(self, lane: Lane, channel: str, account: str, *, limit: int) -> Claimed: ...
    async def release(self, unsent: Sequence[Release]) -> tuple[tuple[int, int], ...]: ...
    async def record(self, sent: Sequence[Sent]) -> tuple[tuple[int, int], ...]: ...
    async def wording(self, wording: WordingId) -> tuple[str, Mapping[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Means:
    """What every pump works with. `observe` is told account, outcome and seconds of each call."""

    ledger: DeliveryLedger
    parcels: Parcels
    bell: Bell
    clock: Clock
    observe: Callable[[str, Outcome, float], None]


class Pump:
    """Runs once at a time. What it has claimed it sends, and what it has sent it records, whatever
    happens around it; `stopping` ends the claiming."""

    def __init__(self, means: Means, account: Account, lane: Lane):
        self._means = means
        self._account = account
        self._lane = lane
        self._begun: dict[int, float] = {}  # delivery -> when its call began
        self._waiting = 0  # claimed, not begun
        self._done: list[Sent] = []  # bounded: `_places` counts what is not recorded yet
        self._unsent: list[Release] = []
        self._unrecorded = 0
        self._came = asyncio.Event()  # for the recorder: there is something to record
        self._full = asyncio.Event()  # for the recorder: the batch need not wait any longer
        self._freed = asyncio.Event()  # for the claimer: places are free, or it is to look again
        self._skew = timedelta()  # how far this process's clock is ahead of the database's
        self._closed = False
        self.running = False
        self._again = False
        self.stopping = False
        self.count = 0

    @property
    def account(self) -> str:
        """The registry name of the account it sends by."""
        return self._account.name

    async def run(self) -> int:
        """Everything due was sent and recorded; how many calls were made."""
        # Nothing is left of a run that failed: its claims are the sweep's, not this one's.
        self._begun, self._waiting, self._unrecorded = {}, 0, 0
        self._done, self._unsent = [], []
        self._closed, before = False, self.count
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._record_all())
                try:
                    await self._claim_all(group)
                finally:
                    self._closed = True
                    self._came.set()
        finally:
            self._account_waits(waits=False)
        return self.count - before

    # ── claiming ───────────────────────────────────────────────────────────────────────────────

    async def _claim_all(self, group: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        while not self.stopping:
            if (places := self._places(loop.time())) == 0:
                await _within(0.05, self._freed)
                continue
            self._again = False
            claimed = await self._claimed(places)
            for claim in claimed.claims:
                group.create_task(self._send(claim, loop.time() + BEGIN))
            if not (claimed.claims or claimed.full) and await self._over():
                return

    async def _over(self) -> bool:
        """Whether the last send has ended without anybody asking to look again."""
        while not (self._again or self.stopping):
            if self._idle():
                return True
            await _within(1.0, self._freed)
        return False

    def stop(self) -> None:
        """Nothing more is claimed; what is in flight ends and is recorded."""
        self.stopping = True
        self._freed.set()

    def look_again(self) -> None:
        """Something new may be due."""
        self._again = True
        self._freed.set()

    async def _claimed(self, places: int) -> Claimed:
        """What was claimed; nothing when the database is away: what is in flight goes on."""
        try:
            return await self._claim(places)
        except Exception as error:  # noqa: BLE001 claiming again is the next drain's, in a second
            log.error("claim_failed", account=self.account, error=type(error).__name__)
            return Claimed()

    async def _claim(self, places: int) -> Claimed:
        account, asked = self._account, self._means.clock.now()
        claimed = await self._means.ledger.claim(
            self._lane, account.medium, account.name, limit=places
        )
        claimed = self._by_our_clock(claimed, asked)
        self._account_waits(waits=claimed.full)
        self._means.bell.ring(claimed.ended)
        await self._means.parcels.learn(claimed.claims)
        self._waiting += len(claimed.claims)
        return claimed

    def _by_our_clock(self, claimed: Claimed, asked: datetime) -> Claimed:
        """Expiries as this process tells the time: they are meant by the database's clock, and two
        machines' clocks may be far apart. Never later than meant: it was asked before."""
        if claimed.now is None:
            return claimed
        self._skew = asked - claimed.now
        if abs(self._skew) <= SKEW:
            return claimed
        moved = (replace(one, expires_at=one.expires_at + self._skew) for one in claimed.claims)
        return replace(claimed, claims=tuple(moved))

    def _places(self, now: float) -> int:
        """How many to claim now; 0 to wait until more places are free or the pace allows it."""
        oldest = now - next(iter(self._begun.values()), now)
        most = self._account.capacity(self._lane, oldest)
        open_ones = self._waiting + len(self._begun) + self._unrecorded
        free = most - open_ones
        if free < most // 4 and open_ones:
            return 0  # a bigger claim soon costs less than many small ones now
        return self._account.room(self._lane, free, now=now)

    def _account_waits(self, *, waits: bool) -> None:
        if self._lane is Lane.URGENT:
            self._account.urgent_waits = waits

    # ── sending ────────────────────────────────────────────────────────────────────────────────

    async def _send(self, claim: Claim, begin_by: float) -> None:
        slots = self._account.slots[self._lane]
        try:
            # A timer only where there is something to wait for: this is the hottest path there is.
            if slots.locked():
                async with asyncio.timeout_at(begin_by):
                    await slots.acquire()
            else:
                await slots.acquire()
        except TimeoutError:
            self._give_back(claim, 0)
            return
        try:
            due_ms = await self._turn(claim, begin_by)
            if due_ms >= 0:
                self._give_back(claim, due_ms)
            else:
                await self._call(claim)
        finally:
            slots.release()

    async def _turn(self, claim: Claim, begin_by: float) -> int:
        """-1 when the send may begin now; else the time (ms) before which it may not, or 0."""
        loop = asyncio.get_running_loop()
        if self._account.waits(loop.time()):
            at = self._account.book(claim.address, claim.units, now=loop.time())
            if at > begin_by:
                self._account.unbook(claim.address, now=loop.time())
                wait = timedelta(seconds=at - loop.time())
                due = self._means.clock.now() - self._skew + wait
                return int(due.timestamp() * 1000)
            await asyncio.sleep(max(0.0, at - loop.time()))
        late = loop.time() > begin_by or self._means.clock.now() >= claim.expires_at
        return 0 if late or self.stopping else -1

    async def _call(self, claim: Claim) -> None:
        loop = asyncio.get_running_loop()
        self._waiting -= 1
        began = self._begun[claim.delivery] = loop.time()
        parcel = self._parcel(claim)
        outcome = _NO_WORDS if parcel is None else await self._outcome(parcel)
        seconds = loop.time() - began
        del self._begun[claim.delivery]
        self._account.heard(outcome, claim.address, seconds=seconds, now=loop.time())
        self._means.observe(self._account.name, outcome, seconds)
        self._done.append(Sent(claim, outcome, self._account.channel.traits.receipts, seconds))
        self._came_back()

    def _parcel(self, claim: Claim) -> Parcel | None:
        try:
            return self._means.parcels.parcel(claim, self._account.medium)
        except Exception as error:  # noqa: BLE001 one bad row must not end the others' sends
            log.error("no_parcel", delivery=claim.delivery, error=type(error).__name__)
            return None

    async def _outcome(self, parcel: Parcel) -> Outcome:
        try:
            async with asyncio.timeout(CALL):
                return await self._account.channel.send(parcel)
        except TimeoutError:
            return Outcome(Verdict.UNSURE, Reason.TIMEOUT, code="no_answer")
        except Exception as error:  # noqa: BLE001 a channel's own bug must not lose the delivery
            log.error(
                "channel_raised",
                channel=self._account.name,
                delivery=parcel.delivery,
                error=type(error).__name__,
            )
            return Outcome(Verdict.UNSURE, Reason.BROKEN, code=type(error).__name__)

    def _give_back(self, claim: Claim, due_ms: int) -> None:
        self._waiting -= 1
        self._unsent.append(Release(claim, due_ms))
        self._came_back()

    def _came_back(self) -> None:
        self._unrecorded += 1
        self._came.set()
        if len(self._done) >= BATCH or not (self._begun or self._waiting):
            self._full.set()

    # ── recording ──────────────────────────────────────────────────────────────────────────────

    async def _record_all(self) -> None:
        """Outcomes are recorded as they come; returns when all that was claimed is on record."""
        while not (self._closed and self._idle()):
            if not (self._done or self._unsent):
                await _within(1.0, self._came)
                continue
            await self._gather()
            sent, self._done = self._done[:BATCH], self._done[BATCH:]
            unsent, self._unsent = self._unsent, []
            await self._put(sent, unsent)
            self._unrecorded -= len(sent) + len(unsent)
            self.count += len(sent)
            self._freed.set()

    def _idle(self) -> bool:
        return not (self._waiting or self._begun or self._unrecorded)

    async def _gather(self) -> None:
        """A batch closes when it is full, after 50 ms, or when nothing more is on its way."""
        self._full.clear()
        if len(self._done) < BATCH and (self._begun or self._waiting):
            await _within(LINGER, self._full)

    async def _put(self, sent: Sequence[Sent], unsent: Sequence[Release]) -> None:
        """On record; a database that is away is asked again for a minute. After that the lease
        has run out, and the sweep asks the provider's callbacks instead."""
        loop = asyncio.get_running_loop()
        ends, wait = loop.time() + KEEP_TRYING, 0.1
        while True:
            try:
                if unsent:
                    self._means.bell.ring(await self._means.ledger.release(unsent))
                    unsent = ()
                if sent:
                    self._means.bell.ring(await self._means.ledger.record(sent))
                return
            except Exception as error:  # noqa: BLE001 whatever it is, the calls were made
                if loop.time() > ends:
                    log.error("outcomes_lost", count=len(sent), error=type(error).__name__)
                    return
            await asyncio.sleep(wait)
            wait = min(2.0, wait * 2)


async def _within(seconds: float, event: asyncio.Event) -> None:
    """The event has come since this was called, or the time is over."""
    event.clear()
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
