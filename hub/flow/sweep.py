"""Once a second, in every worker, Redis or not: what time and crashes left is put right."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from hub.errors import HubError
from hub.flow.bell import Bell
from hub.model import Lane
from hub.ports import Wake

EVERY = 1.0  # seconds
STEP = 20.0  # seconds one step may take
LIVES_EVERY = 10  # sweeps; a claim meets what is too old at the head of its lane anyway
SETTLE_EVERY = 3  # sweeps; it looks at every household with a door or call still to be made
WINDOWS_EVERY = 30  # sweeps; it looks at every accepted delivery of the open incidents
RECEIPT_WINDOW_MS = 600_000

log = structlog.get_logger(__name__)


class Found(Protocol):
    """What one step found."""

    @property
    def lost(self) -> int: ...
    @property
    def again(self) -> int: ...
    @property
    def doubled(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def expired(self) -> int: ...
    @property
    def silent(self) -> int: ...
    @property
    def reached(self) -> tuple[tuple[int, int], ...]: ...
    @property
    def lanes(self) -> tuple[Lane, ...]: ...


class SweepLedger(Protocol):
    """Where time passes, by the database's clock."""

    async def leases(self) -> Found: ...
    async def doubts(self) -> Found: ...
    async def lives(self) -> Found: ...
    async def windows(self, window_ms: int) -> Found: ...
    async def due(self) -> Found: ...


class Waves(Protocol):
    """Who starts waves whose time has come."""

    async def due(self) -> int: ...
    async def settle(self) -> int: ...
    async def onward(self) -> int: ...


class Drills(Protocol):
    """Who tells the people of a drill that something real has begun."""

    async def due(self) -> int: ...


class Drain(Protocol):
    """Who sends."""

    async def drain(self, lane: Lane) -> int: ...


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did. `troubles`: steps that failed, by name; the next sweep tries again."""

    lost: int = 0  # leases that ran out with a call begun
    again: int = 0  # sent again: their provider has nothing of them
    doubled: int = 0  # sent once more in doubt
    failed: int = 0  # doubts that ended
    expired: int = 0
    silent: int = 0  # accepted, and no receipt in the window
    waves: int = 0
    lanes: tuple[Lane, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def idle(self) -> bool:
        """Nothing was found and nothing failed."""
        return self == Swept()


@dataclass(slots=True)
class _Sum:
    counts: dict[str, int] = field(default_factory=dict)
    lanes: tuple[Lane, ...] = ()
    troubles: list[str] = field(default_factory=list)

    @property
    def ends(self) -> int:
        """Deliveries that came to their end by time alone."""
        return self.counts.get("expired", 0) + self.counts.get("silent", 0)

    def add(self, found: Found) -> None:
        for name in ("lost", "again", "doubled", "failed", "expired", "silent"):
            self.counts[name] = self.counts.get(name, 0) + getattr(found, name)
        self.lanes = self.lanes or found.lanes


class Sweep:
    """The net below every other part."""

    def __init__(
        self,
        *,
        ledger: SweepLedger,
        escalate: Waves,
        deliver: Drain,
        wake: Wake,
        drills: Drills | None = None,
        receipt_window_ms: int = RECEIPT_WINDOW_MS,
        every: float = EVERY,
    ):
        self._ledger, self._escalate, self._deliver = ledger, escalate, deliver
        self._drills = drills
        self._bell = Bell(wake)
        self._window = receipt_window_ms
        self._every = every
        self._drains: set[asyncio.Task[int]] = set()
        self._count = 0
        self._more: set[str] = set()  # seldom steps that found something the last time
        self.last_at: float | None = None  # loop time of the last sweep without trouble

    async def once(self) -> Swept:
        """Every step was tried once; one that fails harms no other. Lanes with due work are being
        drained when this returns, not yet empty."""
        said = _Sum()
        await self._step("leases", said, self._ledger.leases)
        await self._step("doubts", said, self._ledger.doubts)
        await self._seldom("lives", LIVES_EVERY, said, self._ledger.lives)
        await self._seldom("windows", WINDOWS_EVERY, said, self._windows)
        self._count += 1
        waves = await self._waves("waves", said, self._escalate.due)
        await self._waves("onward", said, self._escalate.onward)
        if self._drills is not None:
            await self._waves("drills", said, self._drills.due)
        if self._count % SETTLE_EVERY == 0:
            await self._waves("settle", said, self._escalate.settle)
        await self._step("due", said, self._ledger.due)
        for lane in said.lanes:
            self._drain(lane)
        if not said.troubles:
            self.last_at = asyncio.get_running_loop().time()
        return Swept(**said.counts, waves=waves, lanes=said.lanes, troubles=tuple(said.troubles))

    async def run(self) -> None:
        """Sweeps for ever, each second; cancelled, it lets go of nothing that is being sent."""
        while True:
            await self.once()
            await asyncio.sleep(self._every)

    async def _windows(self) -> Found:
        return await self._ledger.windows(self._window)

    async def _seldom(
        self, name: str, every: int, said: _Sum, step: Callable[[], Awaitable[Found]]
    ) -> None:
        """Done every so many sweeps, and in the next one while it finds any: it takes so many rows
        at once, and a hundred thousand may have come to their end in one moment."""
        if self._count % every and name not in self._more:
            return
        before = said.ends
        await self._step(name, said, step)
        if said.ends > before:
            self._more.add(name)
        else:
            self._more.discard(name)

    async def _step(self, name: str, said: _Sum, step: Callable[[], Awaitable[Found]]) -> None:
        try:
            async with asyncio.timeout(STEP):
                found = await step()
        except Exception as error:  # noqa: BLE001 the loop must outlive any one step
            self._trouble(name, said, error)
            return
        said.add(found)
        self._bell.ring(found.reached)

    async def _waves(self, name: str, said: _Sum, step: Callable[[], Awaitable[int]]) -> int:
        try:
            async with asyncio.timeout(STEP):
                return await step()
        except Exception as error:  # noqa: BLE001 as above
            self._trouble(name, said, error)
            return 0

    def _trouble(self, name: str, said: _Sum, error: Exception) -> None:
        said.troubles.append(name)
        known = isinstance(error, HubError | TimeoutError)
        log.warning("sweep_failed", step=name, error=type(error).__name__, known=known)

    def _drain(self, lane: Lane) -> None:
        """`Deliver` owns what is sent. One that waits for a slow medium holds up no other medium of
        its lane: each starts what stands still, and only that is waited for, 25 s at most. So they
        are few, a lane: as many as it has media."""
        task = asyncio.get_running_loop().create_task(self._drained(lane))
        self._drains.add(task)
        task.add_done_callback(self._drains.discard)

    async def _drained(self, lane: Lane) -> int:
        try:
            return await self._deliver.drain(lane)
        except Exception as error:  # noqa: BLE001 the next sweep drains again
            log.warning("drain_failed", lane=str(lane), error=type(error).__name__)
            return 0
