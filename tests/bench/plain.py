"""What a plain Starlette application does on the same server with the same settings: the peers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.bench.child import Desk
from web.budget import LARGEST
from web.server import BACKLOG
from web.wire import EXTENSION, LiveProtocol, frame_text

LOCAL = "127.0.0.1"


@contextlib.asynccontextmanager
async def served(*routes: BaseRoute, ws: Any = "websockets-sansio") -> AsyncIterator[int]:
    """The port where a Starlette application with these routes answers."""
    config = uvicorn.Config(
        Starlette(routes=list(routes)),
        host=LOCAL,
        port=0,
        http="httptools",
        ws=ws,
        ws_max_size=LARGEST,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=LOCAL,
        timeout_graceful_shutdown=1,
        backlog=BACKLOG,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.01)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await task


async def broadcast(given: Mapping[str, Any], *, desk: Desk) -> None:
    """`await send` in a loop over everybody, as most applications do it."""
    sockets: set[WebSocket] = set()

    async def live(socket: WebSocket) -> None:
        await socket.accept(subprotocol="muster.v1")
        sockets.add(socket)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await socket.receive_text()
        sockets.discard(socket)

    async with served(WebSocketRoute("/live", live)) as port:
        desk.say(port=port)
        async for command in desk.commands():
            began, cpu = time.monotonic(), time.process_time()
            if command["op"] == "publish":
                for socket in list(sockets):
                    await socket.send_text(given["text"])
            desk.say(at=began, cpu=cpu, watching=len(sockets))


async def raw(given: Mapping[str, Any], *, desk: Desk) -> None:
    """The limit: framed beforehand, written to bare transports, nothing looked at."""
    transports: set[asyncio.Transport] = set()

    async def live(socket: WebSocket) -> None:
        await socket.accept(subprotocol="muster.v1")
        transport = socket.scope["extensions"][EXTENSION]["wire"]._protocol.transport
        transports.add(transport)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await socket.receive_text()
        transports.discard(transport)

    framed = frame_text(given["text"].encode())
    async with served(WebSocketRoute("/live", live), ws=LiveProtocol) as port:
        desk.say(port=port)
        async for command in desk.commands():
            began, cpu = time.monotonic(), time.process_time()
            if command["op"] == "publish":
                for transport in transports:
                    transport.write(framed)
            desk.say(at=began, cpu=cpu, watching=len(transports))


async def no_op(_given: Mapping[str, Any], *, desk: Desk) -> None:
    """A POST that does nothing, and one that only reads its form."""

    async def nothing(request: Request) -> Response:
        return _back(request)

    async def form(request: Request) -> Response:
        await request.form()
        return _back(request)

    routes = (
        Route("/a/{token}", nothing, methods=["POST"]),
        Route("/form/{token}", form, methods=["POST"]),
    )
    async with served(*routes) as port:
        desk.say(port=port)
        async for _ in desk.commands():
            desk.say(cpu=time.process_time())


def _back(request: Request) -> Response:
    return Response(status_code=303, headers={"location": f"/a/{request.path_params['token']}"})
