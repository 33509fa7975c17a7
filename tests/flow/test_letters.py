"""Launches at the same moment: each is answered in a way of its own, decided by the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from hub.model import Actor, LaunchRequest
from hub.plans import LaunchPlan, Opened, Stale
from hub.store import schema as t
from tests.flow.test_launch import PEOPLE, running
from tests.launch_estate import WHO, House

FIRE = LaunchRequest("fire", "3/12")
OUTAGE = LaunchRequest("power-outage", "3")
FAR = LaunchRequest("power-outage", "4")


class Together:
    """A ledger whose first writes wait until as many launches have been planned."""

    def __init__(self, ledger: Any, count: int) -> None:
        self._ledger, self._count = ledger, count
        self._planned, self._all = 0, asyncio.Event()
        self.stale = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def open(self, plan: LaunchPlan) -> Opened:
        self._planned += 1
        if self._planned >= self._count:
            self._all.set()
        await self._all.wait()
        try:
            return await self._ledger.open(plan)
        except Stale:
            self.stale += 1
            raise


async def at_once(home: House, requests: list[LaunchRequest]) -> tuple[list[str], int]:
    """The letters of launches that were all planned before any was written, each by a process of
    its own, and how often one had to be planned anew."""
    ledger = Together(home.launch.ledger, len(requests))
    desks = [another(home, ledger) for _ in requests]
    asked = zip(desks, requests, strict=True)
    who = Actor("user:1", "duty")
    made = await asyncio.gather(*(desk.start(one, who=who, key=None) for desk, one in asked))
    rows = await home.db.read(lambda conn: conn.execute(t.incidents.select()).all())
    letters = {row.id: row.letter for row in rows}
    return [letters[one.id] for one in made], ledger.stale


def another(home: House, ledger: Any) -> Any:
    return replace(
        home.launch,
        ledger=ledger,
        turn=asyncio.Lock(),
        drills=asyncio.Lock(),
        looking=asyncio.Lock(),
    )


async def test_two_at_once_that_ask_the_same_people_differ(house_url: str) -> None:
    async with running(house_url, PEOPLE) as home:
        letters, stale = await at_once(home, [FIRE, OUTAGE])
    assert sorted(letters) == ["", "B"]
    assert stale == 1


async def test_three_beside_one_that_is_open_have_three_letters(house_url: str) -> None:
    async with running(house_url, PEOPLE) as home:
        await home.launch.start(FIRE, who=WHO, key=None)
        again = LaunchRequest("fire", "3/12", again=True)
        letters, stale = await at_once(home, [OUTAGE, again, FAR])
    assert len(set(letters)) == 3
    assert stale >= 2
