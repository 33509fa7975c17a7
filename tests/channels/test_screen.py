"""Screens: sending rings; only the screen itself says it shows."""

from __future__ import annotations

from channels.screen import Screen
from hub.model import Outcome, Verdict
from hub.states import Reason
from tests.channels.parts import NOW, Bells, Fixed, parcel


async def test_sending_rings_the_screens_and_is_accepted() -> None:
    bells = Bells()
    came = await Screen(wake=bells, clock=Fixed()).send(parcel(channel="screen", to="12"))
    assert came == Outcome(Verdict.ACCEPTED, Reason.OK, "")
    assert bells.told == ["screens"]


async def test_an_order_too_old_rings_nobody() -> None:
    bells = Bells()
    came = await Screen(wake=bells, clock=Fixed()).send(parcel(expires_at=NOW))
    assert (came.verdict, came.reason, bells.told) == (Verdict.REFUSED, Reason.TOO_OLD, [])


async def test_it_opens_probes_and_closes() -> None:
    screen = Screen(wake=Bells(), clock=Fixed())
    await screen.open()
    assert (await screen.probe()).ok
    await screen.close()
    assert screen.traits.receipts
    assert not screen.traits.personal
