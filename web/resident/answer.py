"""/a/{token}: a resident's page. GET and HEAD show it and change nothing; POST takes an answer.

The token is the authority: no cookie, no Origin, no login. A token that is not ours is 404 before
anything else is looked at. One of ours is found whatever a phone made of the link around it: a
`。` or `)` taken along, a break within, the link twice. Works without scripts.
"""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.model import AnswerWord
from web.api.reading import fields_of
from web.auth import ANYONE, Door, by_method, guarded
from web.house import house
from web.limits import limits
from web.problems import wants_json
from web.resident.broken import BrokenLink
from web.resident.drawing import drawn
from web.resident.nonce import page_nonce
from web.resident.taking import meant, take

LANGUAGE_LENGTH = 35


async def show(request: Request) -> Response:
    """GET /a/{token}: what happened, what to do, what was answered; nothing is written."""
    hub = house(request)
    token = meant(hub, request.path_params["token"])
    found = await hub.answer.page(token)
    if found is None:
        raise BrokenLink
    nonce = page_nonce(hub.settings.secret_key, token, hub.clock.now())
    if "application/json" in request.headers.get("accept", ""):
        real = hub.answer.real_token(token, found)
        link = {"real_link": f"/a/{real}"} if real else {}
        return JSONResponse({**found.to_json(), **link, "nonce": nonce})
    return drawn(request, found, token=token, nonce=nonce)


async def act(request: Request) -> Response:
    """POST /a/{token}: the answer is on record. A form goes back to the page."""
    hub = house(request)
    token = meant(hub, request.path_params["token"])
    fields = await fields_of(request)
    await _counted(request, token, fields.get("answer"))
    taken = await take(hub, token, fields)
    if wants_json(request.scope):
        return JSONResponse(taken)
    return RedirectResponse(f"/a/{token}{_language(fields.get('lang', ''))}", status_code=303)


async def cut(request: Request) -> Response:
    """GET /a: a link that lost all of its token."""
    request.scope["route_template"] = "/a"
    raise BrokenLink


DOORS: tuple[Door, ...] = (
    Door("GET", "/a/{token}", ANYONE, show),
    Door("POST", "/a/{token}", ANYONE, act),
)


class _Rest(Convertor[str]):
    """Whatever stands behind `/a/`, slashes and breaks too."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def odd_routes() -> list[Route]:
    """Routes for links that came apart: doubled, cut, in capitals."""
    register_url_convertor("rest", _Rest())
    ways = {"GET": guarded(DOORS[0]), "POST": guarded(DOORS[1])}
    return [
        Route("/a/{token:rest}", by_method(ways), methods=list(ways)),
        Route("/A/{token:rest}", by_method(ways), methods=["GET"]),
        Route("/a", cut, methods=["GET"]),
        Route("/A", cut, methods=["GET"]),
    ]


async def _counted(request: Request, token: str, said: object) -> None:
    """The link has not answered too often; where the answer comes from does not count."""
    counts = limits(request)
    await (counts.cry(token) if said == AnswerWord.HELP.value else counts.answer(token))


def _language(tag: str) -> str:
    """The page comes back in the language it was read in."""
    fine = 0 < len(tag) <= LANGUAGE_LENGTH and tag.isascii() and tag.replace("-", "").isalnum()
    return f"?lang={tag}" if fine else ""
