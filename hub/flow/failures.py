"""Logins that failed, on the record: never what was typed, for people type a password where the
name belongs; and never more rows than anybody would read, however many there are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from hub.decide.fold import Folds, Row, again, counted, due
from hub.errors import Unready

OTHERS = ("", "several", "")
EVERY = 5.0  # seconds between looks at what is due
STEP = 4.0  # seconds one look may take

log = structlog.get_logger(__name__)


class AuditTrail(Protocol):
    """The record of what people did."""

    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None: ...


@dataclass(slots=True)
class Failures:
    """Counts them. Lost with a process that is killed: those of its last minutes, the first of each
    kind apart."""

    trail: AuditTrail
    _folds: Folds = field(default_factory=Folds)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def count(self, whom: str, why: str, network: str) -> None:
        """One more. `whom`: `user:4` where there is such a login, else nobody; `network`: where
        it came from. Never raises: whoever logs in is told what was wrong, not this."""
        kind = (whom, why, network)
        self._folds = counted(self._folds, kind, others=OTHERS, now=time.monotonic())
        await self.settle()

    async def settle(self, *, all_: bool = False) -> None:
        """What is due stands in the record; what cannot be written now is kept."""
        async with self._writing:
            self._folds, rows = due(self._folds, now=time.monotonic(), all_=all_)
            for row in rows:
                await self._write(row)

    async def run(self) -> None:
        """Looks at what is due, for ever; at its end everything is."""
        try:
            while True:
                await asyncio.sleep(EVERY)
                await self.settle()
        finally:
            await asyncio.shield(self.settle(all_=True))

    async def _write(self, row: Row) -> None:
        whom, why, network = row.kind
        data = {"why": why, "from": network, "count": row.count}
        try:
            async with asyncio.timeout(STEP):
                await self.trail.audit("outside", "login_failed", whom, data)
        except (Unready, TimeoutError) as error:
            self._folds = again(self._folds, row, now=time.monotonic())
            log.warning("failures_not_written", error=type(error).__name__)
