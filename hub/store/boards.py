"""A board's rows on one consistent snapshot, and the few that are read again as it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.boards import Parts, Screens
from hub.decide.copies import Copies
from hub.decide.meeting import base_band
from hub.decide.tally import Curve, Person, step, structural
from hub.decide.timeline import SOMEBODY
from hub.decide.views import Loaded, Since, incident_json, moment
from hub.errors import Unknown
from hub.events import Event
from hub.model import Lane
from hub.store.database import Database, database_now
from hub.store.doors import counts
from hub.store.events import latest_events, read_events
from hub.store.help_open import OPEN, help_open
from hub.store.homes import flats_of, places_of
from hub.store.incidents import closing, ended_by
from hub.store.outcomes import on_board, standing_of
from hub.store.placed import NAMED, as_json, homes_named, spoken_at, spoken_of

_PEOPLE = ("resident", "staff", "outside")
_INCIDENT = text("""
SELECT i.*, s.settings FROM incidents i JOIN sites s ON s.id = i.site_id WHERE i.id = :incident""")
_AUDIENCE = text("""
SELECT recipient_id, household, vulnerable, unreachable, told_at, delivered_at, read_at, answer,
    answered_at
FROM audience WHERE incident_id = :incident AND kind IN ('resident', 'staff', 'outside')""")
_DELIVERIES = text("""
SELECT channel, state, unsure, doubled, count(*) AS number
FROM deliveries WHERE incident_id = :incident GROUP BY channel, state, unsure, doubled""")
_HELPS = text("""
SELECT id, recipient_id, state FROM tasks
WHERE incident_id = :incident AND key = 'help' AND recipient_id IS NOT NULL""")
# Who leaves first, floor by floor: the frozen audience says it, whatever the estate is today.
_ZONES = text("""
SELECT f.path, min(a.band) AS band FROM audience a
JOIN places u ON u.id = a.place_id JOIN places f ON f.id = u.parent_id
WHERE a.incident_id = :incident AND a.kind = 'resident' AND f.kind = 'floor'
GROUP BY f.path ORDER BY f.path""")
# Doors and calls by hand are one for each household: they have a list of their own.
_TASKS = text("SELECT * FROM tasks WHERE incident_id = :incident AND household IS NULL ORDER BY id")
_WAVES = text("""
SELECT w.notice_id, w.no, w.round, w.key, w.spec, w.due_at, w.state, w.started_at, w.deliveries,
    n.stage
FROM waves w JOIN notices n ON n.id = w.notice_id
WHERE w.incident_id = :incident ORDER BY w.notice_id, w.no, w.round""")
_NOTICES = text("""
SELECT id, stage, revision, issued_at, text, texts FROM notices WHERE incident_id = :incident
ORDER BY revision""")
_CALLS = text("""
SELECT at, data FROM events WHERE incident_id = :incident AND kind = 'called' ORDER BY seq""")
_HELP_LIST = text(f"""
SELECT t.id AS task, t.created_at, t.assigned, t.recipient_id AS recipient, r.needs, a.household,
    {NAMED}, (SELECT count(*) FROM audience m WHERE m.incident_id = t.incident_id
        AND m.household = a.household AND m.kind IN ('resident', 'staff', 'outside')) AS people
FROM tasks t LEFT JOIN recipients r ON r.id = t.recipient_id
LEFT JOIN audience a ON a.incident_id = t.incident_id AND a.recipient_id = t.recipient_id
LEFT JOIN places p ON p.id = a.household
WHERE t.incident_id = :incident AND {OPEN} ORDER BY t.id""")
_SCREENS = text("""
SELECT a.recipient_id, s.seen_at, s.gone_at, s.showing_notice, s.shown_at,
    (SELECT n.id FROM notices n WHERE n.incident_id = a.incident_id
     ORDER BY n.revision DESC LIMIT 1) AS latest
FROM incidents i CROSS JOIN recipients r CROSS JOIN audience a
LEFT JOIN screens s ON s.recipient_id = r.id
WHERE i.id = :incident AND r.site_id = i.site_id AND r.kind = 'screen'
    AND a.incident_id = i.id AND a.recipient_id = r.id ORDER BY r.id""")
_EPOCH = text("SELECT value FROM meta WHERE key = 'epoch'")

EVENTS_AT_ONCE = 5_000


class BoardLedger:
    """Where boards are read."""

    def __init__(self, db: Database):
        self._db = db

    async def load(self, incident: int) -> Loaded:
        """Everything of a board at one event; Unknown if there is no such incident."""
        return await self._db.read(partial(load, incident=incident))

    async def since(self, incident: int, seq: int, *, screens: bool) -> Since:
        """The events after `seq`, and what has to be read again because of them."""
        return await self._db.read(partial(since, incident=incident, seq=seq, screens=screens))


def load(conn: Connection, *, incident: int) -> Loaded:
    about = {"incident": incident}
    row = _incident(conn, incident)
    people, curves = _people(conn.execute(_AUDIENCE, about), row["launched_at"])
    for person, flats in flats_of(conn, incident).items():
        if person in people:
            people[person].further = flats
    deliveries, copies = _deliveries(conn.execute(_DELIVERIES, about))
    helps = {one.id: (one.recipient_id, one.state == "done") for one in conn.execute(_HELPS, about)}
    timeline = tuple(latest_events(conn, incident, until=row["last_seq"]))
    return Loaded(
        epoch=conn.execute(_EPOCH).scalar_one_or_none() or "0",
        at=database_now(conn),
        seq=row["last_seq"],
        launched_ms=row["launched_at"],
        lane=Lane(row["lane"]),
        people=people,
        deliveries=deliveries,
        copies=copies,
        helps=helps,
        curves=curves,
        places=homes_named(conn, incident, timeline),
        parts=_parts(conn, row),
        zones={one.path: base_band(one.band) for one in conn.execute(_ZONES, about)},
        screens=_screens(conn, incident),
        timeline=timeline,
    )


def since(conn: Connection, *, incident: int, seq: int, screens: bool) -> Since:
    events = read_events(conn, incident, since=seq, limit=EVENTS_AT_ONCE)
    structure = any(structural(event) for event in events)
    screens = screens or structure or any(_shows(event) for event in events)
    return Since(
        events=tuple(events),
        places=homes_named(conn, incident, events),
        parts=_parts(conn, _incident(conn, incident)) if structure else None,
        screens=_screens(conn, incident) if screens else None,
        at=database_now(conn),
    )


def _shows(event: Event) -> bool:
    return bool(event.data.get("shown") or event.data.get("hidden") or event.kind == "screen")


def _incident(conn: Connection, incident: int) -> Mapping[Any, Any]:
    row = conn.execute(_INCIDENT, {"incident": incident}).mappings().first()
    if row is None:
        raise Unknown(f"There is no incident {incident}.")
    return row


def _people(rows: Iterable[Any], launched: int) -> tuple[dict[int, Person], dict[str, Curve]]:
    people: dict[int, Person] = {}
    curves: dict[str, Curve] = {"told": {}, "delivered": {}, "answered": {}}
    for person, home, vulnerable, lost, told, delivered, read, answer, answered in rows:
        people[person] = Person(
            home,
            bool(vulnerable),
            bool(lost),
            told is not None,
            delivered is not None,
            read is not None,
            answer,
        )
        for name, at in (("told", told), ("delivered", delivered), ("answered", answered)):
            if at is not None:
                when = step((at - launched) // 1000)
                curves[name][when] = curves[name].get(when, 0) + 1
    return people, curves


def _deliveries(rows: Iterable[Any]) -> tuple[dict[str, dict[str, int]], Copies]:
    """Channel -> state of the board -> number; and how many are in doubt or may be doubled."""
    counts: dict[str, dict[str, int]] = {}
    in_doubt = doubled = 0
    for row in rows:
        states, state = counts.setdefault(row.channel, {}), on_board(row.state)
        states[state] = states.get(state, 0) + row.number
        standing = standing_of(row)
        in_doubt += row.number * standing.in_doubt
        doubled += row.number * standing.maybe_twice
    return counts, Copies(in_doubt, doubled)


def _parts(conn: Connection, row: Mapping[Any, Any]) -> Parts:
    about = {"incident": row["id"]}
    settings = as_json(row["settings"]) or {}
    recipe = as_json(row["recipe"]) or {}
    spoken = spoken_of(conn, row["site_id"], row["place"])
    over = closing(conn, row)
    bands = {band["key"]: band.get("name") or {} for band in recipe.get("bands") or ()}
    return Parts(
        incident=incident_json(
            row, recipe=recipe, spoken=spoken, real=ended_by(conn, row["ended_by"])
        )
        | {"bands": bands}
        | over,
        tasks=tuple(_task(one) for one in conn.execute(_TASKS, about)),
        waves=_waves(conn, row["id"]),
        notices=tuple(_notice(one) for one in conn.execute(_NOTICES, about)),
        help=_help(conn, row["id"]),
        helped=help_open(conn, row["id"]),
        calls={
            str(as_json(one.data).get("number", "")): moment(one.at)
            for one in conn.execute(_CALLS, about)
        },
        source=settings.get("source") or {},
    )


def _task(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "name": as_json(row.name),
        "role": row.role,
        "recipient": row.recipient_id,
        "state": row.state,
        "due_at": moment(row.due_at),
        "assigned": row.assigned,
        "outcome": row.outcome,
        "done_at": moment(row.done_at),
    }


def _waves(conn: Connection, incident: int) -> tuple[dict[str, Any], ...]:
    by_hand = counts(conn, incident)
    return tuple(
        _wave(one, by_hand.get((one.notice_id, one.no, one.round), {}))
        for one in conn.execute(_WAVES, {"incident": incident})
    )


def _wave(row: Any, tasks: Mapping[str, int]) -> dict[str, Any]:
    spec = as_json(row.spec) or {}
    return {
        "no": row.no,
        "round": row.round,
        "key": row.key,
        "name": spec.get("name") or {},
        "stage": row.stage,
        "due_at": moment(row.due_at),
        "state": row.state,
        "started_at": moment(row.started_at),
        "deliveries": row.deliveries,
        "channels": list(spec.get("channels") or ()),
        "tasks": dict(tasks),
    }


def _notice(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "stage": row.stage,
        "revision": row.revision,
        "issued_at": moment(row.issued_at),
        "text": row.text,
        "texts": as_json(row.texts) or {},
    }


def _help(conn: Connection, incident: int) -> tuple[dict[str, Any], ...]:
    """Who needs somebody to come: where, how many are there, what they need, who has it. The need
    is shown because someone must carry it; the name is not."""
    rows = conn.execute(_HELP_LIST, {"incident": incident}).mappings().all()
    homes = places_of(conn, (row["recipient"] for row in rows if row["recipient"]))
    return tuple(_helped(row, homes.get(row["recipient"], ())) for row in rows)


def _helped(row: Mapping[Any, Any], homes: Sequence[Mapping[Any, Any]]) -> dict[str, Any]:
    known = row["path"] is not None
    return {
        "task": row["task"],
        "recipient": row["recipient"],
        "unit": row["household"] if known else None,
        "place": row["path"] if known else "",
        "spoken": spoken_at(row) if known else dict(SOMEBODY),
        "elsewhere": [
            {"unit": home["id"], "place": home["path"], "spoken": spoken_at(home)}
            for home in homes
            if home["id"] != row["household"]
        ],
        "people": row["people"] or 1,
        "needs": list(as_json(row["needs"]) or ()),
        "since": moment(row["created_at"]),
        "assigned": row["assigned"],
    }


def _screens(conn: Connection, incident: int) -> Screens:
    return {
        row.recipient_id: _screen(row) for row in conn.execute(_SCREENS, {"incident": incident})
    }


def _screen(row: Any) -> dict[str, Any]:
    if row.seen_at is None or row.gone_at is not None:
        return {"state": "offline", "since": moment(row.gone_at)}
    if row.showing_notice is not None and row.showing_notice == row.latest:
        return {"state": "shown", "since": moment(row.shown_at)}
    return {"state": "waiting", "since": None}
