"""The resident's page as one response: one request, no cookie, in the resident's own language."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.flow.answer import ResidentPage
from web.base import base_of, rebased
from web.catalog import speak
from web.house import house
from web.render import environment
from web.resident.style import policy, style
from web.resident.view import language_for, view_of


def drawn(request: Request, found: ResidentPage, *, token: str, nonce: str) -> Response:
    """The page; `?lang=` chooses another language than the resident's own."""
    language = language_for(found, request.query_params.get("lang", ""))
    timezone = str(found.site.get("timezone") or house(request).settings.timezone)
    text = (
        environment()
        .get_template("resident/page.html")
        .render(
            view=view_of(found, language=language, timezone=timezone),
            css=style(),
            token=token,
            nonce=nonce,
            t=partial(speak, language),
        )
    )
    headers = {
        "Content-Security-Policy": policy(),
        "Cache-Control": "no-store",
        "Content-Language": language,
    }
    return HTMLResponse(rebased(text, base_of(request.scope)), headers=headers)
