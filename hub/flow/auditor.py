"""The auditor: in every process, done by one of them at a time; it looks, and raises alarms.

Web processes audit too: a hub whose only worker died must still say so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

from hub.decide.alarm_facts import Facts, Need, Served
from hub.decide.alarms import Alarm, alarms
from hub.ports import Wake

EVERY_MS = 5_000  # with 15 s of silence and a console that asks every 5 s: seen within 30 s
ASK = 1.0  # seconds between asking whether it is one's turn
STEP = 10.0  # seconds one audit may take

log = structlog.get_logger(__name__)


class AuditLedger(Protocol):
    """Where an audit looks."""

    async def facts(self, watched_s: float) -> Facts: ...


class Changed(Protocol):
    @property
    def raised(self) -> tuple[str, ...]: ...
    @property
    def cleared(self) -> tuple[str, ...]: ...


class AlarmLedger(Protocol):
    """Where alarms are kept."""

    async def turn(self, every_ms: int) -> bool: ...
    async def settle(self, found: Sequence[Alarm]) -> Changed: ...


class Auditor:
    """Looks whether the hub does its job. `passed` is awaited after each audit of this process
    without a critical alarm."""

    def __init__(
        self,
        *,
        ledger: AuditLedger,
        alarms: AlarmLedger,
        wake: Wake,
        served: Sequence[Served],
        needs: Sequence[Need],
        passed: Callable[[], Awaitable[None]] | None = None,
        every_ms: int = EVERY_MS,
    ):
        self._ledger, self._alarms, self._wake = ledger, alarms, wake
        self._served, self._needs = tuple(served), tuple(needs)
        self._passed = passed
        self._every_ms = every_ms

    async def look(self, watched_s: float = 0.0) -> tuple[Alarm, ...]:
        """What is not as it should be now. Reads only. `watched_s`: how long this process lives;
        0 says nothing about processes that are missing."""
        facts = await self._ledger.facts(watched_s)
        return alarms(facts, served=self._served, needs=self._needs)

    async def once(self, watched_s: float) -> tuple[Alarm, ...]:
        """What was found stands in the table of alarms, and nothing else does as open."""
        found = await self.look(watched_s)
        changed = await self._alarms.settle(found)
        for key in changed.raised:
            log.error("alarm_raised", key=key)
        for key in changed.cleared:
            log.info("alarm_cleared", key=key)
        if changed.raised or changed.cleared:
            await self._wake.tell("alarms")
        return found

    async def turn(self, watched_s: float) -> tuple[Alarm, ...] | None:
        """What was found, if it was this process's turn; heard outside if nothing is critical."""
        async with asyncio.timeout(STEP):
            if not await self._alarms.turn(self._every_ms):
                return None
            found = await self.once(watched_s)
        if self._passed and not any(alarm.ails for alarm in found):
            await self._passed()
        return found

    async def run(self) -> None:
        """Audits for ever, in turn with the other processes."""
        loop = asyncio.get_running_loop()
        born = loop.time()
        while True:
            try:
                await self.turn(loop.time() - born)
            except Exception as error:  # noqa: BLE001 it must outlive whatever it looks at
                log.warning("audit_failed", error=type(error).__name__)
            await asyncio.sleep(ASK)
