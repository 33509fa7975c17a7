"""What the web tells those who only look: the lists, and an incident's frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hub.decide.veil import delivery, event, frame, incident


class Feed(Protocol):
    """The board of one incident as it goes on."""

    @property
    def epoch(self) -> str: ...
    @property
    def seq(self) -> int: ...

    async def look(self) -> Sequence[Mapping[str, Any]]: ...

    def snapshot(self) -> Mapping[str, Any]: ...


class VeiledFeed:
    """A feed over another one, without needs, notes and numbers."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    @property
    def epoch(self) -> str:
        return self._feed.epoch

    @property
    def seq(self) -> int:
        return self._feed.seq

    async def look(self) -> Sequence[Mapping[str, Any]]:
        return [frame(one) for one in await self._feed.look()]

    def snapshot(self) -> Mapping[str, Any]:
        return frame(self._feed.snapshot())


__all__ = ["VeiledFeed", "delivery", "event", "frame", "incident"]
