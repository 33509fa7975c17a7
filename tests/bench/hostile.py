"""A launch while ten strangers abuse one hub, against the same launch in peace.

`muster serve` on SQLite in one process, a simulated provider, hostile peers in processes of their
own. `ms_to_first` runs from the request to the provider's first acceptance; `healthz_p99_ms` is
asked on a new connection each 20 ms meanwhile. The machine's processors are shared by all of them,
so a figure includes what the peers and the provider take away.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from tests.bench.harness import Bench, Contender, Figures, Limit, Ratio, measure, percentile
from tests.processes import (
    MUSTER,
    ROOT,
    World,
    embedded,
    free_port,
    muster,
    running,
    simulator,
    twilio,
    until,
)
from tests.scenario.estates import roster

PACE = 200
QUIET = {"by_link": 0, "by_digit": 0, "handset_off": 0, "sent_after": 0.1, "delivered_after": 0.3}
EVERY = 0.02  # seconds between two questions for /healthz
LAUNCHES = 5  # of one turn
WITHIN = 60.0  # seconds a launch may take
SETTLE = 1.0  # seconds without a text: the last launch is over

FRAMES = (
    *("continuations", "continuations-after-hello", "pings", "pings-after-hello", "full-pings"),
    *("pongs-after-hello", "texts", "texts-after-hello", "slow", "slow"),
)
REQUESTS = (
    *("pipelined", "pipelined", "asking", "asking", "chunks", "chunks"),
    *("headers", "headers", "slow-head", "slow-body"),
)
KNOCKS = (*("knock",) * 3, *("knock-upgraded",) * 4, *("knock-asking",) * 3)


async def run(*, rounds: int, size: int = LAUNCHES) -> dict[str, Any]:
    """Milliseconds from an urgent request to its first acceptance, in peace and under attack."""
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder, _hub(Path(folder)) as hub:
        contenders = [
            Contender("idle", partial(asyncio.to_thread, hub.turn, (), size)),
            Contender("frames", partial(asyncio.to_thread, hub.turn, FRAMES, size)),
            Contender("requests", partial(asyncio.to_thread, hub.turn, REQUESTS, size)),
            Contender("knocks", partial(asyncio.to_thread, hub.turn, KNOCKS, size)),
        ]
        ratios = [
            Ratio(name, "idle", "ms_to_first", at_least=0.5, inverse=True)
            for name in ("frames", "requests", "knocks")
        ]
        limits = [Limit(name, "healthz_p99_ms", 100) for name in ("frames", "requests", "knocks")]
        sizes = {"launches": size, "peers": 10}
        return await measure(
            Bench("hostile", contenders, ratios, limits, size=sizes, turn=600.0), rounds=rounds
        )


class _Hub:
    """A served hub with an estate, its provider, and a duty manager's client."""

    def __init__(self, port: int, world: World, client: httpx2.Client):
        self._port, self._world, self._client = port, world, client

    def turn(self, peers: Sequence[str], launches: int) -> Figures:
        """So many launches, one after the other: the median, and what /healthz took meanwhile."""
        with _attacked(self._port, peers), _asked(self._port) as took:
            began = [self._launch() for _ in range(launches)]
        return {
            "ms_to_first": statistics.median(began),
            "ms_to_first_worst": max(began),
            "healthz_p50_ms": percentile(took, 0.5),
            "healthz_p99_ms": percentile(took, 0.99),
            "healthz_worst_ms": max(took),
        }

    def _launch(self) -> float:
        """Milliseconds until the provider has taken the first text."""
        before = self._quiet()
        at = time.time()
        body = {"playbook": "fire", "place": "2", "kind": "live"}
        incident = self._post("/incidents", body)["id"]
        until(lambda: len(self._world.accepted()) > before, within=WITHIN)
        first = self._world.accepted()[before].ts / 1000 - at
        self._post(f"/incidents/{incident}/stop", {})
        return max(first, 0.001) * 1000

    def _quiet(self) -> int:
        """How many texts the provider has, once the last launch's have all come."""
        seen, now = -1, len(self._world.accepted())
        while now != seen:
            time.sleep(SETTLE)
            seen, now = now, len(self._world.accepted())
        return now

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer; a broken line is tried again with the same key, as the console does it."""
        key, end = secrets.token_hex(8), time.monotonic() + WITHIN
        while True:
            try:
                answer = self._client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx2.TransportError:
                assert time.monotonic() < end, "the hub cannot be reached"
                continue
            assert answer.is_success, answer.text
            return dict(answer.json())


@contextlib.contextmanager
def _hub(folder: Path) -> Iterator[_Hub]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with simulator(url, folder=folder / "world") as world:
        world.change(**QUIET)
        env = embedded(folder / "hub", port, **twilio(world, pace=PACE))
        file = folder / "residents.csv"
        file.write_bytes(roster())
        assert muster("import", str(file), "--json", env=env).returncode == 0
        with running([*MUSTER, "serve"], env=env, folder=folder, name="serve") as process:
            process.says("Muster serves")
            made = muster("token", "create", "--role", "duty", "--json", env=env)
            bearer = {"Authorization": f"Bearer {json.loads(made.stdout)['token']}"}
            with httpx2.Client(base_url=f"{url}/api/v1", headers=bearer, timeout=180) as client:
                hub = _Hub(port, world, client)
                hub._launch()  # what is compiled at the first one
                yield hub


@contextlib.contextmanager
def _attacked(port: int, peers: Sequence[str]) -> Iterator[None]:
    """The peers attack inside the block."""
    if not peers:
        yield
        return
    command = [sys.executable, "-m", "tests.bench.peers", str(port), "300", *peers]
    attack = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert attack.stdout is not None
        attack.stdout.readline()
        time.sleep(1.0)
        yield
    finally:
        attack.kill()
        attack.wait(10)


@contextlib.contextmanager
def _asked(port: int) -> Iterator[list[float]]:
    """Milliseconds of each question for /healthz asked inside the block."""
    took: list[float] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(EVERY):
            began = time.perf_counter()
            with contextlib.suppress(OSError, http.client.HTTPException):
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
                line.request("GET", "/healthz")
                line.getresponse().read()
                line.close()
            took.append((time.perf_counter() - began) * 1000)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join(130)
