"""Where answers go when several incidents are open, or none; and whose words they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from hub.model import Kind, LaunchRequest, Stage
from hub.store import schema as t
from tests.launch_estate import Who, put_person
from tests.web.field import (
    DUTY,
    ENGLISH,
    FAR,
    GONE,
    NEIGHBOUR,
    RESIDENT,
    STEWARD,
    STRANGER,
    Field,
    in_the_field,
)


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as found:
        yield found


async def test_the_later_incident_carries_a_letter_in_texts_and_preview(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    first = await hub.last(RESIDENT)
    request = LaunchRequest("power-outage", "3", Kind.LIVE)
    shown = {text.parts["body"] for text in (await hub.hub.launch.preview(request)).words
             if text.channel == "sms"}  # fmt: skip
    outage = await hub.launch("power-outage", "3")
    second, english = await hub.last(RESIDENT), await hub.last(ENGLISH)
    rows = {row.id: row.letter for row in await hub.rows(t.incidents)}

    assert rows == {fire: "", outage: "B"}
    assert "B" not in first
    assert "B1" in second
    assert "B2" in second
    assert "B4" in second
    assert "B1" in english
    assert any("B1" in text for text in shown)
    await hub.say(outage, Stage.UPDATE, {"zh-CN": "发电机已启动", "en": "The generator runs"})
    assert "B2" in await hub.last(RESIDENT)


async def test_a_letter_of_today_names_nothing_else_today(hub: Field) -> None:
    fire, outage = await hub.launch("fire", "3/12"), await hub.launch("power-outage", "3")
    await hub.close(outage)
    again = await hub.launch("power-outage", "3")
    assert {row.id: row.letter for row in await hub.rows(t.incidents)} == {
        fire: "", outage: "B", again: "C"
    }  # fmt: skip
    await hub.reply(RESIDENT, "B1")  # to the text they were asked by
    assert [await hub.answer(one, RESIDENT) for one in (fire, again)] == ["", ""]
    await hub.reply(RESIDENT, "B2")
    assert [await hub.answer(one, RESIDENT) for one in (fire, again)] == ["help", "help"]


async def test_an_incident_that_asks_nobody_twice_has_no_letter(hub: Field) -> None:
    await hub.launch("power-outage", "3")
    await hub.launch("power-outage", "7")
    letters = [row.letter for row in await hub.rows(t.incidents)]
    assert letters[0] == ""
    assert letters[1] in {"", "B"}  # staff may be asked by both
    assert "B1" not in await hub.last(RESIDENT)


@pytest.mark.parametrize("typed", ["B1", "b 1", "B1安全", "回复B1", "B1 谢谢"])
async def test_a_letter_takes_the_answer_to_its_incident(hub: Field, typed: str) -> None:
    fire, outage = await hub.launch("fire", "3/12"), await hub.launch("power-outage", "3")
    await hub.reply(RESIDENT, typed)
    assert await hub.answer(outage, RESIDENT) == "safe"
    assert await hub.answer(fire, RESIDENT) == ""
    assert await hub.rows(t.replies) == []


async def test_a_bare_digit_goes_to_the_graver_and_is_shown_as_such(hub: Field) -> None:
    outage, fire = await hub.launch("power-outage", "3"), await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "1")
    assert await hub.answer(fire, RESIDENT) == "safe"
    assert await hub.answer(outage, RESIDENT) == ""
    (shown,) = await hub.rows(t.replies)
    assert (shown.why, shown.cry, shown.settled_by) == ("bare", False, "hub")
    assert shown.settled["incidents"] == [fire]


async def test_of_two_alike_the_newer_is_answered(hub: Field) -> None:
    await hub.launch("power-outage", "3")
    newer = await hub.launch("power-outage", "3")
    await hub.reply(RESIDENT, "1")
    assert await hub.answer(newer, RESIDENT) == "safe"


async def test_a_live_incident_goes_before_a_graver_drill(hub: Field) -> None:
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    outage = await hub.launch("power-outage", "3")
    await hub.reply(RESIDENT, "1")
    assert await hub.answer(outage, RESIDENT) == "safe"
    assert await hub.answer(drill, RESIDENT) == ""


async def test_a_cry_in_a_drill_alone_is_help_there_and_waits_for_people(hub: Field) -> None:
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    await hub.reply(RESIDENT, "2")
    assert await hub.answer(drill, RESIDENT) == "help"
    assert len(await hub.rows(t.tasks, key="help")) == 1
    (cry,) = await hub.waiting()
    assert (cry.cry, cry.why, cry.incident_id) == (True, "drill", drill)


async def test_a_cry_in_words_is_recorded_and_stands_at_the_flat(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "奶奶摔倒了，起不来")
    (words,) = await hub.rows(t.replies)
    assert (words.why, words.settled_by) == ("heard", "hub")
    unit = (await hub.rows(t.places, path="3/12/1201"))[0].id
    async with hub.house.client(headers=await hub.house.bearer("duty")) as client:
        flat = (await client.get(f"/api/v1/incidents/{fire}/flats/{unit}")).json()
    (said,) = flat["replies"]
    assert (said["words"], said["cry"]) == ("奶奶摔倒了，起不来", True)
    assert said["recipient"] == await hub.person(RESIDENT)


@pytest.mark.parametrize("sender", [f"whatsapp:{RESIDENT}", f"rcs:{RESIDENT}", f"RCS:{RESIDENT}"])
async def test_other_ways_of_the_same_number_are_the_same_person(hub: Field, sender: str) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(sender, "1")
    assert await hub.answer(fire, RESIDENT) == "safe"
    await hub.reply(sender, "what is this")
    (words,) = await hub.waiting()
    assert (words.channel, words.sender) == (sender.partition(":")[0].lower(), RESIDENT)


async def test_an_opted_out_person_is_heard(hub: Field) -> None:
    await hub.reply(RESIDENT, "N", OptOutType="STOP")
    fire = await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "救命")
    assert await hub.answer(fire, RESIDENT) == "help"
    assert (await hub.rows(t.addresses, value=RESIDENT))[0].opted_out_at
    await hub.reply(RESIDENT, "1")
    (shown,) = await hub.waiting()
    assert (shown.answer, shown.why) == ("safe", "unclear")


async def test_an_opted_out_person_nothing_speaks_to_is_on_the_page(hub: Field) -> None:
    await hub.reply(FAR, "STOP", OptOutType="STOP")
    await hub.reply(FAR, "trapped in the lift")
    (cry,) = await hub.waiting()
    assert (cry.cry, cry.why, cry.recipient_id) == (True, "opted_out", await hub.person(FAR))


async def test_help_is_a_cry_whatever_the_provider_did_with_the_word(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "HELP", OptOutType="HELP")
    assert await hub.answer(fire, RESIDENT) == "help"
    await hub.reply(STRANGER, "HELP", OptOutType="HELP")
    (cry,) = await hub.waiting()
    assert (cry.cry, cry.why) == (True, "stranger")


async def test_a_removed_person_is_heard(hub: Field) -> None:
    await hub.hub.db.write(
        lambda conn: put_person(conn, 1, None, Who(ways=[("sms", GONE)])) and None
    )
    gone = await hub.person(GONE)
    await hub.hub.estate.remove(gone, who=DUTY)
    await hub.launch("fire", "3/12")
    await hub.reply(GONE, "help")
    (cry,) = await hub.waiting()
    assert (cry.cry, cry.why, cry.recipient_id) == (True, "removed", gone)


@pytest.mark.parametrize(("body", "stands"), [("2", 1), ("救命", 1), ("who is this", 0), ("1", 0)])
async def test_with_nothing_open_a_stranger_is_heard_for_help_alone(
    hub: Field, body: str, stands: int
) -> None:
    await hub.reply(STRANGER, body)
    assert len(await hub.waiting()) == stands


async def test_words_after_the_close_stand_on_the_page_for_a_day(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.say(fire, Stage.ALL_CLEAR)
    await hub.close(fire)
    await hub.reply(RESIDENT, "what happened")
    (words,) = await hub.waiting()
    assert (words.why, words.incident_id) == ("over", fire)
    gone = update(t.incidents).values(closed_at=1)
    await hub.hub.db.write(lambda conn: conn.execute(gone) and None)
    await hub.reply(RESIDENT, "still nothing")
    assert len(await hub.waiting()) == 1
    await hub.reply(RESIDENT, "救命")
    assert [row.cry for row in await hub.waiting()] == [False, True]


async def test_a_stewards_phone_answers_for_the_steward_alone(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(STEWARD, "1")
    found = {}
    for row in await hub.rows(t.audience, incident_id=fire):
        found[row.kind, row.recipient_id] = row.answer
    assert [answer for (kind, _), answer in found.items() if kind == "staff"] == ["seen"]
    assert {answer for (kind, _), answer in found.items() if kind == "resident"} == {""}


async def test_thanks_of_somebody_on_duty_acknowledge_and_of_a_resident_change_nothing(
    hub: Field,
) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(STEWARD, "收到")
    await hub.reply(RESIDENT, "收到")
    rows = await hub.rows(t.audience, incident_id=fire)
    assert [row.answer for row in rows if row.kind == "staff"] == ["seen"]
    assert {row.answer for row in rows if row.kind == "resident"} == {""}
    assert await hub.waiting() == []


async def test_help_marks_the_flat_and_overrules_nobodys_own_words(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    ann, bob = RESIDENT, ENGLISH  # of one flat
    await hub.reply(bob, "3")
    await hub.reply(ann, "2")
    assert await hub.answer(fire, bob) == "evacuated"
    assert await hub.answer(fire, ann) == "help"
    board = (await hub.hub.watch.board(fire)).to_json()
    unit = (await hub.rows(t.places, path="3/12/1201"))[0].id
    assert board["cells"][str(unit)] == "help"
    await hub.reply(ann, "我没事了")
    assert await hub.answer(fire, bob) == "evacuated"
    assert await hub.answer(fire, ann) == "safe"


async def test_a_reply_told_twice_counts_once_in_each_incident(hub: Field) -> None:
    await hub.launch("fire", "3/12")
    await hub.launch("power-outage", "3")
    for _ in range(2):
        hub.refs = 7
        await hub.reply(RESIDENT, "被困了")
    assert len(await hub.rows(t.answers)) == 2
    assert len(await hub.rows(t.tasks, key="help")) == 2
    assert len(await hub.rows(t.replies)) == 1


async def test_neither_words_nor_numbers_are_logged_or_audited(
    hub: Field, capsys: pytest.CaptureFixture[str]
) -> None:
    await hub.launch("fire", "3/12")
    for number, body in (
        (RESIDENT, "奶奶摔倒了"),
        (STRANGER, "救命 5栋1601"),
        (NEIGHBOUR, "喂喂喂"),
    ):
        await hub.reply(number, body)
    said = (
        "".join(capsys.readouterr()) + str(await hub.rows(t.audit)) + str(await hub.rows(t.events))
    )
    for secret in (RESIDENT, STRANGER, NEIGHBOUR, "摔倒", "1601", "喂喂"):
        assert secret not in said


async def test_staff_take_an_opt_out_away(hub: Field) -> None:
    await hub.reply(RESIDENT, "STOP", OptOutType="STOP")
    person = await hub.person(RESIDENT)
    path = f"/api/v1/recipients/{person}/opt-out"
    async with hub.house.client(headers=await hub.house.bearer("duty")) as client:
        done = await client.delete(path)
        again = await client.delete(path)
    async with hub.house.client(headers=await hub.house.bearer("viewer")) as client:
        viewer = await client.delete(path)
    assert (done.status_code, again.status_code, viewer.status_code) == (200, 404, 403)
    assert [way["usable"] for way in done.json()["addresses"]] == [True]
    assert (await hub.rows(t.addresses, value=RESIDENT))[0].opted_out_at is None
    assert len(await hub.rows(t.audit, action="opt_out_taken_away")) == 1
