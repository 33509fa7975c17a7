"""`muster serve` and `muster worker`: the processes of a hub."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator

from hub import logs
from hub.address import caution
from hub.commands.output import note
from hub.commands.owner import OWNER
from hub.errors import Refused
from hub.folder import locked, socket_path
from hub.settings import Settings
from hub.signals import stop_asked
from hub.wiring import Hub, opened
from hub.worker import guarded, working
from web import handles
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
        hub.pulse.sockets = serving.seats.figures
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
    handles.raise_limit()
    with stop_asked() as asked:
        if settings.embedded:
            with locked(settings.data):
                async with standing(settings) as (hub, serving):
                    await _greet(hub, serving)
                    await asked.wait()
                    note("Stopping: sends under way end first.")
            return 0
        async with opened(settings) as hub, guarded(hub, "web"), _web(hub) as serving:
            _say_pooled(hub)
            await _greet(hub, serving)
            await asked.wait()
    return 0


def _say_pooled(hub: Hub) -> None:
    if getattr(hub.db, "pooled", False):
        note(
            "A pooler stands before PostgreSQL: prepared statements are not used, which is slower."
        )


async def _greet(hub: Hub, serving: Serving) -> None:
    """Where it serves, and, until an admin has a password, how to get in. The link itself is shown
    to a person at a terminal alone: what goes elsewhere is kept as a log, and read by others."""
    url = hub.settings.public_url
    note(f"Muster serves {url} on {serving.host}:{serving.port}")
    if warned := caution(url):
        note(f"Caution: {warned}")
    for fault in hub.faults:
        note(fault.said())
    if not await hub.accounts.wants_password():
        return
    if not sys.stderr.isatty():
        note("No admin has a password yet. For a link that lets you in once: muster login")
        return
    token = await hub.accounts.missing_login(who=OWNER)
    if token is not None:
        note(f"No admin has a password yet. Log in once, within a day: {url}/login/once/{token}")
        note("Then give somebody one: muster user set LOGIN --role admin")


async def run_worker(settings: Settings) -> int:
    """Works until asked to stop; any number of such processes may run on PostgreSQL and Redis."""
    logs.configure(settings.log_level)
    handles.raise_limit()
    if settings.embedded:
        raise Refused(
            "On SQLite `muster serve` is web and worker in one. Several processes need PostgreSQL:"
            " set MUSTER_DATABASE_URL and MUSTER_REDIS_URL.",
            code="embedded",
        )
    with stop_asked() as asked:
        async with opened(settings) as hub, guarded(hub, "worker"), working(hub):
            _say_pooled(hub)
            note("Muster works.")
            for fault in hub.faults:
                note(fault.said())
            await asked.wait()
            note("Stopping: sends under way end first.")
    return 0
