from __future__ import annotations

import asyncio

import pytest

from hub.decide.answers import Answered, Given
from hub.decide.tokens import answer_token
from hub.errors import Conflict, Refused, Unknown
from hub.flow.answer import TakeAnswer, answer_word
from hub.model import Actor, Answer, AnswerWord, IncidentId, Lane, RecipientId
from hub.store import schema as t
from hub.store.answers import AnswerLedger
from hub.store.lists import ListLedger
from hub.store.pages import PageLedger
from tests.flow.stage import SECRET, Doorbell, Provider, Stage
from tests.flow.test_deliver import sender


def taker(stage: Stage) -> TakeAnswer:
    return TakeAnswer(AnswerLedger(stage.db), PageLedger(stage.db), Doorbell(), SECRET)


async def take(stage: Stage, person: int, word: str, *, once=None, others=(), incident=None):
    answer = Answer(
        IncidentId(incident or stage.incident), RecipientId(person), AnswerWord(word), "link"
    )
    who = Actor(f"recipient:{person}", "resident")
    return await taker(stage).take(answer, who=who, once=once, others=others)


async def test_an_answer_stands_and_a_later_one_replaces_it_with_the_history_kept(stage):
    await stage.set_up(people=2)
    person = stage.people[0]
    first = await take(stage, person, "safe")
    second = await take(stage, person, "evacuated")
    assert (first.before, second.before, second.answer) == ("", "safe", "evacuated")
    row = (await stage.rows(t.audience))[0]
    assert row.answer == "evacuated"
    history = await stage.rows(t.answers)
    assert [one.answer for one in history] == ["safe", "evacuated"]
    assert row.answered_at == history[0].at
    assert [e.kind for e in await stage.rows(t.events)] == ["answered", "answered"]


async def test_a_doubled_answer_adds_nothing(stage):
    await stage.set_up(people=1)
    await take(stage, stage.people[0], "safe", once="form:1")
    await take(stage, stage.people[0], "away")
    again = await take(stage, stage.people[0], "safe", once="form:1")
    assert (again.repeated, again.answer) == (True, "away")
    assert len(await stage.rows(t.answers)) == 2


async def test_concurrent_answers_are_all_kept_and_one_stands(stage):
    await stage.set_up(people=1)
    words = ["safe", "away", "evacuated", "seen"] * 3
    await asyncio.gather(*(take(stage, stage.people[0], word) for word in words))
    history = await stage.rows(t.answers)
    assert sorted(one.answer for one in history) == sorted(words)
    assert (await stage.rows(t.audience))[0].answer in words


async def test_help_opens_one_task_that_a_later_answer_does_not_close(stage):
    await stage.set_up(people=1)
    person = stage.people[0]
    asked = await take(stage, person, "help")
    await take(stage, person, "help")
    await take(stage, person, "safe")
    (task,) = await stage.rows(t.tasks)
    assert asked.tasks == (task.id,)
    assert (task.state, task.role, task.due_at - task.created_at) == ("open", "security", 180_000)
    kinds = [e.kind for e in await stage.rows(t.events)]
    assert kinds == ["answered", "help", "answered"]


async def test_an_answer_stops_later_waves_but_never_an_update(stage):
    await stage.set_up(people=2)
    person = stage.people[:1]
    await stage.db.write(lambda conn: stage.plan_in(conn, person, wave=1))
    await stage.db.write(lambda conn: stage.plan_in(conn, person, wave=0))
    update, wording = await stage.db.write(lambda conn: stage.say(conn, "update", 2))
    await stage.db.write(
        lambda conn: stage.plan_in(conn, person, notice_id=update, wording_id=wording, wave=1)
    )
    await take(stage, person[0], "safe")
    assert [r.state for r in await stage.deliveries()] == ["suppressed", "planned", "planned"]
    assert await stage.moves() == {("sms", "planned", "suppressed"): 1}


async def test_an_answer_stops_a_planned_call_to_a_number_given_for_texts(stage):
    await stage.set_up(people=2)
    await stage.plan(wave=1, channel="voice")
    await take(stage, stage.people[0], "safe")
    assert [r.state for r in await stage.deliveries()] == ["suppressed", "planned"]
    assert await stage.moves() == {("voice", "planned", "suppressed"): 1}
    flat = await ListLedger(stage.db).flat(stage.incident, stage.units[0])
    calls = [[sent["channel"] for sent in one["deliveries"]] for one in flat["people"]]
    assert calls == [["voice"], ["voice"]]


async def test_a_number_on_record_twice_is_listed_once_and_its_sharers_on_the_page(stage):
    await stage.set_up(people=2)
    one, two = stage.people
    (call,) = await stage.db.write(lambda conn: stage.plan_in(conn, [one], channel="voice"))
    number = (await stage.deliveries())[0].address

    def share(conn):
        stage._one(conn)(t.addresses, recipient_id=one, channel="voice", value=number)
        stage._one(conn)(t.delivery_also, delivery_id=call, recipient_id=two)

    await stage.db.write(share)
    flat = await ListLedger(stage.db).flat(stage.incident, stage.units[0])
    assert [len(person["deliveries"]) for person in flat["people"]] == [1, 0]
    page = await PageLedger(stage.db).page(stage.incident, one)
    assert page is not None
    assert [person.id for person in page.persons] == [one, two]


@pytest.mark.parametrize("first", [0, 1])
async def test_a_shared_number_is_still_called_while_one_of_its_people_is_silent(stage, first):
    await stage.set_up(people=2)
    one, two = stage.people
    (delivery,) = await stage.db.write(lambda conn: stage.plan_in(conn, [one], wave=1))
    shared = (await stage.deliveries())[0].address

    def share(conn):
        stage._one(conn)(t.delivery_also, delivery_id=delivery, recipient_id=two)
        stage._one(conn)(t.addresses, recipient_id=two, channel="sms", value=shared)

    await stage.db.write(share)
    await take(stage, (one, two)[first], "safe")
    assert (await stage.deliveries())[0].state == "planned"
    await take(stage, (two, one)[first], "safe")
    assert (await stage.deliveries())[0].state == "suppressed"


async def test_answers_race_with_waves_and_no_answered_person_is_called_later(stage):
    await stage.set_up(people=30)
    await stage.plan(wave=1)
    provider = Provider()
    early = stage.people[:10]
    await asyncio.gather(*(take(stage, one, "safe") for one in early[:5]))
    await asyncio.gather(
        sender(stage, provider).drain(Lane.URGENT),
        *(take(stage, one, "safe") for one in early[5:]),
    )
    rows = {row.recipient_id: row for row in await stage.deliveries()}
    assert all(rows[one].state == "suppressed" for one in early[:5])
    assert {row.state for row in rows.values()} <= {"accepted", "suppressed"}
    assert len(provider.ledger) == sum(row.state == "accepted" for row in rows.values())


async def test_answers_are_refused_for_strangers_closed_incidents_and_unknown_words(stage):
    await stage.set_up(people=2)
    with pytest.raises(Unknown):
        await take(stage, 999, "safe")
    with pytest.raises(Unknown):
        await take(stage, stage.people[0], "safe", others=(999,))
    with pytest.raises(Unknown):
        await take(stage, stage.people[0], "safe", incident=999)
    await stage.set(t.incidents, {}, status="closed")
    with pytest.raises(Conflict):
        await take(stage, stage.people[0], "safe")
    with pytest.raises(Refused, match="not known"):
        answer_word("maybe")
    assert await stage.rows(t.answers) == await stage.rows(t.events) == []


async def test_an_answer_can_speak_for_others(stage):
    await stage.set_up(people=4)
    await take(stage, stage.people[0], "evacuated", others=stage.people[1:3], once="n")
    await take(stage, stage.people[0], "evacuated", others=stage.people[1:3], once="n")
    assert [p.answer for p in await stage.rows(t.audience)] == ["evacuated"] * 3 + [""]
    assert len(await stage.rows(t.answers)) == 3


async def test_the_page_offers_those_who_share_a_number_and_changes_nothing(stage):
    await stage.set_up(people=4)
    one, two = stage.people[:2]
    (delivery,) = await stage.db.write(lambda conn: stage.plan_in(conn, [one]))
    shared = (await stage.deliveries())[0].address

    def share(conn):
        stage._one(conn)(t.delivery_also, delivery_id=delivery, recipient_id=two)
        stage._one(conn)(t.addresses, recipient_id=two, channel="sms", value=shared)

    await stage.db.write(share)
    await take(stage, two, "help")
    before = await stage.rows(t.events)
    for person in (one, two):
        page = await taker(stage).page(answer_token(SECRET, stage.incident, person))
        assert [p.id for p in page.persons] == [person, *({one, two} - {person})]
    assert page.words == {"en": {"headline": "Fire", "action": "Leave the building now"}}
    assert (page.is_drill, page.languages, page.takes_answers) == (False, ("en",), True)
    assert page.place_spoken == {"zh-CN": "3栋12层", "en": "Tower 3, floor 12"}
    assert page.persons[0].help_open
    assert page.to_json()["persons"][0]["answer"] == "help"
    assert await stage.rows(t.events) == before


async def sharing_a_number(stage, **other) -> tuple[int, int]:
    """One was sent a text for both; `other` is what the second one's row says."""
    await stage.set_up(people=2)
    one, two = stage.people
    (delivery,) = await stage.db.write(lambda conn: stage.plan_in(conn, [one]))
    shared = (await stage.deliveries())[0].address

    def share(conn):
        stage._one(conn)(t.delivery_also, delivery_id=delivery, recipient_id=two)
        stage._one(conn)(t.addresses, recipient_id=two, channel="sms", value=shared, **other)

    await stage.db.write(share)
    return one, two


async def test_who_had_a_number_once_neither_sees_nor_answers_for_those_who_have_it(stage):
    one, two = await sharing_a_number(stage, removed_at=1)
    page = await taker(stage).page(answer_token(SECRET, stage.incident, two))
    assert [person.id for person in page.persons] == [two]
    page = await taker(stage).page(answer_token(SECRET, stage.incident, one))
    assert [person.id for person in page.persons] == [one, two]  # the text did speak for both


@pytest.mark.parametrize("kind", ["staff", "outside"])
async def test_a_link_of_somebody_on_duty_answers_for_no_resident_and_the_reverse(stage, kind):
    one, two = await sharing_a_number(stage)
    await stage.set(t.recipients, {"id": two}, kind=kind)
    await stage.set(t.audience, {"recipient_id": two}, kind=kind)
    for person in (one, two):
        page = await taker(stage).page(answer_token(SECRET, stage.incident, person))
        assert [p.id for p in page.persons] == [person]


async def test_the_newest_notice_leads_the_page(stage):
    await stage.set_up(people=1)
    await stage.db.write(lambda conn: stage.say(conn, "all_clear", 2))
    page = await taker(stage).page(answer_token(SECRET, stage.incident, stage.people[0]))
    assert [str(said.stage) for said in page.said] == ["all_clear", "alert"]
    assert page.now.revision == 2


async def test_a_bad_link_has_no_page(stage):
    await stage.set_up(people=1)
    assert await taker(stage).page("x" * 24) is None
    assert await taker(stage).page(answer_token(SECRET, stage.incident, 999)) is None
    assert taker(stage).whose(taker(stage).token(1, 2)) == (1, 2)


def given(stage: Stage, person: int, word: str, *, once=None, others=(), incident=None) -> Given:
    about = {"via": "link", "actor": f"recipient:{person}", "once": once, "others": tuple(others)}
    return Given(incident or stage.incident, person, AnswerWord(word), **about)


async def test_a_set_of_answers_stands_as_if_they_had_come_one_by_one(stage):
    await stage.set_up(people=4)
    one, two, three, four = stage.people
    ledger = AnswerLedger(stage.db)
    await ledger.take(given(stage, four, "safe", once="known"))
    found = await ledger.take_all(
        [
            given(stage, one, "safe"),
            given(stage, 999, "safe"),
            given(stage, two, "help", others=[three]),
            given(stage, one, "away", once="twice"),
            given(stage, four, "away", once="known"),
            given(stage, one, "away", once="twice"),
            given(stage, three, "help"),
            given(stage, three, "safe"),
            given(stage, one, "safe", incident=999),
        ]
    )
    assert [type(one) for one in found if not isinstance(one, Answered)] == [Unknown, Unknown]
    taken = [one for one in found if isinstance(one, Answered)]
    assert [(one.before, one.answer, one.repeated) for one in taken] == [
        ("", "safe", False), ("", "help", False), ("safe", "away", False),
        ("safe", "safe", True), ("away", "away", True), ("help", "help", False),
        ("help", "safe", False),
    ]  # fmt: skip
    people = await stage.rows(t.audience)
    assert [person.answer for person in people] == ["away", "help", "safe", "safe"]
    history = [(row.recipient_id, row.answer) for row in await stage.rows(t.answers)]
    assert history == [
        (four, "safe"), (one, "safe"), (two, "help"), (three, "help"), (one, "away"),
        (three, "help"), (three, "safe"),
    ]  # fmt: skip
    tasks = await stage.rows(t.tasks)
    assert [task.recipient_id for task in tasks] == [two, three]
    assert taken[1].tasks == tuple(task.id for task in tasks)
    events = await stage.rows(t.events)
    assert [event.seq for event in events] == list(range(1, 9))
    # one: 2; two and three: 3 and 5, their tasks 4 and 6; one again: 7; three again: 8
    assert [one.seq for one in taken] == [2, 6, 7, 0, 0, 0, 8]


async def test_a_set_of_answers_stops_what_each_of_them_stops(stage):
    await stage.set_up(people=3)
    await stage.db.write(lambda conn: stage.plan_in(conn, stage.people, wave=1))
    ledger = AnswerLedger(stage.db)
    await ledger.take_all([given(stage, person, "safe") for person in stage.people[:2]])
    assert [row.state for row in await stage.deliveries()] == ["suppressed"] * 2 + ["planned"]
    assert await stage.moves() == {("sms", "planned", "suppressed"): 2}


async def test_answers_that_come_together_are_few_transactions_and_each_learns_its_own(stage):
    await stage.set_up(people=40)
    bell = Doorbell()
    house = TakeAnswer(AnswerLedger(stage.db), PageLedger(stage.db), bell, SECRET)
    sets: list[int] = []
    counted = house.ledger.take_all

    class Counting:
        async def take_all(self, many):
            sets.append(len(many))
            return await counted(many)

    object.__setattr__(house, "ledger", Counting())

    async def say(person: int):
        answer = Answer(IncidentId(stage.incident), RecipientId(person), AnswerWord.SAFE, "link")
        return await house.take(answer, who=Actor("x", "resident"), once=None)

    people = [*stage.people, 999]
    found = await asyncio.gather(*map(say, people), return_exceptions=True)
    assert isinstance(found[-1], Unknown)
    assert sorted(one.seq for one in found[:-1]) == list(range(1, 41))
    assert len(sets) <= 3
    assert len(await stage.rows(t.answers)) == 40


async def test_an_answer_that_cannot_be_written_harms_only_itself(stage):
    await stage.set_up(people=3)
    house = taker(stage)

    async def say(person: int, evidence: object):
        answer = Answer(
            IncidentId(stage.incident), RecipientId(person), AnswerWord.SAFE, "link",
            {"ref": evidence},
        )  # fmt: skip
        return await house.take(answer, who=Actor("x", "resident"), once=None)

    said = [say(stage.people[0], "1"), say(stage.people[1], object()), say(stage.people[2], "3")]
    found = await asyncio.gather(*said, return_exceptions=True)
    assert isinstance(found[1], TypeError)
    assert (found[0].answer, found[2].answer) == ("safe", "safe")
    assert [row.answer for row in await stage.rows(t.audience)] == ["safe", "", "safe"]
