from __future__ import annotations

import asyncio
import json

import httpx2
import pytest
from websockets.asyncio.client import connect

from hub.errors import Refused
from tests.web.parts import open_hub, served
from web.app import create_app
from web.live import SUBPROTOCOL
from web.server import Bind, serve


async def test_stopping_tells_every_socket_to_come_back(template, tmp_path):
    sockets = []
    async with open_hub(tmp_path) as hub:
        async with served(hub) as web:
            for _ in range(20):
                socket = await connect(web.live, subprotocols=[SUBPROTOCOL])
                await socket.send(json.dumps({"op": "hello"}))
                await socket.recv()
                sockets.append(socket)
        for socket in sockets:
            await asyncio.wait_for(socket.wait_closed(), 30)
        assert {socket.close_code for socket in sockets} == {1012}


async def test_a_request_under_way_is_answered_before_the_end(template, tmp_path):
    async with open_hub(tmp_path) as hub, httpx2.AsyncClient() as client:
        async with served(hub) as web:
            slow = asyncio.create_task(
                client.post(
                    f"{web.at.url}/login", json={"login": "nobody", "password": "a long wrong one"}
                )
            )
            while not web.app.state.live._hub.accounts.tries.seen and not slow.done():
                await asyncio.sleep(0.005)
        assert (await slow).status_code == 401


async def test_after_stopping_nobody_listens(template, tmp_path):
    async with open_hub(tmp_path) as hub:
        async with served(hub) as web:
            url = web.at.url
        async with httpx2.AsyncClient() as client:
            with pytest.raises(httpx2.ConnectError):
                await client.get(f"{url}/healthz")


async def test_a_taken_port_is_refused_in_words(template, tmp_path):
    async with open_hub(tmp_path) as hub, served(hub) as web:
        taken = serve(create_app(hub), Bind(port=web.at.port))
        with pytest.raises(Refused, match=f"Cannot listen on 127.0.0.1:{web.at.port}"):
            await taken.__aenter__()


async def test_a_hub_can_be_served_on_a_private_socket(template, tmp_path):
    path = tmp_path / "hub.sock"
    async with open_hub(tmp_path) as hub, serve(create_app(hub), Bind(socket_path=path)):
        assert path.stat().st_mode & 0o077 == 0
        transport = httpx2.AsyncHTTPTransport(uds=str(path))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            assert (await client.get("/healthz")).text == "ok"


async def test_it_can_be_started_again_after_it_stopped(template, tmp_path):
    async with open_hub(tmp_path) as hub:
        app = create_app(hub)
        for _ in range(2):
            async with serve(app, Bind(port=0)) as at, httpx2.AsyncClient() as client:
                assert (await client.get(f"{at.url}/healthz")).status_code == 200


async def test_a_path_is_never_logged(template, tmp_path, caplog):
    caplog.set_level("DEBUG")
    async with open_hub(tmp_path) as hub, served(hub) as web, httpx2.AsyncClient() as client:
        await client.get(f"{web.at.url}/a/{'S' * 24}")
        with pytest.raises(Exception, match="rejected"):
            await connect(web.live + "?secret=SSSSSSSS", origin="https://evil.example").__aenter__()
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]
    assert "SSSSSSSS" not in "".join(line for line in ours if "uvicorn" in line or "web." in line)
