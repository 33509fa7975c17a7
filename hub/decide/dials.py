"""Which channels can use the addresses of another: a number one texts can also be called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

DIALS: Mapping[str, tuple[str, ...]] = MappingProxyType({"voice": ("sms",)})
"""Channel -> media whose addresses it uses beside its own."""


def dialled(channels: Iterable[str]) -> list[tuple[str, str]]:
    """(medium, channel) for every foreign medium one of these channels uses."""
    return [(medium, channel) for channel in channels for medium in DIALS.get(channel, ())]
