"""The laws that hold after every step of a hub, whatever happened to it."""

from __future__ import annotations

from typing import Any

from tests.model.carrier import Call
from tests.model.memory import LAST, Memory
from tests.model.town import Town

ATTEMPT = """
SELECT a.delivery_id, a.fence, d.wave, d.round, d.recipient_id, n.expires_at
FROM attempts a JOIN deliveries d ON d.id = a.delivery_id JOIN notices n ON n.id = d.notice_id
WHERE a.id = :attempt AND d.id = :delivery AND d.incident_id = :incident
    AND d.notice_id = :notice AND d.channel = :channel AND d.address = :to"""
ALSO = "SELECT recipient_id FROM delivery_also WHERE delivery_id = :delivery"
DELIVERIES = """
SELECT d.id, d.incident_id, d.notice_id, d.recipient_id, d.channel, d.address, d.state, d.reason,
    d.doubled, d.unsure, d.wave, d.round, n.stage
FROM deliveries d JOIN notices n ON n.id = d.notice_id ORDER BY d.id"""
ANSWERS = """
SELECT incident_id, recipient_id, answer FROM audience ORDER BY incident_id, recipient_id"""
DOORS = """
SELECT t.id, t.incident_id, t.household, t.state, i.status, t.notice_id, t.done_by, t.outcome,
    n.stage, (SELECT max(o.id) FROM notices o WHERE o.incident_id = t.incident_id) AS newest
FROM tasks t JOIN incidents i ON i.id = t.incident_id JOIN notices n ON n.id = t.notice_id
WHERE t.household IS NOT NULL ORDER BY t.id"""
# A delivery that was looked at as failed, or as long in doubt, is nothing to rely on.
HOMES = """
SELECT DISTINCT d.notice_id, a.household FROM deliveries d
LEFT JOIN delivery_also o ON o.delivery_id = d.id
JOIN audience a ON a.incident_id = d.incident_id
    AND a.recipient_id IN (d.recipient_id, o.recipient_id)
WHERE a.kind IN ('resident', 'staff') AND d.onward_at IS NULL"""


async def witness(town: Town, memory: Memory, call: Call, objections: list[str]) -> None:
    """The call was looked up on record before anything was taken, and objected to if need be."""
    parcel = call.parcel
    named = {
        "attempt": int(parcel.attempt), "delivery": int(parcel.delivery), "to": parcel.to,
        "incident": int(parcel.incident), "notice": int(parcel.notice), "channel": parcel.channel,
    }  # fmt: skip
    rows = await town.rows(ATTEMPT, **named)
    row = rows[0] if rows else None
    if row is not None:
        also = await town.rows(ALSO, delivery=int(parcel.delivery))
        call.wave = (row.wave, row.round)
        call.speaks_for = (row.recipient_id, *(one.recipient_id for one in also))
    objections += memory.objections(call, row)


async def check(town: Town, memory: Memory, feeds: dict[int, Any]) -> list[str]:
    """What does not hold now."""
    rows = await town.rows(DELIVERIES)
    found = memory.backwards(rows)
    found += memory.copies(rows, town.calls, town.touched)
    found += await _answers(town, memory)
    found += await _incidents(town, memory)
    found += await _boards(town, memory, feeds)
    return found


async def _answers(town: Town, memory: Memory) -> list[str]:
    found, people = [], set()
    for row in await town.rows(ANSWERS):
        people.add((row.incident_id, row.recipient_id))
        word = memory.answers.get((row.incident_id, row.recipient_id), ("", 0))[0]
        if row.answer != word:
            found.append(f"person {row.recipient_id} said {word!r}, and {row.answer!r} stands")
    if people != {(a.id, one) for a in memory.affairs.values() for one in a.people}:
        found.append("an audience is not who was to be told")
    kept = (await town.rows("SELECT count(*) FROM answers"))[0][0]
    if kept != memory.given:
        found.append(f"{memory.given} answers were given, {kept} are on record")
    return found


async def _incidents(town: Town, memory: Memory) -> list[str]:
    found = []
    rows = await town.rows("SELECT id, status, last_seq FROM incidents ORDER BY id")
    if [row.id for row in rows] != sorted(memory.affairs):
        found.append("the incidents are not those that were launched")
    for row in rows:
        if row.id in memory.affairs and row.status != memory.affairs[row.id].status:
            found.append(f"incident {row.id} is {row.status}, not {memory.affairs[row.id].status}")
        asked = "SELECT seq FROM events WHERE incident_id = :one ORDER BY seq"
        seqs = [one.seq for one in await town.rows(asked, one=row.id)]
        if seqs != list(range(1, row.last_seq + 1)):
            found.append(f"the events of incident {row.id} have a hole")
    return found


async def _boards(town: Town, memory: Memory, feeds: dict[int, Any]) -> list[str]:
    found = []
    for one in memory.affairs:
        if one not in feeds:
            feeds[one] = await town.watch.feed(one)
        await feeds[one].news()
        folded = _still(feeds[one].snapshot())
        fresh = _still((await town.watch.feed(one)).snapshot())
        wrong = [key for key in fresh if folded.get(key) != fresh[key]]
        found += [f"the folded board of {one} differs in {key}" for key in wrong]
    return found


def _still(frame: Any) -> dict[str, Any]:
    return {key: value for key, value in frame.items() if key != "at"}


async def at_the_end(town: Town, memory: Memory) -> list[str]:
    """What does not hold once nothing is left to do."""
    rows = await town.rows(DELIVERIES)
    found = [
        f"delivery {row.id} is left {row.state}"
        for row in rows
        if row.state in {"planned", "sending", "unsure"}
    ]
    found += [f"delivery {row.id}: no reason for {row.state}" for row in rows if not row.reason]
    found += _last_words(memory, town, rows)
    found += await _untold(town, rows)
    found += await _doors(town)
    tries = await town.rows("SELECT id, delivery_id FROM attempts")
    kept = {
        int(call.parcel.delivery)
        for call in town.calls
        if call.said == "accepted" and int(call.parcel.attempt) not in town.touched
    }
    told = {"accepted", "delivered", "read"}
    found += [
        f"delivery {row.id} was accepted, and is {row.state}"
        for row in rows
        if row.id in kept - memory.not_reached and row.state not in told
    ]
    excused = memory.excused(town.calls)
    excused |= {one.delivery_id for one in tries if one.id in town.touched}
    found += _reached([row for row in rows if row.id not in excused])
    return found


async def _untold(town: Town, rows: list[Any]) -> list[str]:
    """Nothing is given up while its provider, which can be asked, has nothing of it."""
    taken = {int(call.parcel.delivery) for call in town.calls if call.taken}
    cannot_say = await town.rows("SELECT delivery_id FROM attempts WHERE found = 'unknown'")
    excused = taken | {one.delivery_id for one in cannot_say}
    given_up = {"lost_worker", "timeout", "broken", "unknown"}
    return [
        f"delivery {row.id} was given up ({row.reason}), and its provider has nothing"
        for row in rows
        if row.state == "failed" and row.reason in given_up and row.id not in excused
    ]


async def _doors(town: Town) -> list[str]:
    """Nobody is sent to a door in vain, and who was told at the door alone hears the end there."""
    found = []
    doors, homes = await town.rows(DOORS), {tuple(row) for row in await town.rows(HOMES)}
    listed = {(row.notice_id, row.household) for row in doors}
    last = {row.id for row in await town.rows("SELECT id, stage FROM notices") if row.stage in LAST}
    for row in doors:
        people = await town.rows(
            "SELECT answer FROM audience WHERE incident_id = :i AND household = :h",
            i=row.incident_id, h=row.household,
        )  # fmt: skip
        wanted = row.status == "open" and any(not one.answer for one in people)
        if row.stage in LAST:
            wanted = row.status != "closed" and row.notice_id == row.newest
            if (row.notice_id, row.household) in homes:
                found.append(f"task {row.id} tells who has a delivery")
        if row.state != "done" and not wanted:
            found.append(f"nobody needs to knock for task {row.id}, and it is {row.state}")
        met = row.done_by not in {"", "hub"} and row.outcome.partition(":")[0] in {"safe", "help"}
        if not met or row.newest not in last or row.notice_id == row.newest:
            continue
        if (row.newest, row.household) not in homes | listed:
            found.append(f"whom task {row.id} told does not hear notice {row.newest}")
    return found


def _last_words(memory: Memory, town: Town, rows: list[Any]) -> list[str]:
    """Whoever got an earlier notice, even while the last was being said, has a delivery of it."""
    found = []
    for number, said in memory.notices.items():
        if said.stage not in LAST:
            continue
        planned = {(row.channel, row.address) for row in rows if row.notice_id == number}
        heard = {
            call.way
            for call in town.calls
            if call.taken
            and int(call.parcel.incident) == said.affair
            and memory.notices[int(call.parcel.notice)].at <= said.at
            and int(call.parcel.notice) < number
        }
        found += [f"{way[0]} heard, but not notice {number}" for way in sorted(heard - planned)]
    return found


def _reached(rows: list[Any]) -> list[str]:
    """An end is told to everybody it is for, unless a provider would not have it."""
    told = {"accepted", "delivered", "read"}
    return [
        f"delivery {row.id} of the {row.stage} is {row.state} ({row.reason})"
        for row in rows
        if row.stage in LAST and row.state not in told and row.reason != "superseded"
    ]
