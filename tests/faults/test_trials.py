"""A few whole trials: real processes, one fault each, and no promise broken.

All begin together, each in a process of its own, for most of a trial is waiting: a lease of 15 s, a
callback that may still come for 30 s. Many more: `python -m tests.faults --long`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from tests.processes import ROOT, environment

PEOPLE = "30-50"
TRIALS: Mapping[str, tuple[int, str, str]] = {
    "a killed hub on SQLite": (327, "sqlite", "kill_worker"),
    "a rolling restart on PostgreSQL": (365, "postgres", "roll"),
    "a killed worker on PostgreSQL": (264, "postgres", "kill_worker"),
    "a provider that takes texts and answers 500": (49, "sqlite", "provider_crashes"),
}
WITHIN = 500.0  # seconds on a machine with much else to do; a fifth of it on a quiet one

Begun = Mapping[str, "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def begun() -> Iterator[Begun]:
    """Every trial is under way; at the end none is."""
    trials = {name: _begin(*which) for name, which in TRIALS.items()}
    yield trials
    for trial in trials.values():
        if trial.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(trial.pid, signal.SIGKILL)
        trial.communicate()


def _begin(seed: int, setup: str, fault: str) -> subprocess.Popen[str]:
    words = ["--seed", str(seed), "--setup", setup, "--only", fault, "--people", PEOPLE]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults", *words],
        cwd=ROOT,
        env=environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.mark.faults
@pytest.mark.timeout(WITHIN + 20)
@pytest.mark.parametrize("name", TRIALS)
def test_no_promise_is_broken_by(name: str, begun: Begun) -> None:
    said, _ = begun[name].communicate(timeout=WITHIN)
    assert begun[name].returncode == 0, said
    assert '"trials": 1' in said
