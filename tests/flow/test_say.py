from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hub.errors import Conflict, Refused, Unknown
from hub.model import Kind, LaunchRequest
from tests.launch_estate import WHO, House, Who, house, open_house, put_estate

PATHS = ("3/5/501", "3/12/1201", "3/12/1202", "4/1/101")
FIRE = LaunchRequest("fire", "3/12")


def sms(number: int) -> tuple[tuple[str, str], ...]:
    return (("sms", f"+1555010{number:04d}"),)


PEOPLE = (
    Who("3/12/1201", ways=sms(1)),
    Who("3/12/1202", ways=sms(2), language="en"),
    Who("3/5/501", ways=sms(3), drill=True),
    Who("3/5/501", ways=sms(3)),  # shares it
    Who("4/1/101"),  # nobody can reach them
    Who("4/1/101", ways=sms(6)),
)


@asynccontextmanager
async def launched(url: str, request: LaunchRequest = FIRE) -> AsyncIterator[tuple[House, int]]:
    home = await open_house(url)
    try:
        await home.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        begun = await home.launch.start(request, who=WHO, key="launch")
        home.bells.rung.clear()
        home.bells.told.clear()
        yield home, begun.id
    finally:
        await home.db.close()


async def sent(home: House, recipient: int, state: str = "accepted", **more: Any) -> None:
    unsure = more.get("unsure", 0)
    await home.run(
        "UPDATE deliveries SET state = :state, unsure = :unsure WHERE recipient_id = :who",
        state=state,
        unsure=unsure,
        who=recipient,
    )


async def reached(home: House, notice: int) -> list[tuple[int, str]]:
    rows = await home.rows(
        "SELECT recipient_id, address FROM deliveries WHERE notice_id = :n AND channel = 'sms'"
        " ORDER BY recipient_id",
        n=notice,
    )
    return [(int(who), str(address)) for who, address in rows]


# ── Updates ────────────────────────────────────────────────────────────────────────────────────


async def test_an_update_goes_to_the_whole_audience_answered_or_not(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.run("UPDATE audience SET answer = 'safe' WHERE recipient_id = 1")
        said = await home.say.notice(incident, "update", text="", who=WHO, key="u")

        assert [who for who, _ in await reached(home, said.notice)] == [1, 2, 3, 6]
        assert (said.revision, said.deliveries, said.repeated) == (2, 4, False)
        assert home.bells.rung == ["urgent"]
        assert home.bells.told == [(f"incident:{incident}", 2)]


async def test_an_update_uses_the_addresses_of_today(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.run("UPDATE addresses SET value = '+15550109999' WHERE recipient_id = 1")
        await home.run(
            "INSERT INTO addresses (recipient_id, channel, value) VALUES (5, 'sms', '+15550105555')"
        )
        await home.run("UPDATE recipients SET removed_at = 1 WHERE id = 6")
        said = await home.say.notice(incident, "update", text="", who=WHO, key="u")

        assert (1, "+15550109999") in await reached(home, said.notice)
        assert [who for who, _ in await reached(home, said.notice)] == [1, 2, 3, 5]


async def test_an_update_says_what_the_operator_added_in_each_language(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        said = await home.say.notice(incident, "update", text="East gate open", who=WHO, key="u")

        texts = await home.rows(
            "SELECT w.language, w.parts FROM deliveries d JOIN wordings w ON w.id = d.wording_id"
            " WHERE d.notice_id = :n",
            n=said.notice,
        )
        assert {language for language, _ in texts} == {"zh-CN", "en"}
        assert all("East gate open" in str(parts) for _, parts in texts)


async def test_an_update_moves_the_promise_of_the_next(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.run("UPDATE incidents SET next_update_at = 1")
        await home.say.notice(incident, "update", text="", who=WHO, key="u")

        due, issued = (
            await home.rows(
                "SELECT i.next_update_at, n.issued_at FROM incidents i"
                " JOIN notices n ON n.revision = 2"
            )
        )[0]
        assert due - issued == 600_000


async def test_an_update_does_not_take_planned_alerts_back(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.say.notice(incident, "update", text="", who=WHO, key="u")

        assert await home.one("SELECT count(*) FROM deliveries WHERE state = 'cancelled'") == 0
        assert await home.one("SELECT count(*) FROM waves WHERE state = 'cancelled'") == 0


async def test_an_update_does_not_escalate(database_url: str) -> None:
    """A later wave by another channel is no way of an update."""
    async with launched(database_url) as (home, incident):
        more = house(home.db, "sms", "voice")
        await home.run(
            "INSERT INTO addresses (recipient_id, channel, value)"
            " VALUES (1, 'voice', '+15550100001')"
        )
        await home.run("UPDATE waves SET due_at = 0 WHERE state = 'waiting'")
        await more.escalate.due()
        assert await home.one("SELECT count(*) FROM deliveries WHERE channel = 'voice'") > 0
        said = await more.say.notice(incident, "update", text="", who=WHO, key="u")

        channels = await home.rows(
            "SELECT DISTINCT channel FROM deliveries WHERE notice_id = :n", n=said.notice
        )
        assert channels == [("sms",)]


# ── All-clear and correction ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", ["all_clear", "correction"])
async def test_the_last_word_goes_to_exactly_those_who_may_have_got_the_alert(
    database_url: str, stage: str
) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1, "delivered")
        await sent(home, 2, "unsure", unsure=1)
        await sent(home, 3, "refused")
        said = await home.say.notice(incident, stage, text="", who=WHO, key="a")

        assert [who for who, _ in await reached(home, said.notice)] == [1, 2]
        ends = await home.rows(
            "SELECT recipient_id, state, reason FROM deliveries WHERE notice_id <> :n"
            " ORDER BY recipient_id",
            n=said.notice,
        )
        assert (6, "cancelled", "superseded") in ends
        assert (5, "unreachable", "no_address") in ends


async def test_the_last_word_follows_people_removed_and_numbers_changed(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        await sent(home, 2, "failed")
        await home.run("UPDATE recipients SET removed_at = 1 WHERE id = 1")
        await home.run("UPDATE addresses SET removed_at = 1 WHERE recipient_id = 1")
        await home.run("UPDATE addresses SET value = '+15550107777' WHERE recipient_id = 2")
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        assert await reached(home, said.notice) == [(1, "+15550100001"), (2, "+15550100002")]


@pytest.mark.parametrize("state", ["planned", "refused", "expired", "suppressed", "cancelled"])
async def test_a_send_once_unsure_counts_as_heard_whatever_became_of_it(
    database_url: str, state: str
) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 2, state, unsure=1)
        said = await home.say.notice(incident, "correction", text="", who=WHO, key="a")

        assert [who for who, _ in await reached(home, said.notice)] == [2]


async def test_those_who_share_the_number_are_spoken_for_again(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 3)
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        also = await home.rows(
            "SELECT d.recipient_id, o.recipient_id FROM deliveries d"
            " JOIN delivery_also o ON o.delivery_id = d.id WHERE d.notice_id = :n",
            n=said.notice,
        )
        assert also == [(3, 4)]


async def test_the_last_word_ends_waves_and_promises(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        assert await home.one("SELECT count(*) FROM waves WHERE state = 'waiting'") == 0
        row = (await home.rows("SELECT status, next_update_at FROM incidents"))[0]
        assert row == ("cleared", None)


async def test_the_last_word_lives_a_day(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        life = await home.one(
            "SELECT d.expires_at - d.planned_at FROM deliveries d WHERE d.notice_id = :n",
            n=said.notice,
        )
        assert life == 24 * 3_600_000


async def test_its_event_says_what_was_taken_back_and_what_is_new(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        data = await home.one("SELECT data FROM events WHERE kind = 'notice'")
        read = json.loads(data) if isinstance(data, str) else data
        assert read["notice"] == said.notice
        assert ["sms", "planned", "cancelled", 3] in read["moves"]
        assert ["sms", "", "planned", 1] in read["moves"]


async def test_a_drill_ends_with_the_words_of_a_drill(database_url: str) -> None:
    drill = LaunchRequest("fire", "3/12", Kind.DRILL)
    async with launched(database_url, drill) as (home, incident):
        await sent(home, 3)
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        parts = await home.rows(
            "SELECT parts FROM wordings WHERE notice_id = :n AND channel = 'sms'"
            " AND language = 'zh-CN'",
            n=said.notice,
        )
        assert parts
        assert all("演练" in _body(row[0]) for row in parts)


# ── Once, and only where it may be ─────────────────────────────────────────────────────────────


async def test_a_repeat_says_nothing_twice(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        asked = [
            home.say.notice(incident, "all_clear", text="", who=WHO, key="a") for _ in range(10)
        ]
        got = await asyncio.gather(*asked)

        assert len({(one.notice, one.revision, one.deliveries) for one in got}) == 1
        assert sum(not one.repeated for one in got) == 1
        assert await home.one("SELECT count(*) FROM notices") == 2


async def test_the_same_key_with_other_words_is_a_conflict(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.say.notice(incident, "update", text="one", who=WHO, key="u")

        with pytest.raises(Conflict):
            await home.say.notice(incident, "update", text="two", who=WHO, key="u")


async def test_the_same_key_serves_another_incident(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        other = await home.launch.start(FIRE, who=WHO, key="other")
        one = await home.say.notice(incident, "update", text="", who=WHO, key="u")
        two = await home.say.notice(other.id, "update", text="", who=WHO, key="u")

        assert one.notice != two.notice


async def test_two_all_clears_at_once_are_one(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        got = await asyncio.gather(
            *(
                home.say.notice(incident, "all_clear", text="", who=WHO, key=key)
                for key in ("a", "b")
            ),
            return_exceptions=True,
        )

        assert sorted(type(one).__name__ for one in got) == ["Conflict", "Said"]


@pytest.mark.parametrize(
    ("stage", "text", "where"),
    [
        ("alert", "", {"stage"}),
        ("party", "", {"stage"}),
        ("update", "x" * 301, {"text"}),
        ("party", "x" * 301, {"stage", "text"}),
    ],
)
async def test_what_cannot_be_said_is_refused_by_field(
    tmp_path: Any, stage: str, text: str, where: set[str]
) -> None:
    async with launched(f"sqlite:///{tmp_path / 'hub.db'}") as (home, incident):
        with pytest.raises(Refused) as refused:
            await home.say.notice(incident, stage, text=text, who=WHO, key="k")

        assert refused.value.status == 422
        assert {problem.where for problem in refused.value.problems} == where
        assert await home.one("SELECT count(*) FROM notices") == 1


async def test_no_such_incident_is_unknown(tmp_path: Any) -> None:
    async with launched(f"sqlite:///{tmp_path / 'hub.db'}") as (home, _):
        for ask in (
            home.say.notice(99, "update", text="", who=WHO, key="k"),
            home.say.stop(99, who=WHO),
            home.say.close(99, who=WHO),
        ):
            with pytest.raises(Unknown):
                await ask


async def test_after_the_all_clear_only_a_correction_can_follow(tmp_path: Any) -> None:
    async with launched(f"sqlite:///{tmp_path / 'hub.db'}") as (home, incident):
        await sent(home, 1)
        await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")
        for stage in ("update", "all_clear"):
            with pytest.raises(Conflict):
                await home.say.notice(incident, stage, text="", who=WHO, key=stage + "2")
        corrected = await home.say.notice(incident, "correction", text="", who=WHO, key="c")

        assert corrected.deliveries == 1
        with pytest.raises(Conflict):
            await home.say.notice(incident, "correction", text="", who=WHO, key="c2")


# ── Stop and close ─────────────────────────────────────────────────────────────────────────────


async def test_stop_takes_back_what_is_planned_and_counts_the_untold(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        await home.run("UPDATE audience SET told_at = 1 WHERE recipient_id = 1")
        stopped = await home.say.stop(incident, who=WHO)

        assert stopped.untold == 4, "everyone but the one told and the one nobody can reach"
        assert await home.one("SELECT count(*) FROM deliveries WHERE state = 'planned'") == 0
        assert await home.one("SELECT count(*) FROM waves WHERE state = 'waiting'") == 0
        row = (await home.rows("SELECT status, stopped_at IS NULL FROM incidents"))[0]
        assert row == ("stopped", 0)
        assert home.bells.told == [(f"incident:{incident}", 2)]


async def test_stopping_twice_is_stopping_once(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        first = await home.say.stop(incident, who=WHO)
        again = await home.say.stop(incident, who=WHO)

        assert first == again
        assert await home.one("SELECT count(*) FROM events WHERE kind = 'stopped'") == 1


async def test_after_a_stop_an_update_and_the_all_clear_can_be_said(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        await home.say.stop(incident, who=WHO)
        update = await home.say.notice(incident, "update", text="", who=WHO, key="u")
        cleared = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        assert update.deliveries == 4
        assert cleared.deliveries == 1


async def test_there_is_nothing_to_stop_after_the_all_clear(tmp_path: Any) -> None:
    async with launched(f"sqlite:///{tmp_path / 'hub.db'}") as (home, incident):
        await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        with pytest.raises(Conflict):
            await home.say.stop(incident, who=WHO)


async def test_closing_is_final_and_says_what_was_left_open(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.run(
            "INSERT INTO tasks (incident_id, key, name, role, recipient_id, state, created_at)"
            " VALUES (:i, 'help', '{}', '', 1, 'open', 0)",
            i=incident,
        )
        closed = await home.say.close(incident, who=WHO)

        assert (closed.help_open, closed.cleared, closed.untold) == (1, False, 5)
        assert await home.one("SELECT status FROM incidents") == "closed"
        assert await home.one("SELECT count(*) FROM deliveries WHERE state = 'planned'") == 0
        assert await home.say.close(incident, who=WHO) == closed
        with pytest.raises(Conflict):
            await home.say.notice(incident, "update", text="", who=WHO, key="u")
        with pytest.raises(Conflict):
            await home.say.stop(incident, who=WHO)


async def test_nothing_is_closed_while_the_all_clear_is_going_out(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        said = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")
        with pytest.raises(Conflict, match="1 left"):
            await home.say.close(incident, who=WHO)
        assert await home.one("SELECT status FROM incidents") == "cleared"
        await home.run(
            "UPDATE deliveries SET state = 'accepted' WHERE notice_id = :n", n=said.notice
        )

        assert (await home.say.close(incident, who=WHO)).cleared


def _body(parts: Any) -> str:
    read = json.loads(parts) if isinstance(parts, str) else parts
    return str(read["body"])
