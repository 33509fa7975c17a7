"""Real processes for tests: the `muster` command as a person starts it, and the simulator."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import Any, TypeVar

import httpx2

from channels.simulator.ledger import Entry, read_ledger
from hub.environment import PREFIX

ROOT = Path(__file__).parent.parent
MUSTER = [sys.executable, "-c", "from hub.cli import main; main(prog_name='muster')"]
SIMULATOR = [sys.executable, "-m", "channels.simulator"]
START = 180.0  # seconds a process may take on a machine with much else to do
SID = "AC00000000000000000000000000000001"
AUTH = "auth token of the scenarios"
SENDER = "+12025550100"

# Below what Linux (32768) and others (49152) deal out: a port from there could be somebody's
# outgoing connection by the time the process that was told to listen on it does.
PORTS = (14_000, 32_000)

T = TypeVar("T")


def free_port() -> int:
    """A TCP port nobody listens on, and that the system gives to nobody who asks for any port."""
    for _ in range(1000):
        port = SystemRandom().randrange(*PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no free port in {PORTS}")


def until(found: Callable[[], T], *, within: float, what: str = "") -> T:
    """The first true answer of `found`; an AssertionError naming what did not come about."""
    end = time.monotonic() + within
    while True:
        if answer := found():
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s: {what or found}; last: {answer!r}")
        time.sleep(0.05)


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process without its hub, and with the given one."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    return {**own, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", **given}


def muster(
    *words: str, env: Mapping[str, str], seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """A command run to its end."""
    return subprocess.run(
        [*MUSTER, *words],
        cwd=ROOT,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@dataclass
class Process:
    """A process that goes on; what it printed stays readable."""

    popen: subprocess.Popen[bytes]
    out: Path
    err: Path

    @property
    def said(self) -> str:
        return self.out.read_text("utf-8", "replace") + self.err.read_text("utf-8", "replace")

    def says(self, text: str, *, within: float = START) -> None:
        """It has printed this text."""

        def found() -> bool:
            assert self.popen.poll() is None, f"it ended:\n{self.said[-3000:]}"
            return text in self.said

        until(found, within=within, what=f"{text!r} in {self.said[-3000:]}")

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.popen.kill()
        self.popen.wait(10)

    def stop(self, *, within: float = 60) -> tuple[int, float]:
        """(exit code, seconds it took) after SIGTERM."""
        started = time.monotonic()
        self.popen.send_signal(signal.SIGTERM)
        code = self.popen.wait(within)
        return code, time.monotonic() - started


@contextlib.contextmanager
def running(
    command: Sequence[str], *, env: Mapping[str, str], folder: Path, name: str
) -> Iterator[Process]:
    """A process, ended with the block if it has not ended by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    out, err = folder / f"{name}.out", folder / f"{name}.err"
    with out.open("ab") as says, err.open("ab") as notes:
        popen = subprocess.Popen(
            list(command),
            cwd=ROOT,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=says,
            stderr=notes,
        )
    process = Process(popen, out, err)
    try:
        yield process
    finally:
        if popen.poll() is None:
            popen.terminate()
            try:
                popen.wait(20)
            except subprocess.TimeoutExpired:
                popen.kill()
                popen.wait(10)


@dataclass
class World:
    """A simulator in a process of its own."""

    url: str
    ledger: Path

    def entries(self, kind: str = "") -> list[Entry]:
        return [entry for entry in read_ledger(self.ledger) if kind in {"", entry.kind}]

    def accepted(self) -> list[Entry]:
        """Texts the provider took."""
        return [entry for entry in self.entries("sms") if entry.accepted]

    def change(self, **settings: Any) -> None:
        httpx2.post(f"{self.url}/_sim/settings", json=settings, timeout=30).raise_for_status()


@contextlib.contextmanager
def simulator(
    hub_url: str, *, folder: Path, args: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> Iterator[World]:
    """Providers and residents for the hub at `hub_url`."""
    ledger = folder / "ledger.jsonl"
    words = ["--port", "0", "--hub-url", hub_url, "--ledger", str(ledger), *args]
    account = {"MUSTER_TWILIO_ACCOUNT_SID": SID, "MUSTER_TWILIO_AUTH_TOKEN": AUTH}
    with running(
        [*SIMULATOR, *words], env=account if env is None else env, folder=folder, name="simulator"
    ) as process:
        process.says('"url"')
        yield World(json.loads(process.out.read_text())["url"], ledger)


def twilio(world: World, *, pace: int) -> dict[str, str]:
    """Environment of a hub whose texts go to this simulator, so many segments a second."""
    return {
        "MUSTER_TWILIO_ACCOUNT_SID": SID,
        "MUSTER_TWILIO_AUTH_TOKEN": AUTH,
        "MUSTER_TWILIO_FROM": SENDER,
        "MUSTER_TWILIO_API_URL": world.url,
        "MUSTER_TWILIO_PACE": str(pace),
    }


def embedded(folder: Path, port: int, **more: str) -> dict[str, str]:
    """Environment of a hub of one process."""
    return {
        "MUSTER_DATA": str(folder),
        "MUSTER_BIND": f"127.0.0.1:{port}",
        "MUSTER_PUBLIC_URL": f"http://localhost:{port}",
        **more,
    }


def everything(client: httpx2.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    found: list[dict[str, Any]] = []
    after: Any = 0
    while after is not None:
        page = client.get(path, params={**query, "after": after, "limit": 500}).json()
        found += page["items"]
        after = page["next"]
    return found
