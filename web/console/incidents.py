"""The home page, the board of an incident, its record, and all incidents so far."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.api.reading import number
from web.catalog import language_of
from web.console.facts import numbers, said, titled
from web.house import House, house
from web.render import page

ICON = "bell"


async def home(request: Request) -> Response:
    """GET /: the board of what is running, a choice if it is several, else the quiet sheet."""
    hub = house(request)
    found = await hub.watch.incidents("open", limit=2, after=0)
    running = found["items"]
    if running and "calm" not in request.query_params:
        one = f"/incidents/{running[0]['id']}"
        return RedirectResponse(one if len(running) == 1 else "/incidents", status_code=303)
    return await page(request, "console/first.html", screen_address=screen_address(hub))


async def board(request: Request) -> Response:
    """GET /incidents/{id}: the board; `?wall` leaves out actions, names and needs."""
    hub = house(request)
    language = language_of(request, hub.settings.languages)
    incident = await titled_incident(request, hub, language)
    playbook = hub.library.get(str(incident["playbook"]))
    return await page(
        request,
        "console/board.html",
        kind=str(incident["kind"]),
        wall="wall" in request.query_params,
        incident=incident,
        icon_name=playbook.icon if playbook else ICON,
        hazard=said(incident.get("playbook_name"), language),
        order=said(playbook.summary, language) if playbook else "",
        numbers=await numbers(hub, playbook.calls if playbook else (), firms=True),
    )


async def record(request: Request) -> Response:
    """GET /incidents/{id}/record: every numbered fact."""
    hub = house(request)
    language = language_of(request, hub.settings.languages)
    incident = await titled_incident(request, hub, language)
    return await page(request, "console/record.html", kind=str(incident["kind"]), incident=incident)


async def history(request: Request) -> Response:
    """GET /incidents: what was and what is."""
    return await page(request, "console/incidents.html")


def screen_address(hub: House) -> str:
    """What to type into a lobby screen's browser."""
    return f"{hub.settings.public_url.rstrip('/')}/screen"


async def titled_incident(request: Request, hub: House, language: str) -> dict[str, Any]:
    """The incident of the path, with its names; Unknown if there is none."""
    return titled(await hub.watch.incident(number(request, "id")), language)
