"""Sending what is due: a pump for each lane and medium, so a slow one delays no other."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from hub.decide.accounts import DEFAULT, Terms
from hub.flow.account import Account
from hub.flow.bell import Bell
from hub.flow.parcels import Parcels
from hub.flow.pump import DeliveryLedger, Means, Pump
from hub.flow.queues import answers_of, senders_of
from hub.flow.shares import Shares
from hub.model import Lane, Outcome
from hub.ports import Channel, Clock, Wake

DRAIN = 25.0  # seconds a caller waits for its drain at most
STOP_WITHIN = 15.0  # seconds: a call ends within 12, its record soon after

log = structlog.get_logger(__name__)


def _unobserved(_account: str, _outcome: Outcome, _seconds: float) -> None:
    return


class Deliver:
    """The sending half of the hub in one process. `channels` and `terms` go by account name;
    `shares` where other processes may send by the same accounts."""

    def __init__(
        self,
        *,
        ledger: DeliveryLedger,
        channels: Mapping[str, Channel],
        wake: Wake,
        clock: Clock,
        secret: bytes,
        public_url: str,
        terms: Mapping[str, Terms] | None = None,
        shares: Shares | None = None,
        observe: Callable[[str, Outcome, float], None] = _unobserved,
    ):
        self._wake = wake
        self._stopping = False
        self.bell = Bell(wake)
        answers = answers_of(senders_of(channels, terms or {}))
        parcels = Parcels(ledger.wording, secret=secret, public_url=public_url, answers=answers)
        means = Means(ledger, parcels, self.bell, clock, observe)
        media = _by_medium(channels, terms or {}, shares)
        self._accounts = tuple(itertools.chain(*media))
        self._pumps = {
            lane: tuple(Pump(means, accounts, lane) for accounts in media) for lane in Lane
        }
        self._running: set[asyncio.Task[None]] = set()

    def standing(self) -> Mapping[str, Mapping[str, Any]]:
        """How each account stands in this process, by its name (`Account.standing`)."""
        now = asyncio.get_running_loop().time()
        return {account.name: account.standing(now) for account in self._accounts}

    async def drain(self, lane: Lane) -> int:
        """Everything due in this lane was sent and recorded, or 25 s have passed; how many calls
        were made. A pump that already runs looks once more, and is not waited for.

        Pumps belong to this object, not to the caller: a cancelled caller leaves them running, so
        no outcome is lost; `stop` ends them."""
        started = (
            [] if self._stopping else [pump for pump in self._pumps[lane] if self._starts(pump)]
        )
        if not started:
            return 0
        before = sum(pump.count for pump in started)
        tasks = {self._start(pump) for pump in started}
        await asyncio.wait(tasks, timeout=DRAIN)
        return sum(pump.count for pump in started) - before

    async def stop(self) -> None:
        """Nothing more is claimed; what was sent is recorded (or 15 s have passed)."""
        self._stopping = True
        for pump in itertools.chain(*self._pumps.values()):
            pump.stop()
        if self._running:
            await asyncio.wait(set(self._running), timeout=STOP_WITHIN)
        await self.bell.quiet()

    def _starts(self, pump: Pump) -> bool:
        if pump.running:
            pump.look_again()
        return not pump.running

    def _start(self, pump: Pump) -> asyncio.Task[None]:
        pump.running = True
        task = asyncio.get_running_loop().create_task(self._run(pump), name=f"pump:{pump.medium}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _run(self, pump: Pump) -> None:
        """One pump's work; its failure is its own, the others go on."""
        try:
            await pump.run()
        except Exception as error:  # noqa: BLE001 a bulkhead: the sweep finds what is left
            log.error("pump_failed", medium=pump.medium, error=_named(error))
        finally:
            pump.running = False


def _by_medium(
    channels: Mapping[str, Channel], terms: Mapping[str, Terms], shares: Shares | None
) -> Sequence[Sequence[Account]]:
    """The accounts of each medium, in the order of the configuration."""
    found: dict[str, list[tuple[str, Channel]]] = defaultdict(list)
    for name, channel in channels.items():
        found[channel.traits.channel].append((name, channel))
    return [
        [
            Account(
                name,
                channel,
                terms=terms.get(name, DEFAULT),
                alone=len(of_one) == 1,
                shares=shares,
            )
            for name, channel in of_one
        ]
        for of_one in found.values()
    ]


def _named(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return ",".join(sorted({_named(each) for each in error.exceptions}))
    return type(error).__name__
