from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from hub.decide.accounts import Terms
from hub.errors import Conflict
from hub.flow.queues import senders_of
from hub.model import Kind, LaunchRequest
from hub.plans import LaunchPlan, Opened
from tests.launch_estate import WHO, House, Who, house, open_house, put_estate, put_many

PATHS = ("3/5/501", "3/11/1101", "3/12/1201", "3/12/1202", "3/20/2001", "4/1/101")
FIRE = LaunchRequest("fire", "3/12")
AGAIN = replace(FIRE, again=True)


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


async def test_a_live_launch_waits_for_no_drill(database_url: str) -> None:
    """A drill for everybody takes seconds to be written; a fire cannot wait behind it."""
    async with running(database_url) as home:
        ledger, begun, free = home.launch.ledger, asyncio.Event(), asyncio.Event()
        write = ledger.open

        async def held(plan: LaunchPlan) -> Opened:
            if plan.kind == Kind.DRILL:
                begun.set()
                await free.wait()
            return await write(plan)

        ledger.open = held  # type: ignore[method-assign]
        large = replace(FIRE, place="4", kind=Kind.DRILL)  # where nothing real begins
        drill = asyncio.create_task(home.launch.start(large, who=WHO, key="drill"))
        await begun.wait()
        async with asyncio.timeout(30):
            fire = await home.launch.start(FIRE, who=WHO, key="fire")
        free.set()
        assert fire.id != (await drill).id


async def test_a_launch_writes_the_incident_and_its_first_deliveries(database_url: str) -> None:
    async with running(database_url) as home:
        launched = await home.launch.start(FIRE, who=WHO, key="k")

        rows = await home.rows(
            "SELECT recipient_id, channel, state FROM deliveries ORDER BY recipient_id"
        )
        assert rows == [
            (1, "sms", "planned"),
            (2, "sms", "planned"),
            (4, "sms", "planned"),
            (5, "none", "unreachable"),
            (6, "sms", "planned"),
            (7, "screen", "planned"),
            (8, "wecom", "planned"),
        ]
        assert (launched.people, launched.deliveries, launched.repeated) == (6, 6, False)
        assert await home.one("SELECT count(*) FROM tasks") > 0
        assert home.bells.rung == ["urgent"]
        assert home.bells.told == [(f"incident:{launched.id}", 1)]


async def test_a_shared_number_gets_one_text_that_speaks_for_both(database_url: str) -> None:
    async with running(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key="k")

        also = await home.rows(
            "SELECT d.recipient_id, o.recipient_id FROM delivery_also o"
            " JOIN deliveries d ON d.id = o.delivery_id"
        )
        assert also == [(4, 3)], "the one who must leave is told, the other stands beside"


async def test_those_in_danger_come_first(database_url: str) -> None:
    async with running(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key="k")

        first = await home.rows("SELECT recipient_id FROM audience WHERE rank = 0 ORDER BY 1")
        assert first == [(2,), (6,)], "the vulnerable on the fire floor, and staff"


async def test_each_reads_the_words_of_their_band_and_language(database_url: str) -> None:
    async with running(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key="k")

        rows = await home.rows(
            "SELECT d.recipient_id, w.band, w.language FROM deliveries d"
            " JOIN wordings w ON w.id = d.wording_id"
        )
        read = {recipient: (band, language) for recipient, band, language in rows}
        assert read[1] == ("evacuate", "zh-CN")
        assert read[2] == ("evacuate", "en")
        assert read[6] == ("staff", "zh-CN")


async def test_launched_is_the_first_event_with_moves_and_unreachable(database_url: str) -> None:
    async with running(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key="k")

        seq, kind, data = (await home.rows("SELECT seq, kind, data FROM events"))[0]
        said = _json(data)
        assert (seq, kind) == (1, "launched")
        assert ["sms", "", "planned", 4] in said["moves"]
        assert ["none", "", "unreachable", 1] in said["moves"]
        assert said["unreachable"] == [5]


async def test_a_repeat_is_the_same_incident(database_url: str) -> None:
    async with running(database_url) as home:
        first = await home.launch.start(FIRE, who=WHO, key="k")
        again = await home.launch.start(FIRE, who=WHO, key="k")

        assert again.repeated
        assert (again.id, again.code, again.deliveries) == (first.id, first.code, first.deliveries)
        assert await home.one("SELECT count(*) FROM incidents") == 1


async def test_the_same_key_with_another_body_is_a_conflict(database_url: str) -> None:
    async with running(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key="k")

        with pytest.raises(Conflict) as refused:
            await home.launch.start(LaunchRequest("fire", "4"), who=WHO, key="k")
        assert refused.value.problems[0].where == "Idempotency-Key"


async def test_a_bad_body_with_a_used_key_is_a_conflict_before_it_is_validated(
    database_url: str,
) -> None:
    async with running(database_url) as home:
        await home.launch.start(FIRE, who=WHO, key="k")

        with pytest.raises(Conflict):
            await home.launch.start(LaunchRequest("nonsense", "9/9"), who=WHO, key="k")


async def test_twenty_clicks_at_once_are_one_incident(database_url: str) -> None:
    async with running(database_url) as home:
        got = await asyncio.gather(*(home.launch.start(FIRE, who=WHO, key="k") for _ in range(20)))

        assert len({one.id for one in got}) == 1
        assert sum(not one.repeated for one in got) == 1
        assert await home.one("SELECT count(*) FROM incidents") == 1
        assert await home.one("SELECT count(*) FROM deliveries") == 7


async def test_clicks_in_several_processes_are_one_incident(database_url: str) -> None:
    """Each process has its own turn lock: only the database holds them together."""
    async with running(database_url) as home:
        houses = [house(home.db) for _ in range(8)]
        got = await asyncio.gather(
            *(one.launch.start(FIRE, who=WHO, key="k") for one in houses for _ in range(2))
        )

        assert len({one.id for one in got}) == 1
        assert await home.one("SELECT count(*) FROM incidents") == 1


async def test_launches_of_several_processes_get_codes_of_their_own(database_url: str) -> None:
    async with running(database_url) as home:
        houses = [house(home.db) for _ in range(4)]
        got = await asyncio.gather(
            *(one.launch.start(AGAIN, who=WHO, key=f"k{n}") for n, one in enumerate(houses))
        )

        assert len({one.code for one in got}) == 4
        assert all(one.code.startswith("FIRE-") for one in got)


async def test_the_code_in_the_texts_is_the_incidents(database_url: str) -> None:
    async with running(database_url) as home:
        for key in "ab":
            launched = await home.launch.start(AGAIN, who=WHO, key=key)
            texts = await home.rows(
                "SELECT w.parts FROM wordings w JOIN notices n ON n.id = w.notice_id"
                " WHERE n.incident_id = :i",
                i=launched.id,
            )
            codes = {word for row in texts for word in str(row[0]).split() if "FIRE-" in word}
            assert all(launched.code in word for word in codes)


async def test_a_drill_reaches_only_those_who_take_part(database_url: str) -> None:
    async with running(database_url) as home:
        drill = LaunchRequest("fire", "3/12", Kind.DRILL)
        launched = await home.launch.start(drill, who=WHO, key="k")

        reached = await home.rows("SELECT recipient_id FROM deliveries ORDER BY recipient_id")
        assert reached == [(2,), (6,)]
        assert launched.people == 2
        assert home.bells.rung == ["routine"], "a drill never stands in front of the real thing"


async def test_an_announced_drill_reaches_everyone(database_url: str) -> None:
    async with running(database_url) as home:
        drill = LaunchRequest("fire", "3/12", Kind.DRILL, announce=True)

        assert (await home.launch.start(drill, who=WHO, key="k")).people == 6


async def test_every_text_of_a_drill_says_so(database_url: str) -> None:
    async with running(database_url) as home:
        drill = LaunchRequest("fire", "3/12", Kind.DRILL)
        await home.launch.start(drill, who=WHO, key="k")

        for language, parts in await home.rows(
            "SELECT language, parts FROM wordings WHERE channel = 'sms'"
        ):
            word = "演练" if language == "zh-CN" else "drill"
            assert word in str(_json(parts)["body"]).lower()


async def test_opted_out_and_bad_numbers_are_unreachable_and_say_why(database_url: str) -> None:
    people = (
        Who("3/12/1201", ways=sms(1), opted_out=True),
        Who("3/12/1202", ways=sms(2), bad=True),
        Who("3/12/1202"),
        Who("3/12/1202", ways=sms(3)),
    )
    async with running(database_url, people) as home:
        launched = await home.launch.start(FIRE, who=WHO, key="k")

        rows = await home.rows(
            "SELECT recipient_id, state, reason, address FROM deliveries ORDER BY recipient_id"
        )
        assert [row[:3] for row in rows] == [
            (1, "unreachable", "opted_out"),
            (2, "unreachable", "bad_address"),
            (3, "unreachable", "no_address"),
            (4, "planned", ""),
        ]
        assert rows[0][3] == "recipient:1"
        assert launched.deliveries == 1


async def test_an_address_on_a_channel_without_an_account_reaches_nobody(
    database_url: str,
) -> None:
    people = (Who("3/12/1201", ways=[("voice", "+15550100001")]), Who("3/12/1202", ways=sms(2)))
    async with running(database_url, people) as home:
        await home.launch.start(FIRE, who=WHO, key="k")

        states = await home.rows("SELECT state FROM deliveries ORDER BY recipient_id")
        assert states == [("unreachable",), ("planned",)]


async def test_removed_people_are_not_told(database_url: str) -> None:
    async with running(database_url) as home:
        await home.run("UPDATE recipients SET removed_at = 1 WHERE id = 1")
        await home.launch.start(FIRE, who=WHO, key="k")

        assert await home.one("SELECT count(*) FROM deliveries WHERE recipient_id = 1") == 0


async def test_waves_have_their_times_divided_in_a_rehearsal(tmp_path: Any) -> None:
    async with running(f"sqlite:///{tmp_path / 'hub.db'}", wave_speed=60.0) as home:
        await home.launch.start(FIRE, who=WHO, key="k")

        waits = await home.rows(
            "SELECT w.key, w.due_at - n.issued_at FROM waves w JOIN notices n ON n.id = w.notice_id"
            " WHERE w.no > 1 ORDER BY w.no LIMIT 2"
        )
        assert waits == [("staff_call", 1_000), ("again", 3_000)]


async def test_numbers_no_account_serves_are_counted_before_they_end_unsent(tmp_path: Any) -> None:
    async with running(f"sqlite:///{tmp_path / 'hub.db'}") as home:
        chinese = Terms(countries=("+86",))
        senders = tuple(
            replace(one, terms=chinese) if one.traits.channel == "sms" else one
            for one in senders_of(home.launch.channels, {})
        )
        looked = (await replace(home.launch, senders=senders).preview(FIRE)).to_json()
        usual = (await home.launch.preview(FIRE)).to_json()

        assert (looked["unserved"], usual["unserved"]) == ({"sms": 4}, {})
        assert {"unserved", "cut_off"} <= {one["code"] for one in looked["warnings"]}
        assert looked["deliveries"] == usual["deliveries"], "each gets its named end"


async def test_thirty_thousand_people_are_planned(tmp_path: Any) -> None:
    home = await open_house(f"sqlite:///{tmp_path / 'hub.db'}")
    try:
        await home.db.write(lambda conn: put_many(conn, 30_000))
        looked = await home.launch.preview(FIRE)
        launched = await home.launch.start(FIRE, who=WHO, key="k")

        assert (launched.people, launched.deliveries) == (30_000, 29_400)
        assert (looked.people, looked.deliveries, looked.unreachable) == (30_000, 29_400, 600)
        planned = await home.one("SELECT count(*) FROM deliveries WHERE state = 'planned'")
        assert planned == 29_400
    finally:
        await home.db.close()


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
