"""The resident's page as one response: one request, no cookie, in the resident's own language."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.flow.answer import ResidentPage
from hub.tags import base
from web.base import base_of, rebased
from web.house import house
from web.render import environment
from web.resident.style import policy, style
from web.resident.together import together
from web.resident.view import language_for, view_of
from web.tongues import tongue


def drawn(request: Request, found: ResidentPage, *, token: str, nonce: str) -> Response:
    """The page; `?lang=` chooses another language than the resident's own."""
    hub = house(request)
    asked = request.query_params.get("lang", "")
    language = language_for(found, asked)
    # Asked for one the playbook has no words in: the buttons at least are in it.
    speech = tongue(language, hub.words, around="" if base(asked) == base(language) else asked)
    timezone = str(found.site.get("timezone") or hub.settings.timezone)
    view = view_of(found, tongue=speech, timezone=timezone, now=hub.clock.now())
    text = (
        environment()
        .get_template("resident/page.html")
        .render(
            view=view,
            css=style(),
            token=token,
            nonce=nonce,
            real=hub.answer.real_token(token, found),
            t=speech.t,
            kept=lambda said: together(said, language),
        )
    )
    headers = {
        "Content-Security-Policy": policy(),
        "Cache-Control": "no-store",
        "Content-Language": language,
    }
    return HTMLResponse(rebased(text, base_of(request.scope)), headers=headers)
