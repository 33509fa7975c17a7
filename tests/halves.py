"""One pytest run in two processes: `python -m pytest -p tests.halves`, and all else as ever.

Both collect everything. This one takes test files from the first on, the other one from the last,
until none is left; the other hands over its reports as pytest itself writes them down, file by
file, so that output, counts and exit code are those of one run. Those that start many processes
come first, so that they never run beside each other.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

FIRST = ("tests/faults", "tests/scenario", "tests/browser", "tests/commands", "tests/mutants")
FAREWELL = 60.0  # seconds the other may take to put its servers away


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--beside", metavar="FD:FOLDER", help="be the other half of that run")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.collectonly:
        return
    if beside := config.getoption("--beside"):
        pipe, _, folder = beside.partition(":")
        half: Other | Whole = Other(config, Path(folder), int(pipe))
    else:
        half = Whole(config)
    config.pluginmanager.register(half, "halves")


def by_file(items: list[pytest.Item]) -> list[tuple[str, list[pytest.Item]]]:
    """The tests of each file, the files of FIRST before all others."""
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    return sorted(files.items(), key=lambda one: not one[0].startswith(FIRST))


def taken(
    folder: Path, files: Iterable[tuple[str, list[pytest.Item]]]
) -> Iterator[list[pytest.Item]]:
    """File by file what the other half has not taken, in the order given."""
    for name, inside in files:
        with contextlib.suppress(FileExistsError):
            (folder / name.replace("/", "|")).touch(exist_ok=False)
            yield inside


def run(session: pytest.Session, files: Iterator[list[pytest.Item]]) -> Iterator[None]:
    """Each file is run as pytest runs it; yields after each."""
    inside = next(files, [])
    while inside:
        # Fixtures are put away for the test that follows, so the next file is taken early.
        following: list[pytest.Item] = []
        for at, item in enumerate(inside, 1):
            last = at == len(inside)
            following = next(files, []) if last else inside[at:]
            after = following[0] if following else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        yield
        inside = following


class Other:
    """The half that is not seen: it writes its reports to the one that started it."""

    def __init__(self, config: pytest.Config, folder: Path, pipe: int) -> None:
        self.config = config
        self.folder = folder
        os.set_inheritable(pipe, False)  # it ends with this process, not with a server it started
        self.pipe = os.fdopen(pipe, "w", encoding="utf-8")
        self.reports: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        form = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        self.reports.append(form)

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed:
            return None
        for _ in run(session, taken(self.folder, reversed(by_file(session.items)))):
            self.pipe.write(json.dumps(self.reports) + "\n")
            self.pipe.flush()
            self.reports.clear()
        return True


class Whole:
    """The half that shows both."""

    def __init__(self, config: pytest.Config) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="muster-halves-"))
        self.seen: set[str] = set()
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.told = self.done = False
        ours, theirs = os.pipe()
        self.other = self._start([str(word) for word in config.invocation_params.args], theirs)
        os.close(theirs)
        threading.Thread(target=self._listen, args=(ours,), daemon=True).start()

    def _start(self, words: list[str], pipe: int) -> subprocess.Popen[bytes]:
        # One word: pytest looks for its settings before it knows our option, and would take a
        # second word for a place to look in.
        beside = [f"--beside={pipe}:{self.folder}", "-p", "no:cacheprovider"]
        with (self.folder / "said").open("wb") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "pytest", *words, *beside],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                pass_fds=[pipe],
            )

    def _listen(self, pipe: int) -> None:
        with os.fdopen(pipe, encoding="utf-8") as lines:
            for line in lines:
                self.lines.put(line)
        self.lines.put("")  # it says no more

    def pytest_keyboard_interrupt(self) -> None:
        self.told = True  # the terminal tells both

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seen.add(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed:
            return None  # pytest says that not everything could be collected
        over = False
        for _ in run(session, taken(self.folder, by_file(session.items))):
            while not over and not self.lines.empty():
                over = not self._shown(session)
        while not over:
            over = not self._shown(session)
        self._miss(session)
        self.done = True
        return True

    def _shown(self, session: pytest.Session) -> bool:
        """The other's next file is on the terminal; False when it has ended."""
        if not (line := self.lines.get()):
            return False
        hook = session.config.hook
        for form in json.loads(line):
            report = hook.pytest_report_from_serializable(config=session.config, data=form)
            where = {"nodeid": report.nodeid, "location": report.location}
            if report.when == "setup":
                hook.pytest_runtest_logstart(**where)
            hook.pytest_runtest_logreport(report=report)
            if report.when == "teardown":
                hook.pytest_runtest_logfinish(**where)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        return True

    def _miss(self, session: pytest.Session) -> None:
        """What nobody ran has failed: the other half died over it."""
        missing = [item for item in session.items if item.nodeid not in self.seen]
        for item in missing:
            said = (self.folder / "said").read_text("utf-8", "replace")[-4000:]
            why = f"never ran: the process that took it ended early ({self.other.wait()}).\n{said}"
            report = pytest.TestReport(item.nodeid, item.location, {}, "failed", why, "call")
            session.config.hook.pytest_runtest_logreport(report=report)

    def pytest_unconfigure(self) -> None:
        """The other has ended, whatever became of this one."""
        if not self.told and not self.done:
            self.other.send_signal(signal.SIGINT)  # it puts its servers away
        try:
            self.other.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self.other.kill()
            self.other.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
