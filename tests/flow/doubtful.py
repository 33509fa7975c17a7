"""Providers whose sends have an unknown outcome, and what they say when they are asked."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from hub.flow.doubt import AskDoubts
from hub.flow.parcels import Parcels
from hub.model import Outcome, Parcel, Verdict
from hub.states import Reason
from hub.store import schema as t
from hub.store.deliveries import DeliveryLedger
from hub.store.doubts import DoubtLedger
from tests.flow.stage import SECRET, Doorbell, Provider, Stage


class Asked(Provider):
    """A provider that can be asked; `knows` says what became of a parcel."""

    def __init__(self, **settings: Any):
        super().__init__(**settings)
        self.knows: Callable[[Parcel], Awaitable[Outcome]] = absent
        self.questions: list[tuple[Parcel, datetime]] = []

    async def find(self, parcel: Parcel, *, since: datetime) -> Outcome:
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
