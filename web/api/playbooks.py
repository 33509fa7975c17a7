"""The playbooks that can be launched, with the fields their form asks for."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.errors import Unknown
from hub.flow.site_defaults import offered_by
from hub.model import Choice, Parameter, Playbook, Site
from web.house import House, house


async def list_playbooks(request: Request) -> Response:
    """GET /playbooks: what can be launched at a site (`?site=`; without: the first)."""
    key = request.query_params.get("site", "")
    items = await playbook_items(house(request), key)
    return JSONResponse({"items": items, "next": None})


async def playbook_items(hub: House, site_key: str = "") -> list[dict[str, Any]]:
    """Every playbook as the API and the launch page say it; Unknown for an unknown site."""
    site = await _site(hub, site_key)
    drills = await hub.watch.last_drills()
    return [
        playbook_json(playbook, site, last_drill=drills.get(playbook.key))
        for playbook in hub.library.all()
    ]


def playbook_json(
    playbook: Playbook, site: Site | None, *, last_drill: str | None
) -> dict[str, Any]:
    """One playbook; options that are a site's own (`assembly_points`) are filled in."""
    return {
        "key": playbook.key,
        "version": playbook.version,
        "name": dict(playbook.name),
        "summary": dict(playbook.summary),
        "level": str(playbook.level),
        "icon": playbook.icon,
        "place_depth": playbook.place_depth,
        "parameters": [_parameter(parameter, site) for parameter in playbook.parameters],
        "update_every_s": int(playbook.update_every.total_seconds()),
        "last_drill": last_drill,
    }


def _parameter(parameter: Parameter, site: Site | None) -> dict[str, Any]:
    options = _options(parameter, site)
    first = str(options[0]["value"]) if parameter.source and options else ""
    return {
        "key": parameter.key,
        "name": dict(parameter.name),
        "kind": parameter.kind,
        "default": parameter.default or first,
        "options": options,
        "required": parameter.required,
        "hint": dict(parameter.hint),
        "limit": parameter.limit,
    }


def _options(parameter: Parameter, site: Site | None) -> list[dict[str, Any]]:
    offered = offered_by(parameter.source, site.settings) if site is not None else []
    own = [{"value": key, "name": dict(name)} for key, name in offered]
    return own or [_option(choice) for choice in parameter.options]


def _option(choice: Choice) -> dict[str, Any]:
    return {"value": choice.value, "name": dict(choice.name)}


async def _site(hub: House, key: str) -> Site | None:
    try:
        return await hub.estate.site(key)
    except Unknown:
        if key:
            raise
        return None  # nothing is there yet: the playbooks can be read all the same
