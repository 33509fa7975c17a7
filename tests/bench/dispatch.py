"""Sending what is planned, durably, against a bare loop over the SDK and against Apprise.

Ours: `Deliver.drain`: claims, attempts committed before the calls, the Twilio channel, outcomes
and events committed after them. `sdk`: `parallel` coroutines that take recipients from a list and
call `messages.create_async`, nothing kept. `apprise`: `async_notify` for the same recipients, once
without its pauses over many notifiers, once as it is.
`bare_http`: the same forms posted without the SDK: the limit. `channel`: our channel without a
database, to see where ours spends its time. All against one raw server on the other core.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.child import Child, called, standing
from tests.bench.estate import copied, people_for
from tests.bench.harness import Bench, Contender, Figures, Ratio, cores, measure

SENDERS = "tests.bench.senders"
SLOWER = 8  # Apprise is given so many times fewer recipients, to take about as long
FEW = 20  # recipients of Apprise as it is: it rests between them


async def run(*, rounds: int, size: int = 6_000) -> dict[str, Any]:
    """Deliveries a second of every way to send the same texts."""
    ours, other = cores()
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        full = Path(folder) / "launched.db"
        given = {"url": f"sqlite:///{full}", "people": people_for(size), "launched": True}
        await called("tests.bench.estate:make_estate", given, core=ours)
        async with standing("tests.bench.provider:serve", {}, core=other) as provider:
            stage = _Stage(full, Path(folder) / "turn.db", provider, (await provider.said())["url"])
            return await measure(_bench(stage, size), rounds=rounds)


class _Stage:
    """What every turn needs; checks with the provider that nothing was left out."""

    def __init__(self, full: Path, copy: Path, provider: Child, url: str):
        self._full, self._copy, self._provider, self._url = full, copy, provider, url

    async def turn(self, name: str, most: int) -> Figures:
        before = (await self._provider.ask())["taken"]
        given = {"url": copied(self._full, self._copy), "api_url": self._url, "most": most}
        figures = await called(f"{SENDERS}:{name}", given, core=cores()[0])
        taken = (await self._provider.ask())["taken"] - before
        if taken != figures["sent"]:
            raise AssertionError(f"{name} says it sent {figures['sent']}, {taken} have arrived")
        return figures


def _bench(stage: _Stage, size: int) -> Bench:
    def contender(name: str, most: int = size) -> Contender:
        return Contender(name, partial(stage.turn, name, most))

    return Bench(
        "dispatch",
        [
            contender("ours"),
            contender("sdk"),
            contender("apprise", max(1, size // SLOWER)),
            contender("apprise_as_it_is", min(FEW, size)),
            contender("bare_http"),
            contender("channel"),
        ],
        [
            Ratio("ours", "sdk", "per_second", at_least=0.7),
            Ratio("ours", "sdk", "per_cpu_second", at_least=0.7),
            Ratio("ours", "apprise", "per_second", at_least=5),
            Ratio("ours", "apprise", "per_cpu_second", at_least=5),
            Ratio("ours", "apprise_as_it_is", "per_second", at_least=5),
            Ratio("ours", "bare_http", "per_cpu_second"),
            Ratio("ours", "channel", "per_cpu_second"),
        ],
        size={"deliveries": size, "parallel": PARALLEL},
        seconds=420,
    )


PARALLEL = 50
"""Calls in flight: what one account of ours takes by default."""


async def side_by_side(
    send: Callable[[Any], Awaitable[Any]], given: Sequence[Any], *, parallel: int = PARALLEL
) -> int:
    """Every one was sent, `parallel` at a time; how many."""
    waiting, sent = iter(given), 0

    async def work() -> None:
        nonlocal sent
        for one in waiting:
            await send(one)
            sent += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(parallel):
            group.create_task(work())
    return sent


def figures(sent: int, passed: tuple[float, float]) -> Mapping[str, float]:
    """What one turn came to."""
    seconds, cpu = passed
    return {
        "sent": sent,
        "seconds": seconds,
        "per_second": sent / seconds,
        "per_cpu_second": sent / cpu,
        "cpu_us_each": cpu / sent * 1e6,
    }
