"""An incident that was closed without an all-clear, and gets one: texts, links, replies, doors."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.errors import Conflict
from hub.model import Stage
from tests.web.field import DUTY, ENGLISH, RESIDENT, Field, in_the_field

LINK = re.compile(r"/a/[A-Za-z0-9_-]{24}")


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as found:
        yield found


async def page(hub: Field, number: str) -> str:
    link = LINK.search(await hub.last(number))
    assert link is not None
    return (await hub.client.get(link[0])).text


async def test_the_same_people_hear_it_and_can_still_say_that_they_need_help(hub: Field) -> None:
    incident = await hub.launch("fire", "3/12")
    alerts = {number: await hub.last(number) for number in (RESIDENT, ENGLISH)}
    await hub.close(incident)
    assert 'name="answer"' not in await page(hub, ENGLISH), "what is closed takes no answer"
    await hub.reply(RESIDENT, "2")
    assert [(row.cry, row.incident_id) for row in await hub.waiting()] == [(True, incident)]

    with pytest.raises(Conflict) as refused:
        await hub.say(incident, Stage.ALL_CLEAR)
    assert refused.value.facts["help_by"] == {"asked": 0, "marked": 0, "cries": 1}
    await hub.hub.say.notice(incident, Stage.ALL_CLEAR, confirm_help=1, who=DUTY, key=None)
    await hub.send()

    for number, alert in alerts.items():
        assert await hub.last(number) != alert
    assert "解除" in await hub.last(RESIDENT)
    assert 'name="answer"' in await page(hub, ENGLISH)
    await hub.reply(RESIDENT, "2")
    assert await hub.answer(incident, RESIDENT) == "help"
    told = (await hub.hub.watch.incident(incident))["tally"]
    assert told["help_by"] == {"asked": 1, "marked": 0, "cries": 0}, "one person, not two"


async def test_the_record_says_that_it_was_closed_without_an_end_and_what_followed(
    hub: Field,
) -> None:
    incident = await hub.launch("fire", "3/12")
    await hub.close(incident)
    await hub.say(incident, Stage.CORRECTION)
    found = await hub.hub.watch.incident(incident)
    assert (found["status"], found["cleared"], found["clear_until"]) == ("cleared", True, None)
    events = (await hub.hub.watch.events(incident, limit=500))["items"]
    said = [one["text"]["zh-CN"] for one in events if one["kind"] in {"closed", "notice"}]
    assert said[0].startswith("事件已结案，记录封存；未发出解除通知")
    assert said[1].startswith("误报撤回已发出（结案后补发）")
