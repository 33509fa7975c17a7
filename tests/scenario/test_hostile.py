"""Ten strangers abuse a served hub from outside; it launches, answers, and says what it refused."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.bench.peers import HELLO, UPGRADE
from tests.processes import MUSTER, ROOT, embedded, free_port, running, until
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


HANDLES = 512
LIMITED = ["sh", "-c", f'ulimit -n {HANDLES}; exec "$@"', "sh", *MUSTER, "serve"]


def test_with_few_handles_idle_strangers_shut_nobody_out_and_it_is_told(tmp_path: Path) -> None:
    port = free_port()
    with (
        running(LIMITED, env=embedded(tmp_path, port), folder=tmp_path, name="serve") as process,
        contextlib.ExitStack() as stack,
    ):
        process.says("Muster serves")
        for n in range(HANDLES):  # more than two addresses may have
            stack.enter_context(idle_line(port, f"127.0.0.{1 + n % 2}"))
        for host in ("127.0.0.3", "127.0.0.1", "127.0.0.2"):
            assert answered(port, host)
        told = ("address_full", "sockets_short")
        url = f"http://127.0.0.1:{port}/metrics"
        until(lambda: all(f'kind="{kind}"' in metrics(url) for kind in told), within=60)
        assert len(list(Path(f"/proc/{process.popen.pid}/fd").iterdir())) < HANDLES - 16
        assert "seats." in process.said
        assert "Traceback" not in process.said


def idle_line(port: int, host: str) -> socket.socket:
    """A live socket that says its hello and no more, if it is let in."""
    line = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(host, 0))
    with contextlib.suppress(OSError):
        line.sendall(UPGRADE % port)
        line.recv(4096)
        line.sendall(HELLO)
    return line


def metrics(url: str) -> str:
    """What operators watch; nothing while there is no place for us."""
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(url, timeout=10).text
    return ""


def answered(port: int, host: str) -> bool:
    """/healthz is answered to a newcomer at this address, at the latest when it comes again."""

    def asked() -> bool:
        with contextlib.suppress(OSError):
            address = ("127.0.0.1", port)
            with socket.create_connection(address, timeout=10, source_address=(host, 0)) as line:
                line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                return line.recv(4096).startswith(b"HTTP/1.1 200")
        return False

    return until(asked, within=10, what=f"/healthz from {host}")


def healthy(house: House) -> float:
    """Seconds /healthz takes on a new connection."""
    began = time.monotonic()
    assert httpx2.get(f"{house.url}/healthz", timeout=30).status_code == 200
    return time.monotonic() - began
