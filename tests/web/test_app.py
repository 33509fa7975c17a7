"""The whole hub as it is wired, behind its own server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from hub.wiring import opened
from tests.flow.stage import Stage
from tests.web.parts import House, read, served, settings
from web.live import SUBPROTOCOL


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(settings(tmp_path)) as hub, served(hub) as house:
        yield house


async def test_the_wired_hub_is_what_the_web_asks_for(whole: House):
    await Stage(whole.hub.db).set_up(people=2)
    headers = await whole.bearer("admin")
    async with whole.client(headers=headers) as client:
        for path in ("/readyz", "/metrics", "/api/v1/playbooks", "/api/v1/screens"):
            assert (await client.get(path)).status_code == 200, path
        for path in ("/api/v1/estate", "/api/v1/incidents", "/api/v1/recipients", "/", "/launch"):
            assert (await client.get(path)).status_code in {200, 303}, path


async def test_an_answer_rings_a_watcher_through_the_real_bell(whole: House):
    stage = await Stage(whole.hub.db).set_up(people=2)
    headers = await whole.bearer("duty")
    ticket = await whole.ticket("viewer")
    async with (
        whole.client(headers=headers) as client,
        connect(whole.live, subprotocols=[SUBPROTOCOL]) as socket,
    ):
        await socket.send(json.dumps({"op": "hello", "ticket": ticket}))
        topic = f"incident:{stage.incident}"
        await socket.send(json.dumps({"op": "watch", "topic": topic}))
        ops = set()
        async with asyncio.timeout(30):
            while "snapshot" not in ops:
                ops.add(read(await socket.recv())["op"])
            body = {"recipient": stage.people[0], "answer": "help"}
            path = f"/api/v1/incidents/{stage.incident}/answers"
            assert (await client.post(path, json=body)).status_code == 200
            while "progress" not in ops:
                ops.add(read(await socket.recv())["op"])
    assert {"welcome", "snapshot", "event", "progress"} <= ops
