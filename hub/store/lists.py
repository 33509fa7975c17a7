"""Lists of the reading side: incidents, deliveries, events, one flat, what operators watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.boards import spoken_event
from hub.decide.timeline import Known, line
from hub.decide.views import masked, moment
from hub.errors import Unknown
from hub.model import Words
from hub.store.batches import IDS, run
from hub.store.database import Database, database_now
from hub.store.doors import doors_of
from hub.store.events import last_seq, read_events
from hub.store.homes import LIVE_AT, places_of
from hub.store.inbox_told import words_of
from hub.store.incident_list import Counts, Page, incident_list
from hub.store.placed import as_json, homes_named, spoken_of
from hub.store.ways import SENT_TO, VIA

_DELIVERIES = """
SELECT d.*, n.stage FROM deliveries d JOIN notices n ON n.id = d.notice_id
WHERE d.incident_id = :incident AND d.id > :after{state}{channel} ORDER BY d.id LIMIT :limit"""
_TASK_NAMES = text("SELECT id, name FROM tasks WHERE incident_id = :incident AND household IS NULL")
_WAVE_NAMES = text("SELECT key, spec FROM waves WHERE incident_id = :incident")
_UNIT = text("SELECT id, path FROM places WHERE id = :unit")
_FLAT = text(f"""
SELECT a.recipient_id, a.kind, a.vulnerable, a.unreachable, a.told_at, a.delivered_at, a.read_at,
    a.answer, a.answered_at, r.name, r.language, r.needs, r.roles
FROM audience a JOIN recipients r ON r.id = a.recipient_id
WHERE a.incident_id = :incident AND a.recipient_id IN ({LIVE_AT.format(flat=":unit")})
ORDER BY a.rank, a.recipient_id""")
_FLAT_DELIVERIES = """
SELECT DISTINCT d.id, b.id AS person, d.channel, d.address, d.state, d.reason, d.accepted_at,
    d.delivered_at, n.stage
FROM {rows} CROSS JOIN addresses ad CROSS JOIN (@via) via CROSS JOIN notices n
    CROSS JOIN deliveries d
WHERE ad.recipient_id = b.id AND n.incident_id = {1} AND d.notice_id = n.id
    AND @sent_to ORDER BY d.id""".replace("@via", VIA).replace("@sent_to", SENT_TO)
_FLAT_TASKS = text("""
SELECT id, recipient_id, state, assigned, outcome FROM tasks
WHERE incident_id = :incident AND key = 'help'""")
_STATES = text("""
SELECT d.channel, d.state, count(*) FROM deliveries d
WHERE d.incident_id IN (SELECT id FROM incidents WHERE status <> 'closed') GROUP BY 1, 2""")
_LANES = text("""
SELECT lane, count(*) AS depth, min(due_at) AS oldest FROM deliveries
WHERE state = 'planned' AND due_at <= :now GROUP BY lane""")
_DRILLS = text("""
SELECT playbook, max(launched_at) FROM incidents WHERE kind = 'drill' GROUP BY playbook""")
_OPEN = text("""
SELECT i.*, s.key AS site_key FROM incidents i JOIN sites s ON s.id = i.site_id
WHERE i.status <> 'closed' ORDER BY i.id DESC LIMIT 50""")
_SITE = text("SELECT id FROM sites WHERE key = :key")
_PLACE = text("SELECT 1 FROM places WHERE site_id = :site AND path = :path")
_HEADLINE = text("""
SELECT w.language, w.parts FROM wordings w JOIN notices n ON n.id = w.notice_id
WHERE n.incident_id = :incident AND w.channel = 'page' ORDER BY n.revision, w.id""")


class ListLedger:
    """Where lists are read; every method is one snapshot."""

    def __init__(self, db: Database):
        self._db = db
        self._known: Counts = {}

    async def incidents(self, *, status: str, limit: int, after: int, code: str = "") -> Page:
        """Newest first, with counts of people; `code`: the one that has it."""
        asked = partial(incident_list, status=status, code=code, known=self._known)
        return await self._db.read(partial(asked, limit=limit, after=after))

    async def deliveries(
        self, incident: int, *, state: str, channel: str, after: int, limit: int
    ) -> Page:
        """By id, addresses masked. Unknown: no such incident."""
        asked = {"incident": incident, "state": state, "channel": channel, "after": after}
        return await self._db.read(partial(_deliveries, asked=asked, limit=limit))

    async def events(self, incident: int, *, since: int, limit: int) -> Page:
        """After `since`, oldest first, each with its line. Unknown: no such incident."""
        return await self._db.read(partial(_events, incident=incident, since=since, limit=limit))

    async def flat(self, incident: int, unit: int) -> dict[str, Any]:
        """A household with names. Unknown: the incident does not speak to this flat."""
        return await self._db.read(partial(_flat, incident=incident, unit=unit))

    async def person(self, incident: int, recipient: int) -> dict[str, Any]:
        """Somebody without a flat, in the shape of a household. Unknown: nobody of the incident's,
        or one who has a flat."""
        return await self._db.read(partial(_person, incident=incident, recipient=recipient))

    async def figures(self) -> dict[str, Any]:
        """Deliveries by channel and state, and how deep the lanes are."""
        return await self._db.read(_figures)

    async def last_drills(self) -> dict[str, str | None]:
        """When each playbook was last drilled."""
        return await self._db.read(
            lambda conn: {key: moment(at) for key, at in conn.execute(_DRILLS)}
        )

    async def public(self, site: str) -> dict[str, Any]:
        """What anybody may know of a site: its open incidents, no numbers of people. Unknown: no
        such site or place."""
        return await self._db.read(partial(_public, site=site))


def _deliveries(conn: Connection, *, asked: Mapping[str, Any], limit: int) -> Page:
    _exists(conn, asked["incident"])
    filters = {name: f" AND d.{name} = :{name}" if asked[name] else "" for name in _FILTERS}
    given = {key: value for key, value in asked.items() if key not in filters or value}
    sql = text(_DELIVERIES.format(**filters))
    rows = conn.execute(sql, {**given, "limit": limit + 1}).all()
    items = [_delivery(row) for row in rows[:limit]]
    return {"items": items, "next": items[-1]["id"] if len(rows) > limit else None}


_FILTERS = ("state", "channel")
_TIMES = ("planned_at", "sent_at", "accepted_at", "delivered_at", "read_at", "ended_at")


def _delivery(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "recipient": row.recipient_id,
        "notice": row.notice_id,
        "stage": row.stage,
        "channel": row.channel,
        "to": masked(row.channel, row.address),
        "state": row.state,
        "reason": row.reason,
        "wave": row.wave,
        "round": row.round,
        "attempts": row.attempts,
        "doubled": bool(row.doubled),
        "unsure": row.unsure,
        **{name: moment(getattr(row, name)) for name in _TIMES},
    }


def _events(conn: Connection, *, incident: int, since: int, limit: int) -> Page:
    _exists(conn, incident)
    found = read_events(conn, incident, since=since, limit=limit + 1)
    shown = found[:limit]
    known = _known(conn, incident, homes_named(conn, incident, shown))
    items = [spoken_event(event, line(event, known)) for event in shown]
    return {"items": items, "next": shown[-1].seq if len(found) > limit else None}


def _known(conn: Connection, incident: int, places: Mapping[int, Words]) -> Known:
    about = {"incident": incident}
    return Known(
        places=places,
        waves={
            row.key: (as_json(row.spec) or {}).get("name") or {}
            for row in conn.execute(_WAVE_NAMES, about)
        },
        tasks={row.id: as_json(row.name) for row in conn.execute(_TASK_NAMES, about)},
    )


def _flat(conn: Connection, *, incident: int, unit: int) -> dict[str, Any]:
    place = conn.execute(_UNIT, {"unit": unit}).first()
    people = residents(conn, incident, unit)
    if place is None or not people:
        raise Unknown(f"Incident {incident} does not speak to a flat {unit}.")
    return {
        "unit": unit,
        "place": place.path,
        "people": people,
        "doors": doors_of(conn, incident, unit),
        "replies": words_of(conn, incident, [one["recipient"] for one in people], unit=unit),
    }


def _person(conn: Connection, *, incident: int, recipient: int) -> dict[str, Any]:
    people = residents(conn, incident, -recipient)  # whoever has no flat is a household alone
    if not people:
        raise Unknown(f"Incident {incident} speaks to no {recipient} without a flat.")
    said = words_of(conn, incident, [recipient])
    return {"unit": None, "place": "", "people": people, "doors": [], "replies": said}


def residents(conn: Connection, incident: int, household: int) -> list[dict[str, Any]]:
    """The people of one household as an incident knows them, with what was sent to each."""
    people = conn.execute(_FLAT, {"incident": incident, "unit": household}).all()
    ids = [(one.recipient_id,) for one in people]
    sent = run(conn, _FLAT_DELIVERIES, IDS, ids, incident)
    tasks = {one.recipient_id: one for one in conn.execute(_FLAT_TASKS, {"incident": incident})}
    homes = places_of(conn, (one.recipient_id for one in people))
    asks = {one for one, task in tasks.items() if task.state != "done"}
    return [
        _resident(one, sent, tasks.get(one.recipient_id))
        | {"homes": [home["path"] for home in homes.get(one.recipient_id, ())]}
        | {"help_at_flat": not one.answer and any(o.recipient_id in asks for o in people)}
        for one in people
    ]


def _resident(row: Any, sent: Sequence[Any], task: Any) -> dict[str, Any]:
    return {
        "recipient": row.recipient_id,
        "name": row.name,
        "kind": row.kind,
        "language": row.language,
        "needs": list(as_json(row.needs) or ()),
        "roles": list(as_json(row.roles) or ()),
        "vulnerable": bool(row.vulnerable),
        "unreachable": bool(row.unreachable),
        "answer": row.answer,
        **{name: moment(getattr(row, name)) for name in _MARKS},
        "deliveries": [_sent(one) for one in sent if one.person == row.recipient_id],
        "help": None if task is None else _task(task),
    }


_MARKS = ("told_at", "delivered_at", "read_at", "answered_at")


def _sent(row: Any) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "to": masked(row.channel, row.address),
        "stage": row.stage,
        "state": row.state,
        "reason": row.reason,
        "accepted_at": moment(row.accepted_at),
        "delivered_at": moment(row.delivered_at),
    }


def _task(row: Any) -> dict[str, Any]:
    return {
        "task": row.id,
        "state": row.state,
        "assigned": row.assigned,
        "outcome": row.outcome,
    }


def _figures(conn: Connection) -> dict[str, Any]:
    now = database_now(conn)
    deliveries: dict[str, dict[str, int]] = {}
    for channel, state, count in conn.execute(_STATES):
        deliveries.setdefault(channel, {})[state] = count
    lanes = {
        row.lane: {"depth": row.depth, "oldest_s": max(0, now - row.oldest) / 1000}
        for row in conn.execute(_LANES, {"now": now})
    }
    return {"deliveries": deliveries, "lanes": lanes}


def _public(conn: Connection, *, site: str) -> dict[str, Any]:
    key, _, path = site.partition(":")
    if site:
        _named(conn, key, path)
    rows = conn.execute(_OPEN).mappings().all()
    here = [row for row in rows if not site or row["site_key"] == key]
    return {"open": [_open(conn, row) for row in here]}


def _named(conn: Connection, key: str, path: str) -> None:
    number = conn.execute(_SITE, {"key": key}).scalar_one_or_none()
    asked = {"site": number, "path": path}
    if number is None or (path and conn.execute(_PLACE, asked).first() is None):
        raise Unknown("There is no such site or place.")


def _open(conn: Connection, row: Mapping[Any, Any]) -> dict[str, Any]:
    headline: dict[str, str] = {}
    for said in conn.execute(_HEADLINE, {"incident": row["id"]}):
        headline[said.language] = (as_json(said.parts) or {}).get("headline", "")
    return {
        "code": row["code"],
        "kind": row["kind"],
        "level": row["level"],
        "place_spoken": spoken_of(conn, row["site_id"], row["place"]),
        "headline": headline,
    }


def _exists(conn: Connection, incident: int) -> None:
    if last_seq(conn, incident) is None:
        raise Unknown(f"There is no incident {incident}.")
