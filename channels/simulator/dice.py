"""Chance that follows from a seed and a key, never from the order in which requests arrive."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from math import exp
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist()
_RANGE: Final = 2**64


class Dice:
    """The same rolls for the same seed and key, each roll by its own name."""

    __slots__ = ("_start",)

    def __init__(self, seed: int, *key: object) -> None:
        words = "\x1f".join(map(str, (seed, *key)))
        self._start = hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=32)

    def roll(self, name: str) -> float:
        """A number in [0, 1)."""
        return int.from_bytes(self._digest(name)[:8], "big") / _RANGE

    def chance(self, name: str, share: float) -> bool:
        """True for `share` of all keys."""
        return share > 0 and self.roll(name) < share

    def around(self, name: str, median: float, *, spread: float = 0.5) -> float:
        """A log-normal duration around a median: never negative, now and then long."""
        at = min(max(self.roll(name), 1e-9), 1 - 1e-9)
        return median * exp(spread * _NORMAL.inv_cdf(at))

    def choose(self, name: str, shares: Mapping[str, float]) -> str:
        """One of the names by its share of 1; "" where the rest falls."""
        if not any(shares.values()):
            return ""
        left = self.roll(name)
        for choice, share in shares.items():
            if left < share:
                return choice
            left -= share
        return ""

    def hexadecimal(self, name: str) -> str:
        """32 hexadecimal digits."""
        return self._digest(name).hex()[:32]

    def _digest(self, name: str) -> bytes:
        fresh = self._start.copy()
        fresh.update(name.encode())
        return fresh.digest()
