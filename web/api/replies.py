"""Replies that nobody has seen to yet, and what is made of them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.api.reading import body_of, limit, number
from web.api.reply_models import ReplyBody
from web.auth import actor_of
from web.house import house


async def list_replies(request: Request) -> Response:
    """GET /replies: words and numbers in full, cries first; who looks is recorded once for each."""
    found = await house(request).inbox.list(
        request.query_params.get("state", "open"),
        after=request.query_params.get("after", ""),
        limit=limit(request),
        who=actor_of(request),
    )
    return JSONResponse(found)


async def settle(request: Request) -> Response:
    """POST /replies/{id}: whose it is, what it answers, what was done; 409 if settled otherwise."""
    body = await body_of(request, ReplyBody)
    found = await house(request).inbox.settle(
        number(request, "id"),
        recipient=body.recipient,
        answer=str(body.answer or ""),
        note=body.note,
        who=actor_of(request),
    )
    return JSONResponse(found)
