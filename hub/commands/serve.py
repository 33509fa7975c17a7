"""`muster serve` and `muster worker`: the processes of a hub."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from hub import logs
from hub.commands.output import note
from hub.commands.owner import OWNER
from hub.errors import Refused
from hub.folder import locked, socket_path
from hub.settings import Settings
from hub.signals import stop_asked
from hub.wiring import Hub, opened
from hub.worker import guarded, working
from web.app import create_app
from web.local import Local
from web.server import Bind, Serving, serve


@contextlib.asynccontextmanager
async def standing(settings: Settings) -> AsyncIterator[tuple[Hub, Serving]]:
    """A whole hub in one process: web, worker and the private socket for commands.

    It stops in order: the worker ends its sends, sockets are told 1012, then the servers end.
    """
    async with (
        opened(settings) as hub,
        _web(hub) as serving,
        desk_of(hub),
        guarded(hub, "serve"),
        working(hub),
    ):
        yield hub, serving


@contextlib.asynccontextmanager
async def _web(hub: Hub) -> AsyncIterator[Serving]:
    settings = hub.settings
    bind = Bind(
        host=settings.host,
        port=settings.port,
        tls_cert=settings.tls_cert,
        tls_key=settings.tls_key,
        trusted_proxies=settings.trusted_proxies,
    )
    async with serve(create_app(hub), bind) as serving:
        yield serving


@contextlib.asynccontextmanager
async def desk_of(hub: Hub) -> AsyncIterator[None]:
    """Commands of this folder's owner are heard on its private socket."""
    app = create_app(hub)
    app.add_middleware(Local, actor=OWNER)
    async with serve(app, Bind(socket_path=socket_path(hub.settings.data))):
        yield


async def run_serve(settings: Settings) -> int:
    """Serves until asked to stop. Embedded: web and worker in one process; else web alone."""
    logs.configure(settings.log_level)
    with stop_asked() as asked:
        if settings.embedded:
            with locked(settings.data):
                async with standing(settings) as (hub, serving):
                    await _greet(hub, serving)
                    await asked.wait()
                    note("Stopping: sends under way end first.")
            return 0
        async with opened(settings) as hub, guarded(hub, "web"), _web(hub) as serving:
            await _greet(hub, serving)
            await asked.wait()
    return 0


async def _greet(hub: Hub, serving: Serving) -> None:
    """Where it serves, and, until an admin has a password, a way in that works once."""
    url = hub.settings.public_url
    note(f"Muster serves {url} on {serving.host}:{serving.port}")
    for fault in hub.faults:
        note(fault.said())
    token = await hub.accounts.missing_login(who=OWNER)
    if token is not None:
        note(f"No admin has a password yet. Log in once, within a day: {url}/login/once/{token}")
        note("Then give somebody one: muster user set LOGIN --role admin")


async def run_worker(settings: Settings) -> int:
    """Works until asked to stop; any number of such processes may run on PostgreSQL and Redis."""
    logs.configure(settings.log_level)
    if settings.embedded:
        raise Refused(
            "On SQLite `muster serve` is web and worker in one. Several processes need PostgreSQL:"
            " set MUSTER_DATABASE_URL and MUSTER_REDIS_URL.",
            code="embedded",
        )
    with stop_asked() as asked:
        async with opened(settings) as hub, guarded(hub, "worker"), working(hub):
            note("Muster works.")
            for fault in hub.faults:
                note(fault.said())
            await asked.wait()
            note("Stopping: sends under way end first.")
    return 0
