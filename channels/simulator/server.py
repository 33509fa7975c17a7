"""The simulator: one HTTP server that is every provider, with residents and a ledger of its own."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import shutil
import tempfile
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.simulator.agenda import Agenda
from channels.simulator.caller import Caller, is_near
from channels.simulator.calls import CallPlay
from channels.simulator.ledger import ARRIVED, Entry, Ledger, now_ms, read_ledger, walk_ledger
from channels.simulator.residents import Residents
from channels.simulator.settings import Settings, calm, change
from channels.simulator.twilio import TwilioPlay
from channels.simulator.wecom import WecomPlay
from channels.simulator.world import World
from hub.errors import Problem, Refused

BODY_LIMIT = 65_536
STOP_WITHIN = 2.0
PAGE = 10_000
OWN = ("/healthz", "/_sim/")


class Simulator:
    """`async with Simulator(settings) as sim`: providers answer at `sim.url` until it ends.

    Without a `path` the ledger is a temporary file, gone at the end; with one, and settings that
    say so, it remembers what it took when it ran before, as a provider does. Leaving stops
    cleanly: no new requests, pending callbacks and answers dropped, every ledger entry on disk.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        path: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._settings = settings or calm()
        _check(self._settings)
        self._path = path
        self._host = host
        self._port = port
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._start(self._stack)
        except BaseException:
            await self._stack.aclose()  # not through it: a task group would wrap the error
            raise
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._stack.aclose()

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        """Everything stands; undone in the opposite order: server, agenda, caller, ledger."""
        if self._path is None:
            folder = tempfile.mkdtemp(prefix="muster-simulator-")
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            self._path = Path(folder) / "ledger.jsonl"
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        ledger = Ledger(self._path)
        tasks.create_task(ledger.run())
        stack.callback(ledger.close)
        caller = await stack.enter_async_context(Caller(lambda: self.world.settings))
        agenda = Agenda(self._settings.pending)
        running = tasks.create_task(agenda.run())
        stack.push_async_callback(_end, running)
        residents = Residents(agenda, caller, ledger)
        self.world = World(self._settings, ledger, agenda, caller, residents)
        before = await asyncio.to_thread(_before, self._path, self._settings)
        await self._listen(stack, before)
        stack.callback(self._unmute)
        stack.callback(self.world.stopping.set)

    async def _listen(self, stack: contextlib.AsyncExitStack, before: Sequence[Entry]) -> None:
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[self._hear])
        twilio = TwilioPlay(self.world)
        calls = CallPlay(self.world, twilio)
        for entry in before:
            self.world.count(entry.kind, entry.to, entry.body_sha256)
        twilio.recall(before)
        calls.recall(before)
        app.add_routes([*twilio.routes(), *calls.routes(), *WecomPlay(self.world).routes()])
        app.add_routes(self._own_routes())
        runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=STOP_WITHIN
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self._host, self._port, backlog=1024)
        await site.start()
        self._port = int(runner.addresses[0][1])

    def _unmute(self) -> None:
        """Requests that are still held end with the server."""
        self.change(mute=False)

    @web.middleware
    async def _hear(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """When a request came is known, however late it is taken; its own desk is never mute."""
        ARRIVED.set(now_ms())
        if self.world.settings.mute and not request.path.startswith(OWN):
            await self.world.spoken()
        return await handler(request)

    @property
    def url(self) -> str:
        """Base URL of every provider, for `api_url` settings."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def path(self) -> Path:
        """The file of the ledger."""
        if self._path is None:
            raise RuntimeError("the simulator has not been started")
        return self._path

    @property
    def pending(self) -> int:
        """Callbacks and answers still to come."""
        return self.world.agenda.pending

    def ledger(self) -> list[Entry]:
        """Every entry on disk so far, in order; reads the file."""
        return read_ledger(self.path)

    def change(self, **patch: object) -> None:
        """Replace settings while it runs; `Refused` where one is unknown."""
        settings = change(self.world.settings, patch)
        _check(settings)
        self.world.change(settings)

    async def quiet(self, *, within: float) -> bool:
        """Waits until no callback or answer is to come; False if that takes longer."""
        try:
            async with asyncio.timeout(within):
                await self.world.agenda.idle()
        except TimeoutError:
            return False
        return True

    # ── its own desk ──

    def _own_routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self._health),
            web.get("/_sim/ledger", self._read),
            web.get("/_sim/state", self._state),
            web.post("/_sim/settings", self._set),
        ]

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _state(self, request: web.Request) -> web.Response:
        _only_near(request)
        agenda = self.world.agenda
        return web.json_response({"pending": agenda.pending, "failed": agenda.failed})

    async def _read(self, request: web.Request) -> web.Response:
        """Entries after the first `after`, at most `PAGE`; `next` is the `after` to go on with."""
        _only_near(request)
        text = request.query.get("after", "0")
        if not (text.isascii() and text.isdigit()):
            raise web.HTTPUnprocessableEntity(text="after is a number of entries to leave out")
        after = int(text)
        found = await asyncio.to_thread(_slice, self.path, after)
        items = [asdict(entry) for entry in found]
        return web.json_response({"items": items, "next": after + len(items)})

    async def _set(self, request: web.Request) -> web.Response:
        _only_near(request)
        try:
            patch = json.loads(await request.read())
            self.change(**patch)
        except Refused as error:
            problems = [{"where": p.where, "what": p.what, "hint": p.hint} for p in error.problems]
            return web.json_response({"detail": error.what, "problems": problems}, status=422)
        except (ValueError, TypeError):
            return web.json_response({"detail": "the body is no JSON object"}, status=400)
        return web.json_response({"ok": True})


def _slice(path: Path, after: int) -> list[Entry]:
    return list(islice(walk_ledger(path), after, after + PAGE))


def _before(path: Path, settings: Settings) -> Sequence[Entry]:
    """What was asked of it in earlier lives, the newest; nothing where it is to forget."""
    asked: deque[Entry] = deque(maxlen=settings.texts_kept)
    if settings.remembers:
        with contextlib.suppress(ValueError, TypeError):  # a line of another release, or torn
            asked.extend(one for one in walk_ledger(path) if one.kind in {"sms", "call"})
    return asked


def _only_near(request: web.Request) -> None:
    """Its own desk is for this machine only: the ledger holds numbers."""
    try:
        near = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        near = False
    if not near:
        raise web.HTTPForbidden(text="only from this machine")


def _check(settings: Settings) -> None:
    if settings.hub_url and not is_near(settings.hub_url, allow=settings.allow_hosts):
        problem = Problem("hub_url", "is not this machine", "use loopback, or allow the host")
        raise Refused("The simulator calls only hubs on this machine or allowed hosts", [problem])


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
