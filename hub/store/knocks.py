"""Doors to knock at and calls to make: one task for each household a wave finds silent, set-based.

The unique index `uq_tasks_by_hand` holds that a notice has one task of a kind for a household.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.byhand import ANSWERED, BEYOND, DUE, STOPPED, UNREACHED, by_hand
from hub.decide.stages import LAST
from hub.events import EventKind
from hub.store.events import append_event
from hub.store.homes import AT_HOMES
from hub.store.placed import as_json
from hub.store.waves import PAIR, WaveRow, covers_sql, enough, silent_sql, with_lists
from hub.store.ways import ways

_PEOPLE = "a.kind IN ('resident', 'staff', 'outside')"

_KNOCK = """
INSERT INTO tasks (incident_id, key, name, role, recipient_id, state, due_at, created_at,
  notice_id, wave, round, household, place_id)
SELECT CAST(:incident AS BIGINT), CAST(:key AS TEXT), {name}, CAST(:role AS TEXT),
  home.best % {pair}, 'open', CAST(:due AS BIGINT), CAST(:now AS BIGINT),
  CAST(:notice AS BIGINT), CAST(:no AS INTEGER), CAST(:round AS INTEGER), home.household, home.place
FROM (
  SELECT a.household, min(a.rank * {pair} + a.recipient_id) AS best,
    CASE WHEN a.household > 0 THEN a.household ELSE max(a.place_id) END AS place
  FROM {people} a JOIN recipients r ON r.id = a.recipient_id
  WHERE {asked}
  GROUP BY a.household
) home
WHERE true
ON CONFLICT DO NOTHING"""
_BEYOND = f"""NOT EXISTS (SELECT 1 FROM audience near WHERE near.incident_id = :incident
    AND near.household = a.household AND near.{_PEOPLE.removeprefix("a.")}
    AND NOT near.unreachable)
  AND NOT EXISTS (SELECT 1 FROM audience_homes other CROSS JOIN audience near
    WHERE other.incident_id = :incident AND other.household = a.household
    AND near.incident_id = :incident AND near.recipient_id = other.recipient_id
    AND near.{_PEOPLE.removeprefix("a.")} AND NOT near.unreachable)"""
# In the order of the index that holds one task to a household.
_AT_ONCE = f"""a.unreachable AND a.kind = 'resident' AND {_BEYOND} AND NOT EXISTS (
    SELECT 1 FROM tasks listed WHERE listed.notice_id = :notice
    AND listed.key IN ('door', 'phone') AND listed.household = a.household)"""
_BEYOND_WAVE = """
INSERT INTO waves (incident_id, notice_id, no, round, key, spec, due_at, state, started_at,
  deliveries)
VALUES (:incident, :notice, :no, 0, :key, {spec}, :now, 'started', :now, 0)
ON CONFLICT DO NOTHING"""
NAME = {"sqlite": "CAST(:name AS TEXT)", "postgresql": "CAST(CAST(:name AS TEXT) AS JSONB)"}
_MADE = text(
    "SELECT count(*) FROM tasks WHERE notice_id = :notice AND household IS NOT NULL"
    " AND wave = :no AND round = :round"
)


def knock(
    conn: Connection,
    wave: WaveRow,
    now: int,
    *,
    only: str = "",
    named: Mapping[str, Any] | None = None,
) -> int:
    """Every household the wave finds silent has its task by hand; how many are new.

    Doing it again adds nothing, and so does a repeat for a household that has one. `only`: a
    further condition on `a`, its values in `named`.
    """
    keys = by_hand(wave.spec["channels"])
    if not keys or not wave.spec["bands"] or enough(conn, wave):
        return 0
    first = wave.spec.get("mode") == "first"
    about = {"notice": wave.notice, "no": wave.no, "round": wave.round}
    before = int(conn.execute(_MADE, about).scalar_one())
    for key in keys[:1] if first else keys:
        values = {
            "incident": wave.incident,
            "notice": wave.notice,
            "no": wave.no,
            "round": wave.round,
            "key": key,
            "name": json.dumps(dict(wave.spec.get("name") or {}), ensure_ascii=False),
            "role": str(wave.spec.get("role") or "steward"),
            "due": now + DUE,
            "now": now,
        }
        values |= dict(named or {})
        for people in ("audience", AT_HOMES):
            sql = _sql(conn, wave, key, only).replace("{people}", people)
            conn.execute(with_lists(sql, values), values)
    return int(conn.execute(_MADE, about).scalar_one()) - before


def knock_at_once(conn: Connection, waves: Iterable[WaveRow], now: int) -> int:
    """Households no wave can reach by any channel have their task before its wave is due: waiting
    for an answer from them would only lose time. How many are new."""
    return sum(knock(conn, wave, now, only=_BEYOND) for wave in waves)


def knock_beyond(conn: Connection, alert: WaveRow, *, no: int, bands: list[str], now: int) -> int:
    """Every home nothing can reach has a door, whatever its band and whatever waves the playbook
    has: those no wave of it has listed. How many are new; they stand in a wave of their own."""
    spec = {"name": dict(UNREACHED), "channels": ["door"], "bands": bands, "until": "answered"}
    wave = replace(alert, no=no, spec=spec | {"role": "steward"})
    made = knock(conn, wave, now, only=_AT_ONCE)
    if made:
        named = {"incident": wave.incident, "notice": wave.notice, "no": no, "key": BEYOND}
        named |= {"name": json.dumps(wave.spec, ensure_ascii=False), "now": now}
        conn.execute(text(_BEYOND_WAVE.format(spec=NAME[conn.dialect.name])), named)
    return made


def _sql(conn: Connection, wave: WaveRow, key: str, only: str) -> str:
    asked = ["a.incident_id = :incident", _PEOPLE, "r.removed_at IS NULL", covers_sql(wave.spec)]
    asked += [*silent_sql(wave.spec), *([only] if only else [])]
    if key == "door":
        asked.append("a.place_id IS NOT NULL")
    sooner = wave.spec["channels"][: wave.spec["channels"].index(key)]
    sooner = [channel for channel in sooner if channel in wave.media]
    if wave.spec.get("mode") == "first" and sooner:
        by = ways(sooner)
        asked.append(
            f"NOT EXISTS (SELECT 1 FROM {by.source} WHERE ad.recipient_id = a.recipient_id"
            f" AND {by.usable})"
        )
    made = {"name": NAME[conn.dialect.name], "asked": " AND ".join(asked)}
    return _KNOCK.format(**made, pair=PAIR, people="{people}")


# ── What ends them ─────────────────────────────────────────────────────────────────────────────

_OPEN = "t.incident_id = :incident AND t.household IS NOT NULL AND t.state <> 'done'"
_END = """
UPDATE tasks SET state = 'done', outcome = :outcome, done_at = :now, done_by = 'hub'
WHERE id IN (SELECT t.id FROM tasks t WHERE {over}{lock}) RETURNING id"""
# Whoever changes a task at this moment has it; the next sweep looks again.
_LOCK = {"sqlite": "", "postgresql": " FOR UPDATE SKIP LOCKED"}
_WAVES = text("""
SELECT DISTINCT t.incident_id, t.notice_id, t.wave
FROM incidents i CROSS JOIN tasks t WHERE i.status <> 'closed' AND t.incident_id = i.id
  AND t.household IS NOT NULL AND t.state <> 'done' ORDER BY 1, 2, 3""")
_WAVE = text("""
SELECT w.incident_id, w.notice_id, w.no, w.spec, i.status, n.stage, (
    SELECT max(newest.revision) FROM notices newest
    WHERE newest.incident_id = w.incident_id) > n.revision AS outdated
FROM waves w JOIN incidents i ON i.id = w.incident_id JOIN notices n ON n.id = w.notice_id
WHERE w.notice_id = :notice AND w.no = :wave AND w.round = 0""")


def put_down(conn: Connection, incident: int, now: int) -> int:
    """No door is knocked at any more in this incident; how many were still to be."""
    return _end(conn, _OPEN, {"incident": incident}, outcome=STOPPED, now=now)


def overtaken(conn: Connection) -> list[Any]:
    """Waves with tasks that are open though their household is not silent any more, or though
    nobody should go any more: incident, notice, number, spec, status. Reads only."""
    found = []
    for _, notice, number in conn.execute(_WAVES):
        wave = conn.execute(_WAVE, {"notice": notice, "wave": number}).one()
        over, named, _ = _over(wave)
        if over and conn.execute(text(f"SELECT 1 FROM tasks t WHERE {over} LIMIT 1"), named).all():
            found.append(wave)
    return found


def settle(conn: Connection, wave: Any, now: int) -> int:
    """The tasks of a wave that is `overtaken` are done; the incident's newest event, 0: none was.

    Who is silent is asked again by the statement itself.
    """
    over, named, outcome = _over(wave)
    ended = _end(conn, over, named, outcome=outcome, now=now)
    if not ended:
        return 0
    spec: Mapping[str, Any] = as_json(wave.spec)
    data = {"task": 0, "state": "done", "outcome": outcome, "count": ended}
    data |= {"wave": wave.no, "name": dict(spec.get("name") or {})}
    return append_event(conn, wave.incident_id, EventKind.TASK, data, actor="hub", now_ms=now)


def _over(wave: Any) -> tuple[str, dict[str, int], str]:
    """Which open tasks `t` of a wave are to end, as a condition ("": none), and with what word."""
    named = {"incident": wave.incident_id, "notice": wave.notice_id, "wave": wave.no}
    mine = f"{_OPEN} AND t.notice_id = :notice AND t.wave = :wave"
    if wave.stage in LAST:  # to be told until it is, or until something else has been said
        return (mine if wave.outdated else ""), named, STOPPED
    if wave.status != "open":
        return mine, named, STOPPED
    spec = as_json(wave.spec)
    # A wave that knocks nowhere has tasks for those nobody knew of whether they were told.
    doubted = ["a.told_at IS NULL", "a.answer = ''"]
    silent = silent_sql(spec) if by_hand(spec["channels"]) else doubted
    if not silent:  # it goes to everybody, whatever they have said
        return "", named, ANSWERED
    asked = " AND ".join([_PEOPLE, covers_sql(spec), *silent])
    over = (
        f"{mine} AND NOT EXISTS (SELECT 1 FROM audience a WHERE a.household = t.household"
        f" AND a.incident_id = :incident AND {asked})"
        f" AND NOT EXISTS (SELECT 1 FROM {AT_HOMES} a WHERE a.household = t.household"
        f" AND {asked})"
    )
    return over, named, ANSWERED


def _end(conn: Connection, over: str, named: Mapping[str, int], *, outcome: str, now: int) -> int:
    sql = _END.format(over=over, lock=_LOCK[conn.dialect.name])
    return len(conn.execute(text(sql), {**named, "outcome": outcome, "now": now}).all())
