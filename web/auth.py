"""Who is asking, and what they may do: session cookie or bearer token, three roles, one table.

Screens and residents have no role here: a device token works on `/live` only, a resident's token
only where it stands in the path.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import cast
from urllib.parse import quote, urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.errors import Conflict, NotAllowed, NotKnown
from hub.flow.accounts import SESSION_LIFE
from hub.model import Actor
from web.base import base_of
from web.front import PROVE
from web.house import house
from web.problems import wants_json

AS = "x-muster-as"
"""Whom a page was made for. A browser has one session for all its tabs: a page left open in one
would act as whoever has logged in in another since."""

ANYONE = "anyone"
VIEWER = "viewer"
DUTY = "duty"
ADMIN = "admin"
RANK = {ANYONE: 0, VIEWER: 1, DUTY: 2, ADMIN: 3}

OTHER = (
    "This page was opened by somebody else than who is logged in in this browser now. Nothing was"
    " changed. Load the page again, or log in as its owner."
)

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one path, and the least role that may use it."""

    method: str
    path: str
    role: str
    endpoint: Endpoint


def cookie_name(connection: HTTPConnection) -> str:
    """The session cookie's name; `__Host-` binds it to this host, which only https can promise.
    Below a path it is for that path alone, which `__Host-` forbids."""
    if not is_https(connection):
        return "muster"
    return "__Secure-muster" if base_of(connection.scope) else "__Host-muster"


def cookie_path(connection: HTTPConnection) -> str:
    """Where our cookies are for: this hub, not whatever else lives at its host."""
    return base_of(connection.scope) + "/"


async def who(connection: HTTPConnection) -> Actor | None:
    """The actor of this request, None if it shows nobody. Asked of the database once a request."""
    if "muster.actor" not in connection.scope:
        actor = await _find(connection)
        connection.scope["muster.actor"] = actor
        connection.scope["state"]["actor"] = actor
        if actor is not None:
            prove(connection)
    return cast("Actor | None", connection.scope["muster.actor"])


def prove(connection: HTTPConnection) -> None:
    """Whoever sends on this connection is known: its place and pace are no stranger's."""
    if (proven := connection.scope.get(PROVE)) is not None:
        proven()


async def demand(connection: HTTPConnection, role: str) -> Actor:
    """The actor, who has at least this role; NotKnown (401), NotAllowed (403), or Conflict (409):
    the page that asks is somebody else's."""
    actor = await who(connection)
    if actor is None:
        raise NotKnown("Log in, or send an API token as `Authorization: Bearer TOKEN`.")
    if connection.headers.get(AS, actor.id) != actor.id:
        raise Conflict(OTHER, code="other_login")
    if RANK.get(actor.role, 0) < RANK[role]:
        raise NotAllowed(f"This needs the role {role}; you have {actor.role}.", code="role")
    return actor


def actor_of(request: Request) -> Actor:
    """The actor a door has already let in."""
    actor = request.scope.get("muster.actor")
    if not isinstance(actor, Actor):
        raise NotKnown("Log in, or send an API token as `Authorization: Bearer TOKEN`.")
    return actor


def sees_people(request: Request) -> bool:
    """Whether the actor a door has let in may learn what people need and what was noted of them."""
    return RANK[actor_of(request).role] >= RANK[DUTY]


def guarded(door: Door) -> Endpoint:
    """The door's endpoint, reached only with its role. People without a session go to the login."""

    @wraps(door.endpoint)
    async def endpoint(request: Request) -> Response:
        request.scope["route_template"] = door.path
        if door.role == ANYONE:
            return await door.endpoint(request)
        try:
            await demand(request, door.role)
        except NotKnown:
            if wants_json(request.scope) or request.method not in {"GET", "HEAD"}:
                raise
            return _to_login(request)
        return await door.endpoint(request)

    return endpoint


def routes_of(doors: Sequence[Door]) -> list[Route]:
    """Routes for a table of doors; doors of one path become one route, so 405 names them all."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for door in doors:
        paths.setdefault(door.path, {})[door.method] = guarded(door)
    return [Route(path, by_method(ways), methods=list(ways)) for path, ways in paths.items()]


def sign_in(request: Request, response: Response, session: str) -> Response:
    """The response, with the session as a cookie scripts cannot read and other sites cannot use."""
    response.set_cookie(
        cookie_name(request),
        session,
        max_age=SESSION_LIFE // 1000,
        path=cookie_path(request),
        secure=is_https(request),
        httponly=True,
        samesite="lax",
    )
    return response


def sign_out(request: Request, response: Response) -> Response:
    """The response, taking the cookie away."""
    response.delete_cookie(
        cookie_name(request),
        path=cookie_path(request),
        secure=is_https(request),
        httponly=True,
        samesite="lax",
    )
    return response


def local_path(wanted: str) -> str:
    """`wanted` if it is a path of this site, else the start page: no open redirect."""
    parts = urlsplit(wanted)
    odd = parts.scheme or parts.netloc or "\\" in wanted or not wanted.isprintable()
    return wanted if wanted.startswith("/") and not wanted.startswith("//") and not odd else "/"


def client_ip(connection: HTTPConnection) -> str:
    """Where the request comes from; proxies are undone by the server for trusted ones only."""
    return connection.client.host if connection.client else "local"


def by_method(ways: dict[str, Endpoint]) -> Endpoint:
    """One endpoint for all methods of a path; HEAD is GET."""

    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await ways[method](request)

    return endpoint


async def _find(connection: HTTPConnection) -> Actor | None:
    accounts = house(connection).accounts
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme:
        return await accounts.bearer(token.strip()) if scheme.lower() == "bearer" else None
    session = connection.cookies.get(cookie_name(connection), "")
    return await accounts.session(session) if session else None


def is_https(connection: HTTPConnection) -> bool:
    if connection.url.scheme in {"https", "wss"}:
        return True
    public = urlsplit(house(connection).settings.public_url)
    return public.scheme == "https" and connection.headers.get("host") == public.netloc


def _to_login(request: Request) -> Response:
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(wanted)}", status_code=303)
