"""The list of incidents, with counts of people that are kept until the incident goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.tally import ANSWERS
from hub.decide.views import incident_json
from hub.store.batches import IDS, run
from hub.store.help_open import help_open_of
from hub.store.incidents import closing, ended_by
from hub.store.placed import as_json, spoken_of
from hub.under_way import HelpOpen

Page = dict[str, Any]
"""{"items": […], "next": …}: `next` is the `after` of the next page, None at the end."""

_INCIDENTS = text("""
SELECT * FROM incidents WHERE (:status = '' OR status = :status) AND (:after = 0 OR id < :after)
    AND (:code = '' OR code = :code)
ORDER BY id DESC LIMIT :limit""")
_COUNTS = """
SELECT a.incident_id, count(*) AS people, count(a.told_at) AS told,
    count(a.delivered_at) AS delivered, count(a.read_at) AS read,
    sum(CASE WHEN a.answer <> '' THEN 1 ELSE 0 END) AS answered,
    sum(CASE WHEN a.unreachable THEN 1 ELSE 0 END) AS unreachable,
    sum(CASE WHEN a.answer = 'safe' THEN 1 ELSE 0 END) AS safe,
    sum(CASE WHEN a.answer = 'help' THEN 1 ELSE 0 END) AS help,
    sum(CASE WHEN a.answer = 'evacuated' THEN 1 ELSE 0 END) AS evacuated,
    sum(CASE WHEN a.answer = 'away' THEN 1 ELSE 0 END) AS away,
    sum(CASE WHEN a.answer = 'seen' THEN 1 ELSE 0 END) AS seen
FROM {rows} JOIN audience a ON a.incident_id = b.id
WHERE a.kind IN ('resident', 'staff', 'outside') GROUP BY a.incident_id"""
_COUNTED = ("people", "told", "delivered", "read", "answered", "unreachable")

KNOWN = 2_000  # incidents whose counts are kept; all are forgotten beyond


@dataclass(frozen=True, slots=True)
class Counted:
    """An incident's counts of people, who needs help, and how it stands with its end."""

    people: Any = None  # a row of `_COUNTS`; None where it speaks to screens and groups alone
    helped: HelpOpen = field(default_factory=HelpOpen)
    closing: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tally(self) -> dict[str, Any]:
        """As the list says it."""
        people = {name: getattr(self.people, name, 0) for name in _COUNTED}
        answers = {word: getattr(self.people, word, 0) for word in ANSWERS}
        return {**people, "answers": answers, **self.helped.to_json()}


Counts = dict[int, tuple[int, Counted]]
"""Incident -> the event its counts are true at, and the counts."""


def incident_list(
    conn: Connection, *, status: str, code: str, limit: int, after: int, known: Counts
) -> Page:
    """Newest first. `code`: the one with this code, whatever its case; "" for all."""
    asked = {"status": status, "code": code.upper(), "limit": limit + 1, "after": after}
    rows = conn.execute(_INCIDENTS, asked).mappings().all()
    shown, more = rows[:limit], len(rows) > limit
    counts = _counts(conn, shown, known)
    items = [_listed(conn, row, counts[row["id"]]) for row in shown]
    return {"items": items, "next": shown[-1]["id"] if more else None}


def _counts(
    conn: Connection, rows: Sequence[Mapping[Any, Any]], known: Counts
) -> dict[int, Counted]:
    """Counts by incident. `known`: those of earlier calls; what is counted never changes without an
    event, so only incidents that went on are counted."""
    had = {row["id"]: known[row["id"]] for row in rows if row["id"] in known}
    stale = [row for row in rows if had.get(row["id"], (-1,))[0] != row["last_seq"]]
    fresh = _counted(conn, stale) if stale else {}
    if len(known) > KNOWN:
        known.clear()
    known.update({row["id"]: (row["last_seq"], fresh[row["id"]]) for row in stale})
    return {one: counted for one, (_, counted) in had.items()} | fresh


def _counted(conn: Connection, rows: Sequence[Mapping[Any, Any]]) -> dict[int, Counted]:
    ids = [row["id"] for row in rows]
    people = {one.incident_id: one for one in run(conn, _COUNTS, IDS, [(one,) for one in ids])}
    helped = help_open_of(conn, ids)
    return {
        row["id"]: Counted(people.get(row["id"]), helped[row["id"]], closing(conn, row))
        for row in rows
    }


def _listed(conn: Connection, row: Mapping[Any, Any], counted: Counted) -> dict[str, Any]:
    spoken = spoken_of(conn, row["site_id"], row["place"])
    real = ended_by(conn, row["ended_by"])
    said = incident_json(row, recipe=as_json(row["recipe"]), spoken=spoken, real=real)
    return {**said, **counted.closing, "seq": row["last_seq"], "tally": counted.tally}
