"""Benches that compare inside one run: ours, the peer, the bare limit, ours, the peer, …

Speed on a shared machine drifts twofold between minutes, so a figure by itself says little: only
the ratios of contenders measured in the same round count. Nothing here judges.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Contender:
    """One that is measured; `run` is one turn and returns its figures."""

    name: str
    run: Callable[[], Awaitable[Figures]]


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time and in this process' own processor time.

    On a machine that others use, seconds of the processor say more than seconds of the wall.
    """

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> Moment:
        return cls(time.perf_counter(), time.process_time())

    def passed(self) -> tuple[float, float]:
        """Seconds of the wall and of the processor since."""
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


@dataclass(frozen=True, slots=True)
class Ratio:
    """`of` against `to` by one figure of the same round. `inverse`: small figures are good ones,
    so the ratio is `to` / `of`; above 1 always means that `of` is better."""

    of: str
    to: str
    figure: str
    at_least: float | None = None
    inverse: bool = False

    @property
    def name(self) -> str:
        return f"{self.of} / {self.to} by {self.figure}"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure of one contender with a ceiling: seconds, MiB, milliseconds."""

    of: str
    figure: str
    at_most: float

    @property
    def name(self) -> str:
        return f"{self.of}: {self.figure}"


@dataclass(frozen=True, slots=True)
class Bench:
    """What is compared with what. `seconds`: no round begins after so long; at least one runs.

    `turn`: what one contender may take in one round before the bench gives up.
    """

    name: str
    contenders: Sequence[Contender]
    ratios: Sequence[Ratio] = ()
    limits: Sequence[Limit] = ()
    size: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 240.0
    turn: float = 90.0


async def measure(bench: Bench, *, rounds: int) -> dict[str, Any]:
    """Every contender had its turn in every round; the figures and their ratios as JSON."""
    began, load = time.monotonic(), os.getloadavg()
    done: list[dict[str, Figures]] = []
    while len(done) < rounds and (not done or time.monotonic() - began < bench.seconds):
        done.append(await _round(bench))
    return {
        "bench": bench.name,
        "size": dict(bench.size),
        "rounds": len(done),
        "ratios": {ratio.name: _ratio(ratio, done) for ratio in bench.ratios},
        "limits": {limit.name: _limit(limit, done) for limit in bench.limits},
        "contenders": {one.name: _figures(one.name, done) for one in bench.contenders},
        "took_seconds": round(time.monotonic() - began, 1),
        "load_average": [round(load[0], 1), round(os.getloadavg()[0], 1)],
    }


async def _round(bench: Bench) -> dict[str, Figures]:
    figures: dict[str, Figures] = {}
    for one in bench.contenders:
        async with asyncio.timeout(bench.turn):
            figures[one.name] = await one.run()
    return figures


def spread(values: Sequence[float]) -> dict[str, float]:
    """Minimum, median and maximum, rounded to four digits that mean something."""
    found = {"min": min(values), "median": statistics.median(values), "max": max(values)}
    return {name: float(f"{value:.4g}") for name, value in found.items()}


def _ratio(ratio: Ratio, done: Sequence[Mapping[str, Figures]]) -> dict[str, Any]:
    pairs = [(each[ratio.of][ratio.figure], each[ratio.to][ratio.figure]) for each in done]
    found: dict[str, Any] = dict(spread([b / a if ratio.inverse else a / b for a, b in pairs]))
    if ratio.at_least is not None:
        found |= {"target": f">= {ratio.at_least:g}", "met": found["median"] >= ratio.at_least}
    return found


def _limit(limit: Limit, done: Sequence[Mapping[str, Figures]]) -> dict[str, Any]:
    found: dict[str, Any] = dict(spread([each[limit.of][limit.figure] for each in done]))
    return found | {"target": f"<= {limit.at_most:g}", "met": found["median"] <= limit.at_most}


def _figures(name: str, done: Sequence[Mapping[str, Figures]]) -> dict[str, Any]:
    return {key: spread([each[name][key] for each in done]) for key in done[0][name]}


def machine() -> dict[str, Any]:
    """Where it ran: enough to compare, nothing that names anybody."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)),
    }


def cores() -> tuple[int, int]:
    """A core for what is measured and one for its counterpart; the same one if there is no
    other."""
    found = sorted(os.sched_getaffinity(0))
    return found[0], found[-1]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))]
