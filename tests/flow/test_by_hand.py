from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hub.errors import Conflict, Refused, Unknown
from hub.flow.tasks import Tasks
from hub.model import AnswerWord, LaunchRequest
from hub.store.answers import take
from hub.store.doors import counts
from hub.store.tasks import TaskLedger
from tests.launch_estate import WHO, House, Who, open_house, put_estate

PATHS = ("3/5/501", "3/12/1201", "3/12/1202", "3/12/1203")
PEOPLE = (
    Who("3/12/1201", ways=[("sms", "+15550100001")]),
    Who("3/12/1201"),
    Who("3/12/1202", ways=[("sms", "+15550100002")], needs=["oxygen"]),
    Who("3/12/1203", ways=[("sms", "+15550100003")]),
    Who("3/5/501", ways=[("sms", "+15550100004")]),  # told to stay: no door of theirs
    Who(None, kind="staff", roles=["steward"]),
)


@asynccontextmanager
async def knocking(url: str) -> AsyncIterator[tuple[House, Tasks]]:
    home = await open_house(url)
    try:
        await home.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        await home.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key="launch")
        await home.run("UPDATE audience SET answer = 'safe' WHERE recipient_id = 4")
        await home.run("UPDATE waves SET due_at = 0 WHERE \"key\" = 'door_knock'")
        await home.escalate.due()
        yield home, Tasks(TaskLedger(home.db), home.bells)
    finally:
        await home.db.close()


async def open_doors(home: House) -> list[tuple[Any, ...]]:
    return await home.rows(
        "SELECT t.id, t.recipient_id, p.path, t.state, t.outcome, t.answer FROM tasks t"
        " JOIN places p ON p.id = t.place_id WHERE t.household IS NOT NULL ORDER BY p.path"
    )


async def answer_of(home: House, *people: int) -> list[Any]:
    rows = await home.rows("SELECT recipient_id, answer FROM audience ORDER BY 1")
    return [dict(rows)[one] for one in people]


async def test_each_silent_household_is_one_task_for_staff(database_url: str) -> None:
    async with knocking(database_url) as (home, _):
        assert [row[1:5] for row in await open_doors(home)] == [
            (1, "3/12/1201", "open", ""),
            (3, "3/12/1202", "open", ""),
        ]
        rows = await home.rows(
            "SELECT DISTINCT key, role, due_at > created_at FROM tasks WHERE household IS NOT NULL"
        )
        assert [(row[0], row[1], bool(row[2])) for row in rows] == [("door", "steward", True)]


async def test_the_wave_says_how_many_and_a_repeat_adds_none(database_url: str) -> None:
    async with knocking(database_url) as (home, tasks):
        await home.run("UPDATE waves SET state = 'waiting', round = 1 WHERE \"key\" = 'door_knock'")
        await home.escalate.due()
        assert len(await open_doors(home)) == 2
        data = [row[0] for row in await home.rows("SELECT data FROM events WHERE kind = 'wave'")]
        assert ['"tasks":2' in str(one).replace(" ", "").replace("'", '"') for one in data] == [
            True,
            False,
        ]
        page = await tasks.doors(1)
        assert [one["place"] for one in page["items"]] == ["3/12/1201", "3/12/1202"]
        assert page["items"][1]["needs"] == ["oxygen"]
        assert page["next"] is None
        assert (await tasks.doors(1, limit=1))["next"] == page["items"][0]["task"]


async def test_doors_are_listed_by_block_and_opened_with_names(database_url: str) -> None:
    async with knocking(database_url) as (_, tasks):
        assert (await tasks.blocks(1))["items"] == [
            {
                "block": "3",
                "keys": ["door"],
                "tasks": {"open": 2},
                "stages": {"alert": {"open": 2}},
                "spoken": {"zh-CN": "3栋", "en": "Tower 3"},
            }
        ]
        page = await tasks.doors(1, block="3")
        first, second = page["items"]
        assert (first["flat"], first["people"], first["told"]) == ("1201", 2, 0)
        assert second["floor_spoken"]["en"] == "floor 12"
        assert (await tasks.doors(1, block="-"))["items"] == []

        opened = await tasks.door(1, first["task"])
        assert [one["recipient"] for one in opened["residents"]] == [1, 2]
        assert opened["residents"][0]["numbers"] == [{"value": "+15550100001", "dead": False}]
        with pytest.raises(Unknown):
            await tasks.door(1, 9_999)


async def test_the_second_at_one_door_is_told_so(database_url: str) -> None:
    async with knocking(database_url) as (home, tasks):
        task = (await open_doors(home))[0][0]
        await tasks.change(1, task, state="done", outcome="safe", was="open", who=WHO)
        with pytest.raises(Conflict) as refused:
            await tasks.change(1, task, state="done", outcome="not_home", was="open", who=WHO)
        assert refused.value.code == "meanwhile"
        assert (await open_doors(home))[0][4] == "safe"


async def test_an_outcome_is_the_households_answer_and_they_are_told(database_url: str) -> None:
    async with knocking(database_url) as (home, tasks):
        task = (await open_doors(home))[0][0]
        await tasks.change(1, task, state="done", outcome="safe", who=WHO)
        assert await answer_of(home, 1, 2, 3) == ["safe", "safe", ""]
        told = await home.rows("SELECT recipient_id FROM audience WHERE told_at IS NOT NULL")
        assert sorted(told) == [(1,), (2,)]
        assert (await open_doors(home))[0][3:] == ("done", "safe", "safe")
        via = await home.rows("SELECT DISTINCT via, actor FROM answers")
        assert via == [("staff", WHO.id)]
        await tasks.change(1, task, outcome="away: the dog barks", who=WHO)
        assert await answer_of(home, 1, 2) == ["away", "away"]


async def test_a_note_about_a_household_is_in_no_event(database_url: str) -> None:
    async with knocking(database_url) as (home, tasks):
        task = (await open_doors(home))[0][0]
        await tasks.change(1, task, state="done", outcome="help: cannot walk", who=WHO)
        said = [str(row[0]) for row in await home.rows("SELECT data FROM events")]
        assert any("'help'" in one or '"help"' in one for one in said)
        assert not any("cannot walk" in one for one in said)
        assert "cannot walk" in (await open_doors(home))[0][4]


async def test_staff_do_not_overrule_what_a_person_said_of_themselves(database_url: str) -> None:
    async with knocking(database_url) as (home, tasks):
        await home.run("UPDATE audience SET answer = 'away' WHERE recipient_id = 2")
        task = (await open_doors(home))[0][0]
        await tasks.change(1, task, state="done", outcome="help: cannot walk", who=WHO)
        assert await answer_of(home, 1, 2) == ["help", "away"]
        help_ = await home.rows("SELECT recipient_id, state FROM tasks WHERE key = 'help'")
        assert help_ == [(1, "open")]


async def test_nobody_at_home_is_no_answer(database_url: str) -> None:
    async with knocking(database_url) as (home, tasks):
        task = (await open_doors(home))[1][0]
        await tasks.change(1, task, state="done", outcome="not_home", who=WHO)
        assert await answer_of(home, 3) == [""]
        assert await home.one("SELECT count(*) FROM audience WHERE told_at IS NOT NULL") == 0


@pytest.mark.parametrize("outcome", [None, "found them"])
async def test_a_door_needs_one_of_the_outcomes(outcome: str | None, database_url: str) -> None:
    async with knocking(database_url) as (home, tasks):
        task = (await open_doors(home))[0][0]
        with pytest.raises(Refused) as refused:
            await tasks.change(1, task, state="done", outcome=outcome, who=WHO)
        assert refused.value.problems[0].where == "outcome"
        assert "not_home" in refused.value.problems[0].hint


async def test_help_that_is_over_says_how_the_person_is(database_url: str) -> None:
    from hub.decide.answers import Given

    async with knocking(database_url) as (home, tasks):
        given = Given(1, 3, AnswerWord.HELP, "sms", "recipient:3")
        await home.db.write(lambda conn: take(conn, given=given))
        task = await home.one("SELECT id FROM tasks WHERE key = 'help'")
        await tasks.change(1, task, state="done", outcome="evacuated: carried", who=WHO)
        assert await answer_of(home, 3) == ["evacuated"]


async def test_a_household_that_answers_is_off_the_list(database_url: str) -> None:
    async with knocking(database_url) as (home, _):
        assert await home.escalate.settle() == 0
        await home.run("UPDATE audience SET answer = 'safe' WHERE recipient_id IN (1, 3)")
        home.bells.told.clear()
        assert await home.escalate.settle() == 1
        assert [row[3:5] for row in await open_doors(home)] == [
            ("open", ""),  # one of two has answered: the other is still silent
            ("done", "answered"),
        ]
        assert home.bells.told
        assert await home.escalate.settle() == 0


async def test_nobody_knocks_after_the_all_clear_or_the_stop(database_url: str) -> None:
    async with knocking(database_url) as (home, _):
        await home.say.stop(1, who=WHO)
        assert [row[3:5] for row in await open_doors(home)] == [("done", "stopped")] * 2


async def test_only_what_a_person_entered_counts_as_done(database_url: str) -> None:
    """A door called off, or a household that answered by itself, is no door somebody went to."""
    async with knocking(database_url) as (home, tasks):
        doors = [row[0] for row in await open_doors(home)]
        await home.run("UPDATE audience SET answer = 'safe' WHERE recipient_id = 3")
        assert await home.escalate.settle() == 1
        assert await tasks_of(home, tasks) == {"open": 1, "answered": 1}
        await home.say.stop(1, who=WHO)
        assert await tasks_of(home, tasks) == {"stopped": 1, "answered": 1}
        for task in doors:  # what is known can still be entered
            await tasks.change(1, task, state="done", outcome="not_home", who=WHO)
        assert await tasks_of(home, tasks) == {"done": 2}


async def tasks_of(home: House, tasks: Tasks) -> dict[str, int]:
    """The counts of the one block, which are those of the one wave."""
    (block,) = (await tasks.blocks(1))["items"]
    found = await home.db.read(lambda conn: counts(conn, 1))
    assert list(found.values()) == [block["tasks"]]
    counted: dict[str, int] = block["tasks"]
    return counted


async def test_a_wave_is_quick_for_an_estate(database_url: str) -> None:
    """One statement, however many: the same wave over again finds all of it there."""
    from tests.launch_estate import put_many

    home = await open_house(database_url)
    try:
        await home.db.write(lambda conn: put_many(conn, 3_000))
        await home.launch.start(LaunchRequest("fire", "1"), who=WHO, key="launch")
        await home.run("UPDATE waves SET due_at = 0 WHERE \"key\" = 'door_knock'")
        await home.escalate.due()
        homes = await home.one(
            "SELECT count(DISTINCT household) FROM audience WHERE band = 'evacuate'"
        )
        assert await home.one("SELECT count(*) FROM tasks WHERE key = 'door'") == homes > 100
    finally:
        await home.db.close()


async def test_a_home_nothing_can_reach_is_on_the_list_from_the_first_moment(
    database_url: str,
) -> None:
    """Its wave is minutes away, and it would add nothing: nobody there can answer before."""
    home = await open_house(database_url)
    try:
        people = (
            Who("3/12/1201"),
            Who("3/12/1201"),
            Who("3/12/1202"),
            Who("3/12/1202", ways=[("sms", "+15550100002")]),  # somebody there hears of it
            Who("3/12/1203", ways=[("sms", "+15550100003")]),
            Who("3/5/501"),  # told to stay
        )
        await home.db.write(lambda conn: put_estate(conn, PATHS, people))
        await home.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key="launch")
        assert [row[1:4] for row in await open_doors(home)] == [
            (1, "3/12/1201", "open"),
            (6, "3/5/501", "open"),
        ]
        said = await home.rows("SELECT data FROM events WHERE kind = 'launched'")
        assert '"tasks":2' in str(said[0][0]).replace(" ", "").replace("'", '"')
        await home.run("UPDATE waves SET due_at = 0 WHERE \"key\" = 'door_knock'")
        await home.escalate.due()
        paths = [row[2] for row in await open_doors(home)]
        assert paths == ["3/12/1201", "3/12/1202", "3/12/1203", "3/5/501"]
    finally:
        await home.db.close()
