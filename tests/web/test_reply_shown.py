"""A reply that people see to, as it stands there: its incident, and the answer recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.model import Kind, Stage
from hub.store import schema as t
from tests.web.field import RESIDENT, STEWARD, Field, in_the_field


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as found:
        yield found


async def test_a_cry_after_the_close_belongs_to_the_real_fire_before_the_later_drill(
    hub: Field,
) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.say(fire, Stage.ALL_CLEAR)
    await hub.close(fire)
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    await hub.say(drill, Stage.ALL_CLEAR)
    await hub.close(drill)
    await hub.reply(RESIDENT, "救命")
    (cry,) = await hub.waiting()
    assert (cry.cry, cry.why, cry.incident_id) == (True, "over", fire)


async def test_a_stewards_bare_digit_is_shown_as_it_is_recorded(hub: Field) -> None:
    fire = await hub.launch("fire", "3/12")
    await hub.launch("power-outage", "3")
    await hub.reply(STEWARD, "1")
    answers = {row.answer for row in await hub.rows(t.audience, incident_id=fire, kind="staff")}
    assert "seen" in answers
    assert [row.answer for row in await hub.rows(t.replies)] == ["seen"]
