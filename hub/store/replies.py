"""Who words from a number are from, what asked them, and what was sent there last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, text

from hub.decide.asking import offered
from hub.decide.dials import DIALS, dialled
from hub.decide.inbox import Why
from hub.decide.replies import ON_DUTY
from hub.decide.routing import EVERY, Asked, Caller
from hub.store.batches import IDS, run
from hub.store.database import database_now
from hub.store.placed import as_json
from hub.store.ways import quoted

DAY_MS = 86_400_000
STEWARD = "steward"


# The notices of open incidents are few: asked this way round, a planner without statistics takes
# the unique index of deliveries (notice, channel, address) instead of reading them all.
_TOLD = """
SELECT d.id, d.incident_id, d.recipient_id, d.wording_id, o.recipient_id AS also
FROM deliveries d LEFT JOIN delivery_also o ON o.delivery_id = d.id
WHERE d.notice_id IN (SELECT n.id FROM notices n WHERE n.incident_id IN
    (SELECT i.id FROM incidents i WHERE {which}))
AND d.channel IN ({channels}) AND d.address = :sender AND d.sent_at IS NOT NULL
ORDER BY {first}d.sent_at DESC, d.id DESC, o.recipient_id LIMIT {most}"""
# After the close words are about the real one: on a drill's timeline nobody would believe a cry.
_LIVE_FIRST = """CASE WHEN EXISTS (SELECT 1 FROM incidents i
    WHERE i.id = d.incident_id AND i.kind = 'live') THEN 0 ELSE 1 END, """
_LATELY = "i.status = 'closed' AND i.closed_at > :since"
_PARTS = text("SELECT id, parts FROM wordings WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_OWNERS = """
SELECT r.id, r.kind, r.roles, r.removed_at, ad.removed_at AS dropped_at, ad.opted_out_at
FROM addresses ad JOIN recipients r ON r.id = ad.recipient_id
WHERE ad.channel IN ({channels}) AND ad.value = :sender ORDER BY r.id"""
_AUDIENCE = """
SELECT a.incident_id, a.recipient_id, a.kind, i.kind AS sort, i.level, i.launched_at, i.letter
FROM incidents i CROSS JOIN audience a
WHERE i.status <> 'closed' AND a.incident_id = i.id
AND a.recipient_id IN (SELECT b.id FROM {rows}) AND a.kind IN ('resident', 'staff', 'outside')
ORDER BY i.id, a.rank, a.recipient_id"""
_NUMBER = text("""
SELECT value FROM addresses WHERE recipient_id = :person AND channel IN ('sms', 'voice')
AND removed_at IS NULL ORDER BY channel, id LIMIT 1""")
_RECENT = text("""
SELECT 1 FROM incidents WHERE status <> 'closed' OR closed_at > :since LIMIT 1""")


@dataclass(slots=True)
class _Owners:
    """Whose number it is, as the roster has it today."""

    rows: Sequence[Any]
    here: list[int] = field(default_factory=list)
    on_duty: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, rows: Sequence[Any]) -> _Owners:
        found = cls(rows)
        for row in rows:
            if row.removed_at is None and row.dropped_at is None:
                found.here.append(int(row.id))
                if row.kind in ON_DUTY or STEWARD in (as_json(row.roles) or ()):
                    found.on_duty.add(int(row.id))
        return found

    @property
    def standing(self) -> Why:
        """Why nothing open speaks to this number."""
        if not self.rows:
            return Why.STRANGER
        if not self.here:
            return Why.REMOVED
        if self.on_duty:
            return Why.STAFF_PHONE
        out = all(row.opted_out_at is not None for row in self.rows if row.id in self.here)
        return Why.OPTED_OUT if out else Why.OVER

    @property
    def first(self) -> int | None:
        """The one it probably is: whoever has it now, before whoever had it."""
        here = sorted(self.on_duty) or self.here or [int(row.id) for row in self.rows[-1:]]
        return here[0] if here else None


def caller(conn: Connection, *, channel: str, sender: str) -> Caller:
    """The number as an answer from it needs to know it."""
    ask, about = _asking(channel), {"sender": sender}
    told = conn.execute(ask.spoken, about).all()
    owners = _Owners.of(conn.execute(ask.owners, about).all())
    spoken = _spoken(told)
    asked = _asked(conn, spoken, owners)
    if len(spoken) > 1:
        asked = _with_offers(conn, asked, told)
    if asked:
        return Caller(asked, owners.first or asked[0].people[0])
    return _nobody(conn, channel, sender, owners)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked about a number of one channel, or of one that dials it."""

    spoken: TextClause
    last: TextClause
    owners: TextClause


@cache
def _asking(channel: str) -> _Asking:
    channels = [channel, *(by for medium, by in dialled(DIALS) if medium == channel)]
    named = ", ".join(map(quoted, channels))
    told = partial(_TOLD.format, channels=named)
    return _Asking(
        spoken=text(told(which="i.status <> 'closed'", first="", most=5_000)),
        last=text(told(which=_LATELY, first=_LIVE_FIRST, most=1)),
        owners=text(_OWNERS.format(channels=named)),
    )


@cache
def _sent(channel: str) -> TextClause:
    which = f"i.status <> 'closed' OR {_LATELY}"
    return text(_TOLD.format(which=which, channels=quoted(channel), first="", most=50))


def _spoken(told: Iterable[Any]) -> dict[int, tuple[int, ...]]:
    """Incident -> whom the latest words of it to this number were for, the recipient first."""
    newest: dict[int, int] = {}
    found: dict[int, list[int]] = {}
    for row in told:
        incident = int(row.incident_id)
        if newest.setdefault(incident, row.id) != row.id:
            continue
        people = found.setdefault(incident, [int(row.recipient_id)])
        people += [] if row.also is None else [int(row.also)]
    return {incident: tuple(people) for incident, people in found.items()}


def _asked(
    conn: Connection, spoken: Mapping[int, tuple[int, ...]], owners: _Owners
) -> tuple[Asked, ...]:
    """The open incidents that speak to these people. A phone of somebody on duty stands for them
    alone, whatever rosters say."""
    people = owners.on_duty or {*owners.here, *(one for ids in spoken.values() for one in ids)}
    if not people:
        return ()
    by_incident: dict[int, list[Any]] = {}
    for row in run(conn, _AUDIENCE, IDS, [(one,) for one in sorted(people)]):
        by_incident.setdefault(int(row.incident_id), []).append(row)
    return tuple(
        _one(incident, rows, spoken.get(incident)) for incident, rows in by_incident.items()
    )


def _one(incident: int, rows: Sequence[Any], told: tuple[int, ...] | None) -> Asked:
    """One incident as its people are asked by it: those it told by this number, or all of them."""
    kinds = {int(row.recipient_id): str(row.kind) for row in rows}
    ids = [one for one in told or () if one in kinds] or list(kinds)
    row = rows[0]
    return Asked(
        incident=incident,
        kind=row.sort,
        level=row.level,
        launched=int(row.launched_at),
        people=tuple(ids),
        duty=all(kinds[one] in ON_DUTY for one in ids),
        told=told is not None,
        letter=row.letter,
    )


def _with_offers(
    conn: Connection, asked: tuple[Asked, ...], told: Sequence[Any]
) -> tuple[Asked, ...]:
    """With the digits each incident's texts to this number asked for; calls offer all there are."""
    texts, letters = _texts(conn, told), {one.incident: one.letter for one in asked}
    found: dict[int, frozenset[str]] = {}
    for row in told:
        incident, text_of = int(row.incident_id), texts.get(row.wording_id)
        digits = EVERY if text_of is None else offered(text_of, letters.get(incident, ""))
        found[incident] = found.get(incident, frozenset()) | digits
    return tuple(replace(one, offered=found.get(one.incident, EVERY)) for one in asked)


def _texts(conn: Connection, told: Iterable[Any]) -> dict[int, str]:
    """Wording -> the text, marks still in it."""
    ids = sorted({row.wording_id for row in told if row.wording_id is not None})
    rows = conn.execute(_PARTS, {"ids": ids}) if ids else ()
    return {int(row.id): str((as_json(row.parts) or {}).get("body", "")) for row in rows}


def _nobody(conn: Connection, channel: str, sender: str, owners: _Owners) -> Caller:
    since = {"since": database_now(conn) - DAY_MS}
    recent = conn.execute(_RECENT, since).first() is not None
    last = conn.execute(_asking(channel).last, {"sender": sender, **since}).first()
    owner = owners.first
    if owner is None and last is not None:
        owner = int(last.recipient_id)
    standing = owners.standing
    if last is not None and standing is Why.STRANGER:
        standing = Why.REMOVED
    return Caller((), owner, standing, int(last.incident_id) if last else None, recent)


def speaking_to(conn: Connection, *, people: Sequence[int]) -> tuple[Asked, ...]:
    """The open incidents that speak to these people, whatever told them."""
    return _asked(conn, {}, _Owners((), list(people)))


def number_of(conn: Connection, *, person: int) -> str:
    """A phone number of this person, that for texts first."""
    return str(conn.execute(_NUMBER, {"person": person}).scalar_one_or_none() or "")


def last_texts(conn: Connection, *, channel: str, sender: str) -> tuple[str, ...]:
    """What went to this number last, while it may still come back; marks still in it."""
    since = database_now(conn) - 2 * DAY_MS
    told = conn.execute(_sent(channel), {"sender": sender, "since": since}).all()
    return tuple(_texts(conn, told).values())


def asked_in_call(
    conn: Connection, deliveries: Sequence[Any]
) -> tuple[Asked | None, tuple[Asked, ...]]:
    """Whom a call is for in its own incident, and the other open ones that speak to them.
    `deliveries`: its delivery with id, incident_id, recipient_id and address, once for each of
    those it is for `also`."""
    delivery = deliveries[0]
    owned = _asking("sms").owners  # what is called is a number for texts, too
    owners = _Owners.of(conn.execute(owned, {"sender": delivery.address}).all())
    found = _asked(conn, _spoken(deliveries), owners)
    mine = next((one for one in found if one.incident == delivery.incident_id), None)
    return mine, tuple(one for one in found if one is not mine)
