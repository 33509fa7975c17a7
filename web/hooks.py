"""What providers call back: receipts and replies. Verified by their signature, never by a session.

A forged or broken request is 403, whatever is wrong with it; it changes nothing and tells nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request
from starlette.responses import Response

from hub.errors import NotAllowed, Refused, Unready
from hub.ports import HookRequest, Inbound, Inward
from web.auth import ANYONE, Door, prove
from web.house import House, house

log = structlog.get_logger(__name__)

FIELDS = 200  # form fields of one callback at most
FORM = "application/x-www-form-urlencoded"


async def receipts(request: Request) -> Response:
    """POST /hooks/{channel}/receipts/{attempt}: a provider reports what became of one attempt."""
    hub, channel = house(request), request.path_params["channel"]
    _known(hub, channel)
    asked = await _hook(request, callback=request.path_params["attempt"])
    return await _answered(request, hub.report.receipts, channel, asked)


async def replies(request: Request) -> Response:
    """POST /hooks/{channel}/replies: a person wrote or pressed something."""
    hub, channel = house(request), request.path_params["channel"]
    _known(hub, channel)
    asked = await _hook(request, callback="")
    return await _answered(request, hub.report.replies, channel, asked)


async def keys(request: Request) -> Response:
    """POST /hooks/{channel}/replies/{attempt}: a key was pressed in a call, and is answered."""
    hub, channel = house(request), request.path_params["channel"]
    _known(hub, channel)
    asked = await _hook(request, callback=request.path_params["attempt"])
    return await _answered(request, hub.report.pressed, channel, asked)


DOORS: tuple[Door, ...] = (
    Door("POST", "/hooks/{channel}/receipts/{attempt}", ANYONE, receipts),
    Door("POST", "/hooks/{channel}/replies", ANYONE, replies),
    Door("POST", "/hooks/{channel}/replies/{attempt}", ANYONE, keys),
)


def _known(hub: House, channel: str) -> None:
    """Unknown channels and channels that take nothing are alike: not known here."""
    if not any(one.name == channel and isinstance(one, Inbound) for one in hub.channels.values()):
        raise NotAllowed("This callback was not signed by the provider.", code="signature")


async def _hook(request: Request, *, callback: str) -> HookRequest:
    """The request as its provider signed it: the public address, the raw body."""
    hub = house(request)
    query = f"?{request.url.query}" if request.url.query else ""
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    return HookRequest(
        url=hub.settings.public_url + _as_sent(request) + query,
        headers=headers,
        body=body,
        form=_form(headers.get("content-type", ""), body),
        callback=callback,
    )


def _as_sent(request: Request) -> str:
    """The path as it was written, not decoded: the signature covers the letters of the URL."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.decode("latin-1")


def _form(kind: str, body: bytes) -> tuple[tuple[str, str], ...]:
    """The fields of a form, in order, empty ones kept: the signature covers them."""
    if kind.partition(";")[0].strip().lower() != FORM:
        return ()
    try:
        text = body.decode("utf-8")
        fields = tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
        if any("\0" in name for name, _ in fields):
            raise ValueError("a name with NUL in it, which no provider sends")
        return fields
    except ValueError as error:
        raise NotAllowed("This callback cannot be read.", code="signature") from error


Way = Callable[[str, HookRequest], Awaitable[Inward]]


async def _answered(request: Request, way: Way, channel: str, asked: HookRequest) -> Response:
    try:
        inward = await way(channel, asked)
    except (Refused, Unready):
        raise
    except Exception as error:
        # 503, not 500: the provider sends it again, and its copy is as good as this one
        log.error("hooks.failed", channel=channel, kind=type(error).__name__)
        raise Unready("The callback could not be kept just now; send it again.") from error
    prove(request)  # it was signed
    return Response(inward.response, 200, media_type=inward.content_type)
