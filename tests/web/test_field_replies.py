"""What people text back, by the field's own cases: heard by a real hub in the state they name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hub.model import Kind, Stage
from hub.store import schema as t
from tests.web.field import ENGLISH, RESIDENT, STRANGER, Field, in_the_field

FILE = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "field" / "replies.json"
HERE = FILE.is_file()
CASES = json.loads(FILE.read_text("utf-8"))["cases"] if HERE else [None]


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as found:
        yield found


async def _alert(hub: Field) -> None:
    await hub.launch("fire", "3/12")


async def _hold(hub: Field) -> None:
    await hub.launch("fire", "3/5")


async def _cleared(hub: Field) -> None:
    await _alert(hub)
    await hub.say(hub.incidents[0], Stage.ALL_CLEAR)


async def _out(hub: Field) -> None:
    await _alert(hub)
    await hub.reply(RESIDENT, "STOP", OptOutType="STOP")
    assert (await hub.rows(t.addresses, value=RESIDENT))[0].opted_out_at


async def _both(hub: Field) -> None:
    await _alert(hub)
    await hub.launch("power-outage", "3")


async def _drill_ended(hub: Field) -> None:
    """No drill starts after it; one that ran was ended by it."""
    await hub.launch("fire", "3/12", Kind.DRILL)
    await _alert(hub)
    hub.incidents.reverse()


async def _drill_over(hub: Field) -> None:
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    await hub.say(drill, Stage.ALL_CLEAR)
    await _alert(hub)
    hub.incidents.reverse()


async def _closed(hub: Field) -> None:
    await _cleared(hub)
    await hub.close(hub.incidents[0])


STATES: dict[str, tuple[Callable[[Field], Awaitable[None]], ...]] = {
    "alert": (_alert,),
    "any": (_alert,),
    "a fire is open": (_alert,),
    "alert of the hold band": (_hold,),
    "after the all-clear, English": (_cleared,),
    "opted out before": (_out,),
    "both open, the outage's text came last and offers no 3": (_both,),
    "both open": (_both,),
    "a drill was started after it, or is over and not closed": (_drill_ended, _drill_over),
    "after the close, within a day": (_closed,),
}


async def _stands(hub: Field, number: str) -> list[str]:
    return [await hub.answer(incident, number) for incident in hub.incidents]


async def _help(hub: Field, number: str) -> None:
    if number == STRANGER:
        (reply,) = await hub.waiting()
        assert (reply.cry, reply.sender, reply.why) == (True, STRANGER, "stranger")
        assert reply.place_id == (await hub.rows(t.places, path="5/16/1601"))[0].id
        return
    assert await hub.answer(hub.incidents[0], number) == "help"
    assert [task.key for task in await hub.rows(t.tasks, key="help")] == ["help"]


async def _unclear(hub: Field, number: str) -> None:
    (reply,) = await hub.waiting()
    assert (reply.cry, reply.sender, reply.why) == (False, number, "unclear")
    assert await _stands(hub, number) == [""]


async def _none(hub: Field, number: str) -> None:
    assert await hub.waiting() == []
    assert await _stands(hub, number) == [""]


async def _safe(hub: Field, number: str) -> None:
    assert await _stands(hub, number) == ["safe"]


async def _opted_out(hub: Field, number: str) -> None:
    assert (await hub.rows(t.addresses, value=number))[0].opted_out_at


async def _opted_in(hub: Field, number: str) -> None:
    assert (await hub.rows(t.addresses, value=number))[0].opted_out_at is None


async def _evacuated_in_the_fire(hub: Field, number: str) -> None:
    assert await _stands(hub, number) == ["evacuated", ""]


async def _help_in_both(hub: Field, number: str) -> None:
    assert await _stands(hub, number) == ["help", "help"]


async def _help_in_the_fire(hub: Field, number: str) -> None:
    assert await _stands(hub, number) == ["help", ""]


async def _open_cry(hub: Field, number: str) -> None:
    (reply,) = await hub.waiting()
    assert (reply.cry, reply.sender, reply.why) == (True, number, "over")
    assert reply.recipient_id == await hub.person(number)
    assert reply.incident_id == hub.incidents[0]
    (alarm,) = await hub.rows(t.alarms)
    assert (alarm.kind, alarm.cleared_at) == ("cry", None)


RIGHT: dict[str, Callable[[Field, str], Awaitable[None]]] = {
    "none": _none,
    "unclear": _unclear,
    "help": _help,
    "safe": _safe,
    "opted out": _opted_out,
    "opted in": _opted_in,
    "evacuated in the fire": _evacuated_in_the_fire,
    "help in the fire (the graver), shown in both": _help_in_both,
    "help in the live fire, never in the drill alone": _help_in_the_fire,
    "an open cry for help on the duty manager's page": _open_cry,
}


def _played() -> list[Any]:
    return [
        pytest.param(case, state, id=f"{case['id']}-{state.__name__[1:]}")
        for case in CASES
        if case
        for state in STATES[case["when"]]
    ]


@pytest.mark.skipif(not HERE, reason="the field's cases are not beside this checkout (../shared)")
@pytest.mark.parametrize(("case", "state"), _played() if HERE else [(None, None)])
async def test_a_reply_of_the_field_comes_to_what_is_right(
    hub: Field, case: dict[str, str], state: Callable[[Field], Awaitable[None]]
) -> None:
    await state(hub)
    number = ENGLISH if "English" in case["when"] else RESIDENT
    number = STRANGER if case["from"] == "unknown number" else number
    sender = f"rcs:{number}" if case["from"].startswith("rcs:") else number
    body = case["body"]
    if "{{last}}" in body:
        body = body.replace("{{last}}", await hub.last(number))
    opt = {"OptOutType": case["OptOutType"]} if "OptOutType" in case else {}
    answer = await hub.reply(sender, body, **opt)
    assert answer.status_code == 200, answer.text
    await RIGHT[case["expect"]](hub, number)
