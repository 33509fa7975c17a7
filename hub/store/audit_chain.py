"""The audit chain: each row's HMAC covers the row and the chain before it, and the end is sealed.

A row that was changed, put in or taken out breaks the chain behind it. Rows taken off the end are
noticed by the sealed end in `meta`; whoever sets that back too is noticed by every process that has
seen a later end, and by whoever has noted one down.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from hub.decide.chain import SHORT, Broken, End
from hub.store.database import database_now
from hub.store.schema import audit, meta
from hub.store.seal import Seal

LOCK = 0x6D75_7374  # advisory lock of the audit chain: one writer at a time
END = "audit_end"
UNSEALED = "audit_unsealed"  # rows up to this one were written before ends were sealed
LOST = -(10**12)  # no count of rows ever makes up for it
PAGE = 2_000  # rows checked at a time


@dataclass(frozen=True, slots=True)
class Checked:
    """How far a check has come: the row, its chain, how many rows up to it. `broken`: it does not
    go on, at row `at`. `over`: there was nothing behind it."""

    row: int = 0
    chain: str = ""
    rows: int = 0
    broken: Broken | None = None
    at: int | None = None
    over: bool = False

    @property
    def end(self) -> str:
        """How this row is noted down: its number and the beginning of its chain."""
        return f"{self.row}:{self.chain[:SHORT]}" if self.row else ""


def record(conn: Connection, *, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None:
    """A row more in the chain, in the caller's transaction: what was done, and that it was, stand
    or fall together. Call it last: other writers of the chain wait for the commit."""
    seal: Seal | None = conn.get_execution_options().get("seal")
    if seal is not None and seal.key:
        add_audit(conn, secret=seal.key, actor=actor, action=action, obj=obj, data=data)


def add_audit(
    conn: Connection,
    *,
    secret: bytes,
    actor: str,
    action: str,
    obj: str,
    data: Mapping[str, Any],
) -> None:
    """As `record`, under this key."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    asked = select(audit.c.id, audit.c.chain).order_by(audit.c.id.desc()).limit(1)
    last = conn.execute(asked).one_or_none()
    at = database_now(conn)
    chain = _chain(secret, last.chain if last else "", at, actor, action, obj, data)
    row = insert(audit).values(
        at=at, actor=actor, action=action, object=obj, data=dict(data), chain=chain
    )
    number = int(conn.execute(row.returning(audit.c.id)).scalar_one())
    _seal_end(conn, secret, number, chain, last=last.id if last else 0)


def end_of(conn: Connection, secret: bytes) -> End | Broken | None:
    """The sealed end; None where there is none. `Broken.END`: it is not ours."""
    value = conn.execute(select(meta.c.value).where(meta.c.key == END)).scalar_one_or_none()
    if value is None:
        return None
    try:
        row, rows, chain, seal = json.loads(value)
        good = hmac.compare_digest(_chain(secret, END, row, rows, chain), str(seal))
    except (ValueError, TypeError):
        good = False
    return End(int(row), int(rows), str(chain)) if good else Broken.END


def check_page(conn: Connection, secret: bytes, so_far: Checked, *, most: int = PAGE) -> Checked:
    """The check, some rows further."""
    asked = select(audit).where(audit.c.id > so_far.row).order_by(audit.c.id).limit(most)
    row, chain, rows = so_far.row, so_far.chain, so_far.rows
    found = conn.execute(asked).all()
    for one in found:
        expected = _chain(secret, chain, one.at, one.actor, one.action, one.object, one.data)
        if not hmac.compare_digest(expected, one.chain):
            why = Broken.KEY if rows == 0 else Broken.ROW
            return Checked(row, chain, rows, why, int(one.id))
        row, chain, rows = int(one.id), str(one.chain), rows + 1
    return Checked(row, chain, rows, over=len(found) < most)


def chain_at(conn: Connection, row: int) -> str | None:
    """The chain of this row; None if it is not there."""
    return conn.execute(select(audit.c.chain).where(audit.c.id == row)).scalar_one_or_none()


def unsealed_until(conn: Connection) -> int:
    """The last row that was written before ends were sealed."""
    asked = select(meta.c.value).where(meta.c.key == UNSEALED)
    value = str(conn.execute(asked).scalar_one_or_none() or "0")
    return int(value) if value.isdigit() else 0


def check(conn: Connection, secret: bytes, noted: str = "") -> Checked:
    """The whole chain, on one snapshot. `noted`: an end somebody wrote down earlier, which must
    still be a part of it."""
    so_far = Checked()
    while not (so_far.over or so_far.broken):
        so_far = check_page(conn, secret, so_far)
    return so_far if so_far.broken else ended(conn, secret, so_far, noted)


def ended(conn: Connection, secret: bytes, found: Checked, noted: str = "") -> Checked:
    """What the sealed end, and one that was noted down, say to a chain that holds."""
    end = end_of(conn, secret)
    if end is None and found.row > unsealed_until(conn):
        return _cut(found)
    if end is Broken.END or (isinstance(end, End) and chain_at(conn, end.row) != end.chain):
        return _cut(found)
    if isinstance(end, End) and end.rows != _count(conn, end.row, found):
        return _cut(found)
    row, _, short = noted.partition(":")
    if noted and not (chain_at(conn, int(row)) or "").startswith(short):
        return Checked(found.row, found.chain, found.rows, Broken.NOTED, int(row))
    return found


def _cut(found: Checked) -> Checked:
    return Checked(found.row, found.chain, found.rows, Broken.END, found.row)


def _seal_end(conn: Connection, secret: bytes, number: int, chain: str, *, last: int) -> None:
    """The end stands at this row. Rows of a process of an earlier release count as well; what was
    taken away together with the seal never comes to look whole again."""
    before = end_of(conn, secret)
    if not isinstance(before, End):
        lost = before is Broken.END or last > unsealed_until(conn)
        before = End(0, LOST if lost else 0, "")
    known = before
    behind = select(func.count()).select_from(audit).where(audit.c.id > known.row)
    rows = known.rows + int(conn.execute(behind).scalar_one())
    seal = _chain(secret, END, number, rows, chain)
    value = json.dumps([number, rows, chain, seal])
    mine = update(meta).where(meta.c.key == END).values(value=value)
    if conn.execute(mine).rowcount == 0:
        conn.execute(insert(meta).values(key=END, value=value))


def _count(conn: Connection, until: int, found: Checked) -> int:
    if until == found.row:
        return found.rows
    asked = select(func.count()).select_from(audit).where(audit.c.id <= until)
    return int(conn.execute(asked).scalar_one())


def _chain(secret: bytes, before: str, *row: object) -> str:
    said = json.dumps([before, *row], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()
