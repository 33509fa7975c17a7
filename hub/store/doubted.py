"""Homes nobody can say of whether a notice has arrived: people tell them, set-based.

Where the provider of a text in doubt cannot be asked, or has not answered for minutes, and nothing
else of the notice is on its way to a home that has heard nothing, it stands on the list by hand; a
chat group on the checklist.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.byhand import DOUBTED, DUE, LAST_WORD
from hub.model import Stage
from hub.store.homes import AT_HOMES
from hub.store.knocks import NAME
from hub.store.waves import PAIR, with_lists

GROUP = "group"
GROUP_ROLE = "customer_service"

_SPOKEN_FOR = """a.recipient_id IN (
    SELECT e.recipient_id FROM deliveries e WHERE e.id IN :ended
    UNION SELECT o.recipient_id FROM delivery_also o WHERE o.delivery_id IN :ended)"""
_UNTOLD = "a.told_at IS NULL AND a.answer = ''"
# By address, deliveries have no other index; CROSS JOIN keeps SQLite to the few of each home.
_NOTHING_ELSE = """NOT EXISTS (SELECT 1 FROM {whose} CROSS JOIN deliveries got
    WHERE {own} AND got.notice_id = :notice
    AND got.channel IN :media AND got.address = own.value AND got.id NOT IN :ended
    AND got.state IN ('planned', 'sending', 'unsure', 'accepted', 'delivered', 'read'))"""
_NOT_TO_THEM = _NOTHING_ELSE.format(whose="addresses own", own="own.recipient_id = a.recipient_id")
_NOT_TO_THEIR_HOME = _NOTHING_ELSE.format(
    whose="audience mate CROSS JOIN addresses own",
    own="mate.household = a.household AND mate.incident_id = :incident"
    " AND own.recipient_id = mate.recipient_id",
)
_TELL = f"""
INSERT INTO tasks (incident_id, key, name, role, recipient_id, state, due_at, created_at,
  notice_id, wave, round, household, place_id)
SELECT CAST(:incident AS BIGINT), home.key, {{name}}, CAST(:role AS TEXT), home.best % {PAIR},
  'open', CAST(:due AS BIGINT), CAST(:now AS BIGINT), CAST(:notice AS BIGINT),
  CAST(:no AS INTEGER), CAST(:round AS INTEGER), home.household, home.place
FROM (
  SELECT a.household, min(a.rank * {PAIR} + a.recipient_id) AS best,
    CASE WHEN a.household > 0 THEN a.household ELSE max(a.place_id) END AS place,
    CASE WHEN max(a.place_id) IS NULL THEN 'phone' ELSE 'door' END AS key
  FROM {{people}} a JOIN recipients r ON r.id = a.recipient_id
  WHERE a.incident_id = :incident AND a.kind IN ('resident', 'staff', 'outside')
    AND r.removed_at IS NULL AND {_SPOKEN_FOR} AND {{silent}}
  GROUP BY a.household
) home
WHERE true
ON CONFLICT DO NOTHING RETURNING key"""
_WAVE = """
INSERT INTO waves (incident_id, notice_id, no, round, key, spec, due_at, state, started_at,
  deliveries)
VALUES (:incident, :notice, 0, 0, :key, {spec}, :now, 'started', :now, 0)
ON CONFLICT DO NOTHING"""
_GROUPS = """
INSERT INTO tasks (incident_id, key, name, role, recipient_id, state, due_at, created_at)
SELECT CAST(:incident AS BIGINT), CAST(:key AS TEXT), {name}, CAST(:role AS TEXT),
  a.recipient_id, 'open', CAST(:due AS BIGINT), CAST(:now AS BIGINT)
FROM audience a WHERE a.incident_id = :incident AND a.kind = 'group' AND {spoken}
  AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.incident_id = :incident
    AND t.recipient_id = a.recipient_id AND t.key = :key AND t.state <> 'done')
RETURNING key"""


@dataclass(frozen=True, slots=True)
class Doubted:
    """Deliveries of one channel of a wave (or of a last word) whose doubt nobody has settled.
    `media`: channels something else of the notice may be on its way by."""

    incident: int
    notice: int
    stage: Stage
    wave: int
    round: int
    ended: Sequence[int]
    media: Sequence[str]


def tell_doubted(conn: Connection, doubted: Doubted, now: int, *, role: str = "steward") -> int:
    """Every home of these that has heard nothing has a task by hand; how many are new."""
    if not doubted.ended:
        return 0
    last = doubted.stage in LAST_WORD
    values = _values(doubted, now, name=LAST_WORD[doubted.stage] if last else DOUBTED, role=role)
    # Whoever is to hear the last word has heard of the alert, and may have answered it.
    silent = _NOT_TO_THEIR_HOME if last else f"{_UNTOLD} AND {_NOT_TO_THEM}"
    made: list[str] = []
    for people in ("audience", AT_HOMES):
        sql = _TELL.format(name=NAME[conn.dialect.name], silent=silent, people=people)
        made += conn.execute(with_lists(sql, values), values).scalars()
    if made and last:
        _wave(conn, doubted, now, keys=sorted(set(made)))
    return len(made)


def ask_groups(conn: Connection, doubted: Doubted, now: int) -> int:
    """Somebody is to look whether these chat groups have it; how many are new."""
    if not doubted.ended:
        return 0
    values = _values(doubted, now, name=DOUBTED, role=GROUP_ROLE) | {"key": GROUP}
    sql = _GROUPS.format(name=NAME[conn.dialect.name], spoken=_SPOKEN_FOR)
    named = {name: one for name, one in values.items() if f":{name}" in sql}
    return len(list(conn.execute(with_lists(sql, named), named).scalars()))


def _values(doubted: Doubted, now: int, *, name: Mapping[str, str], role: str) -> dict[str, Any]:
    return {
        "incident": doubted.incident,
        "notice": doubted.notice,
        "no": doubted.wave,
        "round": doubted.round,
        "ended": list(doubted.ended),
        "media": list(doubted.media) or [""],
        "name": json.dumps(dict(name), ensure_ascii=False),
        "role": role,
        "due": now + DUE,
        "now": now,
    }


def _wave(conn: Connection, doubted: Doubted, now: int, *, keys: Sequence[str]) -> None:
    """Boards count the tasks of a notice by its waves. It tells no band: no update goes by it."""
    called = dict(LAST_WORD[doubted.stage])
    spec = {"name": called, "channels": list(keys), "bands": [], "until": "none"}
    sql = _WAVE.format(spec=NAME[conn.dialect.name].replace(":name", ":spec"))
    named: dict[str, Any] = {"incident": doubted.incident, "notice": doubted.notice, "now": now}
    named |= {"key": f"{doubted.stage}_by_hand", "spec": json.dumps(spec, ensure_ascii=False)}
    conn.execute(text(sql), named)
