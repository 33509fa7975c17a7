"""The way in: a login, or the one-time login the terminal printed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.auth import local_path, who
from web.render import page


async def login(request: Request) -> Response:
    """GET /login: the form; whoever is in already goes on."""
    after = local_path(request.query_params.get("next", "/"))
    if await who(request) is not None:
        return RedirectResponse(after, status_code=303)
    return await page(request, "console/login.html", next=after, error="")


async def once(request: Request) -> Response:
    """GET /login/once/TOKEN: a button. Only pressing it uses the login up (link scanners look)."""
    return await page(request, "console/once.html", token=request.path_params["token"])
