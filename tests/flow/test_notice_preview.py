"""What a notice would say and to how many, against what it then does."""

from __future__ import annotations

import pytest

from hub.errors import Conflict, Refused
from tests.flow.launched import launched
from tests.launch_estate import STILL, WHO


@pytest.mark.parametrize("stage", ["update", "all_clear", "correction"])
async def test_the_preview_counts_what_is_then_sent(database_url: str, stage: str) -> None:
    async with launched(database_url) as (home, incident):
        await home.run(
            "UPDATE deliveries SET state = 'accepted' WHERE recipient_id < 3 AND channel = 'sms'"
        )
        found = await home.say.preview(incident, stage, text="Still.")
        said = await home.say.notice(incident, stage, text=STILL, who=WHO, key="k")

        assert found.deliveries == said.deliveries > 0
        assert found.people == sum(people for _, _, people in found.bands) > 0


async def test_the_preview_shows_the_text_somebody_would_read(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        found = await home.say.preview(incident, "update", text="East gate open")
        document = found.to_json()

        assert {word["language"] for word in document["words"]} == {"zh-CN", "en"}
        assert all(word["people"] > 0 for word in document["words"])
        assert any("East gate open" in str(word["parts"]) for word in document["words"])


async def test_a_preview_writes_nothing_and_is_refused_like_the_notice(database_url: str) -> None:
    async with launched(database_url) as (home, incident):
        before = await home.one("SELECT count(*) FROM events")
        await home.say.preview(incident, "update", text="")
        with pytest.raises(Refused):
            await home.say.preview(incident, "alert", text="")
        assert await home.one("SELECT count(*) FROM events") == before
        assert await home.one("SELECT count(*) FROM notices") == 1

        await home.say.notice(incident, "all_clear", text="", who=WHO, key="a")
        with pytest.raises(Conflict):
            await home.say.preview(incident, "update", text="")
