"""Replies that nobody has seen to yet, and what is made of them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.errors import Problem, Refused
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
    """POST /replies/{id}: whose it is, what it answers, what was done; 409 if settled otherwise.
    With `state` `open` it waits again."""
    body = await body_of(request, ReplyBody)
    inbox, reply, who = house(request).inbox, number(request, "id"), actor_of(request)
    if body.state == "open":
        if body.model_fields_set - {"state"}:
            problem = Problem("state", "stands alone when it is open", "leave the rest out")
            raise Refused("The reply cannot be opened again so.", [problem], code="invalid")
        return JSONResponse(await inbox.reopen(reply, who=who))
    found = await inbox.settle(
        reply,
        recipient=body.recipient,
        answer=str(body.answer or ""),
        note=body.note,
        who=who,
    )
    return JSONResponse(found)
