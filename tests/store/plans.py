"""Every statement a hub runs, and the way SQLite takes to its rows."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

GROWING = (
    *("deliveries", "delivery_also", "audience", "attempts", "addresses", "recipients"),
    *("events", "receipts", "answers", "replies"),
)
"""Tables with a row for every person or every send."""

BROAD = {"incident_id", "notice_id", "site_id", "kind", "channel"}
"""Columns that leave all rows of an incident, a notice, a site or a channel when they alone are
asked for."""

_STEP = re.compile(r"^(SCAN|SEARCH) (?:TABLE )?(\w+)(?:.*\((.*)\))?")


@dataclass(frozen=True, slots=True)
class Step:
    """A table a statement goes through from end to end: all of it (`whole`), or all rows of one
    incident, notice, site or channel (`part`)."""

    kind: str
    table: str
    sql: str
    plan: str

    @property
    def said(self) -> str:
        return f"{self.kind} of {self.table}: {self.plan}\n    {self.sql}"


@dataclass
class Heard:
    """The statements that were executed, each once, with the values they first came with."""

    statements: dict[str, Any] = field(default_factory=dict)

    def __call__(
        self, _conn: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool
    ) -> None:
        self.statements.setdefault(sql, values[0] if many and values else values)


@contextmanager
def heard() -> Iterator[Heard]:
    """All that any engine of this process executes meanwhile."""
    found = Heard()
    event.listen(Engine, "before_cursor_execute", found)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", found)


def steps(path: str, statements: Iterable[tuple[str, Any]]) -> list[Step]:
    """Where these statements walk through a growing table, by the planner's own word."""
    conn = sqlite3.connect(path)
    try:
        return [step for sql, values in statements for step in _steps(conn, sql, values)]
    finally:
        conn.close()


def _steps(conn: sqlite3.Connection, sql: str, values: Any) -> Iterator[Step]:
    if not re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", sql):
        return
    short = " ".join(sql.split())
    named = _tables(short)
    for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}", values or ()):
        found = _STEP.match(row[3])
        table = named.get(found[2]) if found else None
        if found is None or table is None:
            continue
        if found[1] == "SCAN":
            yield Step("whole", table, short, row[3])
        elif set(re.findall(r"(\w+)[=<>]", found[3] or "rowid=")) <= BROAD:
            yield Step("part", table, short, row[3])


def _tables(sql: str) -> dict[str, str]:
    """The growing table behind each name a plan may use."""
    named = {table: table for table in GROWING}
    for table in GROWING:
        for alias in re.findall(rf"\b{table}(?: AS)? (\w+)", sql):
            named.setdefault(alias, table)
    return named
