"""One person with two homes: told once, counted once, sought at both, answered for once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from hub.decide.answers import Given
from hub.errors import Conflict
from hub.flow.tasks import Tasks
from hub.model import AnswerWord, Kind, LaunchRequest, Stage
from hub.store.answers import take
from hub.store.boards import BoardLedger
from hub.store.lists import ListLedger
from hub.store.pages import PageLedger
from hub.store.tasks import TaskLedger
from tests.launch_estate import SETTINGS, WHO, House, Who, open_house, put_estate

PATHS = ("3/5/501", "3/12/1201", "3/12/1203", "7/2/201")
OWNER, MATE, OTHER, FAR = 1, 2, 3, 4
PEOPLE = (
    # Stored with the calmer home first: the graver one decides.
    Who("3/5/501", ways=[("sms", "+15550100001")], homes=["3/12/1203", "7/2/201"]),
    Who("3/12/1203", ways=[("sms", "+15550100002")]),
    Who("3/12/1201", ways=[("sms", "+15550100003")]),
    Who("7/2/201", ways=[("sms", "+15550100004")]),
    Who(None, kind="staff", roles=["steward"]),
)
FIRE = LaunchRequest("fire", "3/12")


@asynccontextmanager
async def burning(url: str) -> AsyncIterator[House]:
    home = await open_house(url)
    try:
        await home.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        yield home
    finally:
        await home.db.close()


async def knocks(home: House) -> list[tuple[Any, ...]]:
    await home.run("UPDATE waves SET due_at = 0 WHERE \"key\" = 'door_knock'")
    await home.escalate.due()
    return await home.rows(
        "SELECT p.path, t.state FROM tasks t JOIN places p ON p.id = t.place_id"
        " WHERE t.household IS NOT NULL ORDER BY p.path"
    )


async def test_told_once_in_the_graver_band_and_counted_once(database_url: str) -> None:
    async with burning(database_url) as home:
        seen = await home.launch.preview(FIRE)
        made = await home.launch.start(FIRE, who=WHO, key="one")
        assert (seen.people, seen.households, made.people) == (5, 4, 5)
        rows = await home.rows(
            "SELECT recipient_id, band, (SELECT path FROM places WHERE id = household)"
            " FROM audience WHERE kind = 'resident' ORDER BY 1"
        )
        graver = next(row[1] for row in rows if row[0] == MATE)
        assert (OWNER, graver, "3/12/1203") in [tuple(row) for row in rows]
        assert len(rows) == 4
        told = await home.rows("SELECT address FROM deliveries WHERE channel = 'sms'")
        assert sorted(row[0] for row in told) == [f"+1555010000{n}" for n in (1, 2, 3, 4)]
        further = await home.rows(
            "SELECT recipient_id, band = :graver FROM audience_homes", graver=graver
        )
        assert [(row[0], bool(row[1])) for row in further] == [(OWNER, False)] * 2


async def test_both_of_their_doors_are_knocked_at_where_both_are_to_leave(
    database_url: str,
) -> None:
    async with burning(database_url) as home:
        whole = LaunchRequest("fire", "3", params={})
        await home.launch.start(whole, who=WHO, key="one")
        doors = await knocks(home)
        assert [row[0] for row in doors] == ["3/12/1201", "3/12/1203", "3/5/501"]
        tasks = Tasks(TaskLedger(home.db), home.bells)
        page = await tasks.doors(1)
        assert {one["place"]: one["people"] for one in page["items"]} == {
            "3/5/501": 1, "3/12/1201": 1, "3/12/1203": 2,
        }  # fmt: skip
        door = next(one for one in page["items"] if one["place"] == "3/5/501")
        opened = await tasks.door(1, door["task"])
        (owner,) = opened["residents"]
        assert owner["recipient"] == OWNER
        assert owner["homes"] == ["3/5/501", "3/12/1203", "7/2/201"]


async def test_an_answer_is_the_persons_and_ends_the_knock_at_each_home(database_url: str) -> None:
    async with burning(database_url) as home:
        await home.launch.start(LaunchRequest("fire", "3"), who=WHO, key="one")
        await knocks(home)
        given = Given(1, OWNER, AnswerWord.SAFE, "link", "x")
        await home.db.write(lambda conn: take(conn, given=given))
        await home.escalate.settle()
        left = await knocks(home)
        assert [row[0] for row in left if row[1] != "done"] == ["3/12/1201", "3/12/1203"]


async def test_an_outcome_at_the_second_door_answers_for_the_person(database_url: str) -> None:
    async with burning(database_url) as home:
        await home.launch.start(LaunchRequest("fire", "3"), who=WHO, key="one")
        await knocks(home)
        tasks = Tasks(TaskLedger(home.db), home.bells)
        page = await tasks.doors(1)
        door = next(one for one in page["items"] if one["place"] == "3/5/501")
        await tasks.change(1, door["task"], state="done", outcome="safe", who=WHO)
        rows = await home.rows("SELECT answer, told_at FROM audience WHERE recipient_id = 1")
        assert rows[0][0] == "safe"
        assert rows[0][1] is not None


async def test_board_and_flats_show_the_person_at_both(database_url: str) -> None:
    async with burning(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key="one")
        lists = ListLedger(home.db)
        ids = dict(await home.rows("SELECT path, id FROM places"))
        for path, people in (("3/12/1203", {OWNER, MATE}), ("3/5/501", {OWNER})):
            flat = await lists.flat(1, ids[path])
            assert {one["recipient"] for one in flat["people"]} == people
        given = Given(1, OWNER, AnswerWord.HELP, "link", "x")
        await home.db.write(lambda conn: take(conn, given=given))
        loaded = await BoardLedger(home.db).load(1)
        assert loaded.people[OWNER].flats == (ids["3/12/1203"], ids["3/5/501"], ids["7/2/201"])
        assert len(loaded.people) == 5
        (cry,) = loaded.parts.help
        assert cry["place"] == "3/12/1203"
        assert [one["place"] for one in cry["elsewhere"]] == ["3/5/501", "7/2/201"]


async def test_the_page_says_which_home(database_url: str) -> None:
    async with burning(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key="one")
        pages = PageLedger(home.db)
        owner, mate = await pages.page(1, OWNER), await pages.page(1, MATE)
        assert owner is not None
        assert mate is not None
        assert [one["en"] for one in owner.homes] == ["Tower 3, flat 1203"]
        assert mate.homes == ()
        beside = LaunchRequest("fire", "3", again=True)
        await home.launch.start(beside, who=WHO, key="two")
        both = await pages.page(2, OWNER)
        assert both is not None
        assert [one["zh-CN"] for one in both.homes] == ["3栋501室", "3栋1203室"]


async def test_who_was_told_at_the_second_door_hears_the_last_word_once(database_url: str) -> None:
    """By text, so nobody goes there again."""
    async with burning(database_url) as home:
        await home.launch.start(LaunchRequest("fire", "3"), who=WHO, key="one")
        await knocks(home)
        await home.run("UPDATE deliveries SET state = 'delivered' WHERE channel = 'sms'")
        tasks = Tasks(TaskLedger(home.db), home.bells)
        for door in (await tasks.doors(1))["items"]:
            await tasks.change(1, door["task"], state="done", outcome="safe", who=WHO)
        await home.say.notice(1, Stage.ALL_CLEAR, who=WHO, key="over")
        again = await home.rows("SELECT count(*) FROM tasks WHERE notice_id = 2")
        assert again[0][0] == 0


async def test_a_drill_asks_the_person_once(database_url: str) -> None:
    async with burning(database_url) as home:
        await home.run("UPDATE recipients SET drill = true")
        await home.launch.start(LaunchRequest("fire", "3", kind=Kind.DRILL), who=WHO, key="one")
        rows = await home.rows("SELECT count(*) FROM audience WHERE recipient_id = 1")
        assert rows[0][0] == 1


async def test_who_said_no_to_drills_has_said_so_for_every_home(database_url: str) -> None:
    async with burning(database_url) as home:
        everybody = {**SETTINGS, "drills": {"who": "everybody", "buildings": []}}
        await home.run("UPDATE sites SET settings = :said", said=json.dumps(everybody))
        await home.run("UPDATE recipients SET no_drill = true WHERE id = 1")
        await home.launch.start(LaunchRequest("fire", "3", kind=Kind.DRILL), who=WHO, key="one")
        rows = await home.rows("SELECT recipient_id FROM audience WHERE kind = 'resident'")
        assert sorted(row[0] for row in rows) == [MATE, OTHER, FAR]


async def test_a_second_home_alone_in_its_band_has_its_door_where_nothing_reaches(
    database_url: str,
) -> None:
    """Nobody else lives outside the burning floor: their other flats are the whole band."""
    async with burning(database_url) as home:
        await home.run("UPDATE addresses SET bad_at = 1 WHERE recipient_id = 1")
        await home.run("UPDATE recipients SET removed_at = 1 WHERE id = 4")
        await home.launch.start(FIRE, who=WHO, key="one")
        doors = await home.rows(
            "SELECT p.path FROM tasks t JOIN places p ON p.id = t.place_id"
            " WHERE t.household IS NOT NULL ORDER BY p.path"
        )
        assert [row[0] for row in doors] == ["3/5/501", "7/2/201"]


async def test_a_second_home_that_changed_is_another_audience(database_url: str) -> None:
    async with burning(database_url) as home:
        seen = await home.launch.preview(FIRE)
        await home.run(
            "DELETE FROM homes WHERE place_id = (SELECT id FROM places WHERE path = '7/2/201')"
        )
        asked = replace(FIRE, confirm_audience=seen.audience_hash)
        with pytest.raises(Conflict) as refused:
            await home.launch.start(asked, who=WHO, key="one")
        assert refused.value.code == "audience_changed"
