"""The registers a duty manager keeps: people, screens, and the replies that wait."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.console.incidents import screen_address
from web.house import House, house
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
    return await page(request, "console/replies.html", silent=silent(house(request)))


async def to_replies(_request: Request) -> Response:
    """GET /console/replies: another name of it."""
    return RedirectResponse("/replies", status_code=308)


def silent(hub: House) -> str:
    """Why some replies, or all, cannot reach this hub; "" if nothing stands in their way."""
    texts = [one.traits for one in hub.channels.values() if one.traits.channel == "sms"]
    if not texts:
        return "none"
    if not any(one.answers for one in texts):
        return "never"
    if hub.settings.stays_home and not hub.settings.loopback_only:
        return "home"
    china = hub.settings.country == "CN"
    return "some" if any(not one.answers or (one.one_way and china) for one in texts) else ""
