"""An all-clear or correction goes to exactly those who got, or may have got, what came before.

Said again after a restore cut it short, it leaves out those who surely have it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, text

from hub.model import Stage
from hub.plans import Sent
from hub.states import MAY_HAVE_GOT, TOLD
from hub.store.waves import PAIR, WORDS, WaveRow, sent

# A send of unknown outcome counts whatever became of it later: the words may be out there.
HEARD = "d.channel <> 'none' AND (d.state IN :states OR d.unsure > 0)"
"""The condition on deliveries `d` whose words are, or may be, out there."""

_LACKS = """ AND NOT EXISTS (
    SELECT 1 FROM deliveries s WHERE s.notice_id IN :before AND s.channel = d.channel
    AND s.address = d.address AND s.state IN :told)"""
# An update in between was heard after it, so that it is to be said to all of them again.
_BEFORE = text("""
SELECT n.id FROM notices n WHERE n.incident_id = :incident AND n.stage = :stage
    AND n.id <> :notice AND NOT EXISTS (SELECT 1 FROM notices later
        WHERE later.incident_id = n.incident_id AND later.stage <> n.stage
        AND later.revision > n.revision)""")

_WHO = """
  SELECT d.channel, d.address, d.recipient_id AS recipient FROM deliveries d WHERE {heard}
  UNION
  SELECT d.channel, d.address, o.recipient_id FROM deliveries d
  JOIN delivery_also o ON o.delivery_id = d.id WHERE {heard}"""

_INSERT = f"""
INSERT INTO deliveries (incident_id, notice_id, recipient_id, wording_id, channel, address, wave,
  round, lane, rank, state, due_at, expires_at, planned_at)
SELECT a.incident_id, w.notice_id, a.recipient_id, w.id, heard.channel, heard.address, 0, 0,
  CAST(:lane AS TEXT), a.rank, 'planned', CAST(:now AS BIGINT), CAST(:expires AS BIGINT),
  CAST(:now AS BIGINT)
FROM (
  SELECT got.channel, got.address, min(a.rank * {PAIR} + a.recipient_id) AS best
  FROM ({{who}}) got
  JOIN audience a ON a.incident_id = :incident AND a.recipient_id = got.recipient
  WHERE {WORDS.format(channel="got.channel")}
  GROUP BY got.channel, got.address
) heard
JOIN audience a ON a.incident_id = :incident AND a.recipient_id = heard.best % {PAIR}
JOIN wordings w ON w.notice_id = :notice AND w.band = a.band AND w.channel = heard.channel
  AND w.language = a.language
WHERE true
ON CONFLICT DO NOTHING"""

_ALSO = """
INSERT INTO delivery_also (delivery_id, recipient_id)
SELECT n.id, heard.recipient
FROM deliveries n
JOIN ({who}) heard ON heard.channel = n.channel AND heard.address = n.address
WHERE n.notice_id = :notice AND n.recipient_id <> heard.recipient
ON CONFLICT DO NOTHING"""


def tell_those_who_heard(conn: Connection, row: WaveRow, now: int, *, stage: Stage) -> Sent:
    """One planned delivery per channel and address that may have got an earlier notice, and has
    not surely got these very words already.

    Also people removed since, and numbers that changed: they go where the words went.
    """
    lacks, values = lacking(conn, incident=row.incident, stage=stage, notice=row.notice)
    heard = f"d.incident_id = :incident AND d.notice_id <> :notice AND {HEARD}{lacks}"
    named = {"incident": row.incident, "notice": row.notice, **values}
    more = {"lane": row.lane, "now": now, "expires": row.expires_at}
    who = _WHO.format(heard=heard)
    conn.execute(listed(_INSERT.format(who=who), values), named | more)
    conn.execute(listed(_ALSO.format(who=who), values), named)
    return sent(conn, row)


def lacking(
    conn: Connection, *, incident: int, stage: Stage, notice: int = 0
) -> tuple[str, dict[str, Any]]:
    """What to add to `HEARD` for those who have not surely got this last word, said before, and
    the lists both need. `notice`: the one being said now."""
    values: dict[str, Any] = {"states": sorted(str(state) for state in MAY_HAVE_GOT)}
    before = said_before(conn, incident=incident, stage=stage, notice=notice)
    if not before:
        return "", values
    return _LACKS, values | {"before": before, "told": sorted(str(state) for state in TOLD)}


def said_before(conn: Connection, *, incident: int, stage: Stage, notice: int) -> list[int]:
    """The notices that said the same last word, nothing else since. `notice`: not this one."""
    asked = {"incident": incident, "stage": str(stage), "notice": notice}
    return [int(one) for one in conn.execute(_BEFORE, asked).scalars()]


def listed(sql: str, values: dict[str, Any]) -> TextClause:
    """The statement, taking these lists."""
    return text(sql).bindparams(*(bindparam(name, expanding=True) for name in values))
