"""Ten strangers abuse a served hub from outside; it launches, answers, and says what it refused."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import httpx2
import pytest

from tests.processes import ROOT, until
from tests.scenario.conftest import House

PEERS = (
    *("continuations", "continuations-after-hello", "pings", "full-pings", "pongs", "texts"),
    *("texts-after-hello", "pipelined", "chunks", "headers", "slow"),
)
OF_HTTP = frozenset({"pipelined", "chunks", "headers"})
SECONDS = 6.0

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def idle(house: House) -> float:
    """Seconds from a launch to its first text, in peace: the better of two."""
    return min(launched(house) for _ in range(2))


def launched(house: House) -> float:
    """Seconds from a launch to its first text."""
    before = len(house.world.accepted())
    at = time.time()
    incident = house.launch()["id"]
    until(lambda: len(house.world.accepted()) > before, within=60)
    took = house.world.accepted()[before].ts / 1000 - at
    house.settled(incident)
    return max(took, 0.05)


def test_ten_hostile_peers_are_thrown_out_and_keep_nobody_waiting(
    house: House, idle: float
) -> None:
    port = house.url.rpartition(":")[2]
    command = [sys.executable, "-m", "tests.bench.peers", port, str(SECONDS), *PEERS]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as attack:
        try:
            assert attack.stdout is not None
            attack.stdout.readline()
            took = min(launched(house) for _ in range(2))
            worst = max(healthy(house) for _ in range(20))
            told = json.loads(attack.stdout.readline())["peers"]
        finally:
            attack.kill()
    assert took < 10 * idle + 1  # the bench says how much exactly; before, it was a minute
    assert worst < 5
    for peer in told:
        wanted = {429, 400, 431} if peer["kind"] in OF_HTTP else {1008}
        if peer["kind"] != "slow":
            assert peer["closed"] >= 1, peer
            assert set(peer["codes"]) - {0} <= wanted, peer
    assert "Traceback" not in house.process.said


def healthy(house: House) -> float:
    """Seconds /healthz takes on a new connection."""
    began = time.monotonic()
    assert httpx2.get(f"{house.url}/healthz", timeout=30).status_code == 200
    return time.monotonic() - began
