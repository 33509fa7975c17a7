"""Replies nobody could place: who may read them, who is told, and how they are settled."""

from __future__ import annotations

import asyncio
import json

import httpx2
import pytest
from websockets.asyncio.client import connect

from hub.decide.inbox import Guessed, Note, Why
from hub.store import schema as t
from tests.flow.stage import Stage
from tests.web.parts import House, read
from web.live import SUBPROTOCOL

CRY = Note("sms", "+447700900999", "救命 5栋1601", cry=True, why=Why.STRANGER, answer="help")
WORDS = Note("rcs", "+447700900998", "what is going on", cry=False, why=Why.UNCLEAR)


async def test_replies_are_for_the_duty_desk_alone(web: House) -> None:
    await web.hub.inbox.keep(CRY)
    async with web.client() as client:
        for method, path in (("GET", "/api/v1/replies"), ("POST", "/api/v1/replies/1")):
            stranger = await client.request(method, path, headers={"accept": "application/json"})
            viewer = await client.request(method, path, headers=await web.bearer("viewer"), json={})
            assert (stranger.status_code, viewer.status_code) == (401, 403)


async def test_cries_come_first_and_pages_follow_each_other(web: House) -> None:
    for number in range(3):
        await web.hub.inbox.keep(Note("sms", f"+4477009000{number}", "?", False, Why.UNCLEAR))
    await web.hub.inbox.keep(CRY)
    await web.hub.inbox.keep(WORDS)
    duty = await web.bearer("duty")
    seen, after = [], ""
    async with web.client(headers=duty) as client:
        while True:
            asked = {"limit": "2", "after": after}
            page = (await client.get("/api/v1/replies", params=asked)).json()
            seen += page["items"]
            if page["next"] is None:
                break
            after = page["next"]

    assert [one["id"] for one in seen] == [4, 1, 2, 3, 5]
    assert (page["open"], page["cries"]) == (5, 1)
    first, last = seen[0], seen[-1]
    assert (first["sender"], first["words"]) == (CRY.sender, CRY.words)
    assert (first["cry"], first["state"], first["guess"]) == (True, "open", None)
    assert (last["channel"], last["why"]) == ("rcs", "unclear")


async def test_the_first_look_of_each_person_is_recorded_once(web: House) -> None:
    await web.hub.inbox.keep(CRY)
    one, other = await web.bearer("duty"), await web.bearer("admin")
    async with web.client() as client:
        for headers in (one, one, other, one):
            found = (await client.get("/api/v1/replies", headers=headers)).json()
    stage = Stage(web.hub.db)
    looks = await stage.rows(t.audit, action="replies_look")

    assert len(looks) == 2
    assert [row.data for row in looks] == [{"replies": [1]}] * 2
    assert len(found["items"][0]["seen_by"]) == 2


async def test_a_settled_reply_answers_for_the_person_where_it_belongs(web: House) -> None:
    stage = await Stage(web.hub.db).set_up(people=2)
    await web.hub.inbox.keep(CRY)
    duty = await web.bearer("duty")
    person = stage.people[1]
    body = {"recipient": person, "answer": "help", "note": "called back"}
    async with web.client(headers=duty) as client:
        done = await client.post("/api/v1/replies/1", json=body)
        again = await client.post("/api/v1/replies/1", json=body)
        other = await client.post("/api/v1/replies/1", json={"note": "a prank"})
        waiting = (await client.get("/api/v1/replies")).json()
        settled = (await client.get("/api/v1/replies?state=settled")).json()
        alarms = (await client.get("/api/v1/alarms")).json()["items"]

    assert (done.status_code, again.status_code, other.status_code) == (200, 200, 409)
    assert other.json()["code"] == "settled"
    said = done.json()["settled"]
    assert (said["incidents"], said["place"]) == ([stage.incident], "3/12/1200")
    assert again.json()["settled"] == said
    assert [row.answer for row in await stage.rows(t.audience)] == ["", "help"]
    assert len(await stage.rows(t.answers)) == 1
    assert [task.recipient_id for task in await stage.rows(t.tasks)] == [person]
    assert waiting["items"] == []
    assert [one["id"] for one in settled["items"]] == [1]
    assert all(alarm["cleared_at"] for alarm in alarms)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"recipient": 999, "answer": "safe"}, 404),
        ({"answer": "safe"}, 422),
        ({"recipient": 1, "answer": "gone"}, 422),
        ({"note": "x" * 501}, 422),
        ({"words": "x"}, 422),
        ({}, 200),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    web: House, body: dict, status: int
) -> None:
    await web.hub.inbox.keep(CRY)
    async with web.client(headers=await web.bearer("duty")) as client:
        assert (await client.post("/api/v1/replies/1", json=body)).status_code == status
        assert (await client.post("/api/v1/replies/9", json={})).status_code == 404
        left = (await client.get("/api/v1/replies")).json()["open"]
    assert left == (0 if status == 200 else 1)


@pytest.mark.parametrize("query", ["state=gone", "after=x", "after=2-1", "limit=x"])
async def test_a_query_that_is_none_is_refused(web: House, query: str) -> None:
    async with web.client(headers=await web.bearer("duty")) as client:
        assert (await client.get(f"/api/v1/replies?{query}")).status_code == 422


async def test_a_cry_is_heard_within_a_second_on_every_console(web: House) -> None:
    stage = await Stage(web.hub.db).set_up(people=2)
    viewer = await web.bearer("viewer")
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send(json.dumps({"op": "hello", "ticket": await web.ticket("duty")}))
        for topic in ("replies", f"incident:{stage.incident}"):
            await socket.send(json.dumps({"op": "watch", "topic": topic}))
        seen = [read(await socket.recv()) for _ in range(3)]
        await asyncio.sleep(0.6)  # states are read twice a second at most
        await web.hub.inbox.keep(CRY)
        heard = {}
        async with asyncio.timeout(1):
            while len(heard) < 2:
                frame = read(await socket.recv())
                if frame["op"] in {"snapshot", "event"}:
                    heard[frame["topic"]] = frame
    async with httpx2.AsyncClient(base_url=web.at.url) as client:
        (alarm,) = (await client.get("/api/v1/alarms", headers=viewer)).json()["items"]

    assert [frame["op"] for frame in seen] == ["welcome", "snapshot", "snapshot"]
    assert (heard["replies"]["cries"], heard["replies"]["newest_cry"]) == (1, 1)
    assert heard[f"incident:{stage.incident}"]["event"]["data"]["what"] == "cry"
    assert (alarm["kind"], alarm["severity"]) == ("cry", "critical")
    assert CRY.sender not in json.dumps(alarm)
    assert "1601" not in json.dumps(alarm)


async def test_screens_and_strangers_do_not_hear_of_replies(web: House) -> None:
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send('{"op":"hello"}')
        await socket.send('{"op":"watch","topic":"replies"}')
        await asyncio.wait_for(socket.wait_closed(), 5)
    assert socket.close_code == 4401


async def test_one_number_fills_no_page_and_a_repeat_is_one(web: House) -> None:
    for number in range(30):
        await web.hub.inbox.keep(Note("sms", WORDS.sender, f"hm {number}", False, Why.UNCLEAR))
    await web.hub.inbox.keep(Note("sms", WORDS.sender, "help", True, Why.STRANGER))
    for number in range(30):
        note = Note("sms", CRY.sender, f"help {number}", True, Why.STRANGER, once=f"a/{number}")
        await web.hub.inbox.keep(note)
        await web.hub.inbox.keep(note)
    assert await web.hub.inbox.waiting() == {
        "open": 41,
        "cries": 21,
        "newest": 41,
        "newest_cry": 41,
    }


def test_a_guess_says_how_it_is_known() -> None:
    assert set(Guessed) == {"number", "words", ""}
