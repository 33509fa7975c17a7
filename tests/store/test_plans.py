from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from hub.commands.estate_entries import demo_entries
from hub.decide.alarms import Alarm, AlarmKind
from hub.decide.answers import Given
from hub.decide.chores import Change
from hub.decide.claim import Claim, Display, Release, Sent
from hub.decide.inbox import Note, Settling, Why
from hub.decide.routing import Asked
from hub.model import AnswerWord, AttemptId, Kind, Lane, LaunchRequest, Outcome, Receipt, Verdict
from hub.roster.packing import packed
from hub.states import DeliveryState, Reason
from hub.store.accounts import AccountLedger
from hub.store.alarms import AlarmLedger
from hub.store.answers import AnswerLedger
from hub.store.audits import look
from hub.store.boards import BoardLedger
from hub.store.calls import CallLedger
from hub.store.database import Database
from hub.store.deliveries import DeliveryLedger
from hub.store.displays import DisplayLedger
from hub.store.doubts import DoubtLedger
from hub.store.estates import EstateLedger
from hub.store.inbox import InboxLedger
from hub.store.lists import ListLedger
from hub.store.pages import PageLedger
from hub.store.receipts import ReceiptLedger
from hub.store.rehearsals import records, told, unfinished
from hub.store.screens import ScreenLedger, pair_all
from hub.store.sweeps import SweepLedger
from hub.store.tasks import TaskLedger
from tests.launch_estate import WHO, House, open_house
from tests.store.plans import heard, steps

PEOPLE = 600

# Where a growing table may be walked through: part of the statement, and why it may.
INTENDED = {
    "UPDATE audience SET unreachable": "a launch, once: everybody's addresses are looked at",
    "'unreachable', CASE WHEN EXISTS": "a launch, once: a row for each who cannot be reached",
    "SELECT count(*) FROM audience a WHERE a.incident_id = ? AND a.band IN": "a wave, once",
    "SELECT count(*) FROM audience a WHERE a.incident_id = ? AND (CAST": "a wave, once: its fill",
    "min(a.rank * 4294967296 + a.recipient_id) AS best": "a wave or last notice, once: set-based",
    "count(DISTINCT d.address) AS sends": "the preview of a notice: all it would go to",
    "SELECT a.band, a.language, count(*) AS people FROM audience": "a notice: as above",
    "FROM deliveries d CROSS JOIN audience a": "a last notice, once: who was told by hand alone",
    "INSERT INTO delivery_also": "a wave or last notice, once: set-based",
    "FROM deliveries WHERE notice_id = ? AND wave = ? AND round = ?": "a wave, once: its counts",
    "SELECT recipient_id, household, vulnerable, unreachable": "a board that is opened: everybody",
    "SELECT channel, state, unsure, doubled": "a board that is opened: all its deliveries",
    "SELECT f.path, min(a.band)": "a board that is opened: which floors leave first",
    "kind = 'called'": "by an index of nothing but calls",
    "SELECT a.incident_id, count(*) AS people, count(a.told_at)": "counted once for each event",
    "SELECT d.channel, d.state, count(*) FROM deliveries d": "metrics: open incidents alone",
    "AND d.onward_at IS NULL ORDER BY d.id": "by an index of nothing but what is to be looked at",
    "count(*) AS number, max(id) AS newest FROM replies": "by an index of nothing but what waits",
    "SELECT DISTINCT recipient_id FROM audience": "a launch beside others: whom they ask already",
    "SELECT lane, count(*) AS depth": "metrics: by an index of nothing but what waits",
    "d.accepted_at < ? LIMIT": "every 30 s, and while it finds any: open incidents alone",
    "incident_id = ? AND state = 'planned' AND notice_id IN": "stop, close or a last notice, once",
    "n.stage IN ('all_clear', 'correction') AND d.state": "closing, once",
    "SELECT n.stage FROM notices n": "by an index of nothing but what a restore cut short",
    "ELSE 'reply ' || r.id END) AS cries": "by an index of nothing but what waits",
    "SELECT count(*) AS count_1 FROM audience": "stop or close, once: who was not told",
    "count(audience.told_at) AS count_1": "a rehearsal looks how far it is",
    "SELECT count(*) AS count_1 FROM deliveries WHERE": "a rehearsal looks how far it is",
    "deliveries.address, deliveries.recipient_id FROM deliveries": "a rehearsal, once, at its end",
    "SELECT attempts.id, attempts.delivery_id": "a rehearsal, once, at its end",
    "SELECT audience.told_at, audience.unreachable": "a rehearsal, once, at its end",
    "recipients.kind = ?": "one kind of recipient of a site, as asked for",
    "r.kind = 'screen'": "the screens of a site",
    "GROUP BY recipients.kind": "the register says how many there are",
    "LIKE lower(?)": "the register is searched",
    "d.reason = 'blocked' OR": "numbers to repair, as asked for: the last three incidents",
    "OR ad.opted_out_at IS NOT NULL OR ad.id IN": "numbers to repair, as asked for: the register",
}


async def test_no_statement_walks_through_more_than_it_must(tmp_path: Path) -> None:
    """SQLite keeps no statistics here, so its plans are the same at 600 people and at 100,000."""
    file = tmp_path / "muster.db"
    with heard() as found:
        await exercise(f"sqlite:///{file}")
    walked = steps(str(file), found.statements.items())
    odd = [step.said for step in walked if not any(part in step.sql for part in INTENDED)]
    assert not odd, "\n".join(["walks nobody has asked for:", *odd])
    idle = [part for part in INTENDED if not any(part in step.sql for step in walked)]
    assert not idle, f"allowed, but no statement does it (any more): {idle}"


async def exercise(url: str, people: int = PEOPLE) -> None:
    """A hub's whole day: an estate, a fire with all its waves, boards, lists, sweeps, the end."""
    house = await open_house(url)
    try:
        await _estate(house.db, people)
        request = LaunchRequest("fire", "1/5", Kind.LIVE)
        await house.launch.preview(request)
        fire = (await house.launch.start(request, who=WHO, key="k1")).id
        await _send(house.db, Lane.URGENT)
        await _hear(house.db, fire)
        await _look(house.db, fire)
        await house.run(_NOW)
        while await house.escalate.due():
            await house.run(
                "-- test\nUPDATE waves SET due_at = 0 WHERE state = 'waiting' AND round < 2"
            )
        await _knock(house, fire)
        await _send(house.db, Lane.URGENT)
        await _sweep(house)
        await _audit(house.db)
        await _end(house, fire)
    finally:
        await house.db.close()


async def _estate(db: Database, people: int) -> None:
    ledger = EstateLedger(db)
    site, rows, recipients = demo_entries(people)
    number = await ledger.load(site, rows, recipients)
    await ledger.places(number)
    await ledger.occupied(number)
    await ledger.counts(number)
    await ledger.residents(number, packed)
    await ledger.recipients(number, search="", kinds=("resident",), after=0, limit=50)
    found = await ledger.recipients(number, search="2", kinds=(), after=0, limit=50)
    view = await ledger.recipient(found[0].id)
    assert view is not None
    await ledger.put_recipient(number, recipients[0], number=None, version=None)
    await ledger.put_recipient(number, recipients[1], number=view.id, version=view.version)
    await ledger.remove(view.id)
    screens = await ScreenLedger(db).all(number)
    await db.write(lambda conn: pair_all(conn, {s.recipient: f"{s.recipient}" for s in screens}))


async def _send(db: Database, lane: Lane) -> None:
    """What is due is claimed, and comes to every kind of outcome."""
    ledger = DeliveryLedger(db)
    for channel in ("sms", "screen", "wecom"):
        while claims := (await ledger.claim(lane, channel, "one", limit=200)).claims:
            wording = claims[0].wording
            assert wording is not None
            await ledger.wording(wording)
            await ledger.release([Release(claims[-1], due_ms=0)] if len(claims) > 100 else [])
            await ledger.record([Sent(claim, _outcome(claim), True) for claim in claims[:-1]])
            if len(claims) < 100:
                await ledger.record([Sent(claims[-1], _outcome(claims[-1]), True)])


def _outcome(claim: Claim) -> Outcome:
    ref = f"SM{claim.attempt}"
    if claim.attempt % 50 == 1:
        return Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS)
    if claim.attempt % 50 == 2:
        return Outcome(Verdict.UNSURE, Reason.TIMEOUT)
    if claim.attempt % 50 == 3:
        return Outcome(Verdict.RETRY, Reason.THROTTLED, retry_after=5)
    return Outcome(Verdict.ACCEPTED, provider_ref=ref)


async def _hear(db: Database, incident: int) -> None:
    """Receipts, displays, replies and answers."""
    rows = await db.read(lambda conn: conn.exec_driver_sql(_ACCEPTED).all())
    delivered = [_receipt(row, DeliveryState.DELIVERED) for row in rows[:100]]
    ledger = ReceiptLedger(db)
    await ledger.receipts("sms", delivered)
    await ledger.receipts("sms", [dataclasses.replace(delivered[0], attempt=None)])
    await ledger.receipts("sms", [_receipt(rows[101], DeliveryState.FAILED)])
    screen = (await db.read(lambda conn: conn.exec_driver_sql(_SCREEN).all()))[0]
    await DisplayLedger(db).shown([Display(screen[0], screen[1], 1)])

    assert await CallLedger(db).spoken_by(AttemptId(rows[0].id), "sms") is not None
    answers = AnswerLedger(db)
    (asked,) = (await answers.caller("sms", rows[0].address)).asked
    assert (await answers.caller("sms", "+15550000000")).asked == ()
    assert await answers.last_texts("sms", rows[0].address)
    await _inbox(InboxLedger(db), rows[0].address, asked)
    word = AnswerWord.HELP
    given = Given(incident, asked.people[0], word, "sms", "recipient:1", once="1", yields=True)
    await answers.take(dataclasses.replace(given, others=asked.people[1:] or (rows[0].person,)))
    await answers.opt_out("sms", rows[1].address)
    await answers.opt_in("sms", rows[1].address)


async def _inbox(ledger: InboxLedger, number: str, asked: Asked) -> None:
    """Words that wait for people, and what they make of them."""
    person = asked.people[0]
    for again in range(2):
        note = Note("sms", number, "救命 5栋1601", True, Why.OVER, recipient=person, once="n")
        await ledger.keep(dataclasses.replace(note, once=f"n{again}"))
    await ledger.listed("open", group=0, after=0, limit=1)
    await ledger.waiting()
    await ledger.looked([1], "user:1")
    await ledger.settle(1, Settling(person, "help", ""), "user:1")
    await ledger.listed("settled", group=0, after=0, limit=1)


_ACCEPTED = """-- test
SELECT a.id, d.address, d.recipient_id AS person, a.provider_ref
FROM attempts a JOIN deliveries d ON d.id = a.delivery_id
WHERE d.channel = 'sms' AND d.state = 'accepted' ORDER BY d.rank DESC, a.id"""
_SCREEN = """-- test
SELECT recipient_id, notice_id FROM deliveries WHERE channel = 'screen' ORDER BY id"""
_NOW = "-- test\nUPDATE waves SET due_at = 0 WHERE state = 'waiting'"
_LATE = "-- test\nUPDATE deliveries SET lease_until = 1 WHERE lease_until IS NOT NULL"


def _receipt(row: Any, state: DeliveryState) -> Receipt:
    return Receipt(state, Reason.OK, row.provider_ref, attempt=AttemptId(row.id))


async def _look(db: Database, incident: int) -> None:
    """Everything that is shown."""
    boards, lists = BoardLedger(db), ListLedger(db)
    await boards.load(incident)
    await boards.since(incident, 1, screens=True)
    person = (await db.read(lambda conn: conn.exec_driver_sql(_ANSWERED).all()))[0]
    assert await PageLedger(db).page(incident, person[0])
    await lists.incidents(status="", limit=20, after=0)
    await lists.incidents(status="open", limit=20, after=9)
    for state, channel in (("", ""), ("delivered", ""), ("", "sms"), ("delivered", "sms")):
        await lists.deliveries(incident, state=state, channel=channel, after=5, limit=50)
    await lists.events(incident, since=1, limit=50)
    await lists.flat(incident, person[1])
    await lists.figures()
    await lists.last_drills()
    await lists.public("")
    screens = ScreenLedger(db)
    ids = [row.recipient for row in await screens.all(None)]
    assert await screens.ordered(ids)
    await screens.ordered(ids[:1])
    await screens.by_device([str(one) for one in ids])
    await screens.present(seen=ids, gone=ids[:1])
    await screens.shown(ids[0], notice=None, revision=None)


_ANSWERED = "-- test\nSELECT recipient_id, household FROM audience WHERE answer = 'help' LIMIT 1"


async def _sweep(house: House) -> None:
    """Time has passed for some of everything."""
    await house.run("-- test\nUPDATE deliveries SET lease_until = 1 WHERE lease_until IS NOT NULL")
    sweep = SweepLedger(house.db)
    await sweep.leases()
    doubts = DoubtLedger(house.db)
    questions = [*await doubts.take("one", limit=5), *await doubts.take("one", limit=5)]
    await doubts.known(questions)
    await doubts.found(list(zip(questions, _FOUND, strict=False)))
    await doubts.give_back(questions[-1:])
    await house.run("-- test\nUPDATE attempts SET asked_at = 1 WHERE asked_at IS NOT NULL")
    again = await doubts.take("one", limit=5, again=True)
    await doubts.found([(one, _FOUND[1]) for one in again])
    await house.run("-- test\nUPDATE deliveries SET lease_until = 1 WHERE lease_until IS NOT NULL")
    await sweep.doubts()
    await house.run(
        "-- test\nUPDATE deliveries SET expires_at = 1 WHERE id IN"
        " (SELECT id FROM deliveries WHERE state = 'planned' ORDER BY id DESC LIMIT 2)"
    )
    await sweep.lives()
    await sweep.windows(-1000)
    await sweep.due()
    await house.run("-- test\nUPDATE attempts SET started_at = 1 WHERE verdict = 'unsure'")
    assert await house.escalate.onward()


_FOUND = (Outcome(Verdict.ACCEPTED, provider_ref="SM-found"), Outcome(Verdict.RETRY))


async def _knock(house: House, incident: int) -> None:
    """Doors are shown, opened, and taken off the list."""
    tasks = TaskLedger(house.db)
    page = await tasks.doors(incident, state="open", block="1", after=0, limit=2)
    assert (await tasks.blocks(incident))["items"]
    assert (await tasks.door(incident, page["items"][0]["task"]))["residents"]
    task = page["items"][0]["task"]
    await tasks.change(incident, task, Change(state="done", outcome="safe"), "user:1")
    await house.run(_ANSWER)
    assert await house.escalate.settle()


_ANSWER = """-- test
UPDATE audience SET answer = 'safe' WHERE household IN
    (SELECT max(household) FROM tasks WHERE household IS NOT NULL AND state <> 'done')"""


async def _audit(db: Database) -> None:
    """The auditor looks, and alarms are raised and cleared."""
    ledger = AlarmLedger(db)
    await ledger.turn(0)
    await db.read(lambda conn: look(conn, 100.0))
    await ledger.settle([Alarm("no_worker", AlarmKind.NO_WORKER)])
    await ledger.settle([])
    await ledger.figures()


_OVER = """-- test
UPDATE deliveries SET state = 'failed' WHERE state IN ('planned', 'sending', 'unsure')"""


async def _end(house: House, incident: int) -> None:
    """Updates, tasks, the all-clear, and what is read when all is over."""
    await house.say.notice(
        incident, "update", text="Still here.", untranslated=True, who=WHO, key="u1"
    )
    await house.launch.preview(LaunchRequest("power-outage", "1", Kind.LIVE))
    await EstateLedger(house.db).let_in(1)
    await house.run("-- test\nUPDATE deliveries SET due_at = 0")
    await _send(house.db, Lane.URGENT)
    found = await EstateLedger(house.db).repairs(1, after=0, limit=50)
    assert await EstateLedger(house.db).how_many_repairs(1)
    await EstateLedger(house.db).mend(found["items"][0]["id"])
    task = (await house.rows("-- test\nSELECT min(id) FROM tasks"))[0][0]
    tasks = TaskLedger(house.db)
    await tasks.change(incident, task, Change(state="done"), "user:1")
    await tasks.called(incident, "119", "user:1")
    await house.say.notice(incident, "all_clear", confirm_help=1, who=WHO, key=None)
    await house.say.preview(incident, "correction")
    late = (await tasks.doors(incident, state="done", block="", after=0, limit=2))["items"][-1]
    await tasks.change(incident, late["task"], Change(state="done", outcome="other"), "user:1")
    await _send(house.db, Lane.URGENT)
    await house.db.read(lambda conn: unfinished(conn, incident))
    await house.db.read(lambda conn: records(conn, incident, {"sms": True}))
    await house.db.read(lambda conn: told(conn, incident))
    await house.run(_OVER)
    await house.say.close(incident, confirm_help=1, who=WHO)
    request = LaunchRequest("power-outage", "2", Kind.LIVE, again=True)
    other = await house.launch.start(request, who=WHO, key=None)
    await house.say.stop(other.id, who=WHO)
    await AccountLedger(house.db, secret=b"s" * 32).audit("hub", "looked", "", {})
