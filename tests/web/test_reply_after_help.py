"""A digit after a cry, a reply that was settled wrongly, and machines that answer by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.decide.inbox import Why
from hub.flow.watch import Watch
from hub.model import Actor, Answer, AnswerWord, IncidentId, Kind, RecipientId
from hub.store import schema as t
from hub.store.boards import BoardLedger
from hub.store.lists import ListLedger
from tests.web.field import NEIGHBOUR, RESIDENT, STEWARD, STRANGER, Field, in_the_field


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as field:
        yield field


async def cell(hub: Field, incident: int, path: str = "3/12/1201") -> str:
    board = (await hub.hub.watch.board(incident)).to_json()
    (unit,) = await hub.rows(t.places, path=path)
    return str(board["cells"][str(unit.id)])


@pytest.mark.parametrize("digit", ["1", "3", "4", "一", "1 谢谢", "按1"])
async def test_a_bare_digit_takes_back_no_cry(hub: Field, digit: str) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "2")
    await hub.reply(RESIDENT, digit)
    assert await hub.answer(fire, RESIDENT) == "help"
    assert await cell(hub, fire) == "help"
    (asks,) = await hub.waiting()
    assert (asks.why, asks.cry, asks.incident_id) == (Why.AFTER_HELP, False, fire)
    assert asks.recipient_id == await hub.person(RESIDENT)
    events = await hub.rows(t.events, incident_id=fire, kind="alarm")
    assert [one.data["what"] for one in events] == ["after_help"]
    assert len(await hub.rows(t.answers)) == 2  # both stand in the history


@pytest.mark.parametrize("words", ["我没事了", "1 安全", "safe", "3 evacuated"])
async def test_words_take_it_back_and_the_flat_stays_marked_until_somebody_went(
    hub: Field, words: str
) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "2")
    await hub.reply(RESIDENT, words)
    assert await hub.answer(fire, RESIDENT) in {"safe", "evacuated"}
    assert await cell(hub, fire) == "help"
    assert await hub.waiting() == []


async def test_a_digit_counts_again_once_the_help_is_done(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "2")
    (task,) = await hub.rows(t.tasks, key="help")
    await hub.hub.tasks.change(
        fire, task.id, state="done", outcome="other", who=Actor("user:1", "duty")
    )
    await hub.reply(RESIDENT, "1")
    assert await hub.answer(fire, RESIDENT) == "safe"
    assert await hub.waiting() == []


async def test_received_of_somebody_on_duty_takes_back_no_cry(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(STEWARD, "2")
    await hub.reply(STEWARD, "收到")
    rows = await hub.rows(t.audience, incident_id=fire, kind="staff")
    assert [row.answer for row in rows] == ["help"]


async def test_the_duty_manager_settles_it_and_the_word_stands(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "2")
    await hub.reply(RESIDENT, "1")
    (asks,) = await hub.waiting()
    body = {"recipient": asks.recipient_id, "answer": "safe", "note": "called back"}
    async with hub.house.client(headers=await hub.house.bearer("duty")) as client:
        done = await client.post(f"/api/v1/replies/{asks.id}", json=body)
    assert done.json()["settled"]["incidents"] == [fire]
    assert await hub.answer(fire, RESIDENT) == "safe"


async def test_a_key_after_a_cry_is_answered_with_what_stands(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "2")
    taken = await hub.hub.answer.take(
        answer_of(fire, await hub.person(RESIDENT)), who=Actor("recipient:1", "resident"),
        once=None, bare=True,
    )  # fmt: skip
    assert (taken.held, taken.answer, taken.before) == (True, "help", "help")


def answer_of(incident: int, person: int) -> Answer:
    return Answer(IncidentId(incident), RecipientId(person), AnswerWord.SAFE, "voice", {})


SAME = ("cells", "tally", "curve")  # what a board is folded to, and read anew


async def settle(
    hub: Field, reply: int, body: dict[str, Any], role: str = "duty"
) -> httpx2.Response:
    async with hub.house.client(headers=await hub.house.bearer(role)) as client:
        return await client.post(f"/api/v1/replies/{reply}", json=body)


async def test_help_that_is_settled_counts_in_every_open_live_incident(hub: Field) -> None:
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    fire, outage = await hub.launch("fire", "3/12"), await hub.launch("power-outage", "3")
    await hub.reply(STRANGER, "救命")
    (cry,) = await hub.waiting()
    body = {"recipient": await hub.person(RESIDENT), "answer": "help"}
    done = (await settle(hub, cry.id, body)).json()
    assert sorted(done["settled"]["incidents"]) == [fire, outage]
    stands = [await hub.answer(one, RESIDENT) for one in (fire, outage, drill)]
    assert stands == ["help", "help", ""]
    assert len(await hub.rows(t.tasks, key="help")) == 2


async def test_a_reply_is_opened_again_and_what_it_recorded_taken_back(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(STRANGER, "we are out of it, flat 1201")
    (words,) = await hub.waiting()
    wrong = {"recipient": await hub.person(NEIGHBOUR), "answer": "safe"}
    await hub.hub.watch.board(fire)
    await settle(hub, words.id, wrong)
    assert await hub.answer(fire, NEIGHBOUR) == "safe"
    assert (await hub.hub.watch.incident(fire))["tally"]["answered"] == 1

    again = (await settle(hub, words.id, {"state": "open"})).json()
    assert (again["state"], again["settled"]) == ("open", None)
    assert await hub.answer(fire, NEIGHBOUR) == ""
    warm = (await hub.hub.watch.board(fire)).to_json()
    fresh = Watch(boards=BoardLedger(hub.hub.db), lists=ListLedger(hub.hub.db))
    read = (await fresh.board(fire)).to_json()
    assert [warm[key] for key in SAME] == [read[key] for key in SAME]
    assert (await hub.hub.watch.incident(fire))["tally"]["answered"] == 0
    right = {"recipient": await hub.person(RESIDENT), "answer": "safe"}
    assert (await settle(hub, words.id, right)).json()["settled"]["incidents"] == [fire]
    assert await hub.answer(fire, RESIDENT) == "safe"
    audited = [row.action for row in await hub.rows(t.audit) if row.action.startswith("reply_")]
    assert audited[-3:] == ["reply_settled", "reply_reopened", "reply_settled"]


async def test_a_cry_that_is_opened_again_sounds_again_and_its_help_stays(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(STRANGER, "救命")
    (cry,) = await hub.waiting()
    await settle(hub, cry.id, {"recipient": await hub.person(RESIDENT), "answer": "help"})
    assert [row for row in await hub.rows(t.alarms) if row.cleared_at is None] == []

    await settle(hub, cry.id, {"state": "open"})
    (alarm,) = [row for row in await hub.rows(t.alarms) if row.cleared_at is None]
    assert alarm.kind == "cry"
    assert await hub.answer(fire, RESIDENT) == "help"


async def test_what_was_said_since_is_not_taken_back(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.reply(STRANGER, "1201 is fine")
    (words,) = await hub.waiting()
    await settle(hub, words.id, {"recipient": await hub.person(RESIDENT), "answer": "safe"})
    await hub.reply(RESIDENT, "1")
    await settle(hub, words.id, {"state": "open"})
    assert await hub.answer(fire, RESIDENT) == "safe"


async def test_opening_again_stands_alone_and_is_for_the_duty_desk(hub: Field) -> None:
    await hub.launch("fire", "3/12")
    await hub.reply(STRANGER, "hm")
    (words,) = await hub.waiting()
    assert (await settle(hub, words.id, {"state": "open"})).json()["state"] == "open"
    assert (await settle(hub, words.id, {"state": "open", "note": "x"})).status_code == 422
    assert (await settle(hub, words.id, {"state": "open"}, "viewer")).status_code == 403
    assert (await settle(hub, 999, {"state": "open"})).status_code == 404


async def test_machines_are_put_aside_and_can_be_read(hub: Field) -> None:
    await hub.launch("fire", "3/12")
    for number in range(9):
        await hub.reply(RESIDENT, f"Automatic reply {number}: I am out of the office.")
    await hub.reply(RESIDENT, "Automatic reply: help, I am trapped")
    assert await hub.waiting() == []  # the cry is recorded where it belongs
    async with hub.house.client(headers=await hub.house.bearer("duty")) as client:
        pages = {
            state: (await client.get(f"/api/v1/replies?state={state}")).json()["items"]
            for state in ("open", "settled", "aside")
        }
    assert [len(pages[state]) for state in ("open", "settled", "aside")] == [0, 1, 5]
    assert {one["why"] for one in pages["aside"]} == {"robot"}
    assert pages["settled"][0]["cry"]


async def test_whoever_looked_is_named_a_program_by_its_token(hub: Field) -> None:
    await hub.launch("fire", "3/12")
    await hub.reply(STRANGER, "hm")
    async with hub.house.client(headers=await hub.house.bearer("duty")) as client:
        await client.get("/api/v1/replies")
        (one,) = (await client.get("/api/v1/replies")).json()["items"]
    (token,) = await hub.rows(t.tokens)
    assert [look["name"] for look in one["seen_by"]] == [token.name]
    await settle(hub, one["id"], {"note": "seen"})
    other = await settle(hub, one["id"], {"note": "other"})
    assert f"by the access token {token.name} meanwhile" in other.json()["detail"]
