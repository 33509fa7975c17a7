"""The registers a duty manager keeps: people, screens, and the replies that wait."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.console.incidents import screen_address
from web.house import house
from web.render import page


async def roster(request: Request) -> Response:
    """GET /roster: who can be told; adding, changing, importing."""
    return await page(request, "console/roster.html")


async def screens(request: Request) -> Response:
    """GET /screens: what hangs where, what it shows, and pairing a new one."""
    return await page(
        request, "console/screens.html", screen_address=screen_address(house(request))
    )


async def replies(request: Request) -> Response:
    """GET /replies: what people wrote that somebody must see to; the words are asked for by the
    page, so that each look is recorded."""
    return await page(request, "console/replies.html")


async def to_replies(_request: Request) -> Response:
    """GET /console/replies: another name of it."""
    return RedirectResponse("/replies", status_code=308)
