"""Pages: one Jinja environment, two languages, no undefined name, no inline style or script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.times import offsets
from web.assets import static
from web.base import base_of, rebased
from web.catalog import COOKIE, LANGUAGES, language_of, speak
from web.house import house

TEMPLATES = Path(__file__).parent / "templates"
YEAR = 365 * 24 * 3600
NAMES = {"zh-CN": "中文", "en": "English"}


@cache
def environment() -> Environment:
    """The templates, compiled once: escaping on, every undefined name an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def other_language(request: Request, language: str) -> Mapping[str, str]:
    """The link to this same page in the other language, named in that language."""
    other = next(tag for tag in LANGUAGES if tag != language)
    query = {k: v for k, v in request.query_params.items() if k not in {"lang", "key"}}
    return {
        "tag": other,
        "name": NAMES[other],
        "href": f"{request.url.path}?{urlencode({**query, 'lang': other})}",
    }


def say_in(languages: Mapping[str, str], language: str) -> str:
    """A text per language in the one asked for, or in any it has."""
    return languages.get(language) or next(iter(languages.values()), "")


async def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """The template as a page in the reader's language.

    The content policy is the gate's (`web.security`): no inline style or script ever works.
    Templates get `t`, `static`, `say`, `lang`, `other`, `actor`, `timezone`, `offsets`, `path`,
    `wall` and `base`; an address that begins with / is put below the base by itself.
    """
    settings, base = house(request).settings, base_of(request.scope)
    language = language_of(request, settings.languages)
    zone = await house(request).sites.zone()
    values = {
        "lang": language,
        "t": partial(speak, language),
        "say": lambda words: say_in(words, language),
        "static": static,
        "other": other_language(request, language),
        "actor": request.scope.get("muster.actor"),
        "timezone": zone,
        "offsets": json.dumps(offsets(zone, house(request).clock.now())),
        "path": request.url.path,
        "kind": "none",
        "wall": False,
        "base": base,
        **context,
    }
    text = await asyncio.to_thread(_draw, template, values)
    response = HTMLResponse(rebased(text, base), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Content-Language"] = language
    _keep_language(request, response, language)
    return response


def _draw(template: str, values: Mapping[str, Any]) -> str:
    return environment().get_template(template).render(values)


def _keep_language(request: Request, response: Response, language: str) -> None:
    """A language chosen by its link stays chosen."""
    if request.query_params.get("lang"):
        response.set_cookie(
            COOKIE,
            language,
            max_age=YEAR,
            path=base_of(request.scope) + "/",
            samesite="lax",
            httponly=True,
            secure=request.url.scheme == "https",
        )
