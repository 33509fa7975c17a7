"""The whole trials begin in the middle of a session and are judged at its end: most of a trial is
waiting (a lease of 15 s, a callback that may still come for 30 s), which so costs nobody anything.
In a run in two processes they wait beside the rest of the storm (tests/pieces.py).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.processes import ROOT, environment

OUTAGE = "kills while texts go out"
TRIALS: Mapping[str, str] = {
    OUTAGE: "--outage 1 --people 600 --seed 5",  # first: it takes the longest
    "a killed hub on SQLite": "--people 30-50 --seed 327 --setup sqlite --only kill_worker",
    "a rolling restart on PostgreSQL": "--people 30-50 --seed 365 --setup postgres --only roll",
    "a killed worker on PostgreSQL": (
        "--people 30-50 --seed 264 --setup postgres --only kill_worker"
    ),
    "a provider that takes texts and answers 500": (
        "--people 30-50 --seed 49 --setup sqlite --only provider_crashes"
    ),
}
AT_ONCE = 4
BEFORE = "tests/decide/"  # the tests that begin then take a while and share nothing with a hub
BEGIN, JUDGE = (
    f"tests/faults/test_trials.py::{name}" for name in ("test_trials_have", "test_no_promise")
)

Said = tuple[int, str]


class Trials:
    """Trials under way, each in a process group of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="trial")
        self._running: list[subprocess.Popen[bytes]] = []
        self._over = False
        self.said: Mapping[str, Future[Said]] = {
            name: self._pool.submit(self._made, words) for name, words in TRIALS.items()
        }

    def _made(self, words: str) -> Said:
        # A file, not a pipe: a server that outlives a killed trial would hold the pipe open.
        with tempfile.TemporaryFile("w+") as says:
            popen = subprocess.Popen(
                [sys.executable, "-m", "tests.faults", *words.split()],
                cwd=ROOT,
                env=environment({}),
                stdin=subprocess.DEVNULL,
                stdout=says,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.append(popen)
            if self._over:
                self._kill(popen)
            code = popen.wait()
            says.seek(0)
            return code, says.read()

    def end(self) -> None:
        """None is under way."""
        self._over = True
        for popen in self._running:
            self._kill(popen)
        self._pool.shutdown(cancel_futures=True)

    def _kill(self, popen: subprocess.Popen[bytes]) -> None:
        if popen.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(popen.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def trials() -> Iterator[Trials]:
    """They have begun, all of them; at the end of the session none is under way."""
    under_way = Trials()
    yield under_way
    under_way.end()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The test that begins the trials goes before the long quiet ones, those that judge go last."""
    first = [item for item in items if item.nodeid.startswith(BEGIN)]
    last = [item for item in items if item.nodeid.startswith(JUDGE)]
    rest = [item for item in items if item not in first and item not in last]
    at = next((n for n, item in enumerate(rest) if item.nodeid.startswith(BEFORE)), 0)
    items[:] = [*rest[:at], *first, *rest[at:], *last]
