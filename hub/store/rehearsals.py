"""What a rehearsal reads of its incident: is it at rest, and what came of each delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from hub.decide.rehearsal import Record
from hub.states import DeliveryState, Reason
from hub.store.schema import attempts, audience, deliveries, incidents, waves

_PENDING = ("planned", "sending", "unsure")
_PEOPLE = ("resident", "staff", "outside")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How far an incident is. `waiting`: deliveries without an end; `waves`: still to come."""

    waiting: int
    waves: int
    told: int
    answered: int

    @property
    def at_rest(self) -> bool:
        """Nothing more will happen by itself."""
        return not self.waiting and not self.waves


@dataclass(frozen=True, slots=True)
class Told:
    """The people of an incident; `told_ms`: from the launch, one for each person told."""

    people: int
    unreachable: int
    answered: int
    told_ms: list[int]
    events: int


def unfinished(conn: Connection, incident: int) -> Unfinished:
    """How far the incident is."""
    mine = deliveries.c.incident_id == incident
    silent = and_(
        deliveries.c.state == "accepted",
        deliveries.c.channel.in_(("sms", "screen", "voice", "push")),
        deliveries.c.reason != Reason.NO_RECEIPT.value,
    )
    open_ = or_(deliveries.c.state.in_(_PENDING), silent)
    waiting = select(func.count()).select_from(deliveries).where(mine, open_)
    coming = select(func.count()).select_from(waves)
    coming = coming.where(waves.c.incident_id == incident, waves.c.state == "waiting")
    people = _people(incident)
    heard = select(func.count(audience.c.told_at), func.count(audience.c.answered_at)).where(people)
    told_, answered = conn.execute(heard).one()
    return Unfinished(
        int(conn.execute(waiting).scalar_one()),
        int(conn.execute(coming).scalar_one()),
        int(told_),
        int(answered),
    )


def records(
    conn: Connection, incident: int, receipts: Mapping[str, bool]
) -> tuple[list[Record], dict[int, int]]:
    """Every delivery, and the delivery of each attempt."""
    rows = conn.execute(
        select(
            deliveries.c.id,
            deliveries.c.channel,
            deliveries.c.state,
            deliveries.c.reason,
            deliveries.c.address,
            deliveries.c.recipient_id,
        ).where(deliveries.c.incident_id == incident)
    )
    found = [
        Record(
            id=row.id,
            channel=row.channel,
            state=DeliveryState(row.state),
            reason=Reason(row.reason),
            proof={"wecom": row.address, "screen": str(row.recipient_id)}.get(row.channel, ""),
            receipts=receipts.get(row.channel, False),
        )
        for row in rows
    ]
    tried = (
        select(attempts.c.id, attempts.c.delivery_id)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.incident_id == incident)
    )
    return found, {row.id: row.delivery_id for row in conn.execute(tried)}


def told(conn: Connection, incident: int) -> Told:
    """When each person was told."""
    launched, events = conn.execute(
        select(incidents.c.launched_at, incidents.c.last_seq).where(incidents.c.id == incident)
    ).one()
    rows = conn.execute(
        select(audience.c.told_at, audience.c.unreachable, audience.c.answer).where(
            _people(incident)
        )
    ).all()
    return Told(
        people=len(rows),
        unreachable=sum(bool(row.unreachable) for row in rows),
        answered=sum(bool(row.answer) for row in rows),
        told_ms=[row.told_at - launched for row in rows if row.told_at is not None],
        events=int(events),
    )


def _people(incident: int) -> ColumnElement[bool]:
    return and_(audience.c.incident_id == incident, audience.c.kind.in_(_PEOPLE))
