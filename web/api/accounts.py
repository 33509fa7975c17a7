"""Provider accounts: which there are, and whether each would send."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.house import house


async def list_accounts(request: Request) -> Response:
    """GET /accounts: the provider accounts there are, without their secrets."""
    return JSONResponse(house(request).probes.list())


async def test_account(request: Request) -> Response:
    """POST /accounts/{name}/test: how the account stands, asked without sending anything."""
    return JSONResponse(await house(request).probes.test(request.path_params["name"]))
