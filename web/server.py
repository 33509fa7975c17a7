"""The web server inside our process: uvicorn without its signals, stopped in our order.

Stopping: no new live sockets, every open one closed with 1012 ("come back"), then requests under
way are answered, then the port is closed: 15 s in all, whatever clients do.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from hub.errors import Refused
from web import handles
from web.accept import Acceptor
from web.budget import LARGEST
from web.front import GateProtocol
from web.proxies import Proxies
from web.seats import Room, Seat, Seats
from web.wire import LiveProtocol

STOP_SECONDS = 15.0
GRACE_SECONDS = 8  # for requests under way, after the sockets were told
START_SECONDS = 10.0
BACKLOG = 4096  # 10,000 screens come back at once


@dataclass(frozen=True, slots=True)
class Bind:
    """Where to listen. Port 0: any free one. `socket_path` instead: a private unix socket."""

    host: str = "127.0.0.1"
    port: int = 8000
    socket_path: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers. `url` is the address on this machine; `seats`: who holds sockets."""

    host: str
    port: int
    url: str
    seats: Seats


@contextlib.asynccontextmanager
async def serve(app: Starlette, bind: Bind) -> AsyncIterator[Serving]:
    """The application answers at `bind` inside the block; leaving it stops gracefully (≤ 15 s).

    Refused if the address is taken. Signals stay with the caller. Live pumps run meanwhile.
    """
    listening = _listen(bind)
    seats = Seats(Room.of(handles.limit()))
    app.state.metrics.seats = seats
    server = _Server(_config(app, bind), listening, seats, Proxies(bind.trusted_proxies))
    try:
        async with app.state.live.running(), asyncio.TaskGroup() as group:
            task = group.create_task(server.serve(sockets=[listening]), name="uvicorn")
            try:
                await _started(server, task)
                yield _serving(bind, listening, seats)
            finally:
                await _stop(app, server, task)
    finally:
        listening.close()


class _Server(uvicorn.Server):
    """uvicorn that leaves signals alone (one owner, the process), takes connections by our own
    rules, and says when it listens."""

    def __init__(
        self, config: uvicorn.Config, listening: socket.socket, seats: Seats, proxies: Proxies
    ) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._listening, self._seats, self._proxies = listening, seats, proxies

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        await self.lifespan.startup()
        acceptor = Acceptor(
            self._listening,
            self._protocol,
            seats=self._seats,
            proxies=self._proxies,
            tls=self.config.ssl,
        )
        self.servers = [acceptor]  # type: ignore[list-item]
        self.started = True
        self.ready.set()

    def _protocol(self, seat: Seat) -> GateProtocol:
        return GateProtocol(
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
            seat=seat,
            proxies=self._proxies,
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: Starlette, bind: Bind) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=GateProtocol,
        ws=LiveProtocol,
        ws_max_size=LARGEST,
        ws_per_message_deflate=False,  # 64 against 14 KiB a connection, half the speed
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        lifespan="off",  # `serve` runs the pumps, the caller owns the hub
        log_config=None,
        access_log=False,  # it would write paths, and paths hold tokens
        log_level="warning",
        server_header=False,
        proxy_headers=bool(bind.trusted_proxies),
        forwarded_allow_ips=list(bind.trusted_proxies) or None,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=BACKLOG,
        ssl_certfile=bind.tls_cert,
        ssl_keyfile=bind.tls_key,
    )


def _listen(bind: Bind) -> socket.socket:
    try:
        return _unix(bind.socket_path) if bind.socket_path else _tcp(bind)
    except OSError as error:
        where = str(bind.socket_path) if bind.socket_path else f"{bind.host}:{bind.port}"
        said = f"Cannot listen on {where}: {error.strerror or error}."
        raise Refused(f"{said} Choose another with MUSTER_BIND or --port.", code="bind") from error


def _tcp(bind: Bind) -> socket.socket:
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((bind.host, bind.port))
        listening.listen(BACKLOG)  # taken from here on: a second hub is refused at once
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def _unix(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)  # the caller holds the folder's lock: what lies here is stale
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def _serving(bind: Bind, listening: socket.socket, seats: Seats) -> Serving:
    if bind.socket_path:
        return Serving(str(bind.socket_path), 0, "http://localhost", seats)
    port = int(listening.getsockname()[1])
    host = f"[{bind.host}]" if ":" in bind.host else bind.host
    scheme = "https" if bind.tls_cert else "http"
    return Serving(bind.host, port, f"{scheme}://{host}:{port}", seats)


async def _started(server: _Server, task: asyncio.Task[None]) -> None:
    ready = asyncio.ensure_future(server.ready.wait())
    try:
        async with asyncio.timeout(START_SECONDS):
            await asyncio.wait({ready, task}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ready.cancel()
    if task.done():
        task.result()


async def _stop(app: Starlette, server: _Server, task: asyncio.Task[None]) -> None:
    """Shielded from a second Ctrl-C only by its own brevity; force at the deadline."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await app.state.live.close_all()
            server.should_exit = True
            await asyncio.wait({task})
    except TimeoutError:
        server.force_exit = True
        task.cancel()
