"""What is made of a reply: settled once, recorded where its answer counts, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select, text, update

from hub.decide.alarms import cry_alarm
from hub.decide.answers import Given
from hub.decide.inbox import Settling, Why
from hub.errors import Conflict, Unknown
from hub.events import EventKind
from hub.model import AnswerWord
from hub.store.actors import called
from hub.store.alarms import clear, raise_now
from hub.store.answers import take
from hub.store.database import database_now
from hub.store.events import append_event
from hub.store.inbox_told import told
from hub.store.placed import as_json
from hub.store.schema import audience, replies

Bells = dict[int, int]
"""Incident -> its newest event: who watches it is to be told."""

# Where an answer on behalf belongs: the reply's own incident, else live before drill, the graver,
# the newer.
_WHERE = text("""
SELECT i.id, i.kind FROM incidents i CROSS JOIN audience a
WHERE i.status <> 'closed' AND a.incident_id = i.id AND a.recipient_id = :recipient
ORDER BY CASE WHEN i.id = :incident THEN 0 ELSE 1 END, CASE i.kind WHEN 'live' THEN 0 ELSE 1 END,
    i.level, i.launched_at DESC, i.id DESC""")
_LIVE = text("SELECT id FROM incidents WHERE status <> 'closed' AND kind = 'live' ORDER BY id")
_HOLD_PERSON = text("""
SELECT 1 FROM audience WHERE incident_id IN :ids AND recipient_id = :person
ORDER BY incident_id FOR UPDATE""").bindparams(bindparam("ids", expanding=True))
_HOLD = text("""
SELECT 1 FROM incidents WHERE id IN :ids ORDER BY id FOR NO KEY UPDATE""").bindparams(
    bindparam("ids", expanding=True)
)
_KNOWN = text("SELECT 1 FROM recipients WHERE id = :recipient")
# How this person stands, if what settling recorded is the last that was said for them.
_STANDS = """
SELECT a.answer, a.answered_at FROM audience a JOIN incidents i ON i.id = a.incident_id
WHERE a.incident_id = :incident AND a.recipient_id = :recipient AND i.status <> 'closed'
AND (SELECT max(s.id) FROM answers s
    WHERE s.incident_id = a.incident_id AND s.recipient_id = a.recipient_id)
    = (SELECT s.id FROM answers s WHERE s.once = :once)"""
_STANDS_LOCKED = {"sqlite": text(_STANDS), "postgresql": text(_STANDS + " FOR UPDATE OF a")}


@dataclass(frozen=True, slots=True)
class Settled:
    """A reply as it stands now, whom to tell, and whether that is new."""

    reply: Mapping[str, Any]
    bells: Bells
    new: bool


def settle(conn: Connection, *, reply: int, settling: Settling, actor: str) -> Settled:
    """The reply is settled, or was so already; Conflict: otherwise."""
    row = _locked(conn, reply)
    if row["settled_at"] is not None:
        return Settled(_again(conn, row, settling), {}, new=False)
    now = database_now(conn)
    person, word = settling.recipient, settling.answer
    mine = _where(conn, row, person, AnswerWord(word)) if person is not None and word else ()
    _hold(conn, row, mine, person)
    before, bells = _record(conn, row, settling, actor, now)
    if row["cry"]:  # where it counted as somebody who needs help, it does so no more
        event = {"what": "cry_settled", "detail": {"reply": reply}}
        bells |= in_all(conn, row["incident_id"], event, actor=actor, live=True, now=now)
    kept = {str(incident): answer for incident, answer in before.items()}
    said = settling.to_json() | {"incidents": list(before), "before": kept}
    values = {"settled_at": now, "settled_by": actor, "settled": said}
    clear(conn, cry_alarm(reply, "", None).key, now)
    return Settled(_changed(conn, row, values), bells, new=True)


def reopen(conn: Connection, *, reply: int, actor: str) -> Settled:
    """The reply waits for people again, and what settling it recorded is taken back: but for help,
    which ends where somebody went, and for what was answered since."""
    row = _locked(conn, reply)
    if row["settled_at"] is None:
        (found,) = told(conn, [row])
        return Settled(found, {}, new=False)
    now = database_now(conn)
    said = as_json(row["settled"]) or {}
    _hold(conn, row, map(int, said.get("before") or {}), said.get("recipient"))
    bells = _take_back(conn, row, actor, now)
    about = {"reply": reply, "via": row["channel"]}
    if row["recipient_id"] is not None:
        about["recipient"] = row["recipient_id"]
    incident, event = row["incident_id"], {"what": "reply_reopened", "detail": about}
    bells |= in_all(conn, incident, event, actor=actor, live=bool(row["cry"]), now=now)
    values: dict[str, Any] = {"settled_at": None, "settled_by": "", "settled": None}
    if row["cry"]:
        raise_now(conn, cry_alarm(reply, row["channel"], incident), now)
    if row["why"] == Why.HEARD:  # the hub's own doing: it was heard, and now people look
        values["why"] = str(Why.UNCLEAR)
    return Settled(_changed(conn, row, values), bells, new=True)


def in_all(
    conn: Connection,
    about: int | None,
    event: Mapping[str, Any],
    *,
    actor: str,
    live: bool,
    now: int,
) -> Bells:
    """An alarm event of the incident it is about, if any, and of every open live one."""
    of = set() if about is None else {about}
    if live:
        of |= {int(one) for one in conn.execute(_LIVE).scalars()}
    return {
        one: append_event(conn, one, EventKind.ALARM, event, actor=actor, now_ms=now)
        for one in sorted(of)
    }


def _locked(conn: Connection, reply: int) -> RowMapping:
    asked = select(replies).where(replies.c.id == reply).with_for_update()
    row = conn.execute(asked).mappings().one_or_none()
    if row is None:
        raise Unknown(f"There is no reply {reply}.")
    return row


def _hold(
    conn: Connection, row: Mapping[Any, Any], mine: Iterable[int], person: int | None
) -> None:
    """Every incident this will be an event of is held, in the order of all who write to several:
    the rows of people first, then incidents by id. A cry is never lost to two that wait for each
    other crosswise."""
    if conn.dialect.name == "sqlite":
        return
    ids = {*mine} | ({row["incident_id"]} - {None})
    if row["cry"]:
        ids |= {int(one) for one in conn.execute(_LIVE).scalars()}
    if ids and person is not None:
        conn.execute(_HOLD_PERSON, {"ids": sorted(ids), "person": person})
    if ids:
        conn.execute(_HOLD, {"ids": sorted(ids)})


def _changed(
    conn: Connection, row: Mapping[Any, Any], values: Mapping[str, Any]
) -> Mapping[str, Any]:
    conn.execute(update(replies).where(replies.c.id == row["id"]).values(values))
    (found,) = told(conn, [{**row, **values}])
    return found


def _again(conn: Connection, row: Mapping[Any, Any], settling: Settling) -> Mapping[str, Any]:
    kept = as_json(row["settled"]) or {}
    (found,) = told(conn, [row])
    if settling.same(kept):
        return found
    who = called(found["settled"]["by"], found["settled"]["by_name"])
    said = f"This reply was settled otherwise by {who} meanwhile. Load it again."
    raise Conflict(said, code="settled")


def _record(
    conn: Connection, row: Mapping[Any, Any], settling: Settling, actor: str, now: int
) -> tuple[dict[int, str], Bells]:
    """The answer stands for this person where it counts; how they stood there before."""
    person = settling.recipient
    if person is None:
        return {}, {}
    if conn.execute(_KNOWN, {"recipient": person}).first() is None:
        raise Unknown(f"There is no recipient {person}.")
    if not settling.answer:
        return {}, {}
    word = AnswerWord(settling.answer)
    before: dict[int, str] = {}
    bells: Bells = {}
    for incident in _where(conn, row, person, word):
        given = Given(
            incident=incident,
            recipient=person,
            word=word,
            via="staff",
            actor=actor,
            evidence={"by": actor, "reply": str(row["id"])},
            once=_once(row["id"], now, incident),
        )
        answered = take(conn, given=given)
        before[incident] = answered.before
        bells |= {incident: answered.seq} if answered.seq else {}
    return before, bells


def _once(reply: int, at: int, incident: int) -> str:
    """What settling this reply then recorded in this incident is known by."""
    return f"reply/{reply}/{at}/in/{incident}"


def _take_back(conn: Connection, row: Mapping[Any, Any], actor: str, now: int) -> Bells:
    """How the person stood before is how they stand again, where nothing was said since."""
    said = as_json(row["settled"]) or {}
    person, word = said.get("recipient"), said.get("answer")
    bells: Bells = {}
    for number, before in (said.get("before") or {}).items():
        incident = int(number)
        once = _once(row["id"], row["settled_at"], incident)
        asked = {"incident": incident, "recipient": person, "once": once}
        stands = conn.execute(_STANDS_LOCKED[conn.dialect.name], asked).one_or_none()
        if word == AnswerWord.HELP or stands is None:
            continue
        mine = (audience.c.incident_id == incident) & (audience.c.recipient_id == person)
        since = stands.answered_at if before else None
        values = {"answer": before, "answered_at": since}
        conn.execute(update(audience).where(mine).values(values))
        event = {"recipient": person, "answer": before, "via": "staff", "before": stands.answer}
        event |= {"undone": stands.answered_at}
        bells[incident] = append_event(
            conn, incident, EventKind.ANSWERED, event, actor=actor, now_ms=now
        )
    return bells


def _where(
    conn: Connection, row: Mapping[Any, Any], person: int, word: AnswerWord
) -> Sequence[int]:
    """One incident; for help every live one that speaks to this person, as for a cry itself, in
    order of id as everywhere: no two wait for each other crosswise."""
    asked = {"recipient": person, "incident": row["incident_id"] or 0}
    rows = conn.execute(_WHERE, asked).all()
    live = [int(one.id) for one in rows if one.kind == "live"]
    if word is AnswerWord.HELP and live:
        return sorted(live)
    return [int(one.id) for one in rows[:1]]
