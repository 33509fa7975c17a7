"""A backup brought into a database, whole or not at all: one transaction, both databases."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, column, func, inspect, select, table, text

from hub.errors import Conflict, Problem
from hub.store.archive import AT_ONCE, Going, Part
from hub.store.archived import Archive, damaged
from hub.store.audit_chain import add_audit
from hub.store.database import database_now, insert_rows
from hub.store.events import at_ms
from hub.store.fencing import Cut, fence
from hub.store.ids import GAPS, leave_gaps
from hub.store.migrate import revision, revisions, upgrade
from hub.store.schema import metadata

LIVE_MS = 30_000  # a process that said so less long ago is taken for running
MADE_BY_PEOPLE = ("recipients", "incidents", "tokens")

_CONNECTED = text("""
SELECT pid, coalesce(host(client_addr), 'this machine') AS host FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'muster' AND pid <> pg_backend_pid()
ORDER BY pid""")
_LIVE = text("""
SELECT role, host, pid FROM processes WHERE stopped_at IS NULL AND seen_at > :since
ORDER BY role, pid""")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a database holds before it is replaced: rows by table. Fresh: nothing people made."""

    recipients: int = 0
    incidents: int = 0
    tokens: int = 0
    users: int = 0  # that have a password

    @property
    def fresh(self) -> bool:
        return not (self.recipients or self.incidents or self.tokens or self.users)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought in. `cuts`: incidents that were under way when the backup was made."""

    rows: Mapping[str, int]
    epoch: str
    cuts: Sequence[Cut]


def standing(conn: Connection) -> Standing:
    """What is there; Conflict if a hub works with it, or if its schema is a newer one."""
    found = revision(conn)
    if found is None:
        return Standing()
    if found not in revisions():
        raise Conflict(
            f"The database has schema {found}, which this release does not know: use the release"
            " that made it, or another database.",
            code="newer",
        )
    tables = set(inspect(conn).get_table_names())
    if conn.dialect.name == "postgresql":
        _check_alone(conn, tables)
    counted = {name: _count(conn, name) for name in MADE_BY_PEOPLE if name in tables}
    named = text("SELECT count(*) FROM users WHERE password_hash IS NOT NULL")
    return Standing(**counted, users=int(conn.execute(named).scalar_one()))


def restore(
    conn: Connection, archive: Archive, *, secret: bytes, replace: bool, going: Going
) -> Restored:
    """The database holds what the archive holds, at the schema of this release, and sends nothing
    of it; or this raised and the transaction is taken back."""
    before = standing(conn)
    if not before.fresh and not replace:
        what = f"holds {before.recipients} recipients and {before.incidents} incidents"
        where = Problem("database", what, "--replace puts the backup in their place")
        raise Conflict("This hub is not fresh.", [where], code="not_fresh")
    _empty(conn)
    upgrade(conn, archive.manifest.revision)
    conn.exec_driver_sql("DELETE FROM meta")  # marks a new database is given: the archive has them
    _parents_later(conn)
    for part in archive.manifest.parts:
        _fill(conn, archive, part, going)
    _settle(conn)
    upgrade(conn)
    return _begin_anew(conn, archive, secret)


def _check_alone(conn: Connection, tables: set[str]) -> None:
    since = database_now(conn) - LIVE_MS
    live = conn.execute(_LIVE, {"since": since}).all() if "processes" in tables else []
    others = [f"{row.role} {row.pid} on {row.host}" for row in live]
    others = others or [f"process {row.pid} from {row.host}" for row in conn.execute(_CONNECTED)]
    if others:
        what = f"is in use by {', '.join(others[:10])}"
        where = Problem("MUSTER_DATABASE_URL", what, "stop every `muster serve` and `worker`")
        raise Conflict(
            "A hub works with this database. Stop it first; nothing was changed.",
            [where],
            code="in_use",
        )


def _count(conn: Connection, name: str) -> int:
    return int(conn.execute(select(func.count()).select_from(table(name))).scalar_one())


def _empty(conn: Connection) -> None:
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    metadata.drop_all(conn)
    conn.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")


_PLACES = "ALTER TABLE places ALTER CONSTRAINT fk_places_parent_id"


def _parents_later(conn: Connection) -> None:
    """A place may come before the one it lies in; both databases look at the end."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    else:
        conn.exec_driver_sql(f"{_PLACES} DEFERRABLE INITIALLY DEFERRED")


def _settle(conn: Connection) -> None:
    """References hold, and new rows get ids of their own."""
    if conn.dialect.name == "sqlite":
        broken = conn.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise damaged("The backup", f"a row of {broken[0]} refers to one that is not there")
        return
    conn.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    conn.exec_driver_sql(f"{_PLACES} NOT DEFERRABLE")
    looked = inspect(conn)
    for name in looked.get_table_names():
        if any(found["name"] == "id" for found in looked.get_columns(name)):
            _number_on(conn, name)


def _number_on(conn: Connection, name: str) -> None:
    sequence = conn.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": name})
    if (found := sequence.scalar()) is not None:
        top = f"(SELECT coalesce(max(id), 0) + 1 + {GAPS.get(name, 0)} FROM {name})"
        conn.exec_driver_sql(f"SELECT setval('{found}', {top}, false)")


def _fill(conn: Connection, archive: Archive, part: Part, going: Going) -> None:
    """The table has the archive's rows, as many at a time as fit in memory easily."""
    names = [name for name, _ in part.columns]
    there = {found["name"] for found in inspect(conn).get_columns(part.table)}
    if not set(names) <= there:
        raise damaged("The backup", f"{part.table} has columns its schema does not have")
    lists = [at for at, (_, kind) in enumerate(part.columns) if kind == "json"]
    target: Any = table(part.table, *map(column, names))
    batch: list[tuple[Any, ...]] = []
    done = 0
    for row in archive.rows(part):
        for at in lists:
            row[at] = None if row[at] is None else json.dumps(row[at], ensure_ascii=False)
        batch.append(tuple(row))
        if len(batch) == AT_ONCE:
            insert_rows(conn, target, names, batch)
            done += len(batch)
            going(part.table, done)
            batch = []
    insert_rows(conn, target, names, batch)
    going(part.table, done + len(batch))


def _begin_anew(conn: Connection, archive: Archive, secret: bytes) -> Restored:
    """History is fenced, watchers will take a fresh snapshot, and the record says what was done."""
    cuts = fence(conn, made=at_ms(datetime.fromisoformat(archive.manifest.made_at)))
    leave_gaps(conn, database_now(conn))
    epoch = secrets.token_hex(8)
    conn.execute(text("DELETE FROM meta WHERE key = 'epoch'"))
    conn.execute(text("INSERT INTO meta (key, value) VALUES ('epoch', :epoch)"), {"epoch": epoch})
    gone = "UPDATE screens SET gone_at = coalesce(seen_at, paired_at) WHERE gone_at IS NULL"
    conn.execute(text(gone))
    said = {
        "made_at": archive.manifest.made_at,
        "incidents": [cut.incident for cut in cuts],
        "unsent": sum(cut.unsent for cut in cuts),
    }
    add_audit(conn, secret=secret, actor="local", action="hub_restore", obj="hub", data=said)
    return Restored(archive.manifest.rows, epoch, cuts)
