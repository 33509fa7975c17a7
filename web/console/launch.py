"""Choosing a playbook, and the one page that shows everything before anything is sent."""

from __future__ import annotations

from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.errors import Unknown
from hub.model import Kind, Level, Playbook
from web.console.facts import numbers
from web.house import house
from web.render import page

KINDS = (Kind.LIVE, Kind.DRILL)


async def cards(request: Request) -> Response:
    """GET /launch: kind first, then the playbooks by level, numbered for the keyboard."""
    hub = house(request)
    return await page(
        request,
        "console/launch.html",
        kind=kind_of(request),
        levels=by_level(list(hub.library.all())),
        numbers=await numbers(hub),
    )


async def form(request: Request) -> Response:
    """GET /launch/{playbook}: where, what they read, who and how fast; then the head-count."""
    key = request.path_params["playbook"]
    book = house(request).library.get(key)
    if book is None:
        raise Unknown(f"There is no playbook called {key[:40]!r}.")
    return await page(
        request,
        "console/form.html",
        kind=kind_of(request),
        book=book,
        place=request.query_params.get("place", "all" if book.place_depth == "site" else "")[:60],
    )


def kind_of(request: Request) -> str:
    """Live or drill as asked; live if nothing was said."""
    asked = request.query_params.get("kind", "")
    return asked if asked in {str(kind) for kind in KINDS} else str(Kind.LIVE)


def by_level(books: list[Playbook]) -> list[tuple[str, list[tuple[int, Playbook]]]]:
    """The playbooks under their levels, most urgent first, numbered through."""
    number = count(1)
    found: list[tuple[str, list[tuple[int, Playbook]]]] = []
    for level in Level:
        own: list[Any] = [(next(number), book) for book in books if book.level is level]
        if own:
            found.append((str(level), own))
    return found
