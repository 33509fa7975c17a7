"""Whom words from a number are about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, text

from hub.decide.answers import Spoken
from hub.decide.dials import DIALS, dialled
from hub.decide.replies import ON_DUTY
from hub.store.batches import IDS, run

# The notices of open incidents are few: asked this way round, a planner without statistics takes
# the unique index of deliveries (notice, channel, address) instead of reading them all.
_SPOKEN = text("""
SELECT d.id, d.incident_id, d.recipient_id FROM deliveries d
WHERE d.notice_id IN (SELECT n.id FROM notices n WHERE n.incident_id IN
    (SELECT i.id FROM incidents i WHERE i.status <> 'closed'))
AND d.channel IN :channels AND d.address = :sender AND d.sent_at IS NOT NULL
ORDER BY d.sent_at DESC, d.id DESC LIMIT 1""").bindparams(bindparam("channels", expanding=True))
_ALSO = text("SELECT recipient_id FROM delivery_also WHERE delivery_id = :delivery ORDER BY 1")
_HOUSEHOLD = """
SELECT m.recipient_id, m.kind FROM audience m
WHERE m.incident_id = {1} AND m.household IN (
    SELECT a.household FROM audience a WHERE a.incident_id = {1}
    AND a.recipient_id IN (SELECT b.id FROM {rows}))
AND m.kind IN ('resident', 'staff', 'outside')"""


def spoken_to(conn: Connection, *, channel: str, sender: str) -> Spoken | None:
    """Whom the latest words sent to this number were for, a call to it included."""
    channels = [channel, *(by for medium, by in dialled(DIALS) if medium == channel)]
    row = conn.execute(_SPOKEN, {"channels": channels, "sender": sender}).first()
    if row is None:
        return None
    return meant_by(conn, row)


def meant_by(conn: Connection, delivery: Any) -> Spoken:
    """Whom a delivery's words are about, and who else lives there. `delivery`: a row with id,
    incident_id and recipient_id."""
    also = conn.execute(_ALSO, {"delivery": delivery.id}).scalars().all()
    people = (delivery.recipient_id, *also)
    found = run(conn, _HOUSEHOLD, IDS, [(one,) for one in people], delivery.incident_id)
    kinds = {int(one.recipient_id): str(one.kind) for one in found}
    duty = all(kinds.get(person) in ON_DUTY for person in people)
    return Spoken(delivery.incident_id, people, tuple(sorted(kinds)), duty=duty)
