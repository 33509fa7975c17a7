"""Providers whose sends have an unknown outcome, and what they say when they are asked."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from hub.flow.doubt import AskDoubts
from hub.flow.parcels import Parcels
from hub.flow.sweep import Sweep, Swept
from hub.model import Outcome, Parcel, Verdict
from hub.states import Reason
from hub.store import schema as t
from hub.store.deliveries import DeliveryLedger
from hub.store.doubts import DoubtLedger
from hub.store.sweeps import SweepLedger
from tests.flow.stage import SECRET, Doorbell, Provider, Stage
from tests.flow.test_sweep import Sent, Waves


class Asked(Provider):
    """A provider that can be asked; `knows` says what became of a parcel."""

    def __init__(self, **settings: Any):
        super().__init__(**settings)
        self.knows: Callable[[Parcel], Awaitable[Outcome]] = absent
        self.questions: list[tuple[Parcel, datetime]] = []

    async def find(
        self, parcel: Parcel, *, since: datetime, until: datetime | None = None
    ) -> Outcome:
        self.questions.append((parcel, since))
        return await self.knows(parcel)


def unsure(name: str = "sms_test", medium: str = "sms") -> Asked:
    """A provider whose every send has an unknown outcome, and that says it has none."""
    channel = Asked(name=name, answer=unknown)
    channel.traits = dataclasses.replace(channel.traits, channel=medium)
    return channel


async def unknown(_parcel: Parcel) -> Outcome:
    await asyncio.sleep(0)
    return Outcome(Verdict.UNSURE, Reason.TIMEOUT)


async def absent(_parcel: Parcel) -> Outcome:
    return Outcome(Verdict.RETRY, Reason.UNAVAILABLE, code="not_found")


async def has_it(parcel: Parcel) -> Outcome:
    return Outcome(Verdict.ACCEPTED, Reason.OK, f"SM{parcel.attempt}")


async def hangs(_parcel: Parcel) -> Outcome:
    await asyncio.sleep(3600)
    raise AssertionError


def asker(stage: Stage, *channels: Any, wake: Doorbell | None = None) -> AskDoubts:
    parcels = Parcels(
        DeliveryLedger(stage.db).wording, secret=SECRET, public_url="https://muster.example/"
    )
    return AskDoubts(
        ledger=DoubtLedger(stage.db),
        channels={one.name: one for one in channels},
        parcels=parcels,
        wake=wake or Doorbell(),
        every=0.01,
    )


async def aged(stage: Stage, seconds: float) -> None:
    """The doubts are so old."""
    look = await stage.now() + int((30 - seconds) * 1000)
    await stage.set(t.deliveries, {"state": "unsure"}, lease_until=look)


async def asked_again(stage: Stage, ask: AskDoubts) -> int:
    """Every doubt was asked about, and 13 s later once more; how many questions that took."""
    first = await ask.once()
    await stage.set(t.attempts, {}, asked_at=await stage.now() - 14_000)
    return first + await ask.once()


async def swept(stage: Stage, *askable: str) -> Swept:
    """The wait is over, and what came of it is done."""
    await stage.set(t.deliveries, {"state": "unsure"}, lease_until=1)
    ledger = SweepLedger(stage.db, askable=askable)
    return await Sweep(ledger=ledger, escalate=Waves(), deliver=Sent(), wake=Doorbell()).once()
