"""Twilio's lists, page by page: newest first, and behind what was taken a moment ago."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from aiohttp import web

from channels.simulator.settings import Settings

PAGE = 50
LONGEST = 1000


def is_listed(created: float, settings: Settings) -> bool:
    """Whether lists hold by now what was taken then."""
    return created <= time.time() - settings.listed_after


def page_of(
    request: web.Request, name: str, found: Iterable[Mapping[str, Any]]
) -> Mapping[str, object]:
    """The page of a list that was asked for, as Twilio writes it. `found` is read no further."""
    asked = request.query
    size = min(max(int(asked.get("PageSize", PAGE)), 1), LONGEST)
    number = int(asked.get("Page", "0"))
    rows = list(islice(found, number * size, (number + 1) * size + 1))
    following = None
    if len(rows) > size:
        following = str(request.rel_url.update_query(Page=number + 1, PageSize=size))
    here = request.path_qs
    return {
        name: rows[:size],
        "page": number,
        "page_size": size,
        "next_page_uri": following,
        "first_page_uri": here,
        "previous_page_uri": None,
        "uri": here,
        "start": number * size,
        "end": max(number * size + len(rows[:size]) - 1, 0),
    }
