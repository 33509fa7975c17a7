"""A real PgBouncer, as Debian ships it, before the suite's PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.processes import free_port, running
from tests.proxies.parts import binary

PASSED_OVER = (
    "ignore_startup_parameters = synchronous_commit,idle_in_transaction_session_timeout,jit"
)


@contextlib.contextmanager
def pgbouncer(
    url: str, folder: Path, *, mode: str = "transaction", more: str = ""
) -> Iterator[str]:
    """The URL of the same database through a PgBouncer with few connections of its own."""
    parts, port = urlsplit(url), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "pgbouncer.ini"
    where = parse_qs(parts.query)["host"][0]
    config.write_text(
        f"[databases]\n* = host={where} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
        f"default_pool_size = 4\nmax_client_conn = 200\n{more}\n"
    )
    command = [binary("pgbouncer"), str(config)]
    if os.geteuid() == 0:  # it refuses to be root, and must reach the server's private socket
        command[1:1] = ["-u", "pgserver"]
        config.chmod(0o644)
        for parent in (folder, *folder.parents[:2]):
            parent.chmod(parent.stat().st_mode | 0o055)
    with running(command, env={}, folder=folder, name="pgbouncer") as process:
        end = time.monotonic() + 30
        while not _open(port):
            assert process.popen.poll() is None, process.said[-2000:]
            assert time.monotonic() < end, process.said[-2000:]
            time.sleep(0.05)
        yield f"postgresql://postgres@127.0.0.1:{port}{parts.path}"


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
