"""Counting for the preview: what each wave would send, from the rows a launch would store.

The same rules as `hub.store.waves` in SQL; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.decide.audience import roles_of
from hub.model import PEOPLE, Wording
from hub.plans import Reached, Told, WavePlan

Slot = tuple[str, str, str]
"""Which text: band, channel, language."""

Ways = Mapping[int, Sequence[tuple[str, str]]]
"""A recipient's usable addresses: (channel, value)."""


@dataclass(slots=True)
class ChannelCount:
    """Sends on one channel, and the recipients, people and units (segments) behind them."""

    sends: int = 0
    recipients: int = 0
    people: int = 0
    units: int = 0


@dataclass(slots=True)
class WaveCount:
    """What one wave would send if nobody answered before it."""

    wave: WavePlan
    channels: dict[str, ChannelCount] = field(default_factory=dict)
    readers: dict[Slot, int] = field(default_factory=dict)  # recipients who get each text
    people: int = 0

    @property
    def deliveries(self) -> int:
        """Sends on all channels."""
        return sum(count.sends for count in self.channels.values())


def ways_of(reached: Iterable[Reached], told: Sequence[Told]) -> dict[int, list[tuple[str, str]]]:
    """The usable addresses of the audience, by recipient."""
    ways: dict[int, list[tuple[str, str]]] = {row.recipient: [] for row in told}
    for recipient, channel, value in reached:
        mine = ways.get(recipient)
        if mine is not None:
            mine.append((channel, value))
    return ways


def texts_of(wordings: Iterable[Wording]) -> dict[Slot, int]:
    """Segments of each text there is; a text without segments counts one unit."""
    return {(w.band, w.channel, w.language): max(1, w.segments) for w in wordings}


def count_wave(
    told: Sequence[Told],
    ways: Ways,
    *,
    wave: WavePlan,
    texts: Mapping[Slot, int],
    media: Collection[str],
) -> WaveCount:
    """What a wave sends. `told` in order of rank and id: of those who bring an address, the first
    there are words for has it, and the others hear it with them."""
    counted = WaveCount(wave)
    channels = [c for c in wave.spec["channels"] if c in media]
    owner: dict[tuple[str, str], Slot] = {}
    takes = taker(wave)
    waiting: list[tuple[Told, list[tuple[str, str]]]] = []
    for row in told:
        if takes(row):
            chosen = _chosen(ways.get(row.recipient, ()), channels, wave)
            if not _count_row(counted, row, chosen, owner=owner, texts=texts):
                waiting.append((row, chosen))
    for row, chosen in waiting:  # by now it is known who has their addresses
        _count_reader(counted, row, {owner[way] for way in chosen if way in owner})
    return counted


def _count_row(
    counted: WaveCount,
    row: Told,
    chosen: Sequence[tuple[str, str]],
    *,
    owner: dict[tuple[str, str], Slot],
    texts: Mapping[Slot, int],
) -> bool:
    """Their addresses have owners and they are counted; False: who has one is not known yet."""
    known = True
    for way in chosen:
        if way in owner:
            continue
        slot = (row.band, way[0], row.language)
        if slot not in texts:
            known = False
            continue
        owner[way] = slot
        count = counted.channels.setdefault(way[0], ChannelCount())
        count.sends += 1
        count.units += texts[slot]
    if known:
        _count_reader(counted, row, {owner[way] for way in chosen})
    return known


def _count_reader(counted: WaveCount, row: Told, slots: set[Slot]) -> None:
    person = row.kind in PEOPLE
    for slot in slots:
        counted.readers[slot] = counted.readers.get(slot, 0) + 1
    for channel in {slot[1] for slot in slots}:
        count = counted.channels[channel]
        count.recipients += 1
        count.people += person
    counted.people += person and bool(slots)


def taker(wave: WavePlan) -> _Taker:
    """Whether a wave is for a recipient, answers apart: a function of the audience's row."""
    return _Taker(
        frozenset(wave.spec["bands"]),
        needs=bool(wave.spec.get("needs")),
        roles=frozenset(wave.spec.get("roles") or ()),
    )


class _Taker:
    """Whether a wave is for a recipient (answers apart)."""

    def __init__(self, bands: frozenset[str], *, needs: bool, roles: frozenset[str]):
        self._bands, self._needs, self._roles = bands, needs, roles

    def __call__(self, row: Told) -> bool:
        if row.band not in self._bands or (self._needs and not row.vulnerable):
            return False
        return not self._roles or not self._roles.isdisjoint(roles_of(row.roles))


def _chosen(
    ways: Sequence[tuple[str, str]], channels: Sequence[str], wave: WavePlan
) -> list[tuple[str, str]]:
    """The addresses a wave uses: of all its channels, or of the first one that has any."""
    if wave.spec.get("mode") != "first":
        return [way for way in ways if way[0] in channels]
    for channel in channels:
        found = [way for way in ways if way[0] == channel]
        if found:
            return found
    return []


def unreachable(
    told: Sequence[Told],
    ways: Ways,
    *,
    waves: Sequence[WavePlan],
    texts: Mapping[Slot, int],
    media: Collection[str],
) -> list[Told]:
    """Those no wave can ever reach: no usable address on a channel of a wave that takes them."""
    takers = [
        (taker(wave), frozenset(c for c in wave.spec["channels"] if c in media)) for wave in waves
    ]
    return [row for row in told if not _reachable(row, ways.get(row.recipient, ()), takers, texts)]


def _reachable(
    row: Told,
    ways: Sequence[tuple[str, str]],
    takers: Sequence[tuple[_Taker, frozenset[str]]],
    texts: Mapping[Slot, int],
) -> bool:
    mine = {channel for channel, _ in ways if (row.band, channel, row.language) in texts}
    return bool(mine) and any(
        not mine.isdisjoint(channels) and takes(row) for takes, channels in takers
    )
