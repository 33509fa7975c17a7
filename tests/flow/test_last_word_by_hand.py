"""Who was told by hand alone is told the last word by hand; nobody else is, and nobody twice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hub.flow.tasks import Tasks
from hub.model import LaunchRequest
from hub.store.doors import counts
from hub.store.tasks import TaskLedger
from tests.launch_estate import WHO, House, Who, open_house, put_estate

DOOR, ALSO_TEXTED, NOBODY_IN, REFUSED, AWAY, SHARED = (f"3/12/120{n}" for n in range(1, 7))
PATHS = (DOOR, ALSO_TEXTED, NOBODY_IN, REFUSED, AWAY, SHARED, "3/5/501")
PEOPLE = (
    Who(DOOR),
    Who(DOOR),
    Who(ALSO_TEXTED, ways=[("sms", "+15550100002")]),
    Who(NOBODY_IN),
    Who(REFUSED),
    Who(AWAY),
    Who(SHARED),
    Who(SHARED, ways=[("sms", "+15550100002")]),  # on the number of another flat
    Who(None, kind="staff", roles=["steward"]),
)
OUTCOMES = {
    DOOR: "safe: on the balcony",
    ALSO_TEXTED: "safe",
    NOBODY_IN: "not_home",
    REFUSED: "refused",
    AWAY: "away",
    SHARED: "safe",
}


@asynccontextmanager
async def fire(url: str, outcomes: Mapping[str, str]) -> AsyncIterator[tuple[House, Tasks]]:
    """A fire whose texts are out, and doors that staff have been at with these outcomes."""
    home = await open_house(url)
    try:
        await home.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        await home.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key="launch")
        await home.run("UPDATE deliveries SET state = 'accepted' WHERE channel = 'sms'")
        await home.run("UPDATE waves SET due_at = 0 WHERE \"key\" = 'door_knock'")
        await home.escalate.due()
        tasks = Tasks(TaskLedger(home.db), home.bells)
        for task, flat, *_ in await doors(home, notice=1):
            if flat in outcomes:
                await enter(tasks, task, outcomes[flat])
        yield home, tasks
    finally:
        await home.db.close()


async def enter(tasks: Tasks, task: int, outcome: str) -> None:
    await tasks.change(1, task, state="done", outcome=outcome, who=WHO)


async def doors(home: House, *, notice: int) -> list[tuple[Any, ...]]:
    return await home.rows(
        "SELECT t.id, p.path, t.key, t.role, t.state, t.outcome FROM tasks t"
        " JOIN places p ON p.id = t.place_id WHERE t.notice_id = :n ORDER BY p.path",
        n=notice,
    )


async def flats(home: House, *, notice: int) -> list[str]:
    return [flat for _, flat, *_ in await doors(home, notice=notice)]


async def said_of(home: House, notice: int) -> dict[str, Any]:
    rows = await home.rows("SELECT data FROM events WHERE kind = 'notice'")
    data = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in rows]
    return next(one for one in data if one["notice"] == notice)


@pytest.mark.parametrize("stage", ["all_clear", "correction"])
async def test_who_was_told_at_the_door_alone_hears_the_last_word_there(
    stage: str, database_url: str
) -> None:
    async with fire(database_url, OUTCOMES) as (home, tasks):
        seen = await home.say.preview(1, stage)
        over = await home.say.notice(1, stage, who=WHO, key="over")
        made = await doors(home, notice=over.notice)
        assert [row[1:] for row in made] == [
            (DOOR, "door", "steward", "open", ""),
            (REFUSED, "door", "steward", "open", ""),
        ]
        assert seen.by_hand == (await said_of(home, over.notice))["tasks"] == 2
        assert await home.escalate.settle() == 0, "they stay, though the incident is over"
        waves = await home.db.read(lambda conn: counts(conn, 1))
        assert waves[over.notice, 0, 0] == {"open": 2}
        listed = (await tasks.doors(1, state="open"))["items"]
        assert [(one["flat"], one["stage"]) for one in listed] == [("1201", stage), ("1204", stage)]

        again = await home.say.notice(1, stage, who=WHO, key="over")
        assert (again.repeated, len(await doors(home, notice=over.notice))) == (True, 2)
        await enter(tasks, made[0][0], "safe")
        await home.run("UPDATE deliveries SET state = 'accepted' WHERE state = 'planned'")
        await home.say.close(1, who=WHO)
        ends = [row[4:] for row in await doors(home, notice=over.notice)]
        assert ends == [("done", "safe"), ("done", "stopped")]


async def test_a_correction_takes_the_place_of_an_all_clear_by_hand(database_url: str) -> None:
    async with fire(database_url, OUTCOMES) as (home, tasks):
        over = await home.say.notice(1, "all_clear", who=WHO, key="over")
        await enter(tasks, (await doors(home, notice=over.notice))[0][0], "safe")
        wrong = await home.say.notice(1, "correction", who=WHO, key="wrong")
        ends = [row[4:] for row in await doors(home, notice=over.notice)]
        assert ends == [("done", "safe"), ("done", "stopped")]
        assert await flats(home, notice=wrong.notice) == [DOOR, REFUSED]
        assert await home.escalate.settle() == 0


async def test_a_stop_sends_nobody_and_the_all_clear_after_it_does(database_url: str) -> None:
    async with fire(database_url, {DOOR: "help: cannot walk"}) as (home, _):
        await home.say.stop(1, who=WHO)
        assert await home.one("SELECT count(*) FROM tasks WHERE notice_id > 1") == 0
        assert (await home.say.preview(1, "update")).by_hand == 0
        over = await home.say.notice(1, "all_clear", confirm_help=2, who=WHO, key="over")
        assert await flats(home, notice=over.notice) == [DOOR]


async def test_what_was_entered_only_after_the_all_clear_counts_too(database_url: str) -> None:
    """A phone had no signal in the stairwell: what it brings late was said at the door."""
    async with fire(database_url, {}) as (home, tasks):
        over = await home.say.notice(1, "all_clear", who=WHO, key="over")
        assert await flats(home, notice=over.notice) == []
        for task, flat, *_ in await doors(home, notice=1):
            await enter(tasks, task, OUTCOMES[flat])
        assert await flats(home, notice=over.notice) == [DOOR, REFUSED]
        rows = await home.rows("SELECT spec FROM waves WHERE notice_id = :n", n=over.notice)
        assert len(rows) == 1
        await enter(tasks, (await doors(home, notice=1))[0][0], "other: let in a neighbour")
        assert await flats(home, notice=over.notice) == [DOOR, REFUSED], "once for a household"


async def test_who_had_it_before_a_restore_cut_it_short_is_not_told_again(
    database_url: str,
) -> None:
    async with fire(database_url, OUTCOMES) as (home, tasks):
        first = await home.say.notice(1, "all_clear", who=WHO, key="over")
        done, _ = await doors(home, notice=first.notice)
        await enter(tasks, done[0], "safe")
        await home.run(
            "UPDATE deliveries SET state = 'accepted' WHERE notice_id = :n", n=first.notice
        )
        await home.run("UPDATE incidents SET status = 'stopped'")
        assert await home.escalate.settle() == 0, "what is still to be told stays on the list"
        assert (await home.say.preview(1, "all_clear")).by_hand == 1
        again = await home.say.notice(1, "all_clear", who=WHO, key="over, again")
        assert await flats(home, notice=again.notice) == [REFUSED]
        assert [row[5] for row in await doors(home, notice=first.notice)] == ["safe", "stopped"]


async def test_an_all_clear_by_hand_that_is_true_no_more_is_off_the_list(database_url: str) -> None:
    async with fire(database_url, OUTCOMES) as (home, _):
        over = await home.say.notice(1, "all_clear", who=WHO, key="over")
        await home.run("UPDATE incidents SET status = 'stopped'")
        await home.say.notice(
            1, "update", text="not yet", untranslated=True, who=WHO, key="not yet"
        )
        assert await home.escalate.settle() == 1
        ends = {row[5] for row in await doors(home, notice=over.notice)}
        assert ends == {"stopped"}
        again = await home.say.notice(1, "all_clear", who=WHO, key="over, again")
        assert await flats(home, notice=again.notice) == [DOOR, REFUSED]
