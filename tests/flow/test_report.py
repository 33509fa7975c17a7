from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import insert, text

from hub.decide.tokens import attempt_token
from hub.errors import NotAllowed, Unknown
from hub.flow.answer import TakeAnswer
from hub.flow.inbox import Inbox
from hub.flow.report import Report
from hub.model import Lane, Outcome, Receipt, Reply, Verdict
from hub.ports import HookRequest, Inward
from hub.states import DeliveryState, Reason
from hub.store import schema as t
from hub.store.answers import AnswerLedger
from hub.store.calls import CallLedger
from hub.store.displays import DisplayLedger
from hub.store.inbox import InboxLedger
from hub.store.pages import PageLedger
from hub.store.receipts import ReceiptLedger
from hub.store.ways import callable_sql
from tests.flow.stage import SECRET, Doorbell, Provider, Stage
from tests.flow.test_deliver import sender

S = DeliveryState


@dataclass
class TalkingProvider(Provider):
    """A provider whose requests say what `inward` says, if their body is `genuine`."""

    inward: Inward = field(default_factory=Inward)

    def verify(self, request: HookRequest) -> bool:
        return request.body == b"genuine"

    def read(self, request: HookRequest) -> Inward:
        return self.inward


class Trail:
    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, dict[str, Any]]] = []

    async def audit(self, actor, action, obj, data) -> None:
        self.rows.append((actor, action, obj, dict(data)))


@dataclass
class Ear:
    report: Report
    provider: TalkingProvider
    trail: Trail

    async def says(self, attempt: int, *states: DeliveryState, reason=Reason.OK) -> None:
        for state in states:
            self.provider.inward = Inward((Receipt(state, reason, f"SM{attempt}"),))
            await self.report.receipts("sms_test", request(attempt_token(SECRET, attempt)))

    async def reply(self, sender: str, text: str, ref: str = "IN1") -> None:
        self.provider.inward = Inward(replies=(Reply("sms", sender, text, ref),))
        await self.report.replies("sms_test", request())


def request(callback: str = "", body: bytes = b"genuine") -> HookRequest:
    return HookRequest("https://muster.example/hooks", {}, body, callback=callback)


def ear(stage: Stage) -> Ear:
    provider, trail, wake = TalkingProvider(), Trail(), Doorbell()
    answers = TakeAnswer(AnswerLedger(stage.db), PageLedger(stage.db), wake, SECRET)
    report = Report(
        receipts=ReceiptLedger(stage.db),
        displays=DisplayLedger(stage.db),
        replies=AnswerLedger(stage.db),
        calls=CallLedger(stage.db),
        answers=answers,
        inbox=Inbox(InboxLedger(stage.db), trail, wake),
        audit=trail,
        channels={"sms_test": provider},
        wake=wake,
        secret=SECRET,
    )
    return Ear(report, provider, trail)


async def sent(stage: Stage, people: int = 1, **kinds: Any) -> Ear:
    await stage.set_up(people=people, **kinds)
    await stage.plan()
    heard = ear(stage)
    await sender(stage, heard.provider).drain(Lane.URGENT)
    return heard


async def test_a_receipt_moves_a_delivery_forward_and_marks_the_person(stage):
    heard = await sent(stage)
    await heard.says(1, S.DELIVERED)
    row, person = (await stage.deliveries())[0], (await stage.rows(t.audience))[0]
    assert (row.state, row.reason) == ("delivered", "ok")
    assert row.delivered_at == row.ended_at == person.delivered_at
    assert person.read_at is None
    assert await stage.moves() == {
        ("sms", "planned", "accepted"): 1,
        ("sms", "accepted", "delivered"): 1,
    }


async def test_receipts_in_any_order_and_doubled_end_in_the_same_state(stage):
    states = (S.ACCEPTED, S.FAILED, S.DELIVERED, S.READ)
    orders = list(itertools.permutations(states))
    heard = await sent(stage, people=len(orders))
    for attempt, order in enumerate(orders, 1):
        await heard.says(attempt, *order, *order)
    assert {row.state for row in await stage.deliveries()} == {"read"}
    assert len(await stage.rows(t.receipts)) == len(orders) * len(states)
    total = await stage.moves()
    assert sum(n for (_, _, to), n in total.items() if to == "read") == len(orders)


async def test_a_failure_names_its_reason_and_proof_of_delivery_overrules_it(stage):
    heard = await sent(stage, people=2)
    await heard.says(1, S.FAILED, reason=Reason.BAD_ADDRESS)
    row = (await stage.deliveries())[0]
    assert (row.state, row.reason) == ("failed", "bad_address")
    assert (await stage.rows(t.addresses, value=row.address))[0].bad_at
    await heard.says(1, S.DELIVERED)
    assert (await stage.deliveries())[0].state == "delivered"


@pytest.mark.parametrize(("reason", "calls"), [(Reason.NO_TEXTS, 1), (Reason.BAD_ADDRESS, 0)])
async def test_a_landline_gets_no_more_texts_and_is_still_called(stage, reason, calls):
    heard = await sent(stage)
    await heard.says(1, S.FAILED, reason=reason)
    row = (await stage.rows(t.addresses))[0]
    assert (row.bad_reason, bool(row.bad_at)) == (str(reason), True)
    asked = "SELECT count(*) FROM addresses ad WHERE ad.id = :id AND " + callable_sql(
        "ad", "'voice'"
    )
    found = await stage.db.read(lambda conn: conn.execute(text(asked), {"id": row.id}).scalar())
    assert found == calls


async def test_a_receipt_before_our_own_call_returned_is_not_overwritten(stage):
    await stage.set_up(people=1)
    await stage.plan()
    heard = ear(stage)
    begun, free = asyncio.Event(), asyncio.Event()

    async def answer(_parcel):
        begun.set()
        await free.wait()
        return Outcome(Verdict.ACCEPTED, provider_ref="SM1")

    heard.provider.answer = answer
    drain = asyncio.create_task(sender(stage, heard.provider).drain(Lane.URGENT))
    await begun.wait()
    await heard.says(1, S.DELIVERED)
    assert (await stage.deliveries())[0].state == "delivered"
    free.set()
    await drain
    assert (await stage.deliveries())[0].state == "delivered"
    assert await stage.moves() == {("sms", "planned", "delivered"): 1}
    person = (await stage.rows(t.audience))[0]
    assert person.told_at == person.delivered_at


async def test_any_callback_ends_a_doubt(stage):
    await stage.set_up(people=1)
    await stage.plan()
    heard = ear(stage)

    async def answer(_parcel):
        return Outcome(Verdict.UNSURE, Reason.TIMEOUT)

    heard.provider.answer = answer
    await sender(stage, heard.provider).drain(Lane.URGENT)
    await heard.says(1, S.ACCEPTED)
    row = (await stage.deliveries())[0]
    assert (row.state, row.unsure, row.lease_until) == ("accepted", 0, None)


async def test_a_forged_callback_changes_nothing(stage):
    heard = await sent(stage)
    heard.provider.inward = Inward((Receipt(S.DELIVERED, Reason.OK, "SM1"),))
    good = attempt_token(SECRET, 1)
    with pytest.raises(NotAllowed):
        await heard.report.receipts("sms_test", request(good, b"forged"))
    with pytest.raises(NotAllowed):
        await heard.report.receipts("sms_test", request("1.AAAAAAAAAAAAAAAAAAAAAA"))
    with pytest.raises(Unknown):
        await heard.report.receipts("sms_other", request(good))
    assert (await stage.deliveries())[0].state == "accepted"
    assert await stage.rows(t.receipts) == []


async def test_a_receipt_of_another_channel_or_of_an_unknown_attempt_changes_nothing(stage):
    heard = await sent(stage)
    ledger = ReceiptLedger(stage.db)
    said = Receipt(S.READ, Reason.OK, "SM1", attempt=1)
    assert await ledger.receipts("voice", [said]) == ()
    assert await ledger.receipts("sms", [Receipt(S.READ, Reason.OK, "XX", attempt=999)]) == ()
    assert (await stage.deliveries())[0].state == "accepted"
    await ledger.receipts("sms", [Receipt(S.READ, Reason.OK, "SM1")])  # by the provider's ref
    assert (await stage.deliveries())[0].state == "read"
    assert heard


async def test_many_receipts_at_once_become_few_events(stage):
    heard = await sent(stage, people=60)
    before = len(await stage.rows(t.events))
    heard.provider.inward = Inward((Receipt(S.DELIVERED, Reason.OK, ""),))
    await asyncio.gather(
        *(
            heard.report.receipts("sms_test", request(attempt_token(SECRET, attempt)))
            for attempt in range(1, 61)
        )
    )
    assert {row.state for row in await stage.deliveries()} == {"delivered"}
    assert len(await stage.rows(t.events)) - before < 10


async def test_a_screen_that_says_nonsense_harms_no_other(stage):
    await stage.set_up(people=2)
    one, other = stage.people
    screens = [{"recipient_id": one, "way": {}}, {"recipient_id": other, "way": {}}]
    await stage.db.write(lambda conn: conn.execute(insert(t.screens), screens))
    for screen in screens:
        to = screen["recipient_id"]
        await stage.plan(people=[to], channel="screen", address=str(to), state="accepted")
    report, notice = ear(stage).report, stage.notice
    await asyncio.gather(report.shown(one, notice, 2**40), report.shown(other, notice, 1))
    assert [row.state for row in await stage.deliveries()] == ["accepted", "delivered"]


async def test_a_screen_that_shows_the_notice_is_its_receipt(stage):
    await stage.set_up(people=1)
    screen = stage.people[0]
    await stage.db.write(lambda conn: stage._one(conn)(t.screens, recipient_id=screen, way={}))
    await stage.plan(channel="screen", address=str(screen), state="accepted")
    heard = ear(stage)
    await heard.report.shown(screen, stage.notice, 2)  # no such revision
    assert (await stage.deliveries())[0].state == "accepted"
    await heard.report.shown(screen, stage.notice, 1)
    await heard.report.shown(screen, stage.notice, 1)
    assert (await stage.deliveries())[0].state == "delivered"
    assert (await stage.rows(t.screens))[0].showing_notice == stage.notice
    assert await stage.moves() == {("screen", "accepted", "delivered"): 1}


async def test_a_digit_answers_for_everybody_on_that_number(stage):
    heard = await sent(stage, people=4)
    first = (await stage.deliveries())[0]
    await stage.db.write(
        lambda conn: stage._one(conn)(
            t.delivery_also, delivery_id=first.id, recipient_id=stage.people[2]
        )
    )
    await heard.reply(first.address, "1")
    await heard.reply(first.address, "1")  # the provider says it twice
    assert [p.answer for p in await stage.rows(t.audience)] == ["safe", "", "safe", ""]
    assert len(await stage.rows(t.answers)) == 2


async def test_a_one_of_somebody_on_duty_acknowledges_and_is_not_safe(stage):
    heard = await sent(stage, people=3)
    staff, guest, _ = stage.people
    await stage.set(t.audience, {"recipient_id": staff}, kind="staff")
    first, second, _ = await stage.deliveries()
    await heard.reply(first.address, "1", "IN1")
    await heard.reply(second.address, "1", "IN2")
    answers = {row.recipient_id: row.answer for row in await stage.rows(t.audience)}
    assert (answers[staff], answers[guest]) == ("seen", "safe")
    await heard.reply(first.address, "2", "IN3")
    answers = {row.recipient_id: row.answer for row in await stage.rows(t.audience)}
    assert answers[staff] == "help"


async def test_a_text_from_a_number_that_was_only_called_answers_too(stage):
    await stage.set_up(people=2)
    number = (await stage.rows(t.addresses))[0].value
    now = await stage.now()
    await stage.plan(channel="voice", state="accepted", sent_at=now)
    await ear(stage).reply(number, "1")
    assert [row.answer for row in await stage.rows(t.audience)] == ["safe", ""]


async def test_a_cry_is_of_its_phone_and_puts_no_words_into_the_mouth_of_others(stage):
    heard = await sent(stage, people=4)
    await heard.reply((await stage.deliveries())[0].address, "救命!")
    assert [p.answer for p in await stage.rows(t.audience)] == ["help", "", "", ""]
    tasks = await stage.rows(t.tasks)
    assert [(task.key, task.role, task.recipient_id) for task in tasks] == [
        ("help", "security", stage.people[0])
    ]


async def test_a_stop_word_opts_the_number_out_and_start_in_again(stage):
    heard = await sent(stage)
    number = (await stage.deliveries())[0].address
    await heard.reply(number, "STOP")
    assert (await stage.rows(t.addresses))[0].opted_out_at
    assert (await stage.rows(t.audience))[0].answer == ""
    await heard.reply(number, "start", "IN2")
    assert (await stage.rows(t.addresses))[0].opted_out_at is None
    assert [row[1] for row in heard.trail.rows] == ["opt_out", "opt_in"]


async def test_what_is_unclear_is_kept_and_shown_to_staff(stage):
    heard = await sent(stage)
    await heard.reply((await stage.deliveries())[0].address, "who is this")
    assert (await stage.rows(t.audience))[0].answer == ""
    assert [e.kind for e in await stage.rows(t.events)] == ["progress", "alarm"]
    (reply,) = await stage.rows(t.replies)
    assert (reply.words, reply.why, reply.incident_id) == ("who is this", "unclear", stage.incident)
    assert "who is this" not in str(heard.trail.rows)


async def test_a_cry_without_an_open_incident_waits_for_people(stage):
    heard = await sent(stage)
    await stage.set(t.incidents, {}, status="closed", closed_at=await stage.now())
    number, person = (await stage.deliveries())[0].address, stage.people[0]
    await heard.reply(number, "2", "IN1")
    await heard.reply("+447700900999", "2", "IN2")
    assert await stage.rows(t.answers) == []
    kept = [(row.why, row.cry, row.recipient_id) for row in await stage.rows(t.replies)]
    assert kept == [("over", True, person), ("stranger", True, None)]
    assert [row[:2] for row in heard.trail.rows] == [
        (f"recipient:{person}", "reply_kept"),
        ("outside", "reply_kept"),
    ]
    assert number not in str(heard.trail.rows)
    assert len(await stage.rows(t.alarms)) == 2


async def test_a_cry_from_a_number_that_stands_for_a_whole_house_is_heard(stage):
    heard = await sent(stage, people=150)
    delivery = (await stage.deliveries())[0]
    others = [{"delivery_id": delivery.id, "recipient_id": one} for one in stage.people[1:]]
    await stage.db.write(lambda conn: conn.execute(insert(t.delivery_also), others) and None)
    for _ in range(2):  # the provider says it twice
        await heard.reply(delivery.address, "2")

    assert {row.answer for row in await stage.rows(t.audience)} == {"help"}
    assert len(await stage.rows(t.answers)) == 150
    assert len(await stage.rows(t.tasks)) == 150
