"""How topics read the hub: an incident's board, a site in public, replies that wait,
a resident's own page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.errors import Unknown, Unready
from hub.flow.feed import BoardFeed
from web.house import House
from web.live_incident import Feed
from web.live_state import StateFeed


class IncidentFeed:
    """`Feed` over the hub's board: opened at the first look, then read for news."""

    def __init__(self, hub: House, incident: int) -> None:
        self._watch = hub.watch
        self._incident = incident
        self._feed: BoardFeed | None = None

    @property
    def epoch(self) -> str:
        return "" if self._feed is None else self._feed.epoch

    @property
    def seq(self) -> int:
        return 0 if self._feed is None else self._feed.seq

    async def look(self) -> Sequence[Mapping[str, Any]]:
        if self._feed is None:
            self._feed = await self._watch.feed(self._incident)
            return ()
        return await self._feed.news()

    def snapshot(self) -> Mapping[str, Any]:
        if self._feed is None:
            raise Unready("The board is being read; try again.")
        return self._feed.snapshot()


def incident_feed(hub: House, incident: int) -> Feed:
    """The board of one incident as it goes on."""
    return IncidentFeed(hub, incident)


def site_feed(hub: House, path: str) -> StateFeed:
    """What a site may be told in public: open incidents, nobody's name."""

    async def read() -> Mapping[str, Any]:
        found: Mapping[str, Any] = await hub.watch.public(path)
        return found

    return read


def replies_feed(hub: House) -> StateFeed:
    """How many replies nobody has seen to: neither words nor numbers."""

    async def read() -> Mapping[str, Any]:
        return await hub.inbox.waiting()

    return read


def me_feed(hub: House, token: str) -> StateFeed:
    """A resident's own page state."""

    async def read() -> Mapping[str, Any]:
        found = await hub.answer.page(token)
        if found is None:
            raise Unknown("This link is not known.")
        state: Mapping[str, Any] = found.to_json()
        return state

    return read
