"""Screens: the list, pairing by code, unpairing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.flow.screens import PAIRING_LIFE
from web.api.models import ClaimBody, ConfirmBody
from web.api.reading import body_of, number
from web.auth import actor_of, client_ip
from web.house import house
from web.limits import limits


async def list_screens(request: Request) -> Response:
    """GET /screens: every screen, whether it is connected, and what it says it shows."""
    hub = house(request)
    key = request.query_params.get("site", "")
    site = (await hub.estate.site(key)).id if key else None
    return JSONResponse({"items": await hub.screens.list(site), "next": None})


async def add_pairing(request: Request) -> Response:
    """POST /screens/pairings: a new screen asks for a code. It gives nothing but the code."""
    await limits(request).pairing(client_ip(request))
    code, claim = await house(request).screens.pairing()
    return JSONResponse(
        {"code": code, "claim": claim, "expires_in": PAIRING_LIFE // 1000}, status_code=201
    )


async def claim(request: Request) -> Response:
    """POST /screens/pairings/claim: the device token, once, when a person has confirmed."""
    body = await body_of(request, ClaimBody)
    found = await house(request).screens.claim(body.claim)
    if found is None:
        return JSONResponse({}, status_code=202)
    device, recipient = found
    return JSONResponse({"device": device, "recipient": recipient})


async def confirm(request: Request) -> Response:
    """POST /screens/pairings/{code}: the device with this code is that screen."""
    body = await body_of(request, ConfirmBody)
    code, hub = request.path_params["code"], house(request)
    said = body.model_dump(include={"place", "way"}, exclude_none=True)
    if said:
        await hub.estate.change(body.recipient, said, who=actor_of(request))
    await hub.screens.confirm(code, body.recipient, actor_of(request))
    return JSONResponse({"recipient": body.recipient})


async def unpair(request: Request) -> Response:
    """DELETE /screens/{recipient}/device: its token works no more, its socket closes."""
    await house(request).screens.unpair(number(request, "recipient"), actor_of(request))
    return Response(status_code=204)
