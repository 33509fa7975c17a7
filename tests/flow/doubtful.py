"""Providers whose sends have an unknown outcome, and what they say when they are asked."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from hub.model import Outcome, Parcel, Verdict
from hub.states import Reason
from tests.flow.stage import Provider


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
