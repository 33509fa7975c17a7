"""The web application of a hub: every route, behind one gate. The hub's life is its caller's."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, WebSocketRoute

from web import health, hooks, live_poll, metrics, openapi
from web.api.doors import DOORS, LOGINS
from web.auth import Door, routes_of
from web.console import routes as pages
from web.house import House
from web.limits import Limits
from web.live import Live
from web.metrics import Metrics
from web.problems import HANDLERS
from web.resident import answer
from web.resident.broken import BrokenLink, Numbers, broken
from web.screen import routes as screen_pages
from web.security import Gate

TABLE: tuple[Door, ...] = (
    *DOORS,
    *LOGINS,
    *answer.DOORS,
    *hooks.DOORS,
    *health.DOORS,
    *metrics.DOORS,
    *openapi.DOORS,
    *live_poll.DOORS,
)
"""Every door that is not a page: method, path, least role."""


def create_app(hub: House) -> Starlette:
    """The application. Run it with `web.server.serve`, or any ASGI server (its lifespan keeps the
    live pumps going). `app.state.live` are its sockets."""
    live = Live(hub)
    figures = Metrics(live)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with live.running():
            yield

    app = Starlette(
        routes=_routes(live),
        middleware=[Middleware(Gate, hub=hub, answered=figures.answered)],
        exception_handlers={**HANDLERS, BrokenLink: broken},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # a second address for a page is a second thing to guard
    app.state.live = live
    app.state.metrics = figures
    app.state.limits = Limits(hub.ration)
    app.state.numbers = Numbers()
    app.state.readiness = health.Readiness()
    live.also(figures.watch_loop)
    return app


def _routes(live: Live) -> Sequence[BaseRoute]:
    # Residents' links first: routes are tried in turn, and everybody asks for these at once.
    return [
        *routes_of((*answer.DOORS, *TABLE)),
        *answer.odd_routes(),
        WebSocketRoute("/live", live.endpoint),
        *pages,
        *screen_pages,
    ]
