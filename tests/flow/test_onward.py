from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hub.model import Lane, LaunchRequest
from hub.store.claims import ClaimLedger
from tests.launch_estate import STILL, WHO, House, Who, open_house, put_estate

ONE, TWO = ("sms", "+15550100001"), ("sms", "+15550100002")
LIN, SHEN, WU = 1, 2, 3
PEOPLE = (
    Who(None, kind="staff", ways=[("voice", "+15550100011"), ("voice", "+15550100012"), ONE]),
    Who(None, kind="staff", ways=[("voice", "+15550100013"), TWO]),
    Who(None, kind="staff", ways=[("voice", "+15550100013")]),  # shares the desk's telephone
)


@asynccontextmanager
async def called(url: str) -> AsyncIterator[House]:
    """The fire's call to staff (voice, then sms, in order) is under way."""
    home = await open_house(url, "voice", "sms", "screen")
    try:
        await home.db.write(lambda conn: put_estate(conn, ("3/5/501",), PEOPLE))
        await home.launch.start(LaunchRequest("fire", "3/5"), who=WHO, key="launch")
        await home.run("UPDATE waves SET due_at = 0 WHERE \"key\" = 'staff_call'")
        await home.escalate.due()
        assert await home.escalate.onward() == 0
        home.bells.rung.clear()
        yield home
    finally:
        await home.db.close()


async def end(home: House, number: str, state: str = "failed") -> None:
    await home.run(
        "UPDATE deliveries SET state = :state WHERE channel = 'voice' AND address = :number",
        state=state,
        number=f"+155501000{number}",
    )


async def texts(home: House) -> list[Any]:
    return [
        row[0]
        for row in await home.rows(
            "SELECT d.recipient_id FROM deliveries d JOIN waves w ON w.notice_id = d.notice_id"
            " AND w.no = d.wave AND w.round = d.round WHERE w.\"key\" = 'staff_call'"
            " AND d.channel = 'sms' ORDER BY 1"
        )
    ]


@pytest.mark.parametrize("state", ["failed", "refused"])
async def test_who_was_not_reached_gets_the_next_channel_once(
    state: str, database_url: str
) -> None:
    async with called(database_url) as home:
        await end(home, "02", state)  # a number for texts is called, too
        await end(home, "13", state)
        assert await home.escalate.onward() == 2
        assert await texts(home) == [SHEN], "Wu has no other way; Lin's calls are under way"
        assert home.bells.rung == ["urgent"]
        assert await home.escalate.onward() == 0
        moves = str((await home.rows("SELECT data FROM events ORDER BY seq"))[-1][0])
        assert "sms" in moves
        assert "planned" in moves


async def test_nobody_goes_on_while_another_number_may_reach_them(database_url: str) -> None:
    async with called(database_url) as home:
        await end(home, "11")
        await home.escalate.onward()
        assert await texts(home) == []
        await end(home, "12")
        await home.escalate.onward()
        assert await texts(home) == [], "their number for texts is being called"
        await end(home, "01")
        await home.escalate.onward()
        assert await texts(home) == [LIN]


@pytest.mark.parametrize("told", ["unsure", "accepted", "delivered"])
async def test_nobody_goes_on_who_may_have_been_told_by_another_number(
    told: str, database_url: str
) -> None:
    async with called(database_url) as home:
        await end(home, "11")
        await end(home, "01")
        await end(home, "12", told)
        assert await home.escalate.onward() == 2
        assert await texts(home) == []


async def test_who_opted_out_while_a_call_waited_gets_the_next_channel(database_url: str) -> None:
    async with called(database_url) as home:
        await home.run("UPDATE addresses SET opted_out_at = 1 WHERE channel = 'voice'")
        await end(home, "02", "expired")  # the call to her number for texts leads nowhere
        await ClaimLedger(home.db).claim(Lane.URGENT, "voice", "calls", limit=50)
        await home.escalate.onward()
        assert await texts(home) == [SHEN], "Lin's number for texts is being called"


async def test_who_has_answered_is_left_in_peace(database_url: str) -> None:
    async with called(database_url) as home:
        await home.run("UPDATE audience SET answer = 'seen' WHERE recipient_id = :who", who=SHEN)
        await end(home, "02")
        await end(home, "13")
        await home.escalate.onward()
        assert await texts(home) == []


async def test_nothing_goes_on_after_the_stop(database_url: str) -> None:
    async with called(database_url) as home:
        await home.say.stop(1, who=WHO)
        await end(home, "02")
        await end(home, "13")
        assert await home.escalate.onward() == 2
        assert await texts(home) == []


async def test_a_notice_too_old_to_be_true_goes_no_further(database_url: str) -> None:
    async with called(database_url) as home:
        await home.run("UPDATE notices SET expires_at = 1")
        await end(home, "02")
        await end(home, "13")
        await home.escalate.onward()
        assert await texts(home) == []


async def test_channels_used_at_once_have_no_next_one(database_url: str) -> None:
    async with called(database_url) as home:
        await home.run("UPDATE deliveries SET state = 'failed' WHERE wave = 0")
        before = await home.one("SELECT count(*) FROM deliveries")
        assert await home.escalate.onward() > 0
        assert await home.one("SELECT count(*) FROM deliveries") == before


@pytest.mark.parametrize("stage", ["update", "all_clear"])
async def test_an_update_goes_on_as_its_alert_would_and_an_all_clear_does_not(
    stage: str, database_url: str
) -> None:
    async with called(database_url) as home:
        spec = await home.one("SELECT spec FROM waves WHERE no = 0")
        known = json.loads(spec) if isinstance(spec, str) else spec
        ordered = json.dumps(known | {"channels": ["voice", "sms"], "mode": "first"})
        await home.run("UPDATE waves SET spec = :spec WHERE no = 0", spec=ordered)
        said = await home.say.notice(1, stage, text=STILL, who=WHO, key="u")
        own = "SELECT recipient_id FROM deliveries WHERE notice_id = :n AND channel = :c ORDER BY 1"
        before = await home.rows(own, n=said.notice, c="sms")
        assert (SHEN,) not in before or stage == "all_clear"
        await end(home, "02")
        await end(home, "13")
        await home.escalate.onward()

        after = await home.rows(own, n=said.notice, c="sms")
        assert after == (before if stage == "all_clear" else [*before, (SHEN,)])
        assert await home.escalate.onward() == 0


async def test_the_last_of_an_ordered_wave_may_be_a_door(database_url: str) -> None:
    async with called(database_url) as home:
        channels = '["voice", "sms", "phone"]'
        await home.run(
            "UPDATE waves SET spec = REPLACE(CAST(spec AS TEXT), :old, :new)"
            + ("::jsonb" if "postgres" in database_url else "")
            + " WHERE \"key\" = 'staff_call'",
            old='["voice", "sms"]',
            new=channels,
        )
        assert "phone" in str(
            await home.rows("SELECT spec FROM waves WHERE \"key\" = 'staff_call'")
        )
        await end(home, "02")
        await end(home, "13")
        await home.escalate.onward()
        assert await texts(home) == [SHEN]
        assert await home.rows(
            "SELECT recipient_id, key FROM tasks WHERE household IS NOT NULL"
        ) == [(WU, "phone")]
