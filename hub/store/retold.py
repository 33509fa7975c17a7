"""The last word by hand: homes that were told by hand, and that no delivery of it goes to.

Whoever heard of the alert only at the door, or by a call by hand, must hear of its end there, too.
One task for each such household, by the way it was told; set-based.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.byhand import BY_HAND, DUE, HEARD, LAST_WORD
from hub.decide.stages import LAST
from hub.model import Stage
from hub.states import MAY_HAVE_GOT, TOLD, IncidentState
from hub.store import heard
from hub.store.heard import said_before
from hub.store.homes import AT_HOMES
from hub.store.knocks import NAME
from hub.store.waves import in_sets, with_lists
from hub.store.ways import SENT_TO, VIA


def _by_hand(task: str) -> str:
    """The condition on `tasks` rows that staff met somebody: the words are out there."""
    words = " OR ".join(f"replace({task}.outcome, ' ', '') || ':' LIKE '{w}:%'" for w in HEARD)
    return f"{task}.state = 'done' AND {task}.done_by <> 'hub' AND ({words})"


_TOLD = f"t.incident_id = :incident AND t.household IS NOT NULL AND {_by_hand('t')}"
_ANY = f"""
SELECT 1 FROM tasks t WHERE {_TOLD} AND t.notice_id <> :notice{{only}} AND NOT EXISTS (
    SELECT 1 FROM tasks n WHERE n.incident_id = :incident AND n.notice_id = :notice
    AND n.household = t.household) LIMIT 1"""
_SENT = "d.notice_id IN :notices AND (d.notice_id = :notice OR d.state IN :told)"
_MAY = f"d.incident_id = :incident AND {heard.HEARD}"
_PEOPLE = "a.incident_id = :incident AND a.kind IN ('resident', 'staff', 'outside')"

# CROSS JOIN keeps SQLite to this order: from the few deliveries of a notice, or of a household.
_ALL = f"""
  SELECT a.household, 0, 1 FROM deliveries d CROSS JOIN audience a
    WHERE a.recipient_id = d.recipient_id AND {_PEOPLE} AND d.channel <> 'none' AND {{got}}
  UNION ALL
  SELECT a.household, 0, 1 FROM deliveries d CROSS JOIN delivery_also o CROSS JOIN audience a
    WHERE o.delivery_id = d.id AND a.recipient_id = o.recipient_id AND {_PEOPLE}
    AND d.channel <> 'none' AND {{got}}
  UNION ALL
  SELECT a.household, 0, 1 FROM deliveries d CROSS JOIN {AT_HOMES} a
    WHERE a.recipient_id = d.recipient_id AND {_PEOPLE} AND d.channel <> 'none' AND {{got}}
  UNION ALL
  SELECT a.household, 0, 1 FROM {AT_HOMES} a CROSS JOIN delivery_also o CROSS JOIN deliveries d
    WHERE o.recipient_id = a.recipient_id AND d.id = o.delivery_id AND {_PEOPLE}
    AND d.incident_id = :incident AND d.channel <> 'none' AND {{got}}"""
_MINE = f"""
  SELECT a.household, 0, 1 FROM audience a CROSS JOIN addresses ad CROSS JOIN ({VIA}) via
    CROSS JOIN deliveries d
    WHERE a.household = :household AND {_PEOPLE} AND ad.recipient_id = a.recipient_id
    AND {SENT_TO} AND {{got}}
  UNION ALL
  SELECT a.household, 0, 1 FROM {AT_HOMES} a CROSS JOIN addresses ad CROSS JOIN ({VIA}) via
    CROSS JOIN deliveries d
    WHERE a.household = :household AND {_PEOPLE} AND ad.recipient_id = a.recipient_id
    AND {SENT_TO} AND {{got}}"""
# Counted in one pass and in sets: PostgreSQL, which knows nothing of rows this young, would go
# through all deliveries for each household.
_HOMES = f"""
SELECT max(home.task) AS task FROM (
  SELECT t.household, t.id AS task, 0 AS has FROM tasks t WHERE {_TOLD}
    AND t.notice_id <> :notice{{only}}
  UNION ALL
  SELECT t.household, 0, 1 FROM tasks t WHERE t.incident_id = :incident
    AND t.household IS NOT NULL
    AND (t.notice_id = :notice OR t.notice_id IN :before AND {_by_hand("t")}){{only}}
  UNION ALL {{sent}}
) home GROUP BY home.household HAVING max(home.has) = 0"""
_ONE = " AND t.household = :household"
_COUNT = "SELECT count(*) FROM ({homes}) told"
_INSERT = """
INSERT INTO tasks (incident_id, key, name, role, recipient_id, state, due_at, created_at,
  notice_id, wave, round, household, place_id)
SELECT told.incident_id, told.key, {name}, told.role, told.recipient_id, 'open',
  CAST(:due AS BIGINT), CAST(:now AS BIGINT), CAST(:notice AS BIGINT), 0, 0, told.household,
  told.place_id
FROM tasks told WHERE told.id IN ({homes})
ON CONFLICT DO NOTHING RETURNING key"""
_WAVE = """
INSERT INTO waves (incident_id, notice_id, no, round, key, spec, due_at, state, started_at,
  deliveries)
VALUES (:incident, :notice, 0, 0, :key, {spec}, :now, 'started', :now, 0)
ON CONFLICT DO NOTHING"""
_NEWEST = text("""
SELECT id, stage FROM notices WHERE incident_id = :incident ORDER BY revision DESC LIMIT 1""")


def tell_by_hand(
    conn: Connection, *, incident: int, notice: int, stage: Stage, now: int, household: int = 0
) -> int:
    """Every home that was told by hand, and has the last word (`notice`) by no other way, has a
    task by hand for it; how many are new.

    Doing it again adds nothing. `household`: of this one alone.
    """
    if not _any(conn, incident=incident, notice=notice, household=household):
        return 0
    before = said_before(conn, incident=incident, stage=stage, notice=notice)
    values: dict[str, Any] = {
        "incident": incident,
        "notice": notice,
        "notices": [notice, *before],
        "before": before,
        "told": sorted(str(state) for state in TOLD),
        "name": json.dumps(LAST_WORD[stage], ensure_ascii=False),
        "due": now + DUE,
        "now": now,
    }
    values |= {"household": household} if household else {}
    sent = (_MINE if household else _ALL).format(got=_SENT)
    homes = _HOMES.format(sent=sent, only=_ONE if household else "")
    sql = _INSERT.format(name=NAME[conn.dialect.name], homes=homes)
    with in_sets(conn, wide=not household):
        made = list(conn.execute(with_lists(sql, values), values).scalars())
    if made:
        _wave(conn, values, stage, keys=[key for key in BY_HAND if key in made])
    return len(made)


def to_tell_by_hand(conn: Connection, *, incident: int, stage: Stage) -> int:
    """How many homes would have to be told by hand, were the last word said now."""
    if not _any(conn, incident=incident):
        return 0
    values: dict[str, Any] = {
        "incident": incident,
        "notice": 0,
        "before": said_before(conn, incident=incident, stage=stage, notice=0),
        "states": sorted(str(state) for state in MAY_HAVE_GOT),
    }
    sql = _COUNT.format(homes=_HOMES.format(sent=_ALL.format(got=_MAY), only=""))
    with in_sets(conn, wide=True):
        return int(conn.execute(with_lists(sql, values), values).scalar_one())


def tell_late(conn: Connection, *, incident: int, status: str, household: int, now: int) -> int:
    """As `tell_by_hand` for a home whose knock was entered only after the last word; the incident
    is locked."""
    if status != IncidentState.CLEARED:
        return 0
    last = conn.execute(_NEWEST, {"incident": incident}).one()
    if last.stage not in LAST:
        return 0
    stage = Stage(last.stage)
    return tell_by_hand(
        conn, incident=incident, notice=last.id, stage=stage, now=now, household=household
    )


def _any(conn: Connection, *, incident: int, notice: int = 0, household: int = 0) -> bool:
    """Whether anybody was told by hand who has no task of this notice."""
    named = {"incident": incident, "notice": notice}
    named |= {"household": household} if household else {}
    asked = text(_ANY.format(only=_ONE if household else ""))
    return conn.execute(asked, named).first() is not None


def _wave(conn: Connection, about: dict[str, Any], stage: Stage, *, keys: list[str]) -> None:
    """Boards count the tasks of a notice by its waves. It tells no band: no update goes by it."""
    spec = {"name": dict(LAST_WORD[stage]), "channels": keys, "bands": [], "until": "none"}
    sql = _WAVE.format(spec=NAME[conn.dialect.name].replace(":name", ":spec"))
    named = {name: about[name] for name in ("incident", "notice", "now")}
    named |= {"key": f"{stage}_by_hand", "spec": json.dumps(spec, ensure_ascii=False)}
    conn.execute(text(sql), named)
