"""Residents answering by link, durably, against a Starlette POST that does nothing.

`ours` is the real application with every check it makes: each answer is one row, its person's
state and one event, fsynced before the 303. `no_op` is a bare Starlette route on uvicorn with the
same settings, `form` the same that reads its form. The server has one core, the load the other;
`half` sends at half of what `ours` has just managed, at a fixed rate.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.child import Child, standing
from tests.bench.harness import Bench, Contender, Figures, Limit, Ratio, cores, measure

CONNECTIONS = 64


async def run(*, rounds: int, size: int = 20_000, seconds: float = 3.0) -> dict[str, Any]:
    """Answers a second at 64 connections, and their latency at half of that."""
    async with _stage(size, seconds) as stage:
        contenders = [
            Contender("ours", partial(stage.turn, "ours", "/a")),
            Contender("no_op", partial(stage.turn, "plain", "/a")),
            Contender("form", partial(stage.turn, "plain", "/form")),
            Contender("half", stage.half),
        ]
        ratios = [
            Ratio("ours", "no_op", "per_second", at_least=0.7),
            Ratio("ours", "no_op", "per_cpu_second", at_least=0.7),
            Ratio("ours", "form", "per_second"),
            Ratio("ours", "form", "per_cpu_second"),
        ]
        sizes = {"people": size, "connections": CONNECTIONS, "seconds_a_turn": seconds}
        limits = [Limit("half", "p99_ms", 50)]
        return await measure(
            Bench("answers", contenders, ratios, limits, size=sizes), rounds=rounds
        )


@dataclass(slots=True)
class _Stage:
    """The servers by name with their ports, and the load."""

    servers: dict[str, Child]
    ports: dict[str, int]
    load: Child
    seconds: float
    managed: float = field(default=1_000.0)

    async def turn(self, name: str, path: str, rate: float = 0.0) -> Figures:
        """One run against one server. Every answer must be the 303 of a form, and on record."""
        before = await self.servers[name].ask(op="look")
        found = await self.load.ask(
            port=self.ports[name],
            path=path,
            connections=CONNECTIONS,
            seconds=self.seconds,
            rate=rate,
        )
        after = await self.servers[name].ask(op="look")
        if set(found["statuses"]) != {"303"}:
            raise AssertionError(f"{name}{path} answered {found['statuses']}")
        if "answers" in after and after["answers"] - before["answers"] != found["count"]:
            raise AssertionError(f"{found['count']} were told 303, on record: {after}")
        if name == "ours" and not rate:
            self.managed = found["per_second"]
        cpu = after["cpu"] - before["cpu"]
        return {
            "per_second": found["per_second"],
            "per_cpu_second": found["count"] / cpu,
            "cpu_us_each": cpu / found["count"] * 1e6,
            "p50_ms": found["p50_ms"],
            "p99_ms": found["p99_ms"],
        }

    async def half(self) -> Figures:
        """Half of what was managed, at a steady rate."""
        return await self.turn("ours", "/a", rate=self.managed / 2)


@contextlib.asynccontextmanager
async def _stage(people: int, seconds: float) -> AsyncIterator[_Stage]:
    core, other = cores()
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="muster-bench-"))
        links = str(Path(folder) / "links.json")
        given = {"people": people, "links": links}
        ours = await stack.enter_async_context(
            standing("tests.bench.ours:answers", given, core=core)
        )
        plain = await stack.enter_async_context(standing("tests.bench.plain:no_op", {}, core=core))
        ports = {"ours": (await ours.said())["port"], "plain": (await plain.said())["port"]}
        load = await stack.enter_async_context(
            standing("tests.bench.posts:crowd", {"links": links}, core=other)
        )
        yield _Stage({"ours": ours, "plain": plain}, ports, load, seconds)
