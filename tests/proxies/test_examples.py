"""Each example of docs/PROXIES.md, run by the proxy it is for, before a real hub."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.passwords import cheap_passwords
from tests.proxies.parts import proxy
from tests.web.conftest import template
from tests.web.parts import House, open_hub
from web.app import create_app
from web.server import Bind, serve

__all__ = ["cheap_passwords", "template"]

PROXIES = ("nginx", "caddy", "haproxy")
VISITOR = "127.0.0.7"  # loopback has many addresses
MIB = 1024 * 1024
LARGER = 20 * MIB + 500_000  # than the hub takes, not than the proxy lets through


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[House]:
    async with open_hub(quick_path) as found:
        app = create_app(found)
        async with serve(app, Bind(port=0, trusted_proxies=("127.0.0.1",))) as at:
            yield House(found, app, at)


@pytest.fixture(params=PROXIES)
async def behind(
    request: pytest.FixtureRequest, hub: House, tmp_path: Path
) -> AsyncIterator[aiohttp.ClientSession]:
    """A visitor of the hub behind this proxy."""
    with proxy(request.param, tmp_path / "proxy", hub.at.port) as port:
        connector = aiohttp.TCPConnector(local_addr=(VISITOR, 0))
        url = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession(url, connector=connector) as session:
            yield session


async def test_a_socket_comes_through(hub: House, behind: aiohttp.ClientSession):
    (screen,) = await hub.screens(1)
    device = await hub.device(screen)
    async with behind.ws_connect("/live", protocols=["muster.v1"]) as socket:
        await socket.send_json({"op": "hello", "device": device})
        assert (await socket.receive_json())["screen"]["recipient"] == screen
    assert hub.hub.passage.said()["stripped"] is False


async def test_everybody_has_an_address_of_his_own_and_cannot_choose_it(
    hub: House, behind: aiohttp.ClientSession
):
    for said in ({}, {"X-Forwarded-For": "192.0.2.9"}):
        body = {"login": "nobody", "password": "x"}
        async with behind.post("/login", json=body, headers=said) as answer:
            assert answer.status == 401
    seen = hub.hub.accounts.tries.seen
    assert [key for key in seen if key.startswith("from:")] == [f"from:{VISITOR}"]


async def test_a_page_of_this_address_is_no_foreign_one(hub: House, behind: aiohttp.ClientSession):
    login = await hub.user("viewer")
    origin = str(behind._base_url).rstrip("/")
    body = {"login": login, "password": "correct horse battery"}
    async with behind.post("/login", json=body, headers={"Origin": origin}) as answer:
        assert answer.status == 200


async def test_a_large_roster_comes_through_and_a_larger_one_gets_our_refusal(
    hub: House, behind: aiohttp.ClientSession
):
    bearer = await hub.bearer("admin")
    rows = "".join(f"3,12{n % 100:02d},P{n},1380000{n:04d},{'x' * 2000}\n" for n in range(2000))
    padded = "楼栋,房号,姓名,手机,备注\n" + rows
    assert len(padded) > 3 * MIB
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(padded.encode()), filename="roster.csv")
    query = "/api/v1/roster?dry_run=1&skip_problems=1"
    async with behind.post(query, data=form, headers=bearer) as answer:
        said = await answer.json()
    assert (answer.status, "reading" in said) == (200, True), said
    body = io.BytesIO(b"x" * LARGER)  # the proxy still sends when we have answered: it reads on
    async with behind.post(query, data=body, headers=bearer) as answer:
        refused = await answer.json()
    assert (answer.status, refused["code"]) == (413, "too_large")


async def test_a_poll_is_held_and_told_at_once(hub: House, behind: aiohttp.ClientSession):
    (screen,) = await hub.screens(1)
    hello: dict[str, Any] = {"hello": {"device": await hub.device(screen)}}
    async with behind.post("/live/poll", json=hello) as answer:
        session = (await answer.json())["session"]

    async def poll() -> Any:
        async with behind.post("/live/poll", json={"session": session}) as answer:
            return json.loads(await answer.text() or "{}")

    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await poll() == {}
    assert loop.time() - began > 5
    waiting = asyncio.create_task(poll())
    await asyncio.sleep(0.5)
    said = {"session": session, "say": [{"op": "ping", "ref": 7}]}
    async with behind.post("/live/poll", json=said) as answer:
        assert answer.status == 204
    began = loop.time()
    assert (await waiting)["frames"] == [{"op": "pong", "ref": 7}]
    assert loop.time() - began < 1
