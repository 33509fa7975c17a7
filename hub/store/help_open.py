"""Counting who still needs help (`hub.decide.help_open`): the same statement for every place that
says the number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from hub.decide.help_open import confirms, still_needed
from hub.errors import Conflict
from hub.store.batches import IDS, run
from hub.under_way import HelpOpen

OPEN = "t.key = 'help' AND t.state <> 'done' AND t.recipient_id IS NOT NULL"
"""The condition on tasks `t` that somebody is still to go to a person."""

# Who said it first: the answer that made the task, of those the one that came first.
_PEOPLE = f"""
SELECT w.incident_id, count(*) AS people, sum(w.by_staff) AS marked FROM (
    SELECT t.incident_id, t.recipient_id, min(CASE WHEN (
        SELECT a.via FROM answers a WHERE a.incident_id = t.incident_id
        AND a.recipient_id = t.recipient_id AND a.answer = 'help' AND a.at >= t.created_at
        ORDER BY a.id LIMIT 1) = 'staff' THEN 1 ELSE 0 END) AS by_staff
    FROM {{rows}} CROSS JOIN tasks t WHERE t.incident_id = b.id AND {OPEN}
    GROUP BY t.incident_id, t.recipient_id) w
GROUP BY w.incident_id"""
_CRIES = f"""
SELECT i.id, count(DISTINCT CASE WHEN r.sender <> '' THEN r.sender
    WHEN r.recipient_id IS NOT NULL THEN 'recipient ' || r.recipient_id
    ELSE 'reply ' || r.id END) AS cries
FROM {{rows}} CROSS JOIN incidents i CROSS JOIN replies r
WHERE i.id = b.id AND r.cry AND r.settled_at IS NULL
    AND (r.incident_id = i.id OR (i.kind = 'live' AND i.status <> 'closed'))
    AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.incident_id = i.id
        AND t.recipient_id = r.recipient_id AND {OPEN})
GROUP BY i.id"""


def help_open(conn: Connection, incident: int) -> HelpOpen:
    """Who needs help in this incident, as it stands in this transaction."""
    return help_open_of(conn, [incident])[incident]


def help_open_of(conn: Connection, incidents: Sequence[int]) -> dict[int, HelpOpen]:
    """As `help_open` for several at once: incident -> counts."""
    rows = [(one,) for one in incidents]
    people = {row.incident_id: row for row in run(conn, _PEOPLE, IDS, rows)}
    cries = {row.id: int(row.cries) for row in run(conn, _CRIES, IDS, rows)}
    return {one: _counted(people.get(one), cries.get(one, 0)) for one in incidents}


def _counted(row: Any, cries: int) -> HelpOpen:
    if row is None:
        return HelpOpen(cries=cries)
    people, marked = int(row.people), int(row.marked)
    return HelpOpen(asked=people - marked, marked=marked, cries=cries)


def refuse_help_open(conn: Connection, incident: int, confirmed: object) -> HelpOpen:
    """Who needs help, once that is nobody or `confirmed` says exactly it; Conflict with the counts
    otherwise. Asked while the incident is locked: who asks for help later does so after it."""
    found = help_open(conn, incident)
    if found.people and not confirms(confirmed, found):
        raise Conflict(still_needed(found), code="help_open", facts=found.to_json())
    return found
