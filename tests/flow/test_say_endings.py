from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from hub.errors import Conflict, Refused, Unknown
from tests.flow.launched import FIRE, launched, reached, sent
from tests.launch_estate import STILL, WHO, House

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
        await home.say.notice(incident, "update", text="one", untranslated=True, who=WHO, key="u")

        with pytest.raises(Conflict):
            await home.say.notice(
                incident, "update", text="two", untranslated=True, who=WHO, key="u"
            )


async def test_the_same_key_serves_another_incident(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        other = await home.launch.start(replace(FIRE, again=True), who=WHO, key="other")
        one = await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")
        two = await home.say.notice(other.id, "update", text=STILL, who=WHO, key="u")

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
            await home.say.notice(incident, stage, text=text, untranslated=True, who=WHO, key="k")

        assert refused.value.status == 422
        assert {problem.where for problem in refused.value.problems} == where
        assert await home.one("SELECT count(*) FROM notices") == 1


async def test_no_such_incident_is_unknown(tmp_path: Any) -> None:
    async with launched(f"sqlite:///{tmp_path / 'hub.db'}") as (home, _):
        for ask in (
            home.say.notice(99, "update", text=STILL, who=WHO, key="k"),
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


async def test_a_second_stop_ends_the_update_that_was_said_since(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        await home.say.stop(incident, who=WHO)
        await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")
        await home.run("UPDATE incidents SET stopped_at = stopped_at - 1000")
        await home.say.stop(incident, who=WHO)

        assert await home.one("SELECT count(*) FROM deliveries WHERE state = 'planned'") == 0
        told = await home.rows("SELECT data FROM events WHERE kind = 'stopped' ORDER BY seq")
        assert len(told) == 2
        assert "cancelled" in str(told[1][0]), "the board hears of what was taken back"
        since = "SELECT count(*) FROM incidents i JOIN notices n ON n.issued_at > i.stopped_at"
        assert await home.one(since) == 0, "what is tried again is stopped as well"


async def test_after_a_stop_an_update_and_the_all_clear_can_be_said(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        await home.say.stop(incident, who=WHO)
        update = await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")
        cleared = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        assert update.deliveries == 4
        assert cleared.deliveries == 1


async def test_a_correction_takes_the_place_of_an_all_clear_still_going_out(
    database_url: str,
) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        cleared = await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")
        corrected = await home.say.notice(incident, "correction", text="", who=WHO, key="c")

        states = "SELECT DISTINCT state, reason FROM deliveries WHERE notice_id = :n"
        assert await home.rows(states, n=cleared.notice) == [("cancelled", "superseded")]
        assert await home.rows(states, n=corrected.notice) == [("planned", "")]
        assert corrected.deliveries == 1


async def test_there_is_nothing_to_stop_after_the_all_clear(tmp_path: Any) -> None:
    async with launched(f"sqlite:///{tmp_path / 'hub.db'}") as (home, incident):
        await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")

        with pytest.raises(Conflict):
            await home.say.stop(incident, who=WHO)


async def test_what_a_second_close_ends_is_told_to_boards(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.say.close(incident, who=WHO)
        # a call that was under way came back: certainly not sent
        await home.run("UPDATE deliveries SET state = 'planned' WHERE recipient_id = 2")
        again = await home.say.close(incident, who=WHO)

        assert await home.one("SELECT count(*) FROM deliveries WHERE state = 'planned'") == 0
        newest = await home.rows("SELECT kind, data FROM events ORDER BY seq DESC LIMIT 1")
        assert newest[0][0] == "progress"
        assert "cancelled" in str(newest[0][1])
        assert again == await home.say.close(incident, who=WHO)
        assert await home.one("SELECT count(*) FROM events WHERE kind = 'closed'") == 1


async def test_closing_is_final_and_says_what_was_left_open(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.run(
            "INSERT INTO tasks (incident_id, key, name, role, recipient_id, state, created_at)"
            " VALUES (:i, 'help', '{}', '', 1, 'open', 0)",
            i=incident,
        )
        closed = await home.say.close(incident, confirm_help=1, who=WHO)

        assert (closed.help_open, closed.cleared, closed.untold) == (1, False, 5)
        assert await home.one("SELECT status FROM incidents") == "closed"
        assert await home.one("SELECT count(*) FROM deliveries WHERE state = 'planned'") == 0
        assert await home.say.close(incident, who=WHO) == closed
        with pytest.raises(Conflict):
            await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")
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


# ── Closed, and nobody called it over ──────────────────────────────────────────────────────────


async def closed_uncleared(home: House, incident: int) -> datetime:
    """Sent to the first, closed; until when its end can still be said."""
    await sent(home, 1)
    closed = await home.say.close(incident, who=WHO)
    assert not closed.cleared
    assert closed.clear_until is not None
    return closed.clear_until


@pytest.mark.parametrize("stage", ["all_clear", "correction"])
async def test_what_was_closed_uncleared_is_called_over_to_those_who_were_told(
    database_url: str, stage: str
) -> None:
    async with launched(database_url) as (home, incident):
        until = await closed_uncleared(home, incident)
        closed_at = await home.one("SELECT closed_at FROM incidents")
        assert until.timestamp() * 1000 == closed_at + 7 * 86_400_000
        with pytest.raises(Conflict) as refused:
            await home.say.notice(incident, "update", text=STILL, who=WHO, key="u")
        assert refused.value.code == "closed"

        preview = await home.say.preview(incident, stage)
        said = await home.say.notice(incident, stage, who=WHO, key="a")

        assert (said.deliveries, await reached(home, said.notice)) == (1, [(1, "+15550100001")])
        assert preview.to_json()["deliveries"] == 1
        row = (await home.rows("SELECT status, closed_at FROM incidents"))[0]
        assert row == ("cleared", None), "open to answers and boards, until it is closed again"
        assert "after_close" in str(await home.one(NOTICE_EVENT))
        again = await home.say.notice(incident, stage, who=WHO, key="a")
        assert (again.notice, again.repeated) == (said.notice, True)
        await home.run("UPDATE deliveries SET state = 'accepted' WHERE state = 'planned'")
        closed = await home.say.close(incident, who=WHO)
        assert (closed.cleared, closed.clear_until) == (True, None)
        with pytest.raises(Conflict):
            await home.say.notice(incident, stage, who=WHO, key="b")


NOTICE_EVENT = "SELECT data FROM events WHERE kind = 'notice' ORDER BY seq DESC LIMIT 1"


async def test_two_who_call_over_what_was_closed_at_once_are_one(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await closed_uncleared(home, incident)
        asked = (home.say.notice(incident, "all_clear", who=WHO, key=key) for key in ("a", "b"))
        got = await asyncio.gather(*asked, return_exceptions=True)

        assert sorted(type(one).__name__ for one in got) == ["Conflict", "Said"]


async def test_a_week_after_the_close_it_is_too_late(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await closed_uncleared(home, incident)
        await home.run("UPDATE incidents SET closed_at = closed_at - 604800001")
        with pytest.raises(Conflict) as refused:
            await home.say.notice(incident, "all_clear", who=WHO, key="a")
        assert refused.value.code == "late"
        assert await home.one("SELECT status FROM incidents") == "closed"


async def test_help_that_was_open_at_the_close_is_asked_about_again(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        await sent(home, 1)
        await home.run(
            "INSERT INTO tasks (incident_id, key, name, role, recipient_id, state, created_at)"
            " VALUES (:i, 'help', '{}', '', 1, 'open', 0)",
            i=incident,
        )
        await home.say.close(incident, confirm_help=1, who=WHO)
        with pytest.raises(Conflict, match="Still in need of help: 1"):
            await home.say.notice(incident, "all_clear", who=WHO, key="a")
        await home.say.notice(incident, "all_clear", confirm_help=1, who=WHO, key="a")

        assert await home.one("SELECT status FROM incidents") == "cleared"
