"""A whole estate behind one address: a valid link, ticket, device or signature is never refused for
how many others come from there; a cry for help is refused for nothing at all."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import fields
from urllib.parse import urlencode

import aiohttp
import pytest
from sqlalchemy import func, select
from websockets.asyncio.client import connect

from hub.decide.tokens import answer_token
from hub.store import schema as t
from tests.flow.stage import Stage
from tests.web.parts import PASSWORD, SECRET, House, read
from tests.web.test_hooks import REPLY, signed
from web.limits import BREATH, Bucket, Limits

PEOPLE = 2_000
AT_ONCE = 60


async def test_two_thousand_answers_from_one_address_are_all_taken(web: House):
    stage = await Stage(web.hub.db).set_up(people=PEOPLE)
    links = [f"/a/{answer_token(SECRET, stage.incident, one)}" for one in stage.people]
    words = ["help" if at >= PEOPLE - 300 or at % 7 == 0 else "safe" for at in range(PEOPLE)]
    said: Counter[int] = Counter()
    gate = asyncio.Semaphore(AT_ONCE)

    async with aiohttp.ClientSession(web.at.url) as session:

        async def answer(link: str, word: str) -> None:
            async with gate:
                json = {"accept": "application/json"}
                async with session.get(link, headers=json) as page:
                    said[page.status] += 1
                    nonce = (await page.json())["nonce"]
                body = {"answer": word, "nonce": nonce}
                async with session.post(link, json=body) as taken:
                    said[taken.status] += 1

        await asyncio.gather(*map(answer, links, words))

    assert said == {200: 2 * PEOPLE}
    counted = select(t.answers.c.answer, func.count()).group_by(t.answers.c.answer)
    rows = await web.hub.db.read(lambda conn: conn.execute(counted).all())
    assert dict(map(tuple, rows)) == Counter(words)
    assert not any("127.0.0.1" in bucket._left for bucket in buckets(web.app.state.limits))


def buckets(counts: Limits) -> list[Bucket]:
    found = (getattr(counts, field.name) for field in fields(counts))
    return [one for one in found if isinstance(one, Bucket)]


async def test_a_link_that_cries_without_end_is_slowed_and_never_refused(web: House):
    stage = await Stage(web.hub.db).set_up(people=2)
    link = f"/a/{answer_token(SECRET, stage.incident, stage.people[0])}"
    loop = asyncio.get_running_loop()
    async with web.client() as client:
        page = await client.get(link, headers={"accept": "application/json"})
        nonce = page.json()["nonce"]
        safe = [
            (await client.post(link, json={"answer": "safe", "nonce": nonce})).status_code
            for _ in range(25)
        ]
        began = loop.time()
        cry = await client.post(link, json={"answer": "help", "nonce": nonce})
        form = await client.post(link, data={"answer": "help", "nonce": nonce})
    assert safe[-1] == 429  # the link itself has answered too often
    assert (cry.status_code, form.status_code) == (200, 303)
    assert loop.time() - began >= BREATH


async def test_guesses_of_strangers_take_nothing_from_those_behind_the_same_address(web: House):
    stage = await Stage(web.hub.db).set_up(people=2)
    token = answer_token(SECRET, stage.incident, stage.people[0])
    (screen,) = await web.screens(1)
    device = await web.device(screen)
    async with web.client() as client:
        wrong = {(await client.post(f"/a/{'A' * 24}")).status_code for _ in range(200)}
        url = web.hub.settings.public_url + "/hooks/sms_twilio/replies"
        forged = {
            (await client.post("/hooks/sms_twilio/replies", content=b"x")).status_code
            for _ in range(200)
        }
        reply = await client.post(
            "/hooks/sms_twilio/replies", content=urlencode(REPLY), headers=signed(url, REPLY)
        )
        page = await client.get(f"/a/{token}")
    assert (wrong, forged) == ({404}, {403})
    assert (reply.status_code, page.status_code) == (200, 200)
    for hello, role in (({"device": device}, "screen"), ({"token": token}, "resident")):
        async with connect(web.live, subprotocols=["muster.v1"]) as socket:  # type: ignore[list-item]
            await socket.send(
                f'{{"op":"hello","{next(iter(hello))}":"{next(iter(hello.values()))}"}}'
            )
            assert read(await socket.recv())["role"] == role


@pytest.mark.parametrize("kept", [True, False])
async def test_somebody_who_guesses_next_door_locks_out_no_browser_that_is_known(web: House, kept):
    login = await web.user("admin")
    right = {"login": login, "password": PASSWORD}
    async with web.client() as desk, web.client() as stranger:
        await desk.post("/login", json=right)
        await desk.post("/logout")
        if not kept:
            desk.cookies.clear()
        wrong = {"login": login, "password": "guess"}
        said = [(await stranger.post("/login", json=wrong)).status_code for _ in range(7)]
        back = await desk.post("/login", json=right)
    assert said == [401] * 5 + [429] * 2
    assert back.status_code == (200 if kept else 429)


async def test_a_known_browser_has_tries_of_its_own_and_not_without_end(web: House):
    login, other = await web.user("admin"), await web.user("admin")
    async with web.client() as desk:
        await desk.post("/login", json={"login": login, "password": PASSWORD})
        wrong = [
            (await desk.post("/login", json={"login": login, "password": "x"})).status_code
            for _ in range(12)
        ]
        named = next(one for one in desk.cookies.jar if one.name.startswith("muster_known"))
        fresh = [
            (await desk.post("/login", json={"login": other, "password": "x"})).status_code
            for _ in range(7)
        ]
    async with web.client(cookies={named.name: "forged." + named.value[-24:]}) as thief:
        forged = [
            (await thief.post("/login", json={"login": login, "password": "x"})).status_code
            for _ in range(7)
        ]
    assert wrong == [401] * 10 + [429] * 2
    assert fresh == [401] * 5 + [429] * 2  # known for one login is not known for another
    assert forged == [401] * 5 + [429] * 2
