"""Doors and numbers over HTTP: who may, what is recorded, and two at one door."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from hub.model import LaunchRequest
from hub.states import Reason
from hub.store.addresses import spoil
from hub.store.doors import _BLOCK
from hub.store.placed import spoken_of
from tests.launch_estate import WHO, Who, house, put_estate
from tests.web.parts import House

API = "/api/v1/incidents/1"
PEOPLE = (
    Who("3/12/1201", ways=[("sms", "+447700900001")]),
    Who("3/12/1202", ways=[("sms", "+447700900002")]),
)


async def knock(home: House) -> None:
    """A fire is under way, and two doors are to be knocked at."""
    paths = ("3/12/1201", "3/12/1202")
    await home.hub.db.write(lambda conn: put_estate(conn, paths, PEOPLE))
    hub = house(home.hub.db)
    await hub.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key="launch")
    await hub.run("UPDATE waves SET due_at = 0 WHERE \"key\" = 'door_knock'")
    await hub.escalate.due()


async def audited(home: House) -> list[str]:
    asked = text("SELECT action FROM audit ORDER BY id")
    found: list[Any] = await home.hub.db.read(lambda conn: conn.execute(asked).all())
    return [row[0] for row in found if row[0].endswith(("_look", "_mend"))]


async def test_the_second_at_a_door_gets_409_and_a_look_is_recorded(web: House) -> None:
    await knock(web)
    async with web.client(headers=await web.bearer("duty")) as client:
        counted = (await client.get(f"{API}/doors/blocks")).json()["items"]
        assert [(one["block"], one["tasks"]) for one in counted] == [("3", {"open": 2})]
        task = (await client.get(f"{API}/doors?block=3&limit=1")).json()["items"][0]["task"]
        opened = (await client.get(f"{API}/doors/{task}")).json()
        assert opened["residents"][0]["numbers"] == [{"value": "+447700900001", "dead": False}]
        mine = {"state": "done", "outcome": "safe", "was": "open"}
        assert (await client.post(f"{API}/tasks/{task}", json=mine)).status_code == 200
        second = await client.post(f"{API}/tasks/{task}", json=mine)
        assert (second.status_code, second.json()["code"]) == (409, "meanwhile")
        nothing = await client.post(f"{API}/tasks/{task}", json={"was": "done"})
        assert nothing.status_code == 422
        page = await client.get("/incidents/1/doors?lang=zh-CN")
        assert (page.status_code, "敲门名单" in page.text) == (200, True)
    assert await audited(web) == ["needs_look", "door_look"]
    async with web.client(headers=await web.bearer("viewer")) as client:
        for path in (f"{API}/doors", f"{API}/doors/{task}", "/incidents/1/doors"):
            assert (await client.get(path)).status_code == 403


async def test_a_dead_number_is_listed_for_duty_and_tried_again_once(web: House) -> None:
    await knock(web)
    said = [("sms", "+447700900001", Reason.BAD_ADDRESS)]
    await web.hub.db.write(lambda conn: spoil(conn, said, now=1))
    async with web.client(headers=await web.bearer("duty")) as client:
        assert (await client.get("/api/v1/repairs/count")).json() == {"total": 1}
        found = (await client.get("/api/v1/repairs")).json()
        assert [(one["value"], one["why"]) for one in found["items"]] == [("+447700900001", "gone")]
        path = f"/api/v1/repairs/{found['items'][0]['id']}"
        assert (await client.delete(path)).status_code == 204
        assert (await client.delete(path)).status_code == 404
    assert await audited(web) == ["repairs_look", "address_mend"]


async def test_a_block_is_an_entrance_with_its_building_and_a_floor_is_said(web: House) -> None:
    """Two buildings have an entrance 1 each: their doors are two blocks."""
    paths = ("1-1/5/501", "2-1/5/501")
    await web.hub.db.write(lambda conn: put_estate(conn, paths, PEOPLE[:0]))
    await web.hub.db.write(
        lambda conn: conn.execute(text("UPDATE places SET entrance = '1' WHERE kind = 'unit'"))
    )
    found = await web.hub.db.read(
        lambda conn: conn.execute(text(f"SELECT {_BLOCK} FROM places p WHERE kind = 'unit'")).all()
    )
    assert sorted(row[0] for row in found) == ["1-1", "2-1"]
    said = await web.hub.db.read(lambda conn: spoken_of(conn, 1, "1/5"))
    assert said["zh-CN"] == "1栋5层"
    assert said["en"].endswith("floor 5")


async def test_a_viewer_who_sees_no_needs_is_not_recorded_as_seeing_them(web: House) -> None:
    await knock(web)
    for role, seen in (("viewer", []), ("duty", ["needs_look"])):
        async with web.client(headers=await web.bearer(role)) as client:
            assert (await client.get(f"{API}/board")).status_code == 200
        assert await audited(web) == seen
