"""How long providers take to answer, per account: a histogram of this process."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hub.model import Outcome

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Latency:
    """Counts calls; `seen` is given to `Deliver` as its observer."""

    def __init__(self, media: Mapping[str, str] = MappingProxyType({})) -> None:
        """`media`: the channel of each account."""
        self._media = media
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}
        self.outcomes: dict[tuple[str, str, str], int] = {}  # account, verdict, reason

    def seen(self, account: str, outcome: Outcome, seconds: float) -> None:
        """One call more."""
        counts = self._counts.setdefault(account, [0] * (len(BOUNDS) + 1))
        counts[bisect_left(BOUNDS, seconds)] += 1
        self._sums[account] = self._sums.get(account, 0.0) + seconds
        key = (account, str(outcome.verdict), str(outcome.reason))
        self.outcomes[key] = self.outcomes.get(key, 0) + 1

    def figures(self) -> Mapping[str, Any]:
        """Account -> {channel, buckets: [(bound, calls up to it)], sum_s}; last bound `+Inf`."""
        return {name: self._of(name) for name in self._counts}

    def means(self) -> Mapping[str, Any]:
        """Account -> {calls, mean_s}, since this process began."""
        return {name: self._mean(name) for name in self._counts}

    def _mean(self, name: str) -> dict[str, Any]:
        calls = sum(self._counts[name])
        return {"calls": calls, "mean_s": round(self._sums[name] / calls, 3)}

    def _of(self, name: str) -> dict[str, Any]:
        total, buckets = 0, []
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._counts[name], strict=True):
            total += count
            buckets.append((bound, total))
        channel = self._media.get(name, "")
        return {"channel": channel, "buckets": buckets, "sum_s": self._sums[name]}
