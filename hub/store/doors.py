"""Tasks by hand as they are shown: the list of an incident, those of a flat, counts by wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.byhand import outcome_word
from hub.decide.spoken import spoken_place
from hub.decide.views import moment
from hub.errors import Unknown
from hub.store.placed import LANGUAGES, as_json, place_of

_COUNTS = text("""
SELECT notice_id, wave, round, state, count(*) AS tasks FROM tasks
WHERE incident_id = :incident AND household IS NOT NULL GROUP BY 1, 2, 3, 4""")
_TASK = (
    "t.id AS task, t.key, t.name AS called, t.role, t.state, t.due_at, t.assigned, t.outcome,"
    " t.done_at, t.done_by, t.wave, t.round, t.household"
)
_KNOWN = text("SELECT 1 FROM incidents WHERE id = :incident")
# The need is shown because somebody must be ready for it; no name is.
_LIST = """
SELECT {task}, p.*, r.needs FROM tasks t LEFT JOIN places p ON p.id = t.place_id
LEFT JOIN recipients r ON r.id = t.recipient_id
WHERE t.incident_id = :incident AND t.household IS NOT NULL AND t.id > :after{state}
ORDER BY t.id LIMIT :limit"""
_OF_FLAT = text(f"""
SELECT {_TASK} FROM tasks t
WHERE t.incident_id = :incident AND t.household = :unit ORDER BY t.id""")


def counts(conn: Connection, incident: int) -> dict[tuple[int, int, int], dict[str, int]]:
    """How many tasks by hand each wave has, by state; waves by (notice, number, round)."""
    found: dict[tuple[int, int, int], dict[str, int]] = {}
    for notice, wave, round_, state, tasks in conn.execute(_COUNTS, {"incident": incident}):
        found.setdefault((notice, wave, round_), {})[state] = tasks
    return found


def doors_of(conn: Connection, incident: int, unit: int) -> list[dict[str, Any]]:
    """The tasks by hand of one flat."""
    return [_task(row) for row in conn.execute(_OF_FLAT, {"incident": incident, "unit": unit})]


def doors(conn: Connection, *, incident: int, state: str, after: int, limit: int) -> dict[str, Any]:
    """One page of an incident's tasks by hand; Unknown if there is no such incident.

    `state`: open, assigned or done; "" for all. `after`: the last task of the page before.
    """
    if conn.execute(_KNOWN, {"incident": incident}).first() is None:
        raise Unknown(f"There is no incident {incident}.")
    sql = _LIST.format(task=_TASK, state=" AND t.state = :state" if state else "")
    named = {"incident": incident, "after": after, "limit": limit + 1}
    rows = conn.execute(text(sql), named | ({"state": state} if state else {})).mappings().all()
    shown = rows[:limit]
    items = [_placed(row) for row in shown]
    return {"items": items, "next": shown[-1]["task"] if len(rows) > limit else None}


def _placed(row: Mapping[Any, Any]) -> dict[str, Any]:
    known = row["path"] is not None
    place = place_of(row) if known else None
    return _task(row) | {
        "place": row["path"] if known else "",
        "building": row["building"] if known else "",
        "floor": row["floor"] if known else "",
        "spoken": {tag: spoken_place(place, tag) for tag in LANGUAGES} if place else {},
        "needs": list(as_json(row["needs"]) or ()),
    }


def _task(row: Any) -> dict[str, Any]:
    row = getattr(row, "_mapping", row)
    outcome = row["outcome"]
    return {
        "task": row["task"],
        "unit": row["household"] if row["household"] > 0 else None,
        "key": row["key"],
        "name": as_json(row["called"]),
        "role": row["role"],
        "state": row["state"],
        "due_at": moment(row["due_at"]),
        "assigned": row["assigned"],
        "outcome": outcome,
        "word": outcome_word(outcome) or outcome,
        "done_at": moment(row["done_at"]),
        "done_by": row["done_by"],
        "wave": row["wave"],
        "round": row["round"],
    }
