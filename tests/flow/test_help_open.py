"""Ending an incident while people need help: refused with one count, the same everywhere."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from hub.decide.answers import Given
from hub.decide.chores import Change
from hub.decide.inbox import Note, Settling, Why
from hub.errors import Conflict
from hub.flow.watch import Watch
from hub.model import AnswerWord, Kind, LaunchRequest
from hub.plans import Ended, NoticePlan, Spoken
from hub.store.answers import AnswerLedger
from hub.store.boards import BoardLedger
from hub.store.inbox import InboxLedger
from hub.store.lists import ListLedger
from hub.store.notices import SayLedger
from hub.store.tasks import TaskLedger
from tests.flow.launched import FIRE, launched, sent
from tests.launch_estate import WHO, House

DRILL = LaunchRequest("fire", "3/12", Kind.DRILL)
NOBODY = {"asked": 0, "marked": 0, "cries": 0}


async def say(home: House, incident: int, person: int, word: str = "help", via: str = "sms") -> Any:
    actor = "user:1" if via == "staff" else f"recipient:{person}"
    given = Given(incident, person, AnswerWord(word), via, actor, {}, None)
    return await AnswerLedger(home.db).take(given)


async def cry(home: House, number: str, **more: Any) -> None:
    note = Note("sms", number, "救命", cry=True, why=Why.STRANGER, answer="help", **more)
    assert await InboxLedger(home.db).keep(note) is not None


async def done(home: House, person: int, outcome: str = "evacuated") -> None:
    task = await home.one(
        "SELECT id FROM tasks WHERE recipient_id = :p AND key = 'help' AND state <> 'done'",
        p=person,
    )
    incident = await home.one("SELECT incident_id FROM tasks WHERE id = :t", t=task)
    change = Change(state="done", outcome=outcome)
    await TaskLedger(home.db).change(incident, task, change, "user:1")


async def settle(home: House, reply: int, **more: Any) -> None:
    await InboxLedger(home.db).settle(reply, Settling(**more), "user:1")


async def counted(watch: Watch, incident: int) -> dict[str, int]:
    """The counts by kind, from a board that was folded, a board read afresh, and the list."""
    told = (await watch.incident(incident))["tally"]
    fresh = (await Watch(boards=watch._boards, lists=watch._lists).incident(incident))["tally"]
    listed = next(
        one["tally"] for one in (await watch.incidents(limit=50))["items"] if one["id"] == incident
    )
    for tally in (fresh, listed):
        assert (tally["help"], tally["help_by"]) == (told["help"], told["help_by"])
    assert told["help"] == sum(told["help_by"].values())
    return dict(told["help_by"])


@asynccontextmanager
async def watched(url: str, *request: LaunchRequest) -> Any:
    async with launched(url, *request) as (home, incident):
        yield home, incident, Watch(boards=BoardLedger(home.db), lists=ListLedger(home.db))


# ── Who counts ─────────────────────────────────────────────────────────────────────────────────


async def test_who_needs_help_is_counted_by_how_it_is_known(house_url: str) -> None:
    async with watched(house_url) as (home, incident, watch):
        assert await counted(watch, incident) == NOBODY
        await say(home, incident, 1)
        await say(home, incident, 2, via="link")
        await say(home, incident, 3, via="staff")
        assert await counted(watch, incident) == {"asked": 2, "marked": 1, "cries": 0}
        await say(home, incident, 1, via="staff")
        await say(home, incident, 3, via="sms")
        assert await counted(watch, incident) == {"asked": 2, "marked": 1, "cries": 0}, (
            "as at first"
        )
        await cry(home, "+15550109999")
        assert await counted(watch, incident) == {"asked": 2, "marked": 1, "cries": 1}


async def test_a_later_answer_helps_nobody_out_of_it_and_an_outcome_does(house_url: str) -> None:
    async with watched(house_url) as (home, incident, watch):
        await say(home, incident, 1)
        await say(home, incident, 1, "safe")
        assert await counted(watch, incident) == {"asked": 1, "marked": 0, "cries": 0}
        await done(home, 1)
        assert await counted(watch, incident) == NOBODY
        await say(home, incident, 1)
        assert await counted(watch, incident) == {"asked": 1, "marked": 0, "cries": 0}, "once more"


async def test_a_call_that_is_opened_again_beside_a_new_one_is_one_person(house_url: str) -> None:
    async with watched(house_url) as (home, incident, watch):
        await say(home, incident, 1)
        first = await home.one("SELECT id FROM tasks WHERE key = 'help'")
        await done(home, 1)
        await say(home, incident, 1)
        await TaskLedger(home.db).change(incident, first, Change(state="open"), "user:1")

        assert (
            await home.one("SELECT count(*) FROM tasks WHERE key = 'help' AND state = 'open'") == 2
        )
        assert await counted(watch, incident) == {"asked": 1, "marked": 0, "cries": 0}


async def test_one_phone_that_cries_again_and_again_is_one(house_url: str) -> None:
    async with watched(house_url) as (home, incident, watch):
        for _ in range(3):
            await cry(home, "+15550109999")
        await cry(home, "", recipient=6)
        await cry(home, "", recipient=6)
        await cry(home, "")
        assert (await counted(watch, incident))["cries"] == 3
        await say(home, incident, 6)
        assert await counted(watch, incident) == {"asked": 1, "marked": 0, "cries": 2}, "no twice"


async def test_a_cry_counts_until_somebody_settles_it(house_url: str) -> None:
    async with watched(house_url) as (home, incident, watch):
        await cry(home, "+15550109999")
        await cry(home, "+15550109998")
        assert (await counted(watch, incident))["cries"] == 2
        await settle(home, 1, note="drunk")
        assert await counted(watch, incident) == {"asked": 0, "marked": 0, "cries": 1}
        await settle(home, 2, recipient=6, answer="help")
        assert await counted(watch, incident) == {"asked": 0, "marked": 1, "cries": 0}


async def test_words_that_are_no_cry_count_nowhere(house_url: str) -> None:
    async with watched(house_url) as (home, incident, watch):
        await InboxLedger(home.db).keep(Note("sms", "+1555", "?", cry=False, why=Why.UNCLEAR))
        heard = Note("sms", "+1556", "救命", cry=True, why=Why.HEARD, recorded=(incident,))
        await InboxLedger(home.db).keep(heard)
        assert await counted(watch, incident) == NOBODY


async def test_a_cry_counts_in_what_it_is_about_and_in_all_that_is_live(house_url: str) -> None:
    async with watched(house_url, DRILL) as (home, drill, watch):
        live = (await home.launch.start(LaunchRequest("fire", "3/5"), who=WHO, key="l")).id
        away = LaunchRequest("fire", "4", Kind.DRILL, announce=True)  # nothing real is there
        other = (await home.launch.start(away, who=WHO, key="d")).id
        await cry(home, "+15550109999", incident=drill)
        counts = [(await counted(watch, one))["cries"] for one in (drill, live, other)]
        assert counts == [1, 1, 0]
        await home.say.close(live, who=WHO, confirm_help=1)
        assert [(await counted(watch, one))["cries"] for one in (drill, live)] == [1, 0]
        await settle(home, 1)
        assert (await counted(watch, drill))["cries"] == 0


# ── Ending all the same ────────────────────────────────────────────────────────────────────────


async def test_neither_all_clear_nor_close_while_somebody_needs_help(house_url: str) -> None:
    async with watched(house_url) as (home, incident, _):
        await sent(home, 1)
        await say(home, incident, 1)
        await cry(home, "+15550109999")
        events = await home.one("SELECT count(*) FROM events")
        for ask in (
            home.say.notice(incident, "all_clear", who=WHO, key="a"),
            home.say.notice(incident, "all_clear", confirm_help=1, who=WHO, key="a"),
            home.say.close(incident, who=WHO),
            home.say.close(incident, confirm_help={"asked": 2}, who=WHO),
        ):
            with pytest.raises(Conflict) as refused:
                await ask
            assert refused.value.code == "help_open"
            by = {"asked": 1, "marked": 0, "cries": 1}
            assert refused.value.facts == {"help": 2, "help_by": by}
        assert await home.one("SELECT status FROM incidents") == "open"
        assert await home.one("SELECT count(*) FROM notices") == 1
        assert await home.one("SELECT count(*) FROM events") == events
        planned = await home.one("SELECT count(*) FROM deliveries WHERE state = 'planned'")
        assert planned > 0, "nothing was taken back"


async def test_the_number_or_the_counts_confirm(house_url: str) -> None:
    async with watched(house_url) as (home, incident, _):
        await sent(home, 1)
        await say(home, incident, 1)
        await say(home, incident, 2, via="staff")
        await home.say.notice(incident, "all_clear", confirm_help=2, who=WHO, key="a")
        await home.run("UPDATE deliveries SET state = 'accepted' WHERE state = 'planned'")
        closed = await home.say.close(
            incident, confirm_help={"asked": 1, "marked": 1, "cries": 0}, who=WHO
        )

        assert (closed.help_open, closed.cleared) == (2, True)
        data = str(await home.one("SELECT data FROM events WHERE kind = 'closed'"))
        assert "help_open" in data
        again = await home.say.close(incident, who=WHO)
        assert again == closed, "closing what is closed asks nothing"


async def test_a_confirmation_of_what_is_not_so_any_more_is_refused_with_what_is(
    house_url: str,
) -> None:
    async with watched(house_url) as (home, incident, _):
        await say(home, incident, 1)
        await say(home, incident, 2)
        with pytest.raises(Conflict) as refused:
            await home.say.notice(incident, "all_clear", confirm_help=1, who=WHO, key="a")
        assert refused.value.facts["help"] == 2
        await done(home, 2)
        with pytest.raises(Conflict) as refused:
            await home.say.notice(incident, "all_clear", confirm_help=2, who=WHO, key="a")
        assert refused.value.facts["help"] == 1
        await done(home, 1)
        said = await home.say.notice(incident, "all_clear", confirm_help=1, who=WHO, key="a")
        assert not said.repeated, "nobody needs help: there is nothing to confirm"


async def test_a_repeat_gets_the_first_answer_whatever_it_confirms(house_url: str) -> None:
    async with watched(house_url) as (home, incident, _):
        await say(home, incident, 1)
        first = await home.say.notice(incident, "all_clear", confirm_help=1, who=WHO, key="a")
        await say(home, incident, 2)
        again = await home.say.notice(incident, "all_clear", confirm_help=2, who=WHO, key="a")

        assert (again.notice, again.repeated) == (first.notice, True)


async def test_a_false_alarm_is_withdrawn_at_once_and_the_close_still_asks(house_url: str) -> None:
    async with watched(house_url) as (home, incident, _):
        await say(home, incident, 1)
        await home.say.notice(incident, "correction", who=WHO, key="c")
        with pytest.raises(Conflict, match="Still in need of help: 1"):
            await home.say.close(incident, who=WHO)


async def test_help_asked_for_meanwhile_is_counted_or_comes_after(house_url: str) -> None:
    """Decided where the incident is locked: never said over somebody who had asked before."""
    async with watched(house_url) as (home, _, _):
        again = replace(FIRE, again=True)
        for turn in range(6):
            one = (await home.launch.start(again, who=WHO, key=f"l{turn}")).id
            asked, cleared = await asyncio.gather(
                say(home, one, 1),
                home.say.notice(one, "all_clear", who=WHO, key=f"a{turn}"),
                return_exceptions=True,
            )
            asking = "SELECT kind FROM events WHERE incident_id = :i ORDER BY seq"
            kinds = [kind for (kind,) in await home.rows(asking, i=one)]
            order = [kind for kind in kinds if kind in {"help", "notice"}]
            assert asked.answer == "help"
            if isinstance(cleared, Conflict):
                assert (cleared.code, order) == ("help_open", ["help"])
            else:
                assert order == ["notice", "help"]


@pytest.mark.parametrize("last", ["all_clear", "close"])
async def test_help_asked_for_between_the_look_and_the_write_is_counted(
    house_url: str, last: str
) -> None:
    async with watched(house_url) as (home, incident, _):

        class Late(SayLedger):
            """Somebody asks for help when all that is asked before the write has been read."""

            async def speak(self, plan: NoticePlan) -> Spoken:
                await say(home, incident, 1)
                return await super().speak(plan)

            async def close(self, incident: int, actor: str, confirm_help: object = None) -> Ended:
                await say(home, incident, 1)
                return await super().close(incident, actor, confirm_help)

        desk = replace(home.say, ledger=Late(home.db))
        said = desk.notice if last == "all_clear" else desk.close
        more = {"stage": last, "key": "a"} if last == "all_clear" else {}
        with pytest.raises(Conflict) as refused:
            await said(incident, who=WHO, **more)
        assert (refused.value.code, refused.value.facts["help"]) == ("help_open", 1)
        assert await home.one("SELECT status FROM incidents") == "open"
