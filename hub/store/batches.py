"""Sets of rows in one statement: a JSON array on SQLite, `jsonb` on PostgreSQL, one parameter.

The same few columns of the same few hundred rows go to both, so each query is written once with
the rows as a common table `rows`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection

Columns = tuple[tuple[str, str], ...]
"""(name, PostgreSQL type) of each column of a batch."""

IDS: Columns = (("id", "bigint"),)


def run(
    conn: Connection, sql: str, columns: Columns, rows: Iterable[Sequence[Any]], *args: Any
) -> list[Any]:
    """The rows the statement returned, if any. `sql` names the batch as `{rows}` (a table source
    with the alias `b`) and further values as `{1}`, `{2}` …, in the order of `args`."""
    sqlite = conn.dialect.name == "sqlite"
    payload = json.dumps([list(row) for row in rows], separators=(",", ":"))
    done = conn.exec_driver_sql(_dialect(sql, columns, sqlite=sqlite), (payload, *args))
    return list(done.fetchall()) if done.returns_rows else []


@cache
def _dialect(sql: str, columns: Columns, *, sqlite: bool) -> str:
    marks = [f"?{n}" if sqlite else f"${n}" for n in range(2, 12)]
    return sql.format(_source(columns, sqlite=sqlite), *marks, rows=_source(columns, sqlite=sqlite))


def _source(columns: Columns, *, sqlite: bool) -> str:
    if sqlite:
        picked = (
            f"json_extract(value, '$[{at}]') AS {name}" for at, (name, _) in enumerate(columns)
        )
        return f"(SELECT {', '.join(picked)} FROM json_each(?1)) AS b"
    picked = (f"(value ->> {at})::{kind} AS {name}" for at, (name, kind) in enumerate(columns))
    return f"(SELECT {', '.join(picked)} FROM jsonb_array_elements($1::jsonb)) AS b"
