"""Alarms: what is not as it should be with the hub itself, and who has seen it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.api.reading import limit, number
from web.auth import actor_of
from web.house import house


async def list_alarms(request: Request) -> Response:
    """GET /alarms: open ones first, then the newest of those that are over."""
    return JSONResponse(await house(request).alarms.list(limit(request)))


async def acknowledge(request: Request) -> Response:
    """POST /alarms/{id}/acknowledge: somebody has seen it. It stays open until it is mended."""
    found = await house(request).alarms.acknowledge(number(request, "id"), actor_of(request))
    return JSONResponse(found)
