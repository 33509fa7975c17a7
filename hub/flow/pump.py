"""One lane of one medium: claim, send concurrently by its accounts, record in batches, while more
is claimed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from hub.decide.accounts import Offer, Wanted, elsewhere, most
from hub.decide.claim import Claim, Claimed, Release, Sent
from hub.flow.account import BATCH, Account
from hub.flow.bell import Bell
from hub.flow.load import Load
from hub.flow.parcels import Parcels
from hub.model import Lane, Outcome, Parcel, Verdict, WordingId
from hub.ports import Clock
from hub.states import Reason

CALL = 12.0  # seconds one call may take; with BEGIN it stays inside the lease of 15 s
AT_ONCE = 1_000  # claimed in one transaction at most, by all accounts of a medium
BEGIN = 2.5  # seconds after its claim within which a send begins, or is given back unsent
LINGER = 0.05  # seconds a batch of outcomes waits for more
SKEW = timedelta(seconds=1)  # clocks this close are taken for one
LOOK = 1.0  # seconds between two looks at what is due while calls are in flight
LATER = 0.5  # seconds until deliveries no account could take are looked at again
KEEP_TRYING = 60.0  # seconds outcomes are kept for a database that is away

log = structlog.get_logger(__name__)

_NO_WORDS = Outcome(Verdict.REFUSED, Reason.MISCONFIGURED, code="no_wording")


class DeliveryLedger(Protocol):
    """The rows of deliveries; each method one transaction."""

    async def claim(
        self, lane: Lane, channel: str, accounts: Sequence[Offer], *, limit: int
    ) -> Claimed: ...
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

    def __init__(self, means: Means, accounts: Sequence[Account], lane: Lane):
        self._means = means
        self._loads = {account.name: Load(account, lane) for account in accounts}
        self._lane = lane
        self.medium = accounts[0].medium
        self._done: list[Sent] = []  # bounded: the rooms of the loads count what is not recorded
        self._unsent: list[Release] = []
        self._came = asyncio.Event()  # for the recorder: there is something to record
        self._full = asyncio.Event()  # for the recorder: the batch need not wait any longer
        self._freed = asyncio.Event()  # for the claimer: places are free, or it is to look again
        self._age = 0.0  # seconds since the newest claim was made, when it was begun upon
        self._skew = timedelta()  # how far this process's clock is ahead of the database's
        self._closed = False
        self.running = False
        self._again = False
        self.stopping = False
        self.count = 0

    async def run(self) -> int:
        """Everything due was sent and recorded; how many calls were made."""
        for load in self._loads.values():
            load.clear()
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
            offers = self._offers(loop.time())
            if most(offers) == 0:
                await _within(0.05, self._freed)
                continue
            self._again = False
            claimed = await self._claimed(offers)
            if claimed.later:
                loop.call_later(LATER, self.look_again)
            begin_by = loop.time() + BEGIN - self._age
            for claim in claimed.claims:
                group.create_task(self._send(claim, begin_by))
            if not (claimed.claims or claimed.full) and await self._over(offers):
                return

    async def _over(self, offers: Sequence[Offer]) -> bool:
        """Whether the last send has ended unasked to look again. It looks by itself once a full
        account has room, and each second: what failed is due again, the database is back."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LOOK
        full = [self._loads[offer.name] for offer in offers if offer.open and not offer.room]
        while not (self._again or self.stopping):
            if self._idle() and not full:
                return True
            if loop.time() >= until or any(load.offer(loop.time()).room for load in full):
                return False
            await _within(0.05 if full else LOOK, self._freed)
        return False

    def stop(self) -> None:
        """Nothing more is claimed; what is in flight ends and is recorded."""
        self.stopping = True
        self._freed.set()

    def look_again(self) -> None:
        """Something new may be due."""
        self._again = True
        self._freed.set()

    async def _claimed(self, offers: Sequence[Offer]) -> Claimed:
        """What was claimed; nothing when the database is away: what is in flight goes on."""
        try:
            return await self._claim(offers)
        except Exception as error:  # noqa: BLE001 claiming again is the next drain's, in a second
            log.error("claim_failed", medium=self.medium, error=type(error).__name__)
            return Claimed()

    async def _claim(self, offers: Sequence[Offer]) -> Claimed:
        asked = self._means.clock.now()
        claimed = await self._means.ledger.claim(self._lane, self.medium, offers, limit=AT_ONCE)
        claimed = self._by_our_clock(claimed, asked)
        self._account_waits(waits=claimed.full)
        self._means.bell.ring(claimed.ended)
        known = await self._means.parcels.at_hand(claimed.claims)
        for claim in claimed.claims:
            self._loads[claim.account].waiting += 1
        if not known:  # run out, they would look like calls of unknown outcome
            for claim in claimed.claims:
                self._give_back(claim, 0)
            return replace(claimed, claims=(), full=False)
        self._age = self._since(claimed.now, asked)
        return claimed

    def _since(self, made: datetime | None, asked: datetime) -> float:
        """Seconds since the claim was made: the process may have been stopped on the way back, and
        what it holds be another's by now. Where the clocks are apart, since it was asked for."""
        now = self._means.clock.now()
        known = made if made is not None and asked <= made <= now else asked
        return (now - known).total_seconds()

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

    def _offers(self, now: float) -> Sequence[Offer]:
        """How its accounts stand now."""
        return [load.offer(now) for load in self._loads.values()]

    def _account_waits(self, *, waits: bool) -> None:
        if self._lane is Lane.URGENT:
            for load in self._loads.values():
                load.account.urgent_waits = waits

    # ── sending ────────────────────────────────────────────────────────────────────────────────

    async def _send(self, claim: Claim, begin_by: float) -> None:
        load = self._loads[claim.account]
        slots = load.account.slots[self._lane]
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
            due_ms = await self._turn(claim, load, begin_by)
            if due_ms >= 0:
                self._give_back(claim, due_ms)
            else:
                await self._call(claim, load)
        finally:
            slots.release()

    async def _turn(self, claim: Claim, load: Load, begin_by: float) -> int:
        """-1 when the send begins now; else the time (ms) before which it may not, or 0."""
        loop, account = asyncio.get_running_loop(), load.account
        if account.waits(loop.time()):
            at = await account.turn(load.line, claim.address, claim.units, begin_by=begin_by)
            if at > begin_by:
                wait = timedelta(seconds=at - loop.time())
                due = self._means.clock.now() - self._skew + wait
                return int(due.timestamp() * 1000)
            await asyncio.sleep(max(0.0, at - loop.time()))
        late = loop.time() > begin_by or self._means.clock.now() >= claim.expires_at
        return 0 if late or self.stopping or not account.begins(loop.time()) else -1

    async def _call(self, claim: Claim, load: Load) -> None:
        loop, account = asyncio.get_running_loop(), load.account
        load.waiting -= 1
        began = load.begun[claim.delivery] = loop.time()
        parcel = self._parcel(claim)
        outcome = _NO_WORDS if parcel is None else await self._outcome(parcel, account)
        now = loop.time()
        del load.begun[claim.delivery]
        if parcel is not None:
            account.heard(outcome, claim.address, seconds=now - began, now=now)
        self._means.observe(account.name, outcome, now - began)
        onward = len(self._loads) > 1 and self._onward(claim, outcome, now)
        receipts = account.channel.traits.receipts
        self._done.append(Sent(claim, outcome, receipts, now - began, onward))
        self._came_back(load)

    def _onward(self, claim: Claim, outcome: Outcome, now: float) -> bool:
        """Whether another account tries it at once."""
        if outcome is _NO_WORDS or outcome.verdict is Verdict.ACCEPTED:
            return False
        mine = (claim.account,)
        refused = claim.refused + (mine if outcome.verdict is Verdict.REFUSED else ())
        wanted = Wanted(claim.address, claim.delivery, claim.failed + mine, refused)
        return elsewhere(self._offers(now), wanted, outcome)

    def _parcel(self, claim: Claim) -> Parcel | None:
        try:
            return self._means.parcels.parcel(claim, self.medium)
        except Exception as error:  # noqa: BLE001 one bad row must not end the others' sends
            log.error("no_parcel", delivery=claim.delivery, error=type(error).__name__)
            return None

    async def _outcome(self, parcel: Parcel, account: Account) -> Outcome:
        try:
            async with asyncio.timeout(CALL):
                return await account.channel.send(parcel)
        except TimeoutError:
            return Outcome(Verdict.UNSURE, Reason.TIMEOUT, code="no_answer")
        except Exception as error:  # noqa: BLE001 a channel's own bug must not lose the delivery
            log.error(
                "channel_raised",
                account=account.name,
                delivery=parcel.delivery,
                error=type(error).__name__,
            )
            return Outcome(Verdict.UNSURE, Reason.BROKEN, code=type(error).__name__)

    def _give_back(self, claim: Claim, due_ms: int) -> None:
        load = self._loads[claim.account]
        load.waiting -= 1
        self._unsent.append(Release(claim, due_ms))
        self._came_back(load)

    def _came_back(self, load: Load) -> None:
        load.unrecorded += 1
        self._came.set()
        if len(self._done) >= BATCH or not self._coming():
            self._full.set()

    def _coming(self) -> bool:
        """Whether anything claimed has not come back yet."""
        return any(load.waiting or load.begun for load in self._loads.values())

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
            for claim in (*(one.claim for one in sent), *(one.claim for one in unsent)):
                self._loads[claim.account].unrecorded -= 1
            self._again = self._again or any(one.elsewhere for one in sent)
            self.count += len(sent)
            self._freed.set()

    def _idle(self) -> bool:
        return all(load.idle for load in self._loads.values())

    async def _gather(self) -> None:
        """A batch closes when it is full, after 50 ms, or when nothing more is on its way."""
        self._full.clear()
        if len(self._done) < BATCH and self._coming():
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
