"""The texts of a launched fire, as the contenders are given them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from hub.decide.marks import fill
from hub.decide.tokens import answer_token, attempt_token
from hub.model import AttemptId, DeliveryId, IncidentId, NoticeId, Parcel
from hub.store.database import database
from tests.bench.estate import PUBLIC_URL, SECRET

LIFE = 1_800  # seconds

_PLANNED = """
SELECT d.id, d.incident_id, d.notice_id, d.recipient_id, d.address, w.language, w.parts
FROM deliveries d JOIN wordings w ON w.id = d.wording_id
WHERE d.state = 'planned' AND d.channel = 'sms' ORDER BY d.rank, d.id LIMIT ?"""


@dataclass(frozen=True, slots=True)
class Order:
    """One text as a loop without a hub would send it."""

    to: str
    body: str
    callback: str
    life: int = LIFE

    def form(self, sender: str) -> dict[str, Any]:
        """The form Twilio takes."""
        return {
            "To": self.to,
            "From": sender,
            "Body": self.body,
            "StatusCallback": self.callback,
            "ValidityPeriod": self.life,
        }


async def parcels(url: str, most: int) -> list[Parcel]:
    """The planned texts as parcels."""
    db = database(url)
    await db.open()
    found = await db.read(partial(_planned, most=most))
    await db.close()
    return found


async def orders(url: str, most: int) -> list[Order]:
    """The same texts to the same people, as plain orders."""
    hooks = f"{PUBLIC_URL}/hooks/sms_twilio/receipts/"
    return [
        Order(one.to, one.parts["body"], hooks + one.callback) for one in await parcels(url, most)
    ]


def _planned(conn: Connection, *, most: int) -> list[Parcel]:
    until = datetime.now(UTC) + timedelta(seconds=LIFE)
    return [_parcel(row, until) for row in conn.exec_driver_sql(_PLANNED, (most,))]


def _parcel(row: Any, until: datetime) -> Parcel:
    parts = json.loads(row.parts)
    link = f"{PUBLIC_URL}/a/{answer_token(SECRET, row.incident_id, row.recipient_id)}"
    return Parcel(
        attempt=AttemptId(row.id),
        delivery=DeliveryId(row.id),
        incident=IncidentId(row.incident_id),
        notice=NoticeId(row.notice_id),
        channel="sms",
        to=row.address,
        language=row.language,
        parts=fill(parts, link=link, name=""),
        callback=attempt_token(SECRET, row.id),
        expires_at=until,
        fence=1,
    )
