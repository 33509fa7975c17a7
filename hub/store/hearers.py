"""Who would hear a notice said now: counts alone, for the dialog before it is sent."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection

from hub.decide.stages import LAST
from hub.model import Stage
from hub.plans import Hearer, Hearers
from hub.store.heard import HEARD, lacking, listed
from hub.store.retold import to_tell_by_hand
from hub.store.waves import in_sets

# As an update goes: by the channels of the alert's first wave, answered or not.
_FIRST = "d.channel <> 'none' AND d.wave = 0 AND d.round = 0"

_BY = """
SELECT a.band, d.channel, a.language, count(DISTINCT d.address) AS sends
FROM deliveries d
JOIN audience a ON a.incident_id = d.incident_id AND a.recipient_id = d.recipient_id
WHERE d.incident_id = :incident AND {which}
GROUP BY a.band, d.channel, a.language ORDER BY 1, 2, 3"""

_PEOPLE = """
SELECT a.band, a.language, count(*) AS people FROM audience a
WHERE a.incident_id = :incident AND a.kind IN ('resident', 'staff', 'outside')
AND a.recipient_id IN (
    SELECT d.recipient_id FROM deliveries d WHERE d.incident_id = :incident AND {which}
    UNION
    SELECT o.recipient_id FROM deliveries d JOIN delivery_also o ON o.delivery_id = d.id
    WHERE d.incident_id = :incident AND {which})
GROUP BY a.band, a.language"""


def hearers(conn: Connection, *, incident: int, stage: Stage) -> Hearers:
    """Sends by band, channel and language, people by band and by language. An all-clear or a
    correction goes to those who may have got what came before, by hand where they were told by hand
    alone."""
    which, values, by_hand = _FIRST, dict[str, Any](), 0
    if stage in LAST:
        by_hand = to_tell_by_hand(conn, incident=incident, stage=stage)
        lacks, values = lacking(conn, incident=incident, stage=stage)
        which = HEARD + lacks
    named = {"incident": incident, **values}
    with in_sets(conn, wide=True):
        rows = conn.execute(listed(_BY.format(which=which), values), named).all()
        people = conn.execute(listed(_PEOPLE.format(which=which), values), named).all()
    found = tuple(Hearer(r.band, r.channel, r.language, int(r.sends)) for r in rows)
    bands, readers = Counter[str](), Counter[str]()
    for row in people:
        bands[row.band] += int(row.people)
        readers[row.language] += int(row.people)
    return Hearers(found, dict(bands), by_hand, dict(readers.most_common()))
