"""Lobby and lift screens: the order is already durable, so sending is ringing the web processes."""

from __future__ import annotations

from datetime import datetime

from hub.model import Outcome, Parcel, Verdict
from hub.ports import Clock, Probe, Traits, Wake
from hub.states import Reason

TOPIC = "screens"
TRAITS = Traits(
    channel="screen",
    parts=("headline", "action", "detail", "way"),
    limit=400,
    receipts=True,
    personal=False,
    parallel=500,
)


class Screen:
    """Every paired screen of the hub. Obeys `Channel` and `Findable`.

    ACCEPTED means: the delivery's row is what the screen will show when it looks, and the web
    processes were told to look. DELIVERED comes from the screen itself (`shown`), never from here.
    """

    name = "screen"

    def __init__(self, *, wake: Wake, clock: Clock) -> None:
        self.traits = TRAITS
        self._wake = wake
        self._clock = clock

    async def open(self) -> None:
        """Nothing to open: the wires to the screens belong to the web processes."""

    async def close(self) -> None:
        """Nothing to close."""

    async def probe(self) -> Probe:
        return Probe(ok=True)

    async def send(self, parcel: Parcel) -> Outcome:
        """The web processes have been rung; a ring that is lost costs a screen a second or two."""
        if parcel.expires_at <= self._clock.now():
            return Outcome(Verdict.REFUSED, Reason.TOO_OLD, code="expired")
        await self._wake.tell(TOPIC)
        return Outcome(Verdict.ACCEPTED, Reason.OK)

    async def find(
        self,
        parcel: Parcel,
        *,
        since: datetime,  # noqa: ARG002
        until: datetime | None = None,  # noqa: ARG002
    ) -> Outcome:
        """What a screen shows is its row, which is there, whenever it was ordered: so ACCEPTED, as
        after `send`. The first ring may have been lost; another is no second order."""
        return await self.send(parcel)
