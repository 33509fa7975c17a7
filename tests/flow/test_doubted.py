"""Whoever nobody can say of whether they were told stands on a list that people see."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from hub.flow.tasks import Tasks
from hub.model import LaunchRequest
from hub.store.tasks import TaskLedger
from tests.launch_estate import WHO, House, Who, open_house, put_estate

PATHS = ("3/5/501", "3/12/1201", "3/12/1202")
PEOPLE = (
    Who("3/12/1201", ways=[("sms", "+15550100001")]),
    Who("3/12/1202", ways=[("sms", "+15550100002"), ("push", "phone-2")]),
    Who(None, kind="staff", ways=[("sms", "+15550100003")]),
    Who("3/5/501", ways=[("sms", "+15550100004")]),
    Who("3", kind="group", ways=[("wecom", "group-3")]),
)
LOST = "state = 'failed', reason = 'lost_worker', unsure = 1"
OPEN = "state = 'unsure', reason = 'lost_worker', unsure = 1, lease_until = 1, fence = 1"

IN_ORDER = {
    "sqlite": "UPDATE waves SET spec = json_set(spec, '$.channels', json_array('sms', 'voice'),"
    " '$.mode', 'first') WHERE no = 0",
    "postgresql": "UPDATE waves SET spec = spec || jsonb_build_object('mode', 'first', 'channels',"
    " jsonb_build_array('sms', 'voice')) WHERE no = 0",
}


@asynccontextmanager
async def launched(url: str, *channels: str) -> AsyncIterator[House]:
    """The power is out in building 3; its texts are on their way."""
    home = await open_house(url, *(channels or ("sms", "push", "wecom")))
    try:
        await home.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        await home.launch.start(LaunchRequest("power-outage", "3"), who=WHO, key="launch")
        yield home
    finally:
        await home.db.close()


async def listed(home: House) -> list[Any]:
    return [
        tuple(row)
        for row in await home.rows(
            "SELECT t.key, t.recipient_id, t.state FROM tasks t"
            " WHERE t.household IS NOT NULL ORDER BY t.recipient_id"
        )
    ]


async def test_who_was_perhaps_not_told_and_has_no_other_way_is_told_by_people(database_url: str):
    async with launched(database_url) as home:
        await home.run(f"UPDATE deliveries SET {LOST} WHERE channel = 'sms'")
        await home.escalate.onward()
        # The push of the second is on its way. Who has no flat is called.
        assert await listed(home) == [
            ("door", 1, "open"), ("phone", 3, "open"), ("door", 4, "open"),
        ]  # fmt: skip
        page = await Tasks(TaskLedger(home.db), home.bells).doors(1)
        assert {one["name"]["en"] for one in page["items"]} == {
            "Tell by hand: nobody knows whether it arrived"
        }
        await home.escalate.onward()
        assert len(await listed(home)) == 3
        events = [row[0] for row in await home.rows("SELECT data FROM events ORDER BY seq")]
        assert '"tasks":3' in _plain(events[-1])


def _plain(data: Any) -> str:
    return data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))


async def test_a_provider_that_said_no_is_no_doubt(database_url: str):
    async with launched(database_url) as home:
        await home.run("UPDATE deliveries SET state = 'refused', reason = 'blocked'")
        await home.escalate.onward()
        assert await listed(home) == []


async def test_who_goes_on_to_another_channel_needs_nobody_at_the_door(database_url: str):
    async with launched(database_url, "sms", "voice") as home:
        await home.run(IN_ORDER[home.db.dialect])
        await home.run(f"UPDATE deliveries SET {LOST} WHERE channel = 'sms'")
        await home.escalate.onward()
        voice = await home.rows("SELECT recipient_id FROM deliveries WHERE channel = 'voice'")
        assert sorted(row[0] for row in voice) == [1, 2, 3, 4]
        assert await listed(home) == []


async def test_a_doubt_that_stays_open_for_minutes_is_told_by_people_meanwhile(database_url: str):
    async with launched(database_url, "sms") as home:
        await home.run(f"UPDATE deliveries SET {OPEN} WHERE recipient_id IN (1, 3)")
        for delivery, ago in ((1, 0), (3, 0)):
            await _tried(home, delivery, ago)
        await home.escalate.onward()
        assert await listed(home) == [], "its provider is asked first"
        await home.run("UPDATE attempts SET started_at = started_at - 121000")
        await home.escalate.onward()
        assert await listed(home) == [("door", 1, "open"), ("phone", 3, "open")]
        rows = await home.rows("SELECT state FROM deliveries WHERE recipient_id = 1")
        assert rows[0][0] == "unsure", "and is asked on"

        await home.run("UPDATE audience SET told_at = 1 WHERE recipient_id = 1")
        await home.escalate.settle()
        assert await listed(home) == [("door", 1, "done"), ("phone", 3, "open")]


async def _tried(home: House, recipient: int, ago: int) -> None:
    await home.run(
        "INSERT INTO attempts (delivery_id, fence, account, started_at, verdict)"
        " SELECT d.id, 1, 'sms_test', d.planned_at - CAST(:ago AS BIGINT), 'unsure'"
        " FROM deliveries d WHERE d.recipient_id = :one AND d.channel = 'sms'",
        one=recipient,
        ago=ago,
    )


async def test_a_chat_group_in_doubt_is_looked_at_by_somebody_once(database_url: str):
    async with launched(database_url) as home:
        await home.run(f"UPDATE deliveries SET {LOST} WHERE channel = 'wecom'")
        await home.escalate.onward()
        await home.run("UPDATE deliveries SET onward_at = NULL")
        await home.escalate.onward()
        rows = await home.rows("SELECT key, recipient_id, role FROM tasks WHERE key = 'group'")
        assert [tuple(row) for row in rows] == [("group", 5, "customer_service")]


async def test_of_what_was_stopped_nobody_is_told(database_url: str):
    async with launched(database_url) as home:
        await home.run(f"UPDATE deliveries SET {LOST}")
        await home.say.stop(1, who=WHO)
        await home.escalate.onward()
        assert await listed(home) == []


async def test_a_last_word_in_doubt_is_told_by_people_on_a_list_of_its_own(database_url: str):
    async with launched(database_url) as home:
        told = "state = 'accepted', reason = 'ok', accepted_at = 1"
        await home.run(f"UPDATE deliveries SET {told} WHERE channel = 'sms'")
        await home.run("UPDATE audience SET told_at = 1, answer = 'safe'")
        said = await home.say.notice(1, "correction", who=WHO, key=None)
        await home.run(
            f"UPDATE deliveries SET {LOST} WHERE notice_id = :one AND recipient_id IN (1, 3)"
            " AND channel = 'sms'",
            one=said.notice,
        )
        await home.escalate.onward()
        assert await listed(home) == [("door", 1, "open"), ("phone", 3, "open")]
        await home.escalate.settle()
        page = await Tasks(TaskLedger(home.db), home.bells).doors(1)
        assert {one["name"]["en"] for one in page["items"]} == {"Correction by hand"}


async def test_what_the_provider_took_and_could_not_deliver_is_no_doubt(database_url: str):
    async with launched(database_url) as home:
        failed = "state = 'failed', reason = 'handset', unsure = 0, accepted_at = 1"
        await home.run(f"UPDATE deliveries SET {failed} WHERE channel = 'sms'")
        await home.escalate.onward()
        assert await listed(home) == []
