"""Which open incident an answer goes to, as rows of both databases tell it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import insert

from hub.decide.inbox import Why
from hub.decide.replies import Meaning, read_reply
from hub.errors import Conflict
from hub.flow import hear
from hub.model import Lane, Reply
from hub.store import schema as t
from hub.store.answers import AnswerLedger
from tests.flow.stage import Stage
from tests.flow.test_deliver import sender
from tests.flow.test_report import Ear, sent

FIRST = "+447700900000"


async def beside(stage: Stage, heard: Ear, body: str = "", **changes: Any) -> int:
    """One more open incident that has asked everybody; its texts say `body`."""
    incident = await stage.db.write(stage.launch)
    await stage.set(t.incidents, {"id": incident}, **changes)
    if body:
        await stage.set(t.wordings, {"id": stage.wording}, parts={"body": body})
    await stage.plan()
    await sender(stage, heard.provider).drain(Lane.URGENT)
    return incident


async def answer(stage: Stage, incident: int, at: int = 0) -> str:
    return (await stage.rows(t.audience, incident_id=incident))[at].answer


async def test_a_digit_goes_to_the_incident_that_offered_it(stage: Stage) -> None:
    heard = await sent(stage, people=2)
    fire = stage.incident
    await stage.set(t.wordings, {"id": stage.wording}, parts={"body": "Reply 1 safe, 3 evacuated"})
    await stage.set(t.incidents, {"id": fire}, level="P2")
    outage = await beside(stage, heard, "Reply 1 safe, 2 need help, 4 not at home", level="P1")
    await heard.reply(FIRST, "3", "IN1")
    assert (await answer(stage, fire), await answer(stage, outage)) == ("evacuated", "")
    await heard.reply(FIRST, "4", "IN2")
    assert (await answer(stage, fire), await answer(stage, outage)) == ("evacuated", "away")
    assert await stage.rows(t.replies) == []
    await heard.reply(FIRST, "1", "IN3")
    assert (await answer(stage, fire), await answer(stage, outage)) == ("evacuated", "safe")
    (bare,) = await stage.rows(t.replies)
    assert (bare.why, bare.settled_by) == ("bare", "hub")


async def test_a_cry_goes_to_every_live_incident_and_to_no_drill(stage: Stage) -> None:
    heard = await sent(stage, people=2)
    fire = stage.incident
    outage = await beside(stage, heard, level="P2")
    drill = await beside(stage, heard, kind="drill")
    await heard.reply(FIRST, "2")
    found = [await answer(stage, one) for one in (fire, outage, drill)]
    assert found == ["help", "help", ""]
    assert len(await stage.rows(t.tasks, key="help")) == 2


async def test_a_cry_counts_where_the_person_is_though_nothing_was_sent_there(stage: Stage) -> None:
    heard = await sent(stage, people=2)
    drill = stage.incident
    await stage.set(t.incidents, {"id": drill}, kind="drill")
    fire = await stage.db.write(stage.launch)  # its texts are still to come
    await heard.reply(FIRST, "救命")
    assert (await answer(stage, fire), await answer(stage, drill)) == ("help", "")


async def test_a_letter_names_the_incident(stage: Stage) -> None:
    heard = await sent(stage, people=2)
    fire = stage.incident
    outage = await beside(stage, heard, letter="B", level="P3")
    await heard.reply(FIRST, "b1", "IN1")
    assert (await answer(stage, fire), await answer(stage, outage)) == ("", "safe")
    await heard.reply(FIRST, "A3", "IN2")
    assert (await answer(stage, fire), await answer(stage, outage)) == ("evacuated", "safe")
    assert await stage.rows(t.replies) == []


async def test_long_words_are_read_where_nobody_waits(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = await sent(stage)
    where: dict[int, bool] = {}

    def read(text: str, **known: Any) -> Meaning:
        where[len(text)] = threading.current_thread() is threading.main_thread()
        return read_reply(text, **known)

    monkeypatch.setattr(hear, "read_reply", read)
    await heard.reply(FIRST, "1", "IN1")
    await heard.reply(FIRST, "e" * 1_600, "IN2")
    assert where == {1: True, 1_600: False}


async def test_own_words_stand_against_a_phone_that_is_shared(stage: Stage) -> None:
    heard = await sent(stage, people=2)
    first, second = await stage.deliveries()
    await stage.set(t.deliveries, {"id": second.id}, address="+447700900777")
    also = {"delivery_id": first.id, "recipient_id": stage.people[1]}
    await stage.db.write(lambda conn: conn.execute(insert(t.delivery_also), [also]) and None)
    await heard.reply(first.address, "1", "IN1")
    assert [p.answer for p in await stage.rows(t.audience)] == ["safe", "safe"]
    await heard.reply("+447700900777", "3", "IN2")  # the other one, by a phone of their own
    await heard.reply(first.address, "2", "IN3")
    assert [p.answer for p in await stage.rows(t.audience)] == ["help", "evacuated"]


@pytest.mark.parametrize("kind", ["staff", "outside", "resident"])
async def test_a_phone_of_somebody_on_duty_is_no_residents(stage: Stage, kind: str) -> None:
    heard = await sent(stage, people=2)
    steward = await stage.db.write(lambda conn: stage.person(conn, "Li", None, FIRST, kind=kind))
    if kind == "resident":
        await stage.set(t.recipients, {"id": steward}, roles=["steward"])
    await heard.reply(FIRST, "1", "IN1")
    await heard.reply(FIRST, "2", "IN2")
    assert {p.answer for p in await stage.rows(t.audience)} == {""}
    one, cry = await stage.rows(t.replies)
    assert (one.why, cry.why) == (Why.STAFF_PHONE, Why.STAFF_PHONE)
    assert (one.cry, cry.cry, cry.recipient_id) == (False, True, steward)


async def test_what_closes_while_we_look_waits_for_people(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = await sent(stage)

    async def closed(*_: Any, **__: Any) -> None:
        raise Conflict("This incident is closed.", code="closed")

    monkeypatch.setattr(type(heard.report._hear._answers), "take", closed)
    await heard.reply(FIRST, "2")
    (cry,) = await stage.rows(t.replies)
    assert (cry.cry, cry.why, cry.settled_at) == (True, "over", None)


async def test_our_own_words_come_back_and_say_nothing(stage: Stage) -> None:
    heard = await sent(stage)
    await heard.reply(FIRST, "Liked “Fire, tower 3. Leave. https://muster.example/a/x”")
    assert await stage.rows(t.answers) == await stage.rows(t.replies) == []
    assert [row[1] for row in heard.trail.rows] == ["reply_nothing"]
    ledger = AnswerLedger(stage.db)
    assert await ledger.last_texts("sms", FIRST) == ("Fire, tower 3. Leave. \ue000",)
    assert await ledger.last_texts("sms", "+447700900888") == ()


async def test_a_reply_that_two_processes_hear_at_once_stands_once(stage: Stage) -> None:
    heard = await sent(stage)
    one, other = heard.report._hear, heard.report._hear
    await asyncio.gather(
        *(
            who.said("sms_test", Reply("sms", "+447700900999", "救命", "IN9"))
            for who in (one, other, one, other)
        )
    )
    assert len(await stage.rows(t.replies)) == len(await stage.rows(t.alarms)) == 1
