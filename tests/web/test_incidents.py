"""The API of an incident, from the outside, over real rows."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.client import connect

from hub.store import schema as t
from tests.flow.stage import Stage
from tests.web.parts import House, read
from web.live import SUBPROTOCOL


@pytest.fixture
async def stage(web: House) -> Stage:
    return await Stage(web.hub.db).set_up(people=4)


async def test_an_incident_is_told_in_counts(web: House, stage: Stage):
    async with web.client(headers=await web.bearer("viewer")) as client:
        answer = await client.get(f"/api/v1/incidents/{stage.incident}")
        again = await client.get(f"/api/v1/incidents/{stage.incident}")
        listed = (await client.get("/api/v1/incidents?status=open")).json()
    assert answer.status_code == 200
    assert answer.content == again.content  # nothing depends on the clock
    assert answer.json()["seq"] >= 0
    assert isinstance(answer.json()["tally"], dict)
    assert [item["id"] for item in listed["items"]] == [stage.incident]
    assert listed["next"] is None


async def test_what_is_not_there_is_404(web: House, stage: Stage):
    async with web.client(headers=await web.bearer("admin")) as client:
        for path in ("", "/deliveries", "/events", "/board", "/flats/1"):
            answer = await client.get(f"/api/v1/incidents/4711{path}")
            assert (answer.status_code, path) == (404, path)
            assert answer.json()["title"] == "Not found"
        for path in ("/stop", "/close", "/calls", "/tasks/1", "/answers", "/notices"):
            answer = await client.post(f"/api/v1/incidents/4711{path}", json=BODIES.get(path, {}))
            assert (answer.status_code, path) == (404, path)
        huge = await client.get(f"/api/v1/incidents/{10**30}")
    assert huge.status_code == 404


BODIES = {
    "/calls": {"number": "119"},
    "/tasks/1": {"state": "done"},
    "/answers": {"recipient": 1, "answer": "safe"},
    "/notices": {"stage": "update", "text": "The smoke is gone from the stairs."},
}


@pytest.mark.parametrize(
    "query", ["?limit=x", "?after=-1", "?status=burning", "?after=1e9", "?limit=9" + "9" * 30]
)
async def test_a_query_that_makes_no_sense_is_422_and_named(web: House, query):
    async with web.client(headers=await web.bearer("viewer")) as client:
        answer = await client.get(f"/api/v1/incidents{query}")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] in query


async def test_an_answer_on_someones_behalf_stands_and_is_an_event(web: House, stage: Stage):
    path = f"/api/v1/incidents/{stage.incident}"
    async with web.client(headers=await web.bearer("duty")) as client:
        before = (await client.get(path)).json()["seq"]
        answer = await client.post(
            f"{path}/answers", json={"recipient": stage.people[0], "answer": "help"}
        )
        assert answer.status_code == 200
        events = (await client.get(f"{path}/events?since={before}")).json()["items"]
        after = (await client.get(path)).json()
    assert events[0]["seq"] == before + 1
    assert "answered" in {event["kind"] for event in events}
    assert after["tally"]["answers"]["help"] == 1


async def test_deliveries_are_listed_without_a_number(web: House, stage: Stage):
    async with web.client(headers=await web.bearer("viewer")) as client:
        answer = await client.get(f"/api/v1/incidents/{stage.incident}/deliveries?limit=2")
    assert answer.status_code == 200
    assert "+4477009" not in answer.text


async def test_the_board_of_the_api_is_the_snapshot_of_the_socket(web: House, stage: Stage):
    topic = f"incident:{stage.incident}"
    async with web.client(headers=await web.bearer("viewer")) as client:
        told = (await client.get(f"/api/v1/incidents/{stage.incident}/board")).json()
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await watched(web, socket, topic)
        shown = await frame(socket, "snapshot")
    assert {**told, "at": ""} == {**shown, "at": ""}
    assert shown["topic"] == topic


async def test_a_watcher_follows_and_can_come_back(web: House, stage: Stage):
    topic, path = f"incident:{stage.incident}", f"/api/v1/incidents/{stage.incident}/answers"
    async with web.client(headers=await web.bearer("duty")) as client:
        async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
            await watched(web, socket, topic)
            first = await frame(socket, "snapshot")
            await client.post(path, json={"recipient": stage.people[0], "answer": "safe"})
            event = await frame(socket, "event")
            progress = await frame(socket, "progress")
        assert event["seq"] > first["seq"]
        assert event["event"]["text"]["zh-CN"]
        assert event["event"]["text"]["en"]
        assert progress["tally"]["answers"]["safe"] == 1
        await client.post(path, json={"recipient": stage.people[1], "answer": "help"})
        async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
            since = {"since": progress["seq"], "epoch": progress["epoch"]}
            await watched(web, socket, topic, **since)
            missed = await frame(socket, "progress", after=progress["seq"])
    assert missed["tally"]["answers"] == {**missed["tally"]["answers"], "safe": 1, "help": 1}


async def test_a_household_is_opened_by_duty_only_and_recorded(web: House, stage: Stage):
    path = f"/api/v1/incidents/{stage.incident}/flats/{stage.units[0]}"
    async with web.client(headers=await web.bearer("viewer")) as client:
        assert (await client.get(path)).status_code == 403
    async with web.client(headers=await web.bearer("duty")) as client:
        answer = await client.get(path)
    assert answer.status_code == 200
    rows = await web.hub.db.read(lambda conn: conn.execute(t.audit.select()).all())
    (look,) = [one for one in rows if one.action == "flat_look"]
    assert (look.object, look.data) == (f"incident:{stage.incident}", {"place": stage.units[0]})


async def test_somebody_without_a_flat_is_named_to_those_on_duty(web: House, stage: Stage):
    one, other = stage.people[:2]
    await stage.set(t.audience, {"recipient_id": one}, household=-one)
    path = f"/api/v1/incidents/{stage.incident}/people"
    async with web.client(headers=await web.bearer("viewer")) as client:
        assert (await client.get(f"{path}/{one}")).status_code == 403
    async with web.client(headers=await web.bearer("duty")) as client:
        found = await client.get(f"{path}/{one}")
        assert (await client.get(f"{path}/{other}")).status_code == 404  # the flat is the way
    assert [each["recipient"] for each in found.json()["people"]] == [one]
    assert found.json()["people"][0]["name"]


async def test_a_stopped_incident_says_whom_that_leaves_untold(web: House, stage: Stage):
    async with web.client(headers=await web.bearer("duty")) as client:
        answer = await client.post(f"/api/v1/incidents/{stage.incident}/stop")
        assert (answer.status_code, list(answer.json())) == (200, ["untold"])
        after = await client.get(f"/api/v1/incidents/{stage.incident}")
    assert after.json()["status"] == "stopped"


async def test_an_outside_call_is_logged(web: House, stage: Stage):
    async with web.client(headers=await web.bearer("duty")) as client:
        good = await client.post(
            f"/api/v1/incidents/{stage.incident}/calls", json={"number": "119"}
        )
        bad = await client.post(
            f"/api/v1/incidents/{stage.incident}/calls", json={"number": "fire brigade"}
        )
    assert (good.status_code, bad.status_code) == (200, 422)


async def test_metrics_count_deliveries_without_anybodys_number(web: House, stage: Stage):
    async with web.client() as client:
        await client.get("/a/" + "S" * 24)
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "muster_database_up 1.0" in answer.text
    assert "muster_lane_depth" in answer.text
    assert "muster_event_loop_lag_seconds" in answer.text
    assert 'route="/a/{token}"' in answer.text
    assert "SSSS" not in answer.text
    assert "+44" not in answer.text


async def watched(web: House, socket, topic: str, *, role: str = "viewer", **since) -> None:
    ticket = await web.ticket(role)
    await socket.send(json.dumps({"op": "hello", "ticket": ticket}))
    await socket.send(json.dumps({"op": "watch", "topic": topic, **since}))


async def frame(socket, op: str, *, after: int = -1) -> dict:
    async with asyncio.timeout(30):
        while True:
            found = read(await socket.recv())
            assert found["op"] != "refused", found
            if found["op"] == op and found.get("seq", 0) > after:
                return found


async def test_an_update_says_in_which_language_it_lacks_words(web: House, stage: Stage):
    path = f"/api/v1/incidents/{stage.incident}/notices"
    headers = {**(await web.bearer("duty")), "accept-language": "zh-CN"}
    async with web.client(headers=headers) as client:
        empty = await client.post(path, json={"stage": "update"})
        wrong = await client.post(path, json={"stage": "update", "text": {"x y": "z"}})
    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert empty.json()["problems"][0]["code"] == "update_empty"
    assert "请写明有什么变化" in empty.json()["problems"][0]["hint"]
