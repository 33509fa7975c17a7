"""Help by a link: where it counts when its incident is a drill, or closed."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.model import Kind
from tests.small_disks import small_disk
from tests.web.field import RESIDENT, Field, in_the_field


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as found:
        yield found


async def test_help_by_the_link_of_a_drill_counts_in_the_fire(hub: Field) -> None:
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    fire = await hub.launch("fire", "3/12")  # which ends the drill
    person = await hub.person(RESIDENT)
    path = f"/a/{hub.hub.answer.token(drill, person)}"
    as_json = {"accept": "application/json"}
    nonce = (await hub.client.get(path, headers=as_json)).json()["nonce"]
    for answer, stands in (("safe", ""), ("help", "help")):
        said = {"answer": answer, "nonce": nonce}
        done = await hub.client.post(path, json=said, headers=as_json)
        assert done.status_code == 200, done.text
        assert await hub.answer(fire, RESIDENT) == stands
    assert await hub.answer(drill, RESIDENT) == "help"
    assert await hub.waiting() == []


async def _tap_help(hub: Field, incident: int, *, close: bool) -> int:
    """The status of help asked for on the page of this incident; `close`: it ends meanwhile."""
    path = f"/a/{hub.hub.answer.token(incident, await hub.person(RESIDENT))}"
    as_json = {"accept": "application/json"}
    nonce = (await hub.client.get(path, headers=as_json)).json()["nonce"]
    if close:
        await hub.close(incident)
    said = {"answer": "help", "nonce": nonce}
    return (await hub.client.post(path, json=said, headers=as_json)).status_code


async def test_help_by_the_link_of_a_drill_alone_waits_for_people(hub: Field) -> None:
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    assert await _tap_help(hub, drill, close=False) == 200
    assert await hub.answer(drill, RESIDENT) == "help"
    (cry,) = await hub.waiting()
    who = await hub.person(RESIDENT)
    assert (cry.cry, cry.why, cry.incident_id, cry.recipient_id) == (True, "drill", drill, who)
    assert (cry.channel, cry.sender) == ("link", RESIDENT)
    async with hub.house.client(headers=await hub.house.bearer("duty")) as client:
        (item,) = (await client.get("/api/v1/replies")).json()["items"]
    assert (item["channel"], item["sender"], item["cry"]) == ("link", RESIDENT, True)


@pytest.mark.parametrize("beside", [False, True])
async def test_help_by_the_link_of_what_is_closed_is_heard(hub: Field, *, beside: bool) -> None:
    outage = await hub.launch("power-outage", "3")
    fire = await hub.launch("fire", "3/12") if beside else 0
    assert await _tap_help(hub, outage, close=True) == 409
    if beside:
        assert await hub.answer(fire, RESIDENT) == "help"
        assert await hub.waiting() == []
        return
    (cry,) = await hub.waiting()
    assert (cry.cry, cry.why, cry.incident_id) == (True, "over", outage)


async def test_help_while_the_database_is_busy_is_heard_once_it_is_free(
    hub: Field, quick_path: Path
) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.send()
    path = f"/a/{hub.hub.answer.token(fire, await hub.person(RESIDENT))}"
    as_json = {"accept": "application/json"}
    nonce = (await hub.client.get(path, headers=as_json)).json()["nonce"]
    hub.client.timeout = hub.provider.timeout = 30
    other = sqlite3.connect(next(quick_path.glob("**/*.db")), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # nobody else writes for longer than anybody waits
    said = {"answer": "help", "nonce": nonce}
    done = await hub.client.post(path, json=said, headers=as_json)
    assert (done.status_code, done.json()["code"]) == (503, "unready")
    texted = await hub.reply(RESIDENT, "help")
    assert texted.status_code == 503
    other.execute("ROLLBACK")
    other.close()
    assert await hub.answer(fire, RESIDENT) == ""
    assert await hub.hub.report.held.settle() == 2
    assert await hub.answer(fire, RESIDENT) == "help"


async def test_help_by_a_link_while_the_disk_is_full_is_heard_once_there_is_room(
    template: None, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        async with in_the_field(disk.folder) as hub:
            fire = await hub.launch("fire", "3/12")
            path = f"/a/{hub.hub.answer.token(fire, await hub.person(RESIDENT))}"
            as_json = {"accept": "application/json"}
            nonce = (await hub.client.get(path, headers=as_json)).json()["nonce"]
            disk.fill()
            said = {"answer": "help", "nonce": nonce}
            done = await hub.client.post(path, json=said, headers=as_json)
            assert (done.status_code, done.json()["code"]) == (503, "disk_full")
            assert await hub.answer(fire, RESIDENT) == ""
            disk.free()
            assert await hub.hub.report.held.settle() == 1
            assert await hub.answer(fire, RESIDENT) == "help"
            told = (await hub.hub.watch.incident(fire))["tally"]
            assert told["help_by"] == {"asked": 1, "marked": 0, "cries": 0}


async def test_words_nobody_understands_stand_with_what_is_real(hub: Field) -> None:
    """A drill that a fire has ended still spoke to them first; its people are in the fire now."""
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    fire = await hub.launch("fire", "3/12")
    assert (await hub.reply(RESIDENT, "the stairs look grey today")).status_code < 300
    (kept,) = await hub.waiting()
    assert kept.incident_id == fire != drill
