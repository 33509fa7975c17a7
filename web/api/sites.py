"""What a site says of itself: its names, its people's meeting places, whom it calls."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.errors import Problem, Refused
from web.api.reading import json_object
from web.auth import actor_of
from web.house import house

LISTED = ("key", "version", "name", "languages", "country", "timezone", "defaults")
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


async def list_sites(request: Request) -> Response:
    """GET /sites: every site by key, name, languages and time zone; on a fresh hub the one it
    would begin with."""
    found = await house(request).sites.all()
    items = [{part: one[part] for part in LISTED} for one in found]
    return JSONResponse({"items": items, "next": None})


async def site(request: Request) -> Response:
    """GET /sites/{key}: one site; `defaults` and `warnings` say what nobody has filled in yet."""
    return _site(dict(await house(request).sites.show(request.path_params["key"])))


async def change_site(request: Request) -> Response:
    """PATCH /sites/{key}: the named fields, whole or not at all; 409 when `version` (or If-Match)
    is not the stored one."""
    fields = await json_object(request)
    version = _read_version(request.headers.get("if-match", ""))
    key = request.path_params["key"]
    made = await house(request).sites.change(key, fields, who=actor_of(request), version=version)
    return _site(dict(made))


def _read_version(header: str) -> int | None:
    """The version of an If-Match; none for `*` or without one."""
    if header.strip() in {"", "*"}:
        return None
    found = _TAG.fullmatch(header.strip())
    if found is None:
        problem = Problem("If-Match", "is no version", 'send the ETag you read, such as "3"')
        raise Refused("The version is no number.", [problem], code="invalid")
    return int(found[1])


def _site(found: dict[str, Any]) -> Response:
    return JSONResponse(found, headers={"etag": f'"{found["version"]}"'})
