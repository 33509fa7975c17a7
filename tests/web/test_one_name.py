"""A building goes by one name everywhere: the site's own first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from hub.model import LaunchRequest
from hub.store import schema as t
from tests.web.field import FAR, RESIDENT, Field, in_the_field

NAMES = [
    {"zh-CN": "海棠阁", "en": "Begonia House"},
    {"zh-CN": "3栋", "en": "Building 3"},  # as an import names it
    {"zh-CN": "翡翠苑 3栋", "en": "Jade Court, Building 3"},
]


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as field:
        yield field


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name["en"])
async def test_every_page_calls_a_building_by_the_name_the_site_gave_it(
    hub: Field, name: dict[str, str]
) -> None:
    named = update(t.places).where(t.places.c.path == "3").values(name=name)
    await hub.hub.db.write(lambda conn: conn.execute(named))
    preview = await hub.hub.launch.preview(LaunchRequest("fire", "3/12"))
    fire = await hub.launch("fire", "3/12")
    await hub.reply(RESIDENT, "2")
    await hub.reply(RESIDENT, "hm")
    await hub.reply(FAR, "hm")
    bad = update(t.addresses).where(t.addresses.c.value == RESIDENT).values(bad_at=1)
    await hub.hub.db.write(lambda conn: conn.execute(bad))
    async with hub.house.client(headers=await hub.house.bearer("duty")) as client:
        board = (await client.get(f"/api/v1/incidents/{fire}/board")).json()
        doors = (await client.get(f"/api/v1/incidents/{fire}/doors")).json()["items"]
        replies = (await client.get("/api/v1/replies")).json()["items"]
        repairs = (await client.get("/api/v1/repairs")).json()["items"]
        plan = (await client.get("/api/v1/estate")).json()

    (helped,) = board["help"]
    spoken = [helped["spoken"], repairs[0]["spoken"], board["incident"]["place_spoken"]]
    spoken += [one["spoken"] for one in doors if one["building"] == "3"]
    spoken += [one["guess"]["spoken"] for one in replies if one["guess"]["place"][:2] == "3/"]
    assert len(spoken) >= 4
    for tag, said in name.items():
        assert [one for one in spoken if said not in one[tag]] == []
        assert said in preview.to_json()["place"]["spoken"][tag]
        assert said in [one["name"][tag] for one in plan["buildings"] if one["path"] == "3"]
