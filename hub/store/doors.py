"""Tasks by hand as they are shown: the list of an incident, those of a flat, counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.byhand import ANSWERED, STOPPED, outcome_word
from hub.decide.spoken import spoken_floor
from hub.decide.views import moment
from hub.errors import Unknown
from hub.store.batches import IDS, run
from hub.store.placed import LANGUAGES, NAMED, as_json, place_of, spoken_at, spoken_of

NOWHERE = "-"
"""The block of those no flat is on record for."""

_ENDED = (
    "CASE WHEN t.state = 'done' AND t.done_by = 'hub'"
    f" AND t.outcome IN ('{ANSWERED}', '{STOPPED}') THEN t.outcome ELSE t.state END"
)
"""What a task counts as: only what a person entered is `done`; what the hub ended is not."""
_COUNTS = text(f"""
SELECT t.notice_id, t.wave, t.round, {_ENDED} AS state, count(*) AS tasks FROM tasks t
WHERE t.incident_id = :incident AND t.household IS NOT NULL GROUP BY 1, 2, 3, 4""")
_TASK = (
    "t.id AS task, t.key, t.name AS called, t.role, t.state, t.due_at, t.assigned, t.outcome,"
    " t.done_at, t.done_by, t.wave, t.round, t.household,"
    " (SELECT n.stage FROM notices n WHERE n.id = t.notice_id) AS stage"
)
_SITE = text("SELECT site_id FROM incidents WHERE id = :incident")
_BLOCK = (
    "CASE WHEN replace(p.entrance, '-', '') <> p.entrance THEN p.entrance"
    " WHEN p.entrance <> '' THEN p.building || '-' || p.entrance"
    " WHEN p.building <> '' THEN p.building"
    f" ELSE '{NOWHERE}' END"
)
_LIST = """
SELECT {task}, {named}, {block} AS block,
    coalesce(nullif(u.name, ''), u.login, k.name, '') AS by_name,
    r.name AS whose
FROM tasks t LEFT JOIN recipients r ON r.id = t.recipient_id LEFT JOIN places p ON p.id = t.place_id
LEFT JOIN users u ON t.done_by = 'user:' || CAST(u.id AS TEXT)
LEFT JOIN tokens k ON t.done_by = 'token:' || CAST(k.id AS TEXT)
WHERE t.incident_id = :incident AND t.household IS NOT NULL AND {more}
ORDER BY t.id LIMIT :limit"""
_BLOCKS = text(f"""
SELECT {_BLOCK} AS block, t.key, n.stage, {_ENDED} AS state, count(*) AS tasks
FROM tasks t JOIN notices n ON n.id = t.notice_id LEFT JOIN places p ON p.id = t.place_id
WHERE t.incident_id = :incident AND t.household IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1""")
# The need is shown because somebody must be ready for it; a name only where there is no flat.
_HOMES = """
SELECT a.household, a.told_at, a.delivered_at, a.unreachable, a.answer, r.needs, r.language,
    CASE WHEN a.unreachable THEN (SELECT d.reason FROM notices n CROSS JOIN deliveries d
        WHERE n.incident_id = a.incident_id AND n.revision = 1 AND d.notice_id = n.id
        AND d.channel = 'none' AND d.address = 'recipient:' || CAST(a.recipient_id AS TEXT)
    ) END AS why
FROM {rows} CROSS JOIN audience a CROSS JOIN recipients r
WHERE a.household = b.id AND a.incident_id = {1} AND r.id = a.recipient_id
    AND a.kind IN ('resident', 'staff', 'outside') ORDER BY a.household, a.rank, a.recipient_id"""
# Those whose second home it is.
_FURTHER = """
SELECT h.household, a.told_at, a.delivered_at, a.unreachable, a.answer, r.needs, r.language
FROM {rows} CROSS JOIN audience_homes h CROSS JOIN audience a CROSS JOIN recipients r
WHERE h.household = b.id AND h.incident_id = {1} AND a.incident_id = {1}
    AND a.recipient_id = h.recipient_id AND r.id = h.recipient_id
    AND a.kind IN ('resident', 'staff', 'outside') ORDER BY h.household, a.rank, a.recipient_id"""
_OF_FLAT = text(f"""
SELECT {_TASK} FROM tasks t
WHERE t.incident_id = :incident AND t.household = :unit ORDER BY t.id""")


def counts(conn: Connection, incident: int) -> dict[tuple[int, int, int], dict[str, int]]:
    """How many tasks by hand each wave has, by what became of them: `open`, `assigned`, `done` (a
    person was there), `answered` and `stopped` (the hub ended them); waves by (notice, number,
    round)."""
    found: dict[tuple[int, int, int], dict[str, int]] = {}
    for notice, wave, round_, state, tasks in conn.execute(_COUNTS, {"incident": incident}):
        found.setdefault((notice, wave, round_), {})[state] = tasks
    return found


def doors_of(conn: Connection, incident: int, unit: int) -> list[dict[str, Any]]:
    """The tasks by hand of one flat."""
    return [_task(row) for row in conn.execute(_OF_FLAT, {"incident": incident, "unit": unit})]


def blocks(conn: Connection, *, incident: int) -> dict[str, Any]:
    """The buildings and entrances with tasks by hand, each with its counts as in `counts`: in all,
    and of the notices of each stage; Unknown if there is no such incident."""
    site = _site(conn, incident)
    found: dict[str, dict[str, Any]] = {}
    for block, key, stage, state, tasks in conn.execute(_BLOCKS, {"incident": incident}):
        one = found.setdefault(block, {"block": block, "keys": [], "tasks": {}, "stages": {}})
        one["keys"] = sorted({*one["keys"], key})
        for counted in (one["tasks"], one["stages"].setdefault(stage, {})):
            counted[state] = counted.get(state, 0) + tasks
    for one in found.values():
        named = one["block"] != NOWHERE
        one["spoken"] = spoken_of(conn, site, one["block"]) if named else {}
    return {"items": list(found.values()), "next": None}


def doors(
    conn: Connection, *, incident: int, state: str, block: str, after: int, limit: int
) -> dict[str, Any]:
    """One page of an incident's tasks by hand; Unknown if there is no such incident.

    `state`: open, assigned or done; `block`: a building or entrance; "" for all. `after`: the last
    task of the page before.
    """
    _site(conn, incident)
    more = ["t.id > :after"]
    more += ["t.state = :state"] if state else []
    more += [f"{_BLOCK} = :block"] if block else []
    named: dict[str, Any] = {"incident": incident, "after": after, "limit": limit + 1}
    named |= {"state": state} if state else {}
    named |= {"block": block} if block else {}
    rows = shown_rows(conn, more, named)
    shown = rows[:limit]
    homes = _homes(conn, incident, (row["household"] for row in shown))
    items = [placed(row, homes[row["household"]]) for row in shown]
    return {"items": items, "next": shown[-1]["task"] if len(rows) > limit else None}


def shown_rows(
    conn: Connection, more: Sequence[str], named: Mapping[str, Any]
) -> Sequence[Mapping[Any, Any]]:
    """Rows of tasks by hand, with where they are; `more`: conditions on `t`, and `p` its place."""
    sql = _LIST.format(task=_TASK, named=NAMED, block=_BLOCK, more=" AND ".join(more))
    return conn.execute(text(sql), dict(named)).mappings().all()


def _site(conn: Connection, incident: int) -> int:
    row = conn.execute(_SITE, {"incident": incident}).first()
    if row is None:
        raise Unknown(f"There is no incident {incident}.")
    return int(row.site_id)


def _homes(conn: Connection, incident: int, homes: Iterable[int]) -> Mapping[int, list[Any]]:
    """The people of each household."""
    found: dict[int, list[Any]] = defaultdict(list)
    asked = [(one,) for one in sorted(set(homes))]
    for sql in (_HOMES, _FURTHER):
        for row in run(conn, sql, IDS, asked, incident):
            found[row.household].append(row)
    return found


def placed(row: Mapping[Any, Any], home: Sequence[Any]) -> dict[str, Any]:
    """A task by hand with where it is and what is known of the household. `whose`: a name, only
    for those no flat is on record for: nothing else tells them apart."""
    known = row["path"] is not None
    place = place_of(row) if known else None
    needs = dict.fromkeys(need for one in home for need in as_json(one.needs) or ())
    beyond = bool(home) and all(one.unreachable for one in home)
    return _task(row) | {
        "by": row["by_name"],
        "whose": row["whose"] or "" if row["block"] == NOWHERE else "",
        "place": row["path"] if known else "",
        "block": row["block"],
        "building": row["building"] if known else "",
        "floor": row["floor"] if known else "",
        "level": row["level"] if known else None,
        "flat": row["path"].rpartition("/")[2] if known else "",
        "spoken": spoken_at(row) if known else {},
        "floor_spoken": {tag: spoken_floor(place.floor, tag) for tag in LANGUAGES} if place else {},
        "needs": list(needs),
        "languages": list(dict.fromkeys(one.language for one in home)),
        "people": len(home),
        "told": sum(one.told_at is not None for one in home),
        "delivered": sum(one.delivered_at is not None for one in home),
        "answered": sum(bool(one.answer) for one in home),
        "answers": dict(Counter(one.answer for one in home if one.answer)),
        "unreachable": beyond,
        "why": next((one.why or "" for one in home), "") if beyond else "",
    }


def _task(row: Any) -> dict[str, Any]:
    row = getattr(row, "_mapping", row)
    outcome = row["outcome"]
    return {
        "task": row["task"],
        "household": row["household"],
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
        "stage": row["stage"],
    }
