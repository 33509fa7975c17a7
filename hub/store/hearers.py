"""Who would hear a notice said now: counts alone, for the dialog before it is sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, text

from hub.plans import Hearer, Hearers
from hub.states import MAY_HAVE_GOT

# As `heard.py` chooses them: who got, or may have got, anything that was said before.
_HEARD = "d.channel <> 'none' AND (d.state IN :states OR d.unsure > 0)"
# As an update goes: by the channels of the alert's first wave, answered or not.
_FIRST = "d.channel <> 'none' AND d.wave = 0 AND d.round = 0"

_BY = """
SELECT a.band, d.channel, a.language, count(DISTINCT d.address) AS sends
FROM deliveries d
JOIN audience a ON a.incident_id = d.incident_id AND a.recipient_id = d.recipient_id
WHERE d.incident_id = :incident AND {which}
GROUP BY a.band, d.channel, a.language ORDER BY 1, 2, 3"""

_PEOPLE = """
SELECT a.band, count(*) AS people FROM audience a
WHERE a.incident_id = :incident AND a.kind IN ('resident', 'staff', 'outside')
AND a.recipient_id IN (
    SELECT d.recipient_id FROM deliveries d WHERE d.incident_id = :incident AND {which}
    UNION
    SELECT o.recipient_id FROM deliveries d JOIN delivery_also o ON o.delivery_id = d.id
    WHERE d.incident_id = :incident AND {which})
GROUP BY a.band"""


def hearers(conn: Connection, *, incident: int, last: bool) -> Hearers:
    """Sends by band, channel and language, and people by band. `last`: an all-clear or a
    correction, which goes to those who may have got what came before."""
    which = _HEARD if last else _FIRST
    named: dict[str, Any] = {"incident": incident}
    if last:
        named["states"] = [str(state) for state in MAY_HAVE_GOT]
    rows = conn.execute(_statement(_BY, which, last=last), named)
    found = tuple(Hearer(r.band, r.channel, r.language, int(r.sends)) for r in rows)
    people = conn.execute(_statement(_PEOPLE, which, last=last), named)
    return Hearers(found, {row.band: int(row.people) for row in people})


def _statement(template: str, which: str, *, last: bool) -> Any:
    statement = text(template.format(which=which))
    return statement.bindparams(bindparam("states", expanding=True)) if last else statement
