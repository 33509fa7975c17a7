"""Whoever only looks learns nobody's needs, words, notes or numbers, by whatever door."""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import update
from starlette.routing import Route
from structlog.testing import capture_logs
from websockets.asyncio.client import connect

from hub.store import schema as t
from tests.web.field import (
    ENGLISH,
    FAR,
    NEIGHBOUR,
    RESIDENT,
    STEWARD,
    STRANGER,
    Field,
    in_the_field,
)
from tests.web.parts import read
from web.live import SUBPROTOCOL
from web.live_topics import MOST

NEED, WORDS, NOTE, OUTCOME, DOOR, NAME, HELPER = (
    f"zq{word}marker" for word in "need words note outcome door name helper".split()
)
MARKS = (NEED, WORDS, NOTE, OUTCOME, DOOR, NAME, HELPER)
NUMBERS = tuple(one[-11:] for one in (RESIDENT, ENGLISH, NEIGHBOUR, STEWARD, FAR, STRANGER))
CALLER = "13812345678"  # typed by staff where a name or an official number belongs
TOPICS = {"incident", "me", "site", "place", "replies"}
FILLED = re.compile(r"\{(\w+)(?::\w+)?\}")


@pytest.fixture
async def hub(template: None, quick_path: Any) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as found:
        yield found


@pytest.fixture
async def incident(hub: Field) -> int:
    """A fire with needs, cries, words nobody could place, notes and numbers, all of them marked."""
    marked = {"needs": [NEED], "vulnerable": True, "name": NAME, "helpers": [HELPER]}
    await hub.hub.db.write(lambda conn: conn.execute(update(t.recipients).values(**marked)))
    number = await hub.launch("fire", "3/12")
    await happens(hub, number)
    return number


async def happens(hub: Field, incident: int) -> None:
    """People write, staff note what they found."""
    await hub.reply(RESIDENT, f"救命 {WORDS}")
    await hub.reply(NEIGHBOUR, f"2 {WORDS}")
    await hub.reply(STRANGER, f"救命 3栋1201 {WORDS}")
    async with hub.house.client(headers=await hub.house.bearer("duty")) as duty:
        base = f"/api/v1/incidents/{incident}"
        waiting = (await duty.get("/api/v1/replies")).json()["items"]
        await said(duty, f"/api/v1/replies/{waiting[0]['id']}", note=NOTE)
        tasks = (await duty.get(f"{base}/board")).json()["tasks"]
        first, *others = [one["id"] for one in tasks if one["key"] == "help"]
        await said(duty, f"{base}/tasks/{first}", state="assigned", assigned=f"Li {CALLER}")
        for task in (*others, tasks[0]["id"]):
            await said(duty, f"{base}/tasks/{task}", state="done", outcome=f"other: {OUTCOME}")
        doors = (await duty.get(f"{base}/doors")).json()["items"]
        for door in doors[:1]:
            await said(duty, f"{base}/tasks/{door['task']}", state="done", outcome=f"other: {DOOR}")
        await said(duty, f"{base}/calls", number=CALLER)


async def said(client: httpx2.AsyncClient, path: str, **body: Any) -> None:
    answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text


def found_in(text: str) -> list[str]:
    return [mark for mark in (*MARKS, *NUMBERS, CALLER) if mark in text]


async def ids(hub: Field) -> dict[str, list[int]]:
    tables = {"id": t.recipients, "unit": t.places, "recipient": t.recipients, "task": t.tasks}
    return {name: [row.id for row in await hub.rows(table)] for name, table in tables.items()}


def paths(template: str, known: dict[str, list[int]]) -> Iterator[str]:
    """The route's path with every number there is in it."""
    names = FILLED.findall(template)
    for values in itertools.product(*(known.get(name, ["fire"]) for name in names)):
        path = template
        for value in values:
            path = FILLED.sub(str(value), path, count=1)
        yield path


QUERIES = ("", "?limit=500", f"?search={RESIDENT[-6:]}", "?wall", "?state=open", "?lang=en")


async def test_no_route_tells_a_viewer_what_anybody_needs(hub: Field, incident: int) -> None:
    """The routes are those of the application, so a new one is walked as well."""
    known = await ids(hub)
    known["id"] = sorted({incident, *known["id"][:3]})
    leaks, asked = [], 0
    async with hub.house.client(headers=await hub.house.bearer("viewer")) as viewer:
        for route in hub.house.app.routes:
            if not isinstance(route, Route):
                continue
            for path, method in itertools.product(paths(route.path, known), route.methods or ()):
                for query in QUERIES if method == "GET" and path.count("/") < 6 else QUERIES[:1]:
                    body = None if method in {"GET", "HEAD"} else {}
                    answer = await viewer.request(method, path + query, json=body)
                    asked += 1
                    if marks := found_in(answer.text):
                        leaks.append((method, path + query, answer.status_code, marks))
                    if answer.text.startswith("{") and answer.status_code == 200:
                        assert "vulnerable" not in answer.text or "openapi" in path, path
    assert leaks == []
    assert asked > 150


async def test_duty_reads_what_is_needed_and_each_look_is_recorded(
    hub: Field, incident: int
) -> None:
    async with hub.house.client(headers=await hub.house.bearer("duty")) as duty:
        base = f"/api/v1/incidents/{incident}"
        board = (await duty.get(f"{base}/board")).json()
        assert [one["needs"] for one in board["help"]] == [[NEED]]
        assert board["tally"]["vulnerable"] > 0
        assert any(OUTCOME in one["outcome"] for one in board["tasks"])
        flat = await duty.get(f"{base}/flats/{board['help'][0]['unit']}")
        assert {NEED, WORDS, NAME} <= set(found_in(flat.text))
        person = await duty.get(f"/api/v1/recipients/{await hub.person(RESIDENT)}")
        assert {NEED, RESIDENT[-11:]} <= set(found_in(person.text))
        sent = (await duty.get(f"{base}/deliveries")).json()["items"]
        assert all(one["recipient"] for one in sent)
    looks = [row.action for row in await hub.rows(t.audit) if row.action.endswith("look")]
    assert {"flat_look", "recipient_look", "replies_look"} <= set(looks)


async def frames_of(hub: Field, role: str, topics: list[str], incident: int) -> list[str]:
    """Everything a socket of this role hears of these topics, before and while things happen."""
    heard: list[str] = []
    async with connect(hub.house.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send(json.dumps({"op": "hello", "ticket": await hub.house.ticket(role)}))
        for topic in topics:
            await socket.send(json.dumps({"op": "watch", "topic": topic}))
            heard += await until(socket, lambda one: one["op"] in {"snapshot", "refused", "clear"})
        await happens(hub, incident)
        heard += await until(socket, lambda one: one.get("event", {}).get("kind") == "called")
        heard += await until(socket, lambda one: one["op"] == "progress")
    return heard


async def until(socket: Any, wanted: Any) -> list[str]:
    heard = []
    while not heard or not wanted(read(heard[-1])):
        heard.append(str(await socket.recv()))
    return heard


async def test_no_topic_tells_a_viewer_what_anybody_needs(hub: Field, incident: int) -> None:
    assert set(MOST) == TOPICS, "a new kind of topic: watch it here as well"
    screen = (await hub.house.screens(1))[0]
    topics = ["replies", "site:", "site:main", "site:main:3/12", f"screen:{screen}"]
    topics += [f"incident:{incident}"]
    viewer = await frames_of(hub, "viewer", topics, incident)
    assert [found_in(one) for one in viewer if found_in(one)] == []
    assert not any("vulnerable" in one for one in viewer)
    assert sum(read(one)["op"] == "snapshot" for one in viewer) >= 3
    duty = await frames_of(hub, "duty", [f"incident:{incident}"], incident)
    assert {NEED, OUTCOME} <= {mark for one in duty for mark in found_in(one)}


async def test_no_poll_tells_a_viewer_what_anybody_needs(hub: Field, incident: int) -> None:
    """A console whose proxy lets no socket through asks; it is told no more."""
    watch = [{"op": "watch", "topic": f"incident:{incident}"}]
    async with hub.house.client() as client:
        for role, marks in (("viewer", set()), ("duty", {NEED, OUTCOME})):
            hello = {"ticket": await hub.house.ticket(role)}
            begun = await client.post("/live/poll", json={"hello": hello, "say": watch})
            assert f"incident:{incident}" in begun.text
            assert marks <= set(found_in(begun.text))
            assert marks or not found_in(begun.text)


async def test_no_log_holds_what_people_wrote_or_need(
    hub: Field, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logged, caplog.at_level(logging.DEBUG):
        marked = {"needs": [NEED], "vulnerable": True, "name": NAME}
        await hub.hub.db.write(lambda conn: conn.execute(update(t.recipients).values(**marked)))
        await happens(hub, await hub.launch("fire", "3/12"))
    # Events of aiosqlite or of clients the tests themselves bring are no log of the hub.
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("httpcore")]
    assert found_in(json.dumps(logged, default=str) + "".join(ours)) == []


async def test_an_incident_has_a_topic_of_its_own_for_viewers(hub: Field, incident: int) -> None:
    """Who resumes as viewer what began as duty gets none of duty's frames."""
    topics = hub.house.app.state.live.topics
    await frames_of(hub, "duty", [f"incident:{incident}"], incident)
    await frames_of(hub, "viewer", [f"incident:{incident}"], incident)
    assert {f"incident:{incident}", f"incident:{incident}#viewer"} <= set(topics._open)
