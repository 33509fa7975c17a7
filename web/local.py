"""The owner's desk: requests through the private socket are the owner's, by file permission."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from hub.model import Actor


class Local:
    """Every request and socket is this actor's. Only for a server on a private unix socket."""

    def __init__(self, app: ASGIApp, *, actor: Actor) -> None:
        self._app = app
        self._actor = actor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            scope["muster.actor"] = self._actor
        await self._app(scope, receive, send)
