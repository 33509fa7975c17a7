"""Tasks to go where help was asked for: at most one open for each person."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from hub.store.batches import run
from hub.store.database import insert_rows
from hub.store.schema import tasks

HELP_DUE = 180_000  # ms within which somebody should have gone
_HELP = json.dumps({"zh-CN": "有人需要帮助", "en": "Someone needs help"}, ensure_ascii=False)

_COLUMNS = ("incident_id", "key", "name", "role", "recipient_id", "state", "due_at", "created_at")
_PEOPLE = (("incident", "bigint"), ("id", "bigint"))
# Once through the incident's tasks, however many ask.
_OPEN = """
SELECT t.incident_id, t.recipient_id, min(t.id) AS id FROM tasks t
WHERE t.incident_id IN (SELECT b.incident FROM {rows})
AND t.recipient_id IN (SELECT b.id FROM {rows}) AND t.key = 'help' AND t.state <> 'done'
GROUP BY t.incident_id, t.recipient_id"""


def ask_for_help(
    conn: Connection, people: Sequence[tuple[int, int]], *, now: int
) -> dict[tuple[int, int], int]:
    """Somebody is to go to each of these (incident, recipient); the tasks that are new. Who has
    one open already gets no second. The callers hold the people's rows."""
    before = open_help(conn, people)
    new = [who for who in people if who not in before]
    if not new:
        return {}
    due = now + HELP_DUE
    rows = [(one, "help", _HELP, "security", person, "open", due, now) for one, person in new]
    insert_rows(conn, tasks, _COLUMNS, rows)
    found = open_help(conn, new)
    return {who: found[who] for who in new}


def open_help(conn: Connection, people: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The task to go to each of these (incident, recipient), where one is open."""
    found = run(conn, _OPEN, _PEOPLE, people)
    return {(incident, person): int(task) for incident, person, task in found}
