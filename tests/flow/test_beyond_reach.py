"""Homes no channel can reach are on the list of doors at once, in whatever playbook and band."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from hub.decide.byhand import by_hand
from hub.flow.tasks import Tasks
from hub.model import LaunchRequest, Playbook
from hub.store.doors import doors
from hub.store.tasks import TaskLedger
from tests.launch_estate import STILL, WHO, House, Who, open_house, put_estate, shipped

PATHS = ("3/5/501", "3/12/1201", "4/1/101", "4/1/102", "4/1/103")
NUMBER = [("sms", "+8613800138000")]
PEOPLE = (
    Who("3/12/1201"),  # leaves first
    Who("3/5/501"),  # told to stay, in the tower that burns
    Who("4/1/101", ways=NUMBER, opted_out=True),  # in another tower
    Who("4/1/102", ways=[("sms", "+8613800138001")], bad=True),
    Who("4/1/103", ways=[("sms", "+8613800138002")]),  # reached
    Who(None),  # no place on record: no door
    Who(None, kind="staff", roles=["steward"], ways=[("sms", "+8613800138003")]),
)
FOUR = ["3/12/1201", "3/5/501", "4/1/101", "4/1/102"]


class Own:
    """A playbook of the estate's own without any wave by hand."""

    def __init__(self) -> None:
        fire = shipped().get("fire")
        assert fire is not None
        waves = tuple(wave for wave in fire.waves if not by_hand(wave.channels))
        self.playbook = replace(fire, key="own", waves=waves)

    def get(self, key: str) -> Playbook | None:
        return self.playbook if key == "own" else shipped().get(key)

    def all(self) -> Any:
        return [*shipped().all(), self.playbook]

    def thaw(self, recipe: Any) -> Playbook:
        return replace(shipped().thaw(recipe), waves=self.playbook.waves)


@asynccontextmanager
async def opened(url: str, playbook: str) -> AsyncIterator[tuple[House, int]]:
    home = await open_house(url, library=Own())
    try:
        await home.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        place = "3" if playbook == "power-outage" else "3/12"
        request = LaunchRequest(playbook, place if playbook != "power-outage" else "all")
        looked = await home.launch.preview(request)
        begun = await home.launch.start(request, who=WHO, key=None)
        assert looked.listed_at_once == len(await listed(home))
        yield home, begun.id
    finally:
        await home.db.close()


async def listed(home: House) -> list[str]:
    rows = await home.rows(
        "SELECT p.path FROM tasks t JOIN places p ON p.id = t.place_id"
        " WHERE t.household IS NOT NULL AND t.state <> 'done' ORDER BY p.path"
    )
    return [str(row[0]) for row in rows]


@pytest.mark.parametrize("playbook", ["fire", "power-outage", "own"])
async def test_every_home_nothing_can_reach_has_its_door_at_once(
    house_url: str, playbook: str
) -> None:
    async with opened(house_url, playbook) as (home, _):
        assert await listed(home) == FOUR


async def test_the_list_says_why_nothing_reaches_them(house_url: str) -> None:
    async with opened(house_url, "own") as (home, incident):
        page = await home.db.read(
            partial(doors, incident=incident, state="", block="", after=0, limit=50)
        )
        why = {one["place"]: one["why"] for one in page["items"]}
        assert why == {
            "3/12/1201": "no_address",
            "3/5/501": "no_address",
            "4/1/101": "opted_out",
            "4/1/102": "bad_address",
        }


async def test_a_home_that_has_answered_is_off_the_list(house_url: str) -> None:
    async with opened(house_url, "own") as (home, _):
        await home.run("UPDATE audience SET answer = 'safe' WHERE recipient_id = 2")
        await home.escalate.settle()
        assert await listed(home) == [one for one in FOUR if one != "3/5/501"]


async def test_what_came_of_such_a_door_is_their_answer(house_url: str) -> None:
    async with opened(house_url, "own") as (home, incident):
        task = await home.one("SELECT id FROM tasks WHERE recipient_id = 2")
        tasks = Tasks(TaskLedger(home.db), home.bells)
        await tasks.change(incident, task, state="done", outcome="safe", who=WHO)
        assert await home.one("SELECT answer FROM audience WHERE recipient_id = 2") == "safe"


async def test_updates_go_by_the_waves_that_told_people(house_url: str) -> None:
    async with opened(house_url, "own") as (home, incident):
        said = await home.say.notice(incident, "update", text=STILL, who=WHO, key=None)
        assert said.deliveries == 2  # one resident, one of the staff
