"""The reading side: boards that go on, and lists. Nothing here writes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hub.decide.tally import Board, Changes, fold
from hub.events import Event
from hub.flow.feed import BoardFeed, BoardLedger
from hub.flow.queues import Queues

WARM = 8  # boards kept for requests; a request to one reads only the events since the last
Page = dict[str, Any]


class ListLedger(Protocol):
    """Where lists are read."""

    async def incidents(self, *, status: str, limit: int, after: int, code: str = "") -> Page: ...
    async def deliveries(
        self, incident: int, *, state: str, channel: str, after: int, limit: int
    ) -> Page: ...
    async def events(self, incident: int, *, since: int, limit: int) -> Page: ...
    async def flat(self, incident: int, unit: int) -> dict[str, Any]: ...
    async def person(self, incident: int, recipient: int) -> dict[str, Any]: ...
    async def figures(self) -> dict[str, Any]: ...
    async def last_drills(self) -> dict[str, str | None]: ...
    async def public(self, site: str) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class BoardSnapshot:
    """A board as it stood at event `seq`."""

    seq: int
    epoch: str
    frame: Mapping[str, Any]

    def to_json(self) -> Mapping[str, Any]:
        """The snapshot frame of the websocket."""
        return self.frame


def _no_latency() -> Mapping[str, Any]:
    return {}


class Watch:
    """What the web shows."""

    def __init__(
        self,
        *,
        boards: BoardLedger,
        lists: ListLedger,
        latency: Callable[[], Mapping[str, Any]] = _no_latency,
        queues: Queues | None = None,
    ):
        self._boards, self._lists, self._latency = boards, lists, latency
        self._queues = queues
        self._warm: OrderedDict[int, BoardFeed] = OrderedDict()

    async def feed(self, incident_id: int) -> BoardFeed:
        """A board of one's own to follow by `news()`; `snapshot()`, `seq` and `epoch` go with it.
        Unknown: no such incident."""
        return await BoardFeed(self._boards, incident_id, queues=self._queues).open()

    async def board(self, incident_id: int) -> BoardSnapshot:
        """The board as it is now. Unknown: no such incident."""
        feed = await self._looked(incident_id)
        return BoardSnapshot(feed.seq, feed.epoch, feed.snapshot())

    async def incident(self, incident_id: int) -> dict[str, Any]:
        """The incident with its counts; nothing that depends on the clock. Unknown: none such."""
        return (await self._looked(incident_id)).incident()

    async def incidents(
        self, status: str | None = None, *, code: str = "", limit: int, after: int = 0
    ) -> Page:
        """Incidents, newest first; `after`: the last id of the page before; `code`: the one that
        has it."""
        return await self._lists.incidents(status=status or "", code=code, limit=limit, after=after)

    async def deliveries(
        self,
        incident_id: int,
        *,
        state: str | None = None,
        channel: str = "",
        after: int = 0,
        limit: int,
    ) -> Page:
        """Deliveries by id, addresses masked. Unknown: no such incident."""
        return await self._lists.deliveries(
            incident_id, state=state or "", channel=channel, after=after, limit=limit
        )

    async def events(self, incident_id: int, *, since: int = 0, limit: int) -> Page:
        """Events after `since`, oldest first, without gaps. Unknown: no such incident."""
        return await self._lists.events(incident_id, since=since, limit=limit)

    async def flat(self, incident_id: int, unit: int) -> dict[str, Any]:
        """One household with names; the caller records who looked."""
        return await self._lists.flat(incident_id, unit)

    async def person(self, incident_id: int, recipient: int) -> dict[str, Any]:
        """Somebody without a flat, named; whoever asks must be recorded by the caller."""
        return await self._lists.person(incident_id, recipient)

    async def figures(self) -> dict[str, Any]:
        """What operators watch: deliveries, lanes, and provider latency of this process."""
        return {**await self._lists.figures(), "latency": self._latency()}

    async def last_drills(self) -> dict[str, str | None]:
        """When each playbook was last drilled, by its key."""
        return await self._lists.last_drills()

    async def public(self, site: str = "") -> dict[str, Any]:
        """The open incidents of a site (`riverside`, or any place of it), as anybody may know
        them; of all sites for no name. Unknown: there is no such site or place."""
        return await self._lists.public(site)

    @staticmethod
    def fold(state: Board, events: Iterable[Event]) -> Changes:
        """The state after these events, in place; what they touched."""
        changes = Changes(seq=state.seq)
        for event in events:
            fold(state, event, changes)
        return changes

    async def _looked(self, incident_id: int) -> BoardFeed:
        """A warm board, up to date. Two requests at once look one after the other."""
        feed = self._warm.pop(incident_id, None)
        async with asyncio.timeout(30):
            if feed is None:
                feed = await self.feed(incident_id)
            else:
                await feed.news()
        self._warm[incident_id] = feed
        while len(self._warm) > WARM:
            self._warm.popitem(last=False)
        return feed
