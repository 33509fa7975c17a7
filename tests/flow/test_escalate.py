from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.flow.watch import Watch
from hub.model import LaunchRequest
from hub.store.boards import BoardLedger
from hub.store.lists import ListLedger
from tests.launch_estate import WHO, House, Who, house, open_house, put_estate

PATHS = ("3/5/501", "3/12/1201", "3/12/1202")


def sms(number: int) -> tuple[tuple[str, str], ...]:
    return (("sms", f"+1555010{number:04d}"),)


PEOPLE = (
    Who("3/12/1201", ways=sms(1)),
    Who("3/12/1202", ways=sms(2)),
    Who("3/5/501", ways=sms(3)),
    Who(None, kind="staff", ways=sms(4)),
)


@asynccontextmanager
async def launched(url: str) -> AsyncIterator[House]:
    home = await open_house(url)
    try:
        await home.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        await home.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key="launch")
        home.bells.rung.clear()
        home.bells.told.clear()
        yield home
    finally:
        await home.db.close()


async def due(home: House, key: str) -> None:
    await home.run(
        "UPDATE waves SET due_at = 0 WHERE \"key\" = :key AND state = 'waiting'", key=key
    )


async def asked(home: House, key: str, round_: int = 0) -> list[tuple[int, ...]]:
    return await home.rows(
        "SELECT d.recipient_id FROM deliveries d JOIN waves w ON w.notice_id = d.notice_id"
        " AND w.no = d.wave AND w.round = d.round"
        ' WHERE w."key" = :key AND w.round = :round ORDER BY 1',
        key=key,
        round=round_,
    )


async def test_nothing_starts_before_its_time(database_url: str) -> None:
    async with launched(database_url) as home:
        assert await home.escalate.due() == 0
        assert home.bells.rung == []


async def test_a_due_wave_asks_those_who_have_not_answered(database_url: str) -> None:
    async with launched(database_url) as home:
        await home.run("UPDATE audience SET answer = 'safe' WHERE recipient_id = 1")
        await due(home, "again")

        assert await home.escalate.due() == 1
        assert await asked(home, "again") == [(2,)]
        assert home.bells.rung == ["urgent"]
        kinds = await home.rows("SELECT kind FROM events ORDER BY seq")
        assert kinds == [("launched",), ("wave",)]


async def test_a_round_waits_its_time_after_the_one_before(database_url: str) -> None:
    async with launched(database_url) as home:
        await due(home, "again")
        await home.escalate.due()
        assert await home.escalate.due() == 0, "a hub that was away does not send two at once"
        await due(home, "again")
        await home.escalate.due()

        assert await asked(home, "again", 1) == [(1,), (2,)]
        rounds = await home.rows(
            "SELECT round, state FROM waves WHERE \"key\" = 'again' ORDER BY 1"
        )
        assert rounds == [(0, "started"), (1, "started")]


async def test_all_answered_nothing_due_is_sent(database_url: str) -> None:
    async with launched(database_url) as home:
        await home.run("UPDATE audience SET answer = 'evacuated'")
        await home.run("UPDATE waves SET due_at = 0 WHERE state = 'waiting'")
        await home.escalate.due()

        assert await home.one("SELECT count(*) FROM deliveries WHERE wave > 0") == 0
        assert home.bells.rung == []


async def test_several_processes_start_each_wave_once(database_url: str) -> None:
    async with launched(database_url) as home:
        await home.run("UPDATE waves SET due_at = 0 WHERE state = 'waiting'")
        houses = [house(home.db) for _ in range(6)]
        got = await asyncio.gather(*(one.escalate.due() for one in houses))

        waves = await home.one("SELECT count(*) FROM events WHERE kind = 'wave'")
        assert sum(got) == waves
        doubles = await home.rows(
            "SELECT address FROM deliveries WHERE wave > 0 GROUP BY address, wave, round"
            " HAVING count(*) > 1"
        )
        assert doubles == []


async def test_a_stopped_incident_escalates_no_more(database_url: str) -> None:
    async with launched(database_url) as home:
        await home.run("UPDATE waves SET due_at = 0 WHERE state = 'waiting'")
        await home.run("UPDATE incidents SET status = 'stopped'")

        assert await home.escalate.due() == 0
        states = await home.rows("SELECT DISTINCT state FROM waves WHERE due_at = 0")
        assert states == [("cancelled",)]


async def test_an_alert_too_old_to_be_true_escalates_no_more(database_url: str) -> None:
    async with launched(database_url) as home:
        await home.run("UPDATE waves SET due_at = 0 WHERE state = 'waiting'")
        await home.run("UPDATE notices SET expires_at = 1")
        board = await Watch(boards=BoardLedger(home.db), lists=ListLedger(home.db)).feed(1)

        assert await home.escalate.due() == 0
        assert await home.one("SELECT count(*) FROM deliveries WHERE wave > 0") == 0
        await board.news()
        shown = {wave["key"]: wave["state"] for wave in board.snapshot()["waves"]}
        assert "waiting" not in shown.values(), "a board that is open hears that they were given up"


async def test_a_stop_against_a_starting_wave_leaves_nothing_planned(database_url: str) -> None:
    async with launched(database_url) as home:
        incident = int(await home.one("SELECT id FROM incidents"))
        await home.run("UPDATE waves SET due_at = 0 WHERE state = 'waiting'")
        await asyncio.gather(
            home.escalate.due(), home.say.stop(incident, who=WHO), house(home.db).escalate.due()
        )

        assert await home.one("SELECT count(*) FROM deliveries WHERE state = 'planned'") == 0
        assert await home.one("SELECT count(*) FROM waves WHERE state = 'waiting'") == 0


async def test_a_wave_that_cannot_start_holds_up_no_other(database_url: str) -> None:
    async with launched(database_url) as home:
        await home.run("UPDATE waves SET spec = '{}' WHERE \"key\" = 'staff_call'")
        await due(home, "staff_call")
        await due(home, "again")

        assert await home.escalate.due() == 1
        assert await asked(home, "again") == [(1,), (2,)]
        stuck = await home.one("SELECT state FROM waves WHERE \"key\" = 'staff_call'")
        assert stuck == "waiting"
