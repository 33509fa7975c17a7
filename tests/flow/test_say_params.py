"""Updates of a playbook whose fields must be filled in: what was typed at the launch stays."""

from __future__ import annotations

import pytest

from hub.errors import Refused
from hub.model import LaunchRequest, Stage
from playbooks.load import Library
from tests.flow.test_launch import PEOPLE, running
from tests.launch_estate import WHO
from tests.playbooks.shelf import POWER, changed

NEEDS = changed(
    POWER,
    ("key: power-outage", "key: outage-known"),
    ('    kind: text\n    default: ""\n', "    kind: text\n    required: true\n"),
    ("停电进展：{% if text %}", "停电（{{cause}}）进展：{% if text %}")
    if "停电进展：{% if text %}" in POWER
    else ("Power out at {{place}}, update: ", "Power out at {{place}} ({{cause}}), update: "),
)


async def test_an_update_says_what_was_filled_in_at_the_launch(house_url: str) -> None:
    library = Library.packaged({"outage-known.yaml": NEEDS})
    async with running(house_url, PEOPLE, library=library) as home:
        request = LaunchRequest("outage-known", "3")
        with pytest.raises(Refused) as refused:
            await home.launch.start(request, who=WHO, key=None)
        assert [one.where for one in refused.value.problems] == ["params.cause"]

        known = LaunchRequest("outage-known", "3", params={"cause": "变压器故障"})
        made = await home.launch.start(known, who=WHO, key=None)
        text = {"zh-CN": "已送发电机。", "en": "A generator is here."}
        seen = await home.say.preview(made.id, Stage.UPDATE, text=text)
        bodies = [one.wording.parts.get("body", "") for one in seen.words]
        assert any("变压器故障" in body for body in bodies)
        said = await home.say.notice(made.id, Stage.UPDATE, text=text, who=WHO, key=None)
        assert said.deliveries == seen.deliveries > 0
