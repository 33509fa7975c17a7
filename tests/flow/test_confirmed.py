"""A launch that is held to what its preview showed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hub.errors import Conflict, Refused
from hub.model import LaunchRequest
from hub.states import Reason
from hub.store.addresses import spoil
from hub.store.database import database
from tests.flow.test_launch_refusals import running
from tests.launch_estate import STILL, WHO, House, house

FIRE = LaunchRequest("fire", "3/12")
REV = "UPDATE sites SET roster_rev = roster_rev + 1"
SWAP = (
    "UPDATE recipients SET place_id = CASE id WHEN 1 THEN {two} ELSE {one} END WHERE id IN (1, 3)"
)


async def agreed(home: House, request: LaunchRequest = FIRE) -> LaunchRequest:
    """The request with everything its preview says confirmed, as the console sends it."""
    seen = await home.launch.preview(request)
    return replace(request, confirm_people=seen.confirm, confirm_audience=seen.audience_hash)


async def swapped(home: House) -> None:
    one, two = [row[0] for row in await home.rows("SELECT place_id FROM recipients WHERE id < 4")][
        ::2
    ]
    await home.run(SWAP.format(one=one, two=two))


async def numbered(home: House) -> None:
    await home.run("UPDATE addresses SET value = '+15550109999' WHERE recipient_id = 1")


async def other_language(home: House) -> None:
    await home.run("UPDATE recipients SET language = 'en' WHERE id = 1")


async def replaced(home: House) -> None:
    """One leaves, and another with the same number comes into the same flat."""
    await home.run("UPDATE recipients SET removed_at = 1 WHERE id = 1")
    await home.run(
        "INSERT INTO recipients (site_id, kind, name, place_id, language, roles, needs, vulnerable,"
        " helpers, drill, extra, created_at, updated_at) SELECT site_id, kind, name, place_id,"
        " language, roles, needs, vulnerable, helpers, drill, extra, 0, 0 FROM recipients"
        " WHERE id = 1"
    )
    await home.run("UPDATE addresses SET recipient_id = 9 WHERE recipient_id = 1")


async def new_source(home: House) -> None:
    settings = '{"languages": ["zh-CN", "en"], "country": "CN", "source": {"en": "Somebody else"}}'
    await home.run("UPDATE sites SET settings = :it", it=settings)


CHANGES: tuple[Callable[[House], Any], ...] = (
    *(swapped, numbered, other_language, replaced, new_source),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
async def test_a_change_with_the_same_head_count_is_refused(
    tmp_path: Any, change: Callable[[House], Any]
) -> None:
    async with running(f"sqlite:///{tmp_path / 'hub.db'}") as home:
        request = await agreed(home)
        await change(home)
        await home.run(REV)
        assert (await home.launch.preview(FIRE)).people == request.confirm_people
        with pytest.raises(Conflict) as refused:
            await home.launch.start(request, who=WHO, key="k")

        assert (refused.value.status, refused.value.code) == (409, "audience_changed")
        assert refused.value.facts == {"people": request.confirm_people}
        assert [one.where for one in refused.value.problems] == ["confirm_audience"]
        assert await home.one("SELECT count(*) FROM incidents") == 0
        assert await home.one("SELECT count(*) FROM requests") == 0
        # The key was not used up: asked again with what is so now, it launches.
        assert (await home.launch.start(await agreed(home), who=WHO, key="k")).people == 6


async def test_what_is_so_launches_on_both_databases(database_url: str) -> None:
    async with running(database_url) as home:
        request = await agreed(home)
        seen = await home.launch.preview(request)
        assert seen.audience_hash == request.confirm_audience
        made = await home.launch.start(request, who=WHO, key="k")
        repeat = await home.launch.start(request, who=WHO, key="k")
        assert (made.people, repeat.id, repeat.repeated) == (6, made.id, True)


async def test_a_repeat_gets_the_first_answer_though_the_audience_has_changed(
    database_url: str,
) -> None:
    async with running(database_url) as home:
        request = await agreed(home)
        made = await home.launch.start(request, who=WHO, key="k")
        await numbered(home)
        await home.run(REV)
        assert (await home.launch.start(request, who=WHO, key="k")).id == made.id
        with pytest.raises(Conflict) as clash:
            await home.launch.start(replace(request, confirm_audience="x"), who=WHO, key="k")
        assert clash.value.code == "key"


async def test_another_process_finds_the_same_hash(database_url: str) -> None:
    async with running(database_url) as home:
        other = database(database_url)
        await other.open()
        there = await house(other).launch.preview(FIRE)
        await other.close()
        assert there.audience_hash == (await home.launch.preview(FIRE)).audience_hash


async def test_what_touches_nobody_there_changes_nothing(database_url: str) -> None:
    """A power cut of tower 3; somebody of tower 4 gets another number, another incident runs."""
    cut = LaunchRequest("power-outage", "3")
    async with running(database_url) as home:
        request = await agreed(home, cut)
        await home.run("UPDATE addresses SET value = '+15550108888' WHERE recipient_id = 5")
        await home.run("UPDATE recipients SET language = 'en' WHERE id = 5")
        await home.run(REV)
        fire = await home.launch.start(FIRE, who=WHO, key=None)
        await home.say.notice(fire.id, "update", text=STILL, who=WHO, key=None)
        assert (await home.launch.start(request, who=WHO, key=None)).people > 0


async def test_the_number_alone_is_still_confirmed_and_a_change_names_both(
    database_url: str,
) -> None:
    async with running(database_url) as home:
        request = await agreed(home)
        with pytest.raises(Refused) as counted:
            await home.launch.start(replace(request, confirm_people=5), who=WHO, key=None)
        assert (counted.value.status, counted.value.problems[0].code) == (422, "head_count")
        await home.run("UPDATE recipients SET removed_at = 1 WHERE id = 2")
        await home.run(REV)
        with pytest.raises(Conflict) as changed:
            await home.launch.start(request, who=WHO, key=None)
        where = [one.where for one in changed.value.problems]
        assert where == ["confirm_audience", "confirm_people"]
        assert changed.value.facts == {"people": 5}


async def test_a_change_between_the_look_and_the_commit_is_seen(database_url: str) -> None:
    async with running(database_url) as home:
        request = await agreed(home)
        read = home.launch.ledger.estate

        async def estate(site: int, *, preview: bool) -> Any:
            found = await read(site, preview=preview)
            if found.roster_rev == 1:
                await numbered(home)
                await home.run(REV)
            return found

        home.launch.ledger.estate = estate  # type: ignore[method-assign]
        with pytest.raises(Conflict) as refused:
            await home.launch.start(request, who=WHO, key=None)
        assert refused.value.code == "audience_changed"


async def test_numbers_that_die_or_opt_out_meanwhile_hold_up_no_launch(database_url: str) -> None:
    """Another incident is going out to an estate with many dead numbers, seconds on end."""
    async with running(database_url) as here:
        home = house(here.db, "sms", "voice", "screen", "wecom")
        request = await agreed(home)
        for number, reason in (
            (1, Reason.BAD_ADDRESS),
            (2, Reason.OPTED_OUT),
            (3, Reason.NO_TEXTS),
        ):
            said = [("sms", f"+1555010{number:04d}", reason)]
            await home.db.write(lambda conn, said=said: spoil(conn, said, now=1))
            seen = await home.launch.preview(FIRE)
            assert seen.audience_hash == request.confirm_audience, reason
        assert seen.unreachable > 1
        assert (await home.launch.start(request, who=WHO, key=None)).people == 6
