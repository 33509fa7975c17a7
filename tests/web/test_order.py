"""What is looked at before what: who, then the key, then the body; and a link before anything."""

from __future__ import annotations

import pytest

from tests.flow.stage import Stage
from tests.web.parts import House

PATH = "/api/v1/incidents"
KEY = {"idempotency-key": "the key of the first launch"}


@pytest.fixture
async def used(web: House) -> House:
    """A hub in which KEY stands for an incident."""
    await Stage(web.hub.db).set_up(people=2)
    async with web.client(headers=await web.bearer("duty")) as client:
        asked = {"playbook": "fire", "place": "all", "again": True}
        launched = await client.post(PATH, json=asked, headers=KEY)
    assert launched.status_code == 202, launched.text
    return web


@pytest.mark.parametrize(
    ("content", "kind", "without"),
    [
        (b'{"playbook": 7}', "application/json", 422),
        (b"{not json", "application/json", 400),
        (b"<fire/>", "application/xml", 415),
        (b'{"playbook": "flood on the moon", "place": "all"}', "application/json", 422),
    ],
)
async def test_a_used_key_is_told_before_a_wrong_body_is(used: House, content, kind, without):
    async with used.client(headers=await used.bearer("duty")) as client:
        headers = {"content-type": kind}
        repeat = await client.post(PATH, content=content, headers=headers | KEY)
        alone = await client.post(PATH, content=content, headers=headers)
        fresh = await client.post(
            PATH, content=content, headers=headers | {"idempotency-key": "another"}
        )
    assert (repeat.status_code, repeat.json()["code"]) == (409, "key")
    assert (alone.status_code, fresh.status_code) == (without, without)


@pytest.mark.parametrize(
    ("content", "without"), [(b'{"stage": 7}', 422), (b"{not json", 400), (b'{"text": "x"}', 422)]
)
async def test_a_key_used_for_a_notice_is_told_before_a_wrong_body_is(
    used: House, content, without
):
    async with used.client(headers=await used.bearer("duty")) as client:
        found = (await client.get(PATH)).json()["items"][0]
        path = f"{PATH}/{found['id']}/notices"
        said = await client.post(path, json={"stage": "all_clear"}, headers=KEY)
        typed = {"content-type": "application/json"}
        repeat = await client.post(path, content=content, headers=typed | KEY)
        fresh = await client.post(path, content=content, headers=typed | {"idempotency-key": "2"})
    assert said.status_code == 202, said.text
    assert (repeat.status_code, repeat.json()["code"]) == (409, "key")
    assert fresh.status_code == without


async def test_who_asks_is_looked_at_before_key_and_body(used: House):
    async with used.client() as client:
        stranger = await client.post(PATH, content=b"{", headers=KEY)
        viewer = await client.post(PATH, content=b"{", headers=KEY | await used.bearer("viewer"))
    assert (stranger.status_code, viewer.status_code) == (401, 403)


@pytest.mark.parametrize("query", ["", "?x=%00", "?lang=%00"])
async def test_a_link_that_is_not_ours_is_404_whatever_comes_with_it(web: House, query):
    async with web.client() as client:
        giant = await client.post(f"/a/{'A' * 24}{query}", content=b"x" * 20_000)
        odd = await client.get(f"/a/%00{query}")
    assert (giant.status_code, odd.status_code) == (404, 404)


async def test_a_page_of_an_incident_nobody_can_have_is_404(web: House):
    async with web.client(headers=await web.bearer("viewer")) as client:
        for path in ("", "/record"):
            answer = await client.get(f"/incidents/{2**63}{path}")
            assert answer.status_code == 404
