"""Answers as rows: never lost, never counted twice; and what they stop.

All answers that wait are taken as one set: the statements are the same for one and for hundreds.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection

from hub.decide.answers import Answered, Given
from hub.decide.routing import Asked, Caller
from hub.errors import Conflict, HubError, Unknown
from hub.events import EventKind
from hub.model import AnswerWord
from hub.states import IncidentState
from hub.store.addresses import opt_in, opt_out
from hub.store.batches import IDS, each, run
from hub.store.database import Database, database_now
from hub.store.events import Fact, append_events
from hub.store.helps import ask_for_help, open_help
from hub.store.replies import caller, last_texts, number_of, speaking_to
from hub.store.ways import SENT_TO, VIA

Person = tuple[int, int]
"""Incident and recipient."""

_PEOPLE = (("incident", "bigint"), ("id", "bigint"))
_STATUS = "SELECT i.id, i.status FROM {rows} CROSS JOIN incidents i WHERE i.id = b.id"
_KNOWN = "SELECT a.once FROM {rows} CROSS JOIN answers a WHERE a.once = b.once"
_KEEP = """
INSERT INTO answers (incident_id, recipient_id, answer, via, evidence, actor, at, once)
SELECT b.incident, b.id, b.answer, b.via, b.evidence, b.actor, CAST({1} AS bigint), b.once
FROM {rows} WHERE TRUE ORDER BY b.place ON CONFLICT (once) DO NOTHING RETURNING once"""
_KEEP_COLUMNS = (
    *_PEOPLE, ("answer", "text"), ("via", "text"), ("evidence", "jsonb"), ("actor", "text"),
    ("once", "text"), ("place", "bigint"),
)  # fmt: skip
_OWN = """
SELECT a.incident_id, a.recipient_id, a.actor FROM {rows} CROSS JOIN answers a
WHERE a.incident_id = b.incident AND a.recipient_id = b.id ORDER BY a.id"""
# CROSS JOIN keeps SQLite to the order written: from the few people to their rows, never from all
# rows of the incident to the few people.
_WHO = """
SELECT a.incident_id, a.recipient_id, a.answer FROM {rows} CROSS JOIN audience a
WHERE a.incident_id = b.incident AND a.recipient_id = b.id
ORDER BY a.incident_id, a.recipient_id"""
_WHO_LOCKED = {"sqlite": _WHO, "postgresql": _WHO + " FOR UPDATE OF a"}
_MARK = """
UPDATE audience SET answer = b.answer, answered_at = coalesce(answered_at, {1})
FROM {rows} WHERE audience.incident_id = b.incident AND audience.recipient_id = b.id"""
_MARK_COLUMNS = (*_PEOPLE, ("answer", "text"))
# By the person's own addresses: deliveries have no index on people, but one on addresses.
_STOP = """
UPDATE deliveries SET state = 'suppressed', reason = 'answered', ended_at = {1}
WHERE state = 'planned' AND id IN (
    SELECT d.id FROM {rows} CROSS JOIN addresses ad CROSS JOIN (@via) via CROSS JOIN notices n
    CROSS JOIN deliveries d CROSS JOIN audience me
    WHERE ad.recipient_id = b.id AND n.incident_id = b.incident AND n.stage = 'alert'
    AND d.notice_id = n.id AND @sent_to
    AND me.incident_id = n.incident_id AND me.recipient_id = d.recipient_id
    AND d.state = 'planned' AND (d.wave > 0 OR d.round > 0) AND me.answer <> ''
    AND NOT EXISTS (SELECT 1 FROM delivery_also o JOIN audience s
        ON s.incident_id = n.incident_id AND s.recipient_id = o.recipient_id
        WHERE o.delivery_id = d.id AND s.answer = ''))
RETURNING incident_id, channel""".replace("@via", VIA).replace("@sent_to", SENT_TO)


class AnswerLedger:
    """Where answers are kept."""

    def __init__(self, db: Database):
        self._db = db

    async def take(self, given: Given) -> Answered:
        """The answer stands; Unknown (no such incident or person), Conflict (closed)."""
        return await self._db.write(partial(take, given=given))

    async def take_all(self, given: Sequence[Given]) -> Sequence[Answered | HubError]:
        """The answers stand, in this order; for each what became of it: as for `take`, but an
        answer that cannot be taken says so in its own place and harms no other."""
        return await self._db.write(partial(take_all, given=given))

    async def caller(self, channel: str, sender: str) -> Caller:
        """Who words from this number are from, and which open incidents speak to them."""
        return await self._db.read(partial(caller, channel=channel, sender=sender))

    async def speaking_to(self, people: Sequence[int]) -> tuple[Asked, ...]:
        """The open incidents that speak to these people."""
        return await self._db.read(partial(speaking_to, people=tuple(people)))

    async def number_of(self, person: int) -> str:
        """A phone number of this person; "" where none is known."""
        return await self._db.read(partial(number_of, person=person))

    async def last_texts(self, channel: str, sender: str) -> tuple[str, ...]:
        """What was sent to this number last, the newest first; marks still in it."""
        return await self._db.read(partial(last_texts, channel=channel, sender=sender))

    async def opt_out(self, channel: str, sender: str) -> int:
        """Nothing more is sent to this address; how many recipients it belongs to."""
        return await self._db.write(
            lambda conn: opt_out(conn, channel, sender, now=database_now(conn))
        )

    async def opt_in(self, channel: str, sender: str) -> int:
        """The address is used again."""
        return await self._db.write(partial(opt_in, channel=channel, value=sender))


def take(conn: Connection, *, given: Given) -> Answered:
    (found,) = take_all(conn, given=[given])
    if isinstance(found, HubError):
        raise found
    return found


@dataclass(slots=True)
class _Taken:
    """One answer of a set: whom it speaks for, how they stood, and what it comes to."""

    given: Given
    people: tuple[int, ...]
    before: dict[int, str] = field(default_factory=dict)
    repeated: bool = False
    error: HubError | None = None
    seq: int = 0
    tasks: list[int] = field(default_factory=list)
    held: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, given: Given) -> _Taken:
        return cls(given, tuple(dict.fromkeys((given.recipient, *given.others))))

    @property
    def persons(self) -> list[Person]:
        return [(self.given.incident, person) for person in self.people]

    @property
    def moved(self) -> list[Person]:
        """Those whose answer this is from now on."""
        return [who for who in self.persons if who[1] not in self.held]

    @property
    def result(self) -> Answered | HubError:
        if self.error is not None:
            return self.error
        before = self.before[self.given.recipient]
        held = bool(self.held)
        if self.repeated:
            return Answered(before, before, repeated=True, held=held)
        now = before if self.given.recipient in self.held else str(self.given.word)
        return Answered(now, before, seq=self.seq, tasks=tuple(self.tasks), held=held)


def take_all(conn: Connection, *, given: Sequence[Given]) -> list[Answered | HubError]:
    now = database_now(conn)
    taken = [_Taken.of(one) for one in given]
    _yield(conn, taken)
    standing = _standing(conn, taken)
    _refuse(conn, taken, standing)
    good = [one for one in taken if one.error is None]
    _keep(conn, good, now)

    _fold(good, standing, helped=_open_help(conn, good))
    fresh = [one for one in good if not one.repeated]
    if marks := {who: str(one.given.word) for one in fresh for who in one.moved}:
        rows = [(*who, word) for who, word in sorted(marks.items())]
        each(conn, _MARK, _MARK_COLUMNS, rows, now)
        moves = _stop(conn, sorted(marks), now)
        _events(conn, fresh, moves, _helped(conn, fresh, now), now)
    return [one.result for one in taken]


def _yield(conn: Connection, taken: Sequence[_Taken]) -> None:
    """Who has spoken for themselves is left out of what somebody else's phone says."""
    asked = [one for one in taken if one.given.yields and one.given.others]
    people = sorted({(one.given.incident, person) for one in asked for person in one.given.others})
    if not people:
        return
    own = {(i, p): actor == f"recipient:{p}" for i, p, actor in run(conn, _OWN, _PEOPLE, people)}
    for one in asked:
        first = one.given.recipient
        one.people = tuple(
            p for p in one.people if p == first or not own.get((one.given.incident, p))
        )


def _standing(conn: Connection, taken: Sequence[_Taken]) -> dict[Person, str]:
    """What stands for each person the incidents speak to; their rows are locked."""
    people = sorted({who for one in taken for who in one.persons})
    found = run(conn, _WHO_LOCKED[conn.dialect.name], _PEOPLE, people)
    return {(incident, person): answer for incident, person, answer in found}


def _refuse(conn: Connection, taken: Sequence[_Taken], standing: Mapping[Person, str]) -> None:
    ids = sorted({(one.given.incident,) for one in taken})
    status = dict(map(tuple, run(conn, _STATUS, IDS, ids)))
    for one in taken:
        incident = one.given.incident
        missing = [person for _, person in one.persons if (incident, person) not in standing]
        if incident not in status:
            one.error = Unknown(f"There is no incident {incident}.")
        elif status[incident] == IncidentState.CLOSED:
            said = "This incident is closed; answers are no longer taken."
            one.error = Conflict(said, code="closed")
        elif missing:
            said = f"Incident {incident} does not speak to recipient {missing[0]}."
            one.error = Unknown(said)


def _keep(conn: Connection, taken: Sequence[_Taken], now: int) -> None:
    """The history has each answer for each of its people; those it had before are `repeated`."""
    known = [(one.given.once,) for one in taken if one.given.once is not None]
    had = {row[0] for row in run(conn, _KNOWN, (("once", "text"),), known)} if known else set()
    for one in taken:
        one.repeated = one.given.once is not None and one.given.once in had
        had.add(one.given.once)
    rows = [row for one in taken if not one.repeated for row in _history(one)]
    kept = {row[0] for row in run(conn, _KEEP, _KEEP_COLUMNS, _placed(rows), now)} if rows else ()
    for one in taken:  # said elsewhere while we looked: it stands there
        one.repeated |= one.given.once is not None and one.given.once not in kept


def _placed(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    return ((*row, place) for place, row in enumerate(rows))


def _history(one: _Taken) -> Iterator[tuple[Any, ...]]:
    given = one.given
    evidence = json.dumps(dict(given.evidence), ensure_ascii=False)
    for place, person in enumerate(one.people):
        once = given.once if place == 0 or given.once is None else f"{given.once}/{person}"
        yield given.incident, person, str(given.word), given.via, evidence, given.actor, once


def _open_help(conn: Connection, taken: Sequence[_Taken]) -> set[Person]:
    """Of those a bare digit speaks for, the ones somebody is to go to still."""
    bare = {who for one in taken if one.given.bare for who in one.persons}
    return set(open_help(conn, sorted(bare))) if bare else set()


def _fold(taken: Sequence[_Taken], standing: dict[Person, str], *, helped: set[Person]) -> None:
    """Each answer knows what it replaced, an earlier one of the same set included; and whose cry
    it leaves as it is."""
    for one in taken:
        given = one.given
        one.before = {person: standing[given.incident, person] for person in one.people}
        if given.bare and given.word is not AnswerWord.HELP:
            cried = {who for who in one.persons if standing[who] == AnswerWord.HELP}
            one.held = {person for _, person in cried & helped}
        if not one.repeated:
            standing.update(dict.fromkeys(one.moved, str(given.word)))
            helped |= set(one.persons) if given.word is AnswerWord.HELP else set()


def _stop(conn: Connection, people: Sequence[Person], now: int) -> dict[int, list[list[Any]]]:
    """What is still to come for these people stays unsent; by incident, as moves of a board."""
    stopped = Counter(map(tuple, run(conn, _STOP, _PEOPLE, people, now)))
    moves: dict[int, list[list[Any]]] = defaultdict(list)
    for (incident, channel), count in sorted(stopped.items()):
        moves[incident].append([channel, "planned", "suppressed", count])
    return moves


def _helped(conn: Connection, fresh: Sequence[_Taken], now: int) -> dict[Person, int]:
    asked = {who for one in fresh if one.given.word is AnswerWord.HELP for who in one.persons}
    return ask_for_help(conn, sorted(asked), now=now) if asked else {}


def _events(
    conn: Connection,
    fresh: Sequence[_Taken],
    moves: dict[int, list[list[Any]]],
    helped: dict[Person, int],
    now: int,
) -> None:
    """One event for each person whose answer changed, and for each new task. Incidents in order,
    so that two transactions never wait for each other crosswise."""
    by_incident: dict[int, list[tuple[_Taken, Fact]]] = defaultdict(list)
    for one in fresh:
        facts = _facts(one, moves, helped)
        by_incident[one.given.incident] += [(one, fact) for fact in facts]
    for incident, found in sorted(by_incident.items()):
        if found:
            facts_of = [fact for _, fact in found]
            first = append_events(conn, incident, facts_of, now_ms=now)
            for seq, (one, _) in enumerate(found, first):
                one.seq = seq


def _facts(
    one: _Taken, moves: dict[int, list[list[Any]]], helped: dict[Person, int]
) -> Iterator[Fact]:
    given = one.given
    for person, old in sorted(one.before.items()):
        if person in one.held:
            continue
        carried = moves.pop(given.incident, None)  # on the first event of the incident
        if old != given.word or carried:
            data: dict[str, Any] = {"recipient": person, "answer": str(given.word)}
            data |= {"via": given.via, "before": old} | ({"moves": carried} if carried else {})
            yield EventKind.ANSWERED, data, given.actor
        asks = given.word is AnswerWord.HELP
        if asks and (task := helped.pop((given.incident, person), None)):
            one.tasks.append(task)
            yield EventKind.HELP, {"recipient": person, "task": task}, given.actor
