"""Keys pressed during a call, from the provider's signed request to what is said on the line."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from channels.twilio_signature import sign
from channels.voice_twilio import TwilioVoice, VoiceAccount
from hub.decide.tokens import attempt_token
from hub.errors import NotAllowed, Unknown
from hub.flow.answer import TakeAnswer
from hub.flow.inbox import Inbox
from hub.flow.report import Report
from hub.ports import HookRequest
from hub.store import schema as t
from hub.store.answers import AnswerLedger
from hub.store.calls import CallLedger
from hub.store.displays import DisplayLedger
from hub.store.inbox import InboxLedger
from hub.store.pages import PageLedger
from hub.store.receipts import ReceiptLedger
from tests.flow.stage import SECRET, Doorbell, RealClock, Stage
from tests.flow.test_report import Trail

KEY = "token of the voice account"
HUB = "https://muster.example"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def report(stage: Stage) -> Report:
    settings = {"account_sid": "AC1", "auth_token": KEY, "from": "+12025550100"}
    voice = TwilioVoice(VoiceAccount.read(settings), clock=RealClock(), public_url=HUB)
    wake = Doorbell()
    return Report(
        receipts=ReceiptLedger(stage.db),
        displays=DisplayLedger(stage.db),
        replies=AnswerLedger(stage.db),
        calls=CallLedger(stage.db),
        answers=TakeAnswer(AnswerLedger(stage.db), PageLedger(stage.db), wake, SECRET),
        inbox=Inbox(InboxLedger(stage.db), Trail(), wake),
        audit=Trail(),
        channels={"voice_twilio": voice},
        wake=wake,
        secret=SECRET,
    )


def pressed(key: str, *, attempt: int = 1, sid: str = "CA1", token: str = KEY) -> HookRequest:
    callback = attempt_token(SECRET, attempt)
    url = f"{HUB}/hooks/voice_twilio/replies/{callback}"
    form = (("CallSid", sid), ("CallStatus", "in-progress"), ("Digits", key), ("To", "+1"))
    signed = FORM | {"x-twilio-signature": sign(token.encode(), url, form)}
    return HookRequest(url, signed, b"", form, callback)


async def called(stage: Stage, people: int = 4, **changes: Any) -> Report:
    """Everybody was called: attempt n is of person n."""
    await stage.set_up(people=people)
    ids = await stage.plan(channel="voice", state="accepted", **changes)
    rows = [{"delivery_id": one, "fence": 1, "started_at": 0} for one in ids]
    await stage.db.write(lambda conn: conn.execute(insert(t.attempts), rows) and None)
    return report(stage)


async def answers(stage: Stage) -> list[str]:
    return [person.answer for person in await stage.rows(t.audience)]


async def test_a_key_answers_for_those_that_very_call_spoke_to(stage: Stage) -> None:
    hub = await called(stage)
    second = (await stage.deliveries())[1]
    also = {"delivery_id": second.id, "recipient_id": stage.people[3]}
    await stage.db.write(lambda conn: conn.execute(insert(t.delivery_also), [also]) and None)
    said = await hub.pressed("voice_twilio", pressed("3", attempt=2))
    assert await answers(stage) == ["", "evacuated", "", "evacuated"]
    assert "you have left the building" in said.response
    assert said.content_type == "text/xml"
    assert {row.via for row in await stage.rows(t.answers)} == {"voice"}


async def test_a_key_is_of_its_call_though_another_has_gone_to_the_number_since(
    stage: Stage,
) -> None:
    hub = await called(stage, people=2)
    first, second = await stage.deliveries()
    await stage.set(t.deliveries, {"id": second.id}, address=first.address, wave=1, sent_at=5)
    await hub.pressed("voice_twilio", pressed("1", attempt=1))
    assert await answers(stage) == ["safe", ""]


async def test_a_key_of_somebody_on_duty_acknowledges_and_is_told_so(stage: Stage) -> None:
    hub = await called(stage)
    await stage.set(t.audience, {"recipient_id": stage.people[0]}, kind="staff")
    said = await hub.pressed("voice_twilio", pressed("1"))
    assert (await answers(stage))[0] == "seen"
    assert "you have received this" in said.response
    assert "safe" not in said.response


async def test_a_two_calls_help_for_who_was_called_and_promises_nobody(stage: Stage) -> None:
    hub = await called(stage)
    said = await hub.pressed("voice_twilio", pressed("2"))
    assert await answers(stage) == ["help", "", "", ""]
    assert "are telling the duty team" in said.response
    assert "call 1 1 9 now" in said.response
    assert [task.key for task in await stage.rows(t.tasks)] == ["help"]


async def test_a_two_in_the_call_of_a_drill_counts_in_the_fire_as_well(stage: Stage) -> None:
    hub = await called(stage)
    drill = stage.incident
    await stage.set(t.incidents, {"id": drill}, kind="drill")
    fire = await stage.db.write(stage.launch)
    await hub.pressed("voice_twilio", pressed("2"))
    for incident in (drill, fire):
        assert (await stage.rows(t.audience, incident_id=incident))[0].answer == "help"
    assert await stage.rows(t.replies) == []


async def test_a_two_in_the_call_of_a_drill_alone_waits_for_people(stage: Stage) -> None:
    hub = await called(stage)
    await stage.set(t.incidents, {"id": stage.incident}, kind="drill")
    await hub.pressed("voice_twilio", pressed("2"))
    (cry,) = await stage.rows(t.replies)
    assert (cry.why, cry.cry, cry.channel) == ("drill", True, "voice")
    assert cry.sender == (await stage.deliveries())[0].address
    assert (await answers(stage))[0] == "help"


async def test_a_two_after_the_close_waits_for_people_and_says_it_is_over(stage: Stage) -> None:
    hub = await called(stage)
    await stage.set(t.incidents, {"id": stage.incident}, status="closed", closed_at=1)
    said = await hub.pressed("voice_twilio", pressed("2"))
    (cry,) = await stage.rows(t.replies)
    assert (cry.why, cry.cry) == ("over", True)
    assert "<Gather" not in said.response
    assert set(await answers(stage)) == {""}


async def test_a_key_of_a_phone_of_somebody_on_duty_is_not_the_flats(stage: Stage) -> None:
    hub = await called(stage)
    number = (await stage.deliveries())[0].address
    steward = await stage.db.write(
        lambda conn: stage.person(conn, "Li", None, number, kind="staff")
    )
    await hub.pressed("voice_twilio", pressed("1"))
    assert set(await answers(stage)) == {""}
    (shown,) = await stage.rows(t.replies)
    assert (shown.answer, shown.cry) == ("safe", False)
    assert steward


async def test_whom_to_call_is_the_playbooks_own_service_in_the_sites_numbers(stage: Stage) -> None:
    hub = await called(stage)
    (incident,) = await stage.rows(t.incidents)
    recipe = {**incident.recipe, "calls": ["ambulance", "fire"]}
    await stage.set(t.incidents, {"id": incident.id}, recipe=recipe)
    said = await hub.pressed("voice_twilio", pressed("2"))
    assert "call 1 2 0 now" in said.response
    await stage.set(t.sites, {"id": incident.site_id}, settings={"emergency": {"ambulance": "995"}})
    said = await hub.pressed("voice_twilio", pressed("2"))
    assert "call 9 9 5 now" in said.response


async def test_a_key_the_provider_reports_twice_counts_once(stage: Stage) -> None:
    hub = await called(stage)
    first = await hub.pressed("voice_twilio", pressed("1"))
    again = await hub.pressed("voice_twilio", pressed("1"))
    assert first.response == again.response
    assert len(await stage.rows(t.answers)) == 1


@pytest.mark.parametrize("key", ["#", "*", "9", "0", ""])
async def test_a_key_that_means_nothing_is_answered_with_the_words_again(
    stage: Stage, key: str
) -> None:
    hub = await called(stage)
    body = next(iter(await stage.rows(t.wordings))).parts["body"].split("\ue000")[0].strip()
    said = await hub.pressed("voice_twilio", pressed(key))
    assert body in said.response
    assert said.response.count("<Gather") == 3
    assert ("not in use" in said.response) == (key != "#")
    assert set(await answers(stage)) == {""}


async def test_when_the_incident_is_closed_nobody_is_told_that_help_comes(stage: Stage) -> None:
    hub = await called(stage)
    await stage.set(t.incidents, {}, status="closed")
    said = await hub.pressed("voice_twilio", pressed("2"))
    assert "no longer taken" in said.response
    assert set(await answers(stage)) == {""}


async def test_a_forged_key_changes_nothing(stage: Stage) -> None:
    hub = await called(stage)
    good = pressed("2")
    forged = [
        pressed("2", token="another"),
        HookRequest(good.url, good.headers, b"", good.form, "1.AAAAAAAAAAAAAAAAAAAAAA"),
        pressed("2", attempt=99),
    ]
    for asked in forged:
        with pytest.raises(NotAllowed):
            await hub.pressed("voice_twilio", asked)
    with pytest.raises(Unknown):
        await hub.pressed("pigeon", good)
    assert set(await answers(stage)) == {""}


async def test_a_call_is_no_text_and_answers_for_none(stage: Stage) -> None:
    hub = await called(stage)
    await stage.set(t.deliveries, {}, channel="sms")
    with pytest.raises(NotAllowed):
        await hub.pressed("voice_twilio", pressed("1"))


async def test_what_is_no_key_is_let_pass(stage: Stage) -> None:
    hub = await called(stage)
    asked = pressed("1")
    form = asked.form[:2]
    headers = FORM | {"x-twilio-signature": sign(KEY.encode(), asked.url, form)}
    said = await hub.pressed(
        "voice_twilio", HookRequest(asked.url, headers, b"", form, asked.callback)
    )
    assert said.replies == ()
    assert set(await answers(stage)) == {""}
