from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hub.errors import Refused, Unready
from hub.model import Kind, LaunchRequest
from hub.states import Reason
from hub.store.addresses import spoil
from hub.store.database import database
from tests.launch_estate import WHO, House, Who, house, open_house, put_estate

PATHS = ("3/5/501", "3/11/1101", "3/12/1201", "3/12/1202", "3/20/2001", "4/1/101")
FIRE = LaunchRequest("fire", "3/12")


def sms(number: int) -> tuple[tuple[str, str], ...]:
    return (("sms", f"+1555010{number:04d}"),)


PEOPLE = (
    Who("3/12/1201", ways=sms(1)),
    Who("3/12/1202", ways=sms(2), language="en", needs=["moves_slowly"], drill=True),
    Who("3/5/501", ways=sms(3)),
    Who("3/20/2001", ways=sms(3)),  # shares a number with 501
    Who("4/1/101"),
    Who(None, kind="staff", ways=sms(4), roles=["security"], drill=True),
    Who("3", kind="screen", ways=[("screen", "")]),
    Who(None, kind="group", ways=[("wecom", "robot-1")]),
)


@asynccontextmanager
async def running(url: str, people: Any = PEOPLE, **more: Any) -> AsyncIterator[House]:
    home = await open_house(url, **more)
    try:
        await home.db.write(lambda conn: put_estate(conn, PATHS, people))
        yield home
    finally:
        await home.db.close()


@pytest.mark.parametrize(
    ("request_", "where"),
    [
        (LaunchRequest("nonsense", "3/12"), {"playbook"}),
        (LaunchRequest("fire", "9/12"), {"place"}),
        (LaunchRequest("fire", "3/99"), {"place"}),
        (LaunchRequest("fire", "???"), {"place"}),
        (LaunchRequest("fire", "other:3/12"), {"place"}),
        (LaunchRequest("fire", "3/12/1201"), {"place"}),
        (LaunchRequest("fire", "3/12", confirm_people=5), {"confirm_people"}),
        (
            LaunchRequest("fire", "3/12", params={"assembly_point": "moon"}),
            {"params.assembly_point"},
        ),
        (LaunchRequest("fire", "3/12", params={"nonsense": "x"}), {"params.nonsense"}),
        (
            LaunchRequest("fire", "9", params={"assembly_point": "moon", "a": "b"}),
            {"place", "params.assembly_point", "params.a"},
        ),
        (LaunchRequest("nonsense", "9"), {"playbook", "place"}),
    ],
)
async def test_what_is_wrong_is_named_by_field_and_nothing_changes(
    tmp_path: Any, request_: LaunchRequest, where: set[str]
) -> None:
    async with running(f"sqlite:///{tmp_path / 'hub.db'}") as home:
        with pytest.raises(Refused) as refused:
            await home.launch.start(request_, who=WHO, key="k")

        assert refused.value.status == 422
        assert {problem.where for problem in refused.value.problems} == where
        assert all(problem.hint and problem.code for problem in refused.value.problems)
        assert await home.one("SELECT count(*) FROM incidents") == 0
        assert await home.one("SELECT count(*) FROM requests") == 0


async def test_the_right_head_count_launches(database_url: str) -> None:
    async with running(database_url) as home:
        looked = await home.launch.preview(FIRE)
        request = LaunchRequest("fire", "3/12", confirm_people=looked.confirm)

        assert (await home.launch.start(request, who=WHO, key="k")).people == looked.confirm


async def test_an_empty_audience_is_refused_and_never_everybody(database_url: str) -> None:
    async with running(database_url, [Who("3/12/1201", ways=sms(1))]) as home:
        drill = LaunchRequest("fire", "3/12", Kind.DRILL)
        with pytest.raises(Refused) as refused:
            await home.launch.start(drill, who=WHO, key="k")

        assert "drill" in refused.value.problems[0].what


async def test_several_sites_want_the_site_named(database_url: str) -> None:
    async with running(database_url) as home:
        await home.db.write(
            lambda conn: put_estate(conn, ["3/12/1201"], [Who("3/12/1201")], key="river")
        )
        with pytest.raises(Refused) as refused:
            await home.launch.preview(FIRE)
        there = await home.launch.preview(LaunchRequest("fire", "river:3/12"))

        assert "main:3/12" in refused.value.problems[0].hint
        assert there.people == 1


async def test_the_whole_site_is_the_word_all(database_url: str) -> None:
    async with running(database_url) as home:
        launched = await home.launch.start(LaunchRequest("fire", "all"), who=WHO, key="k")

        assert await home.one("SELECT place FROM incidents") == "all"
        assert launched.people == 6


async def test_a_preview_writes_nothing(database_url: str) -> None:
    async with running(database_url) as home:
        await home.launch.preview(FIRE)

        for table in ("incidents", "audience", "deliveries", "requests", "events", "waves"):
            assert await home.one(f"SELECT count(*) FROM {table}") == 0
        assert home.bells.rung == []


async def test_a_preview_says_everything_the_console_shows(database_url: str) -> None:
    async with running(database_url) as home:
        said = (await home.launch.preview(FIRE)).to_json()

        assert (said["people"], said["households"], said["confirm"]) == (6, 5, 6)
        assert (said["vulnerable"], said["unreachable"], said["screens"]) == (1, 1, 1)
        assert (said["screens_offline"], said["groups"], said["deliveries"]) == (1, 1, 6)
        assert said["place"]["spoken"] == {"zh-CN": "3栋12层", "en": "Tower 3, floor 12"}
        assert said["bands_by_floor"]["3/12"] == "evacuate"
        assert said["bands_by_floor"]["3/5"] == "hold"
        by_channel = {one["channel"]: one for one in said["channels"]}
        assert by_channel["sms"]["sends"] == 4
        assert by_channel["sms"]["people"] == 5
        codes = {one["code"] for one in said["warnings"]}
        assert {"unreachable", "no_account", "screens_offline"} <= codes
        assert all(one["text"]["zh-CN"] and one["text"]["en"] for one in said["warnings"])


async def test_a_roster_that_changes_meanwhile_is_read_again(database_url: str) -> None:
    async with running(database_url) as home:
        ledger = home.launch.ledger
        read = ledger.estate
        reads = 0

        async def estate(site: int, *, preview: bool) -> Any:
            nonlocal reads
            found = await read(site, preview=preview)
            reads += 1
            if reads == 1:
                await home.run("UPDATE recipients SET removed_at = 1 WHERE id = 1")
                await home.run("UPDATE sites SET roster_rev = roster_rev + 1")
            return found

        ledger.estate = estate  # type: ignore[method-assign]
        launched = await home.launch.start(FIRE, who=WHO, key="k")

        assert (reads, launched.people) == (2, 5)


async def test_numbers_that_are_refused_meanwhile_hold_up_no_launch(database_url: str) -> None:
    """Another incident is going out to an estate with many dead numbers, seconds on end."""
    async with running(database_url) as home:
        ledger = home.launch.ledger
        read, reads = ledger.estate, 0
        says = (Reason.BAD_ADDRESS, Reason.OK, Reason.OPTED_OUT)

        async def estate(site: int, *, preview: bool) -> Any:
            nonlocal reads
            found = await read(site, preview=preview)
            said = [("sms", "+15550100001", says[reads % 3])]
            await home.db.write(lambda conn: spoil(conn, said, now=1))
            reads += 1
            return found

        ledger.estate = estate  # type: ignore[method-assign]
        await home.launch.start(FIRE, who=WHO, key="k")
        assert reads == 1


async def test_a_roster_that_never_rests_is_unready(database_url: str) -> None:
    async with running(database_url) as home:
        ledger = home.launch.ledger
        read = ledger.estate

        async def estate(site: int, *, preview: bool) -> Any:
            found = await read(site, preview=preview)
            await home.run("UPDATE sites SET roster_rev = roster_rev + 1")
            return found

        ledger.estate = estate  # type: ignore[method-assign]
        with pytest.raises(Unready):
            await home.launch.start(FIRE, who=WHO, key="k")
        assert await home.one("SELECT count(*) FROM requests") == 0


async def test_a_database_that_is_away_is_unready(database_url: str) -> None:
    home = house(database(database_url))  # never opened

    with pytest.raises(Unready):
        await home.launch.start(FIRE, who=WHO, key="k")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb"])
async def test_a_key_that_cannot_be_one_is_refused(tmp_path: Any, key: str) -> None:
    async with running(f"sqlite:///{tmp_path / 'hub.db'}") as home:
        with pytest.raises(Refused) as refused:
            await home.launch.start(FIRE, who=WHO, key=key)
        assert refused.value.problems[0].where == "Idempotency-Key"
