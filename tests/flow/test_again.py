"""The same launched where it runs already: once by chance never, twice only on purpose."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hub.errors import Conflict, Refused
from hub.flow.launch import Launched
from hub.model import LaunchRequest
from hub.store.database import database
from hub.store.incidents import lock_incident
from tests.flow.test_launch_refusals import running
from tests.launch_estate import STILL, WHO, House, Who, house, put_estate
from tests.postgres import Postgres

FIRE = LaunchRequest("fire", "3/12")
ROOT = Path(__file__).parents[2]
CLICKS = 50

CHILD = """
import asyncio, json, sys
from hub.errors import Conflict
from tests.flow.test_again import FIRE, clicks
from tests.launch_estate import house
from hub.store.database import database

async def main(url, go):
    db = database(url)
    await db.open()
    home = house(db)
    await home.launch.preview(FIRE)  # everything is loaded by now
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    made, refused = await clicks([home], int(go))
    print(json.dumps([[one.id for one in made], [one.code for one in refused]]), flush=True)
    await db.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def clicks(homes: list[House], number: int) -> tuple[list[Launched], list[Conflict]]:
    """So many launches of the same at once, without a key, over several hubs."""
    asked = [homes[n % len(homes)].launch.start(FIRE, who=WHO, key=None) for n in range(number)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    odd = [one for one in found if not isinstance(one, Launched | Conflict)]
    assert not odd, odd
    made = [one for one in found if isinstance(one, Launched)]
    return made, [one for one in found if isinstance(one, Conflict)]


async def test_fifty_launches_at_once_are_one_incident(database_url: str) -> None:
    """Over several hubs, each with a turn of its own: only the database holds them together."""
    async with running(database_url) as home:
        others = [database(database_url) for _ in range(3)]
        for one in others:
            await one.open()
        made, refused = await clicks([home, *map(house, others)], CLICKS)
        for one in others:
            await one.close()

        assert (len(made), len(refused)) == (1, CLICKS - 1)
        assert {one.code for one in refused} == {"already_open"}
        assert {one.facts["incident"] for one in refused} == {made[0].id}
        assert await home.one("SELECT count(*) FROM incidents") == 1
        assert await home.one("SELECT count(*) FROM deliveries") == 7
        assert await home.one("SELECT count(*) FROM requests") == 0


@pytest.mark.timeout(240)
async def test_so_they_are_from_several_processes(postgres: Postgres) -> None:
    """On PostgreSQL; an embedded hub is one process (its lock: tests/test_folder.py)."""
    url = postgres.url(postgres.house())
    async with running(url) as home:
        words, pipe = [sys.executable, "-c", CHILD, url, str(CLICKS // 2)], subprocess.PIPE
        there = [
            await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, cwd=ROOT)
            for _ in range(2)
        ]
        for child in there:
            assert child.stdout is not None
            assert (await child.stdout.readline()).strip() == b"ready"
        said = await asyncio.gather(*(child.communicate(b"go\n") for child in there))

        found = [json.loads(out) for out, _ in said]
        assert sum(len(made) for made, _ in found) == 1, found
        assert {code for _, codes in found for code in codes} == {"already_open"}
        assert await home.one("SELECT count(*) FROM incidents") == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("3/12", "3/12"),
        ("3/12", "all"),
        ("all", "4"),
        ("3", "3/5"),
        ("3/5", "3"),
        ("main:3", "3"),
    ],
)
async def test_an_overlapping_place_is_refused_with_what_a_person_needs(
    database_url: str, first: str, second: str
) -> None:
    async with running(database_url) as home:
        begun = await home.launch.start(LaunchRequest("fire", first), who=WHO, key="one")
        with pytest.raises(Conflict) as refused:
            await home.launch.start(LaunchRequest("fire", second), who=WHO, key="two")

        assert (refused.value.status, refused.value.code) == (409, "already_open")
        (runs,) = refused.value.facts["running"]
        assert refused.value.facts["incident"] == runs["id"] == begun.id
        assert (runs["code"], runs["kind"], runs["playbook"]) == (begun.code, "live", "fire")
        assert runs["place"] == first.removeprefix("main:")
        assert runs["launched_at"].endswith("Z")
        assert begun.code in refused.value.problems[0].what
        assert runs["place_spoken"]["en"] in refused.value.problems[0].what
        seen = await home.launch.preview(LaunchRequest("fire", second))
        assert [one.id for one in seen.already_open] == [begun.id]


async def test_again_starts_another_on_purpose_and_its_key_is_kept(database_url: str) -> None:
    async with running(database_url) as home:
        first = await home.launch.start(FIRE, who=WHO, key="one")
        with pytest.raises(Conflict):
            await home.launch.start(FIRE, who=WHO, key="two")
        again = replace(FIRE, again=True)
        second = await home.launch.start(again, who=WHO, key="two")  # a refusal uses no key up
        repeat = await home.launch.start(again, who=WHO, key="two")
        old = await home.launch.start(FIRE, who=WHO, key="one")

        assert (second.id != first.id, repeat.id, repeat.repeated) == (True, second.id, True)
        assert (old.id, old.repeated) == (first.id, True)
        with pytest.raises(Conflict) as clash:
            await home.launch.start(again, who=WHO, key="one")
        assert clash.value.code == "key"
        with pytest.raises(Conflict) as both:
            await home.launch.start(FIRE, who=WHO, key=None)
        assert both.value.facts["incident"] == second.id, "the newest of those at the same place"
        assert [one["id"] for one in both.value.facts["running"]] == [second.id, first.id]


@pytest.mark.parametrize(
    "other",
    [
        LaunchRequest("fire", "4"),
        LaunchRequest("fire", "3/11"),
        LaunchRequest("power-outage", "3"),
    ],
    ids=lambda one: f"{one.playbook} {one.place} {one.kind}",
)
async def test_something_else_goes_on_beside_it(database_url: str, other: LaunchRequest) -> None:
    async with running(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key="one")
        assert (await home.launch.preview(other)).already_open == ()
        await home.launch.start(other, who=WHO, key="two")
        assert await home.one("SELECT count(*) FROM incidents") == 2


async def test_another_site_is_another_place(database_url: str) -> None:
    async with running(database_url) as home:
        await home.db.write(
            lambda conn: put_estate(conn, ["3/12/1201"], [Who("3/12/1201")], key="river")
        )
        await home.launch.start(LaunchRequest("fire", "main:all"), who=WHO, key=None)
        there = LaunchRequest("fire", "river:3/12")
        await home.launch.start(there, who=WHO, key=None)
        with pytest.raises(Conflict):
            await home.launch.start(replace(there, place="river:all"), who=WHO, key=None)


@pytest.mark.parametrize("end", ["all_clear", "correction", "stop", "close"])
async def test_what_is_over_never_holds_up_a_new_fire(database_url: str, end: str) -> None:
    """Cleared: people believe it is over, and an update cannot be said. Stopped: an update goes to
    the audience of then, and no wave starts any more."""
    async with running(database_url) as home:
        begun = await home.launch.start(FIRE, who=WHO, key=None)
        if end in {"stop", "close"}:
            await home.say.stop(begun.id, who=WHO)
        if end == "close":
            await home.say.close(begun.id, who=WHO)
        if end in {"all_clear", "correction"}:
            await home.say.notice(begun.id, end, text=STILL, who=WHO, key=None)

        assert (await home.launch.preview(FIRE)).already_open == ()
        second = await home.launch.start(FIRE, who=WHO, key=None)
        assert second.id != begun.id


async def test_what_is_being_ended_is_waited_for(postgres_url: str) -> None:
    """Somebody closes it in this very moment: the launch learns what came of that."""
    async with running(postgres_url) as home:
        begun = await home.launch.start(FIRE, who=WHO, key=None)
        held, go = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        other = database(postgres_url)
        await other.open()

        async def closing() -> None:
            from sqlalchemy.util import await_only

            def change(conn: Any) -> None:
                lock_incident(conn, begun.id)
                conn.execute(text("UPDATE incidents SET status = 'closed'"))
                loop.call_soon(held.set)
                await_only(go.wait())

            await other.write(change)

        ending = asyncio.create_task(closing())
        await held.wait()
        launch = asyncio.create_task(home.launch.start(replace(FIRE, place="3"), who=WHO, key=None))
        while not await home.one(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        ):
            assert not launch.done(), "it neither sees it closed yet, nor is refused"
            await asyncio.sleep(0.05)
        go.set()
        await ending
        assert (await launch).id != begun.id
        await other.close()


async def test_a_repeat_gets_the_first_answer_though_it_runs_by_then(database_url: str) -> None:
    """Two processes are asked the same with one key, and one has not heard of the other when it
    looks for the answer."""
    async with running(database_url) as home:
        other = house(home.db)
        first: list[Launched] = []
        read = other.launch.ledger.estate

        async def estate(site: int, *, preview: bool) -> Any:
            first.append(await home.launch.start(FIRE, who=WHO, key="k"))
            return await read(site, preview=preview)

        other.launch.ledger.estate = estate  # type: ignore[method-assign]
        second = await other.launch.start(FIRE, who=WHO, key="k")
        assert (second.id, second.repeated) == (first[0].id, True)


async def test_what_is_wrong_with_a_request_is_told_first(database_url: str) -> None:
    async with running(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key=None)
        for wrong in (
            replace(FIRE, confirm_people=5),
            replace(FIRE, params={"no": "x"}),
            replace(FIRE, place="3/99"),
        ):
            with pytest.raises(Refused) as refused:
                await home.launch.start(wrong, who=WHO, key=None)
            assert refused.value.status == 422


async def test_nobody_is_asked_twice_by_what_was_refused(database_url: str) -> None:
    async with running(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key=None)
        before = await home.one("SELECT count(*) FROM deliveries")
        rung = list(home.bells.rung)
        with pytest.raises(Conflict):
            await home.launch.start(FIRE, who=WHO, key=None)
        assert await home.one("SELECT count(*) FROM deliveries") == before
        assert home.bells.rung == rung
