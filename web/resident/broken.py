"""A link that is not one of ours, most often one that was cut off: what to do, in two languages.

The same page for every such link: nothing on it depends on the link, and nothing of the staff's
side stands on it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.errors import HubError, Unknown
from hub.flow.site_defaults import numbers_of, usual_numbers
from hub.tags import nearest
from web.base import base_of, rebased
from web.catalog import LANGUAGES, weight
from web.house import House, house
from web.problems import problem, wants_json
from web.render import environment
from web.resident.style import policy, style
from web.tongues import SHIPPED, Tongue, tongue

log = structlog.get_logger(__name__)

KEPT = 60.0  # seconds for which the sites' numbers are not asked for again
PATIENCE = 1.0  # seconds to wait for them: the page comes without a database, too


class BrokenLink(Unknown):
    """A resident's link that does not open anything."""

    def __init__(self) -> None:
        super().__init__("This link does not work; it may be cut off.")


@dataclass(slots=True)
class Numbers:
    """Whom to call in an emergency: of the sites of this hub, as far as they are known."""

    _known: tuple[str, ...] = ()
    _until: float = 0.0

    async def fire(self, hub: House) -> tuple[str, ...]:
        """The fire brigade's number, of each site that has its own; never empty."""
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + KEPT  # one question at a time
            self._known = await _asked(hub) or self._known
        return self._known or (usual_numbers(hub.settings.country)["fire"],)


async def _asked(hub: House) -> tuple[str, ...]:
    try:
        async with asyncio.timeout(PATIENCE):
            sites = await hub.estate.sites()
    except (HubError, OSError, TimeoutError) as error:
        log.warning("resident.no_numbers", kind=type(error).__name__)
        return ()
    return tuple(dict.fromkeys(numbers_of(one.settings)["fire"] for one in sites))


async def broken(request: Request, _error: Exception) -> Response:
    """404: for programs a problem, for people a page that helps."""
    hub = house(request)
    numbers = await request.app.state.numbers.fire(hub)
    first = _liked(request.headers.get("accept-language", ""), (*hub.words, *SHIPPED))
    tags = dict.fromkeys((first, *LANGUAGES))
    tongues = [tongue(tag, hub.words) for tag in tags]
    if wants_json(request.scope):
        said = tongues[0].t("res.broken", number=" / ".join(numbers))
        return problem(request.scope, 404, said, code="unknown", title="Not found")
    return _page(request, tongues, numbers)


def _liked(header: str, there: Sequence[str]) -> str:
    """The language of ours the phone likes best; the first of ours where it says nothing."""
    wishes = sorted((-weight(rest), at, tag) for at, tag, rest in _wishes(header))
    found = (nearest(tag.strip(), there) for less, _, tag in wishes if less < 0)
    return next((tag for tag in found if tag), LANGUAGES[0])


def _wishes(header: str) -> Iterator[tuple[int, str, str]]:
    for at, part in enumerate(header.split(",")):
        tag, _, rest = part.partition(";")
        yield at, tag, rest


def _page(request: Request, tongues: list[Tongue], numbers: tuple[str, ...]) -> Response:
    first = tongues[0].tag
    text = (
        environment()
        .get_template("resident/broken.html")
        .render(tongues=tongues, numbers=numbers, css=style())
    )
    headers = {
        "Content-Security-Policy": policy(),
        "Cache-Control": "no-store",
        "Content-Language": first,
        "Vary": "Accept-Language",
    }
    return HTMLResponse(rebased(text, base_of(request.scope)), 404, headers=headers)
