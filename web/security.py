"""The gate: what every request passes, whatever it asks for. Pure ASGI.

In this order: a request id, a size limit, the origin of changes; on the way out: headers.
BaseHTTPMiddleware is not used: its task groups cancel database work when a client leaves.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.base import base_in, base_of, enter, leave
from web.house import House
from web.problems import of_error, problem

log = structlog.get_logger(__name__)

KIB = 1024
MIB = 1024 * KIB
WRONG = 400  # statuses from here on
BODY_SECONDS = 60.0  # a 20 MiB roster over 3 Mbit/s
BODY_LIMIT = MIB
BODY_LIMITS: tuple[tuple[str, int], ...] = (
    ("/api/v1/roster", 20 * MIB),
    ("/roster", 20 * MIB),
    ("/hooks/", 64 * KIB),
    ("/a/", 16 * KIB),
    ("/login", 16 * KIB),
    ("/live", 64 * KIB),
)
"""First match by the start of the path; everything else takes BODY_LIMIT."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOOKS = frozenset({"/live/poll"})
LINK = "/a/"
OWN_AUTHORITY = (LINK, "/hooks/")
"""A signed token in the path is the authority there: no cookie, so no origin, is asked for."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""A page that needs more (the resident's inlined style, by hash) sets its own header."""

Raw = tuple[bytes, bytes]

STATIC: tuple[Raw, ...] = (
    (b"content-security-policy", CSP.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
ALWAYS: tuple[Raw, ...] = (*STATIC, (b"cache-control", b"no-store"))
HSTS: Raw = (b"strict-transport-security", b"max-age=31536000")

USUAL = {"http": 80, "https": 443}
"""The ports nobody writes."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def allowed_origin(headers: Headers, public_url: str) -> bool:
    """Whether the Origin is ours: the public address or the host this request came to."""
    origin = headers.get("origin")
    if origin is None:
        return True
    if origin == origin_of(public_url):
        return True
    scheme, _, place = origin.partition("://")
    host = _place(scheme, headers.get("host", ""))
    return scheme in USUAL and host != "" and _place(scheme, place) == host


def _place(scheme: str, place: str) -> str:
    """Host and port as browsers write them in an Origin: small, without the usual port. Proxies
    write the port of a Host out."""
    return place.lower().removesuffix(f":{USUAL.get(scheme)}")


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, as browsers write an Origin."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    usual = USUAL.get(parts.scheme)
    port = f":{parts.port}" if parts.port and parts.port != usual else ""
    return f"{parts.scheme}://{host}{port}"


def same_origin(headers: Headers, public_url: str) -> bool:
    """Whether a change with a cookie comes from our own pages.

    Every browser in use sends Origin or Sec-Fetch-Site with a POST; a request with neither is no
    browser's, so nobody's cookie was borrowed for it.
    """
    if not allowed_origin(headers, public_url):
        return False
    site = headers.get("sec-fetch-site")
    if site in {None, "same-origin", "none"}:
        return True
    return headers.get("origin") == origin_of(public_url)


Answered = Callable[[str, str, int, float], None]
"""Told of each request: method, route template, status, seconds."""


class Gate:
    """Every request has an id, a bounded body, a known origin; every answer has safe headers."""

    def __init__(self, app: ASGIApp, *, hub: House, answered: Answered) -> None:
        self._app = app
        self._answered = answered
        self._hub = hub
        self._public_url = hub.settings.public_url
        self._https = urlsplit(self._public_url).scheme == "https"
        self._base = base_in(self._public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["hub"] = self._hub
        if scope["type"] in {"http", "websocket"}:
            enter(scope, self._base)
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            scope["request_id"] = _request_id(Headers(scope=scope))
            await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        scope["request_id"] = _request_id(headers)
        answer = _Answer(scope, send, https=self._https)
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=scope["request_id"]):
            try:
                await self._passed(scope, headers, receive, answer)
            except Exception as error:  # noqa: BLE001 - the last door: nothing leaves as a stack
                await answer.fail(error)
            self._record(scope, answer.status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        """One line and one count a request: the route's template, never the path (it may hold a
        token)."""
        method, route = scope["method"], scope.get("route_template", "")
        # looking is not worth a line, changes are; who polls looks
        quiet = (method in SAFE or route in LOOKS) and status < WRONG
        say = log.debug if quiet else log.info
        say("web.request", method=method, route=route, status=status, ms=int(seconds * 1000))
        self._answered(method, route, status, seconds)

    async def _passed(
        self, scope: Scope, headers: Headers, receive: Receive, answer: _Answer
    ) -> None:
        limit = limit_of(scope["path"])
        refusal = self._refusal(scope, headers, limit)
        if refusal is None:
            await self._app(scope, _limited(receive, limit), answer)
        else:
            await refusal(scope, receive, answer)

    def _refusal(self, scope: Scope, headers: Headers, limit: int) -> Response | None:
        """What is wrong whatever is asked for. A link says before that whether it is one of ours;
        its body is bounded all the same, as it comes in."""
        path = scope["path"]
        if scope["method"] not in SAFE and self._foreign(path, headers):
            said = "This change was asked for from another site. Open the console and try again."
            return problem(scope, 403, said, code="foreign_origin", title="Not allowed")
        if path.startswith(LINK):
            return None
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope["query_string"]:
            return problem(scope, 400, "An address holds no NUL.", code="nul")
        return of_error(scope, HTTPException(413)) if _declared(headers) > limit else None

    def _foreign(self, path: str, headers: Headers) -> bool:
        if path.startswith(OWN_AUTHORITY):
            return False
        if headers.get("authorization", "").lower().startswith("bearer "):
            return False
        return not same_origin(headers, self._public_url)


def limit_of(path: str) -> int:
    """The largest body, in bytes, this path takes."""
    return next((size for start, size in BODY_LIMITS if path.startswith(start)), BODY_LIMIT)


class _Answer:
    """Sends with our headers; knows whether an answer has begun."""

    def __init__(self, scope: Scope, send: Send, *, https: bool) -> None:
        self._scope = scope
        self._send = send
        self._https = https
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._dressed(message.get("headers", ()))
        await self._send(message)

    async def fail(self, error: Exception) -> None:
        """A begun answer is cut (the server closes the connection); else a problem is sent."""
        response = of_error(self._scope, error)
        if self.status:
            raise error
        await response(self._scope, _nothing, self)

    def _dressed(self, headers: Iterable[Raw]) -> list[Raw]:
        """What the answer says itself stands; the rest of what every answer says is added."""
        base = base_of(self._scope)
        own = [
            (name, leave(value, base) if name == b"location" else value)
            for name, value in headers
            if name != b"x-request-id"
        ]
        said = {name for name, _ in own}
        always = STATIC if self._scope["path"].startswith("/static/") else ALWAYS
        own += [one for one in always if one[0] not in said]
        own.append((b"x-request-id", self._scope["request_id"].encode("latin-1")))
        if self._https and HSTS[0] not in said:
            own.append(HSTS)
        return own


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _request_id(headers: Headers) -> str:
    """The proxy's id if it is harmless, else a new one."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _declared(headers: Headers) -> int:
    size = headers.get("content-length", "0")
    return int(size) if size.isascii() and size.isdigit() else 0


def _limited(receive: Receive, limit: int) -> Receive:
    """`receive` that raises 413 as soon as more than `limit` bytes have come, and 408 when a body
    takes longer than BODY_SECONDS to come. Waiting for the end of the connection has no deadline.
    """
    seen, whole = 0, False
    deadline = time.monotonic() + BODY_SECONDS

    async def bounded() -> Message:
        nonlocal seen, whole
        message: Message = await (receive() if whole else _soon(receive, deadline))
        if message["type"] == "http.request":
            whole = not message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413)
        return message

    return bounded


async def _soon(receive: Receive, deadline: float) -> Message:
    try:
        async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
            return await receive()
    except TimeoutError as error:
        raise HTTPException(408, "The body took too long to come.") from error
