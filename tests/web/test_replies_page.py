"""The page of replies: whose it is, and what it says where replies cannot come in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.web.parts import PASSWORD, House


async def page(web: House, role: str, path: str = "/replies") -> Any:
    login = await web.user(role)
    async with web.client() as client:
        await client.post("/login", data={"login": login, "password": PASSWORD, "next": "/"})
        return await client.get(path, headers={"accept-language": "en"})


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("duty", 200), ("admin", 200)])
async def test_the_page_is_for_the_duty_desk(web: House, role: str, status: int) -> None:
    assert (await page(web, role)).status_code == status


async def test_its_other_name_leads_to_it(web: House) -> None:
    found = await page(web, "duty", "/console/replies")
    assert (found.status_code, found.headers["location"]) == (308, "/replies")


async def test_every_page_of_the_duty_desk_leads_to_it_and_a_viewers_none(web: House) -> None:
    for path in ("/roster", "/screens", "/incidents", "/launch", "/launch/fire"):
        assert 'href="/replies"' in (await page(web, "duty", path)).text, path
    for path in ("/screens", "/incidents"):
        assert 'href="/replies"' not in (await page(web, "viewer", path)).text, path


@pytest.mark.parametrize(
    ("traits", "public", "country", "said"),
    [
        ({"one_way": ()}, "https://x.example", "CN", ""),
        ({"one_way": ("+86",)}, "https://x.example", "GB", ""),
        ({"one_way": ("+86",)}, "https://x.example", "CN", "From some numbers no reply comes in"),
        ({"answers": False}, "https://x.example", "CN", "No text account takes replies"),
        ({"one_way": ()}, "http://localhost:8000", "CN", "Replies cannot come in"),
        (None, "https://x.example", "CN", "No text account is set up"),
    ],
)
async def test_it_says_why_replies_cannot_come_in(web, traits, public, country, said) -> None:
    web.hub.settings = web.hub.settings.with_(public_url=public, country=country)
    if traits is None:
        web.hub.channels = {}
    else:
        (sms,) = web.hub.channels.values()
        sms.traits = replace(sms.traits, **traits)
    text = (await page(web, "duty")).text
    assert ('class="warn"' in text) == bool(said)
    assert said in text
