"""The doors to knock at and the calls to make of an incident, for whoever does it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from web.auth import actor_of
from web.catalog import language_of
from web.console.incidents import titled_incident
from web.house import house
from web.render import page


async def doors(request: Request) -> Response:
    """GET /incidents/{id}/doors: a row a household, floor by floor, done by one tap."""
    hub = house(request)
    language = language_of(request, hub.settings.languages)
    incident = await titled_incident(request, hub, language)
    return await page(
        request,
        "console/doors.html",
        kind=str(incident["kind"]),
        incident=incident,
        me=actor_of(request).id,
    )
