"""One progress frame to thousands of watchers, against `await send` in a loop.

All servers stand at once on one core with all their watchers connected, the watchers on the other
core, and they are asked in turn, frame by frame. `ours` puts one real progress frame on every
wire as a topic does it; `loop` is a plain Starlette application on uvicorn with the same settings
and the same text; `raw` writes the framed bytes to bare transports, the limit; `whole` is an answer
on its way through the house: record, ring, look, fold, two frames, every watcher. Milliseconds run
from the first write to the last watcher that has it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from tests.bench.child import Child, standing
from tests.bench.harness import Bench, Contender, Figures, Ratio, cores, measure
from tests.bench.ours import PASSED

PEOPLE = 300
GREETINGS = 2  # welcome and snapshot
HELLOS = 400  # at once: a ticket lives 30 s


async def run(*, rounds: int, size: int = 5_000, frames: int = 10) -> dict[str, Any]:
    """Milliseconds until everybody has it, and processor time of the server per watcher."""
    async with _stage(size) as (stage, bytes_):
        contenders = [
            Contender("ours", partial(stage.turn, "ours", "publish", frames)),
            Contender("loop", partial(stage.turn, "loop", "publish", frames)),
            Contender("raw", partial(stage.turn, "raw", "publish", frames)),
            Contender("whole", partial(stage.turn, "ours", "answer", frames)),
        ]
        ratios = [
            Ratio("ours", "loop", "ms_to_last", at_least=2, inverse=True),
            Ratio("ours", "loop", "cpu_us_each", at_least=2, inverse=True),
            Ratio("ours", "raw", "cpu_us_each", inverse=True),
        ]
        sizes = {"watchers": size, "frames_a_turn": frames, "bytes": bytes_}
        bench = Bench("fanout", contenders, ratios, size=sizes)
        return await measure(bench, rounds=rounds)


class _Stage:
    """The servers by name, a crowd for each."""

    def __init__(self, servers: dict[str, Child], crowds: Child, size: int):
        self._servers, self._crowds, self._size = servers, crowds, size

    async def turn(self, name: str, op: str, frames: int) -> Figures:
        """So many frames, one after the other: the median of each figure."""
        server, took, cpus = self._servers[name], [], []
        for _ in range(frames):
            await asyncio.sleep(PASSED if op == "answer" else 0.01)
            await self._crowds.ask(op="expect", crowd=name, count=self._size)
            began = await server.ask(op=op)
            ended = await self._crowds.ask(op="last", crowd=name)
            after = await server.ask(op="look")
            if ended["heard"] != self._size:
                raise AssertionError(f"{name}: {ended['heard']} of {self._size} heard it: {ended}")
            took.append((ended["at"] - began["at"]) * 1e3)
            cpus.append((after["cpu"] - began["cpu"]) / self._size * 1e6)
        middle = statistics.median(took)
        return {
            "ms_to_last": middle,
            "frames_per_second": self._size / middle * 1e3,
            "cpu_us_each": statistics.median(cpus),
        }


@contextlib.asynccontextmanager
async def _stage(size: int) -> AsyncIterator[tuple[_Stage, int]]:
    core, other = cores()
    async with contextlib.AsyncExitStack() as stack:
        ours = await stack.enter_async_context(
            standing("tests.bench.ours:live", {"people": PEOPLE}, core=core)
        )
        here = await ours.said()
        servers, ports = {"ours": ours}, {}
        for name, target in (("loop", "broadcast"), ("raw", "raw")):
            servers[name] = await stack.enter_async_context(
                standing(f"tests.bench.plain:{target}", {"text": here["text"]}, core=core)
            )
            ports[name] = (await servers[name].said())["port"]
        crowds = await stack.enter_async_context(
            standing("tests.bench.watchers:crowds", {}, core=other)
        )
        await _watch_ours(ours, crowds, here, size)
        for name, port in ports.items():
            await _watch(crowds, name, port, [[] for _ in range(size)], greetings=0)
        yield _Stage(servers, crowds, size), len(here["text"].encode())


async def _watch_ours(ours: Child, crowds: Child, here: dict[str, Any], size: int) -> None:
    watch = json.dumps({"op": "watch", "topic": here["topic"]})
    for start in range(0, size, HELLOS):
        count = min(HELLOS, size - start)
        tickets = (await ours.ask(op="tickets", count=count))["tickets"]
        says = [[json.dumps({"op": "hello", "ticket": one}), watch] for one in tickets]
        await _watch(crowds, "ours", here["port"], says, greetings=GREETINGS)


async def _watch(
    crowds: Child, crowd: str, port: int, says: list[list[str]], *, greetings: int
) -> None:
    said = await crowds.ask(op="join", crowd=crowd, port=port, says=says, greetings=greetings)
    if said["lost"]:
        raise AssertionError(f"{crowd}: {said['lost']} connections were lost")
