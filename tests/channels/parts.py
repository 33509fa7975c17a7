"""What the channels' tests share: a parcel, a clock, a wake that writes down its rings."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.model import AttemptId, DeliveryId, IncidentId, NoticeId, Parcel

PHONE = "+12025550142"
NOW = datetime(2026, 11, 22, 2, 41, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A clock that stands still."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


class Real:
    """The real time, for tests that talk to the simulator."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class Bells:
    """A wake that only writes down what it was told."""

    told: list[str] = field(default_factory=list)

    async def ring(self, lane: str) -> None:
        self.told.append(lane)

    async def tell(self, topic: str, seq: int = 0) -> None:
        self.told.append(topic)

    async def heard(self, topic: str) -> AsyncIterator[tuple[str, int]]:
        for told in self.told:
            yield told, 0


def parcel(**changes: Any) -> Parcel:
    """An SMS of attempt 7, alive for half an hour after `NOW`."""
    made = Parcel(
        attempt=AttemptId(7),
        delivery=DeliveryId(3),
        incident=IncidentId(1),
        notice=NoticeId(1),
        channel="sms",
        to=PHONE,
        language="en",
        parts={"title": "Fire", "body": "Fire at 3. Leave now."},
        callback="7.c2lnbmVk",
        expires_at=NOW + timedelta(minutes=30),
        fence=1,
    )
    return replace(made, **changes)


def vectors(name: str) -> list[dict[str, Any]]:
    """Conformance vectors from the folder `shared` beside the checkout, or a clear skip."""
    root = Path(__file__).resolve().parents[2]
    path = root.parent / "shared" / "conformance" / "twilio" / name
    if not path.is_file():
        pytest.skip(f"the conformance data is not beside this checkout (../shared: {name})")
    held = json.loads(path.read_text("utf-8"))
    found: list[dict[str, Any]] = next(v for v in held.values() if isinstance(v, list))
    return found
