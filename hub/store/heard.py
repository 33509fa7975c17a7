"""An all-clear or correction goes to exactly those who got, or may have got, what came before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, text

from hub.plans import Sent
from hub.states import MAY_HAVE_GOT
from hub.store.waves import PAIR, WORDS, WaveRow, sent

# A send of unknown outcome counts whatever became of it later: the words may be out there.
_HEARD = (
    "d.incident_id = :incident AND d.notice_id <> :notice AND d.channel <> 'none'"
    " AND (d.state IN :states OR d.unsure > 0)"
)

_WHO = f"""
  SELECT d.channel, d.address, d.recipient_id AS recipient FROM deliveries d WHERE {_HEARD}
  UNION
  SELECT d.channel, d.address, o.recipient_id FROM deliveries d
  JOIN delivery_also o ON o.delivery_id = d.id WHERE {_HEARD}"""

_INSERT = f"""
INSERT INTO deliveries (incident_id, notice_id, recipient_id, wording_id, channel, address, wave,
  round, lane, rank, state, due_at, expires_at, planned_at)
SELECT a.incident_id, w.notice_id, a.recipient_id, w.id, heard.channel, heard.address, 0, 0,
  CAST(:lane AS TEXT), a.rank, 'planned', CAST(:now AS BIGINT), CAST(:expires AS BIGINT),
  CAST(:now AS BIGINT)
FROM (
  SELECT got.channel, got.address, min(a.rank * {PAIR} + a.recipient_id) AS best
  FROM ({_WHO}) got
  JOIN audience a ON a.incident_id = :incident AND a.recipient_id = got.recipient
  WHERE {WORDS.format(channel="got.channel")}
  GROUP BY got.channel, got.address
) heard
JOIN audience a ON a.incident_id = :incident AND a.recipient_id = heard.best % {PAIR}
JOIN wordings w ON w.notice_id = :notice AND w.band = a.band AND w.channel = heard.channel
  AND w.language = a.language
WHERE true
ON CONFLICT DO NOTHING"""

_ALSO = f"""
INSERT INTO delivery_also (delivery_id, recipient_id)
SELECT n.id, heard.recipient
FROM deliveries n
JOIN ({_WHO}) heard ON heard.channel = n.channel AND heard.address = n.address
WHERE n.notice_id = :notice AND n.recipient_id <> heard.recipient
ON CONFLICT DO NOTHING"""


def tell_those_who_heard(conn: Connection, row: WaveRow, now: int) -> Sent:
    """One planned delivery per channel and address that may have got an earlier notice.

    Also people removed since, and numbers that changed: they go where the words went.
    """
    states: BindParameter[Any] = bindparam("states", expanding=True)
    named = {
        "incident": row.incident,
        "notice": row.notice,
        "states": sorted(str(state) for state in MAY_HAVE_GOT),
    }
    more = {"lane": row.lane, "now": now, "expires": row.expires_at}
    conn.execute(text(_INSERT).bindparams(states), named | more)
    conn.execute(text(_ALSO).bindparams(states), named)
    return sent(conn, row)
