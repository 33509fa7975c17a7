"""How topics read the hub: an incident's board, a site in public, a resident's own page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.errors import Unknown
from web.house import House
from web.live_incident import Feed
from web.live_state import StateFeed


class BoardFeed:
    """`Feed` over `hub.watch`: reads the state once, then only what happened since."""

    def __init__(self, hub: House, incident: int) -> None:
        self._watch = hub.watch
        self._incident = incident
        self._feed: Any = None

    @property
    def epoch(self) -> str:
        return str(self._feed.epoch) if self._feed is not None else ""

    @property
    def seq(self) -> int:
        return int(self._feed.seq) if self._feed is not None else 0

    async def look(self) -> Sequence[Mapping[str, Any]]:
        if self._feed is None:
            self._feed = await self._watch.feed(self._incident)
            return ()
        frames: Sequence[Mapping[str, Any]] = await self._feed.news()
        return frames

    def snapshot(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._feed.snapshot()
        return found


def incident_feed(hub: House, incident: int) -> Feed:
    """The feed of one incident."""
    return BoardFeed(hub, incident)


def site_feed(hub: House, path: str) -> StateFeed:
    """What a site may be told in public: open incidents, nobody's name."""

    async def read() -> Mapping[str, Any]:
        found: Mapping[str, Any] = await hub.watch.public(path)
        return found

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
