"""Nobody ends untold while a provider that can be asked says that it has nothing."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest
from sqlalchemy import text

from channels.simulator import Fault
from hub.flow.doubt import FEW
from hub.model import AttemptId, Lane, Outcome, Parcel, Receipt, Verdict
from hub.ports import Together
from hub.states import DeliveryState, Reason
from hub.store import schema as t
from hub.store.doubts import DoubtLedger
from hub.store.receipts import ReceiptLedger
from tests.flow.doubtful import aged, asked_again, asker, swept, unsure
from tests.flow.test_deliver import sender
from tests.flow.test_doubt import in_doubt, taken, twilio


async def test_nobody_ends_untold_while_the_provider_has_nothing_however_often(stage):
    async with twilio(faults={Fault.UNAVAILABLE: 1.0}) as (sim, channel):
        await in_doubt(stage, channel, people=1, double=True)
        for _ in range(4):
            await aged(stage, 11)
            await asked_again(stage, asker(stage, channel))
            await swept(stage, "sms_twilio")
            await sender(stage, channel).drain(Lane.URGENT)
        sim.change(faults={})
        await aged(stage, 11)
        await asked_again(stage, asker(stage, channel))
        await swept(stage, "sms_twilio")
        await sender(stage, channel).drain(Lane.URGENT)
        assert taken(sim) == 1
    row = (await stage.deliveries())[0]
    assert (row.state, row.unsure, bool(row.doubled), row.attempts) == ("accepted", 0, False, 6)


async def test_a_provider_that_does_not_answer_is_asked_until_it_does(stage):
    async with twilio(faults={Fault.UNAVAILABLE: 1.0}) as (sim, channel):
        await in_doubt(stage, channel, people=2, double=False)
        for status in (429, 503):
            sim.change(lists_answer=status)
            await aged(stage, 11)
            await asked_again(stage, asker(stage, channel))
            assert {a.found for a in await stage.rows(t.attempts)} == {""}
            await swept(stage, "sms_twilio")
            assert {row.state for row in await stage.deliveries()} == {"unsure"}
        sim.change(lists_answer=0, faults={})
        await stage.set(t.attempts, {}, asked_at=1)
        await asked_again(stage, asker(stage, channel))
        await swept(stage, "sms_twilio")
        await sender(stage, channel).drain(Lane.URGENT)
        assert taken(sim) == 2
    assert {row.state for row in await stage.deliveries()} == {"accepted"}


async def test_one_that_never_answers_is_a_doubt_until_it_is_too_old(stage):
    async with twilio(faults={Fault.CRASH: 1.0}) as (_, channel):
        await in_doubt(stage, channel, people=1, double=False)
    await aged(stage, 11)
    await channel.open()
    await asker(stage, channel).once()
    await channel.close()
    assert (await stage.rows(t.attempts))[0].found == ""
    await swept(stage, "sms_twilio")
    assert (await stage.deliveries())[0].state == "unsure"
    await stage.set(t.deliveries, {}, expires_at=1)
    await swept(stage, "sms_twilio")
    row = (await stage.deliveries())[0]
    assert (row.state, row.reason, row.unsure) == ("failed", "too_old", 1)


async def test_whose_account_is_there_no_more_ends_as_the_playbook_says(stage):
    async with twilio(faults={Fault.CRASH: 1.0}) as (_, channel):
        await in_doubt(stage, channel, people=1, double=False)
    await swept(stage, "another_account")
    row = (await stage.deliveries())[0]
    assert (row.state, row.reason) == ("failed", "broken")


async def test_lists_that_lag_behind_make_no_second_copy(stage):
    async with twilio(faults={Fault.CRASH: 1.0}, listed_after=2.0) as (sim, channel):
        await in_doubt(stage, channel, people=3, double=False)
        sim.change(faults={})
        await aged(stage, 11)
        ask = asker(stage, channel)
        await ask.once()
        assert {a.found for a in await stage.rows(t.attempts)} == {"absent"}
        await swept(stage, "sms_twilio")
        await asyncio.sleep(2.1)
        await asked_again(stage, ask)
        await swept(stage, "sms_twilio")
        await sender(stage, channel).drain(Lane.URGENT)
        assert taken(sim) == 3
    assert {(r.state, bool(r.doubled)) for r in await stage.deliveries()} == {("accepted", False)}


async def test_many_doubts_are_answered_by_one_list_and_nobody_is_asked_about_alone(stage):
    people = 3 * FEW
    async with twilio(faults={Fault.CRASH: 1.0}) as (sim, channel):
        await stage.set_up(people=people)
        await stage.plan()
        channel.traits = dataclasses.replace(channel.traits, parallel=people)
        await sender(stage, channel).drain(Lane.URGENT)
        await aged(stage, 11)
        asked = Counted(channel)
        assert await asker(stage, channel).once() == people
        assert (asked.lists, asked.alone) == (1, 0)
        assert taken(sim) == people
    rows = await stage.deliveries()
    assert {row.state for row in rows} == {"accepted"}
    assert len({row.provider_ref for row in rows}) == people


async def test_a_first_call_that_arrived_after_all_is_flagged_when_it_is_heard_of(stage):
    """The provider said twice that it had none, and has it: two copies, and the board says so."""
    await stage.set_up(people=2)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 11)
    await asked_again(stage, asker(stage, channel))
    assert (await swept(stage, "sms_test")).again == 2
    channel.answer = None
    await sender(stage, channel).drain(Lane.URGENT)
    first = {row.delivery_id: row.id for row in await stage.rows(t.attempts, found="gone")}
    one, other = sorted(first)
    late = Receipt(DeliveryState.DELIVERED, Reason.OK, "SM-late", attempt=AttemptId(first[one]))
    failed = Receipt(DeliveryState.FAILED, Reason.OK, "SM-no", attempt=AttemptId(first[other]))
    for _ in range(2):
        await ReceiptLedger(stage.db).receipts("sms", [late, failed])
    rows = {row.id: row for row in await stage.deliveries()}
    assert (rows[one].state, bool(rows[one].doubled)) == ("delivered", True)
    assert not rows[other].doubled, "what did not arrive is no copy"
    said = [row.data for row in await stage.rows(t.events)]
    assert sum(one.get("doubled", 0) for one in said) == 1


async def test_what_stands_by_its_receipt_is_not_sent_again(stage):
    await stage.set_up(people=1)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 11)
    await asked_again(stage, asker(stage, channel))
    await swept(stage, "sms_test")
    attempt = (await stage.rows(t.attempts))[0].id
    late = Receipt(DeliveryState.DELIVERED, Reason.OK, "SM1", attempt=AttemptId(attempt))
    await ReceiptLedger(stage.db).receipts("sms", [late])
    channel.answer = None
    await sender(stage, channel).drain(Lane.URGENT)
    row = (await stage.deliveries())[0]
    assert (row.state, bool(row.doubled), len(channel.ledger)) == ("delivered", False, 1)


async def test_of_a_stopped_notice_nothing_is_sent_again_and_its_end_says_why(stage):
    await stage.set_up(people=2)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 11)
    one = (await stage.deliveries())[0].id
    await asked_again(stage, asker(stage, channel))
    await stage.set(t.attempts, {"delivery_id": one}, found="")
    await stage.set(t.incidents, {}, status="stopped", stopped_at=await stage.now())
    await swept(stage, "sms_test")
    ends = [(row.state, row.reason, row.unsure) for row in await stage.deliveries()]
    assert ends == [("failed", "stopped", 1), ("cancelled", "stopped", 0)]


async def test_what_another_worker_asks_about_just_now_is_no_second_word(stage):
    """Both were taken before either had an answer: that is one absence, however often said."""
    await stage.set_up(people=1)
    await stage.plan()
    channel = unsure()
    await sender(stage, channel).drain(Lane.URGENT)
    await aged(stage, 11)
    ledger = DoubtLedger(stage.db)
    (one,) = await ledger.take("sms_test", limit=5)
    await stage.set(t.attempts, {}, asked_at=1)
    (other,) = await ledger.take("sms_test", limit=5)
    for question in (one, other):
        await ledger.found([(question, Outcome(Verdict.RETRY))])
    assert (await stage.rows(t.attempts))[0].found == "absent"
    assert not await ledger.take("sms_test", limit=5, again=True), "13 s after the answer"


async def test_an_absence_says_nothing_of_a_call_begun_after_the_question(stage):
    """The answer comes when the one copy in doubt was sent, and is in doubt as well."""
    channel = unsure()
    await in_doubt(stage, channel, people=1, double=True)
    await aged(stage, 11)
    ledger = DoubtLedger(stage.db)
    (one,) = await ledger.take("sms_test", limit=5)
    await ledger.found([(one, Outcome(Verdict.RETRY))])
    await stage.set(t.attempts, {}, asked_at=1)
    (again,) = await ledger.take("sms_test", limit=5, again=True)
    assert (await swept(stage, "sms_test")).doubled == 1
    await sender(stage, channel).drain(Lane.URGENT)
    await ledger.found([(again, Outcome(Verdict.RETRY))])
    assert [a.found for a in await stage.rows(t.attempts)] == ["gone", ""]
    found = await swept(stage, "sms_test")
    assert (found.again, found.doubled) == (0, 0)


class Counted:
    """A real channel, whose questions are counted; `hides`: references its list leaves out."""

    def __init__(self, channel: Any, *, hides: int = 0):
        self.lists = self.alone = 0
        find, together = channel.find, channel.find_together

        async def counted(parcel: Parcel, **times: Any) -> Outcome:
            self.alone += 1
            return await find(parcel, **times)

        async def listed(sought: Any) -> Together:
            self.lists += 1
            said = await together(sought)
            return dataclasses.replace(said, seen=frozenset(sorted(said.seen)[hides:]))

        channel.find, channel.find_together = counted, listed


@pytest.mark.parametrize("hides", [0, 1])
async def test_a_list_is_believed_where_it_holds_what_was_taken_beside(stage, hides):
    """Half of the calls were taken and are known; of the others the list holds nothing."""
    people = 2 * (FEW + 5)
    async with twilio() as (sim, channel):
        await stage.set_up(people=people)
        await stage.plan(people=stage.people[::2])
        await sender(stage, channel).drain(Lane.URGENT)
        sim.change(faults={Fault.UNAVAILABLE: 1.0})
        await stage.plan(people=stage.people[1::2])
        channel.traits = dataclasses.replace(channel.traits, parallel=people)
        await sender(stage, channel).drain(Lane.URGENT)
        await stage.db.write(_begun_together)
        await aged(stage, 11)
        asked = Counted(channel, hides=hides)
        await asked_again(stage, asker(stage, channel))
        assert {a.found for a in await stage.rows(t.attempts, verdict="unsure")} == {"gone"}
        assert (asked.lists, asked.alone) == ((2, people) if hides else (2, 0))


def _begun_together(conn: Any) -> None:
    conn.execute(text("UPDATE attempts SET started_at = (SELECT min(started_at) FROM attempts)"))


async def test_what_was_made_long_after_is_not_this_text(stage):
    """The same words go to the same number in a later wave: that text is the later one's."""
    async with twilio() as (_, channel):
        await stage.set_up(people=1)
        await stage.plan()
        now = await stage.now()
        lost = {"verdict": "unsure", "reason": "lost_worker", "found": ""}
        await sender(stage, channel).drain(Lane.URGENT)
        await stage.set(t.attempts, {}, provider_ref=None, started_at=now - 301_000, **lost)
        await stage.set(t.deliveries, {}, state="unsure", unsure=1, provider_ref=None)
        await aged(stage, 11)
        assert await asker(stage, channel).once() == 1
        assert (await stage.rows(t.attempts))[0].found == "absent"
        await stage.set(t.attempts, {}, started_at=now - 299_000, found="", asked_at=None)
        assert await asker(stage, channel).once() == 1
        assert (await stage.rows(t.attempts))[0].found == "accepted"
