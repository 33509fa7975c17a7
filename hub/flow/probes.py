"""Whether each provider account would send: asked by a question that sends nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.decide.accounts import DEFAULT, Terms
from hub.decide.probe_words import FINE, NOTES, group_words, words
from hub.errors import Unknown
from hub.ports import AddressProbe, Channel, Probe
from hub.states import Finding

LONGEST = 12.0  # seconds for an account and all its robots, whatever the channel promises
FRESH = 2.0  # seconds an answer is given again: a provider is not asked as often as anybody likes
ROBOTS = 50  # addresses asked about at most
AT_ONCE = 8  # questions under way to one account


class RobotLedger(Protocol):
    """Where addresses with secrets of their own stand."""

    async def robots(self, channel: str, *, limit: int) -> Sequence[tuple[int, str]]: ...


@dataclass(slots=True)
class _Asked:
    """One account's last answer; whoever asks meanwhile waits for the same."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    at: float = -FRESH
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Probes:
    """The use-case. Channels are open."""

    channels: Mapping[str, Channel]
    terms: Mapping[str, Terms]
    robots: RobotLedger | None = None
    _last: dict[str, _Asked] = field(default_factory=dict, repr=False)

    def list(self) -> Mapping[str, Any]:
        """{items, next}: the accounts there are, without anything secret."""
        items = [
            {
                "name": name,
                "channel": channel.name,
                "medium": channel.traits.channel,
                "countries": list(self.terms.get(name, DEFAULT).countries),
                "order": self.terms.get(name, DEFAULT).order,
            }
            for name, channel in self.channels.items()
        ]
        return {"items": items, "next": None}

    async def test(self, account: str) -> Mapping[str, Any]:
        """How this account stands, within 12 s and without sending anything to anybody. Unknown:
        there is none of this name."""
        channel = self.channels.get(account)
        if channel is None:
            raise Unknown(f"There is no provider account {account}.")
        mine = self._last.setdefault(account, _Asked())
        async with mine.turn:
            now = asyncio.get_running_loop().time()
            if now - mine.at >= FRESH:
                mine.said = await self._ask(account, channel)
                mine.at = asyncio.get_running_loop().time()
        return mine.said

    async def _ask(self, account: str, channel: Channel) -> Mapping[str, Any]:
        began = asyncio.get_running_loop().time()
        ends = began + LONGEST
        probe = await _by(ends, channel.probe())
        bad, asked = await self._robots(channel, ends) if probe.ok else ((), 0)
        found = probe.finding
        said = words(found, account, channel.traits.channel)
        if bad:
            said = group_words(account, asked, bad)
        return {
            "account": account,
            "channel": channel.name,
            "medium": channel.traits.channel,
            "finding": "robots_gone" if bad else str(found),
            "ok": not bad and (found in FINE or found in NOTES),
            "warn": found in NOTES,
            "seconds": round(asyncio.get_running_loop().time() - began, 2),
            "words": said,
        }

    async def _robots(self, channel: Channel, ends: float) -> tuple[tuple[int, ...], int]:
        """(whose robots are gone, as far as that is known in time; how many there are to ask)."""
        if self.robots is None or not isinstance(channel, AddressProbe):
            return (), 0
        rows = await self.robots.robots(channel.traits.channel, limit=ROBOTS)
        turns = asyncio.Semaphore(AT_ONCE)

        async def gone(address: str) -> bool:
            async with turns:
                probe = await _by(ends, channel.probe_address(address))
            return probe.finding is Finding.CREDENTIALS

        found = await asyncio.gather(*(gone(address) for _, address in rows))
        bad = tuple(owner for (owner, _), is_gone in zip(rows, found, strict=True) if is_gone)
        return bad, len(rows)


async def _by(ends: float, question: Any) -> Probe:
    """The answer, or that there was none by this loop time."""
    try:
        async with asyncio.timeout_at(ends):
            found: Probe = await question
    except TimeoutError:
        return Probe(False, "no answer in time", finding=Finding.SILENT)
    return found
