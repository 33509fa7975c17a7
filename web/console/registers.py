"""The registers a duty manager keeps: people, and screens."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

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
