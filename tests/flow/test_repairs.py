"""Numbers to repair: flagged when a provider says so, listed, and taken off when they are right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hub.errors import Unknown
from hub.flow.estate import Estate
from hub.model import LaunchRequest
from hub.states import Reason
from hub.store.accounts import AccountLedger
from hub.store.addresses import spoil
from hub.store.estates import EstateLedger
from hub.store.screens import ScreenLedger
from tests.launch_estate import STILL, WHO, House, Who, open_house, put_estate

DEAD, QUIET, STOPPED, FINE = (f"+1555010000{n}" for n in range(1, 5))
PEOPLE = tuple(Who("3/12/1201", ways=[("sms", one)]) for one in (DEAD, QUIET, STOPPED, FINE))
NOW = 1_700_000_000_000


@asynccontextmanager
async def register(url: str) -> AsyncIterator[tuple[House, Estate]]:
    home = await open_house(url)
    try:
        await home.db.write(lambda conn: put_estate(conn, ("3/12/1201",), PEOPLE))
        yield (
            home,
            Estate(
                EstateLedger(home.db),
                ScreenLedger(home.db),
                AccountLedger(home.db, secret=b"s" * 32),
                home.bells,
                "CN",
                ("en",),
            ),
        )
    finally:
        await home.db.close()


async def say(home: House, value: str, reason: Reason) -> None:
    await home.db.write(lambda conn: spoil(conn, [("sms", value, reason)], now=NOW))


async def listed(estate: Estate) -> list[tuple[str, str]]:
    found = await estate.repairs(who=WHO)
    assert found["total"] == len(found["items"])
    return [(one["value"], one["why"]) for one in found["items"]]


async def test_dead_and_stopped_numbers_are_listed_with_whose_they_are(database_url: str) -> None:
    async with register(database_url) as (home, estate):
        assert await listed(estate) == []
        await say(home, DEAD, Reason.BAD_ADDRESS)
        await say(home, STOPPED, Reason.OPTED_OUT)
        await say(home, QUIET, Reason.HANDSET)
        assert await listed(estate) == [(DEAD, "gone"), (STOPPED, "opted_out")]
        first: dict[str, Any] = (await estate.repairs(limit=1, who=WHO))["items"][0]
        assert (first["recipient"], first["place"], first["flagged"]) == (1, "3/12/1201", True)
        assert first["since"].startswith("2023-11-14T22:13:20")
        looks = await home.rows("SELECT count(*) FROM audit WHERE action = 'repairs_look'")
        assert looks == [(2,)]


async def test_a_changed_number_is_off_the_list_and_an_unchanged_one_stays(
    database_url: str,
) -> None:
    async with register(database_url) as (home, estate):
        await say(home, DEAD, Reason.BAD_ADDRESS)
        same = [{"channel": "sms", "value": DEAD}]
        await estate.change(1, {"name": "Ann", "addresses": same}, who=WHO)
        found = (await estate.repairs(who=WHO))["items"][0]
        assert (found["name"], found["since"][:4]) == ("Ann", "2023")  # still since it was said
        right = [{"channel": "sms", "value": "+447700900009"}]
        await estate.change(1, {"addresses": right}, who=WHO)
        assert await listed(estate) == []


async def test_a_flag_goes_by_proof_or_by_hand(database_url: str) -> None:
    async with register(database_url) as (home, estate):
        await say(home, FINE, Reason.BAD_ADDRESS)
        await say(home, FINE, Reason.OK)  # it took something after all
        await say(home, DEAD, Reason.BAD_ADDRESS)
        await say(home, STOPPED, Reason.OPTED_OUT)
        dead, stopped = (await estate.repairs(who=WHO))["items"]
        await estate.mend(dead["id"], who=WHO)
        with pytest.raises(Unknown):
            await estate.mend(stopped["id"], who=WHO)  # it is their own word, not ours to undo
        assert await listed(estate) == [(STOPPED, "opted_out")]


async def test_what_a_carrier_blocks_is_listed_until_it_gets_through(database_url: str) -> None:
    async with register(database_url) as (home, estate):
        await home.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key=None)
        await home.run(
            "UPDATE deliveries SET state = 'refused', reason = 'blocked', ended_at = 1700000000000"
            f" WHERE address = '{QUIET}'"
        )
        assert await listed(estate) == [(QUIET, "blocked")]
        await home.say.notice(1, "update", text=STILL, who=WHO, key=None)
        await home.run(
            "UPDATE deliveries SET state = 'delivered', delivered_at = 1700000001000"
            " WHERE notice_id = (SELECT max(id) FROM notices)"
        )
        assert await listed(estate) == []
