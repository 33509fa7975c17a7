"""The live channel over HTTP: what a socket would have been told, as soon, and bounded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from hub.decide.tokens import answer_token
from hub.flow.passage import RECENT, Passage
from tests.flow.stage import Stage
from tests.web.parts import HUB, SECRET, House
from tests.web.test_live_screens import order, state_of
from web import live_poll

PATH = "/live/poll"


class Asking:
    """A client as `poll.js` is one: a hello, then one poll after the other."""

    def __init__(self, client: httpx2.AsyncClient, session: str) -> None:
        self.client = client
        self.session = session
        self.closed = 0

    async def say(self, **frame: Any) -> int:
        body = {"session": self.session, "say": [frame]}
        return (await self.client.post(PATH, json=body)).status_code

    async def frames(self) -> list[dict[str, Any]]:
        """What there is to tell within one poll; nothing where nothing came."""
        answer = await self.client.post(PATH, json={"session": self.session}, timeout=30)
        if answer.status_code == 204:
            return []
        assert answer.status_code == 200, answer.text
        self.closed = answer.json().get("close", 0)
        return answer.json()["frames"]

    async def next(self, op: str, *, within: float = 10) -> dict[str, Any]:
        async with asyncio.timeout(within):
            while True:
                for frame in await self.frames():
                    if frame["op"] == op:
                        return frame


async def begin(client: httpx2.AsyncClient, *say: Any, **hello: str) -> tuple[Asking, list[Any]]:
    answer = await client.post(PATH, json={"hello": hello, "say": list(say)})
    assert answer.status_code == 200, answer.text
    return Asking(client, answer.json()["session"]), answer.json()["frames"]


@pytest.fixture
async def client(web: House) -> AsyncIterator[httpx2.AsyncClient]:
    async with web.client() as found:
        yield found


async def test_a_screen_that_polls_shows_the_fire_at_once_says_so_and_clears(web: House, client):
    stage = await Stage(web.hub.db).set_up(people=2)
    (screen,) = await web.screens(1)
    asking, welcome = await begin(client, device=await web.device(screen))
    assert (welcome[0]["op"], welcome[0]["screen"]["recipient"]) == ("welcome", screen)
    assert await asking.say(op="watch", topic=f"screen:{screen}") == 204
    assert (await asking.next("clear"))["topic"] == f"screen:{screen}"

    waiting = asyncio.create_task(asking.next("show"))
    await asyncio.sleep(0.3)
    began = time.monotonic()
    notice = await order(web, stage, [screen])
    show = await waiting
    assert time.monotonic() - began < 3
    assert {"topic", "epoch", "seq", "parts"} <= show.keys()
    assert await asking.say(op="shown", notice=notice, revision=show["revision"]) == 204
    assert await state_of(web, screen) == "delivered"
    (card,) = await web.hub.screens.list()
    assert card["showing"] == {"notice": notice, "revision": show["revision"]}
    await asyncio.sleep(1.2)
    assert (await web.hub.screens.list())[0]["connected"]


async def test_a_console_gets_snapshot_and_news_and_goes_on_where_it_was(web: House, client):
    stage = await Stage(web.hub.db).set_up(people=4)
    topic = f"incident:{stage.incident}"
    asking, first = await begin(
        client, {"op": "watch", "topic": topic}, ticket=await web.ticket("duty")
    )
    assert first[0]["role"] == "duty"
    snapshot = next((f for f in first if f["op"] == "snapshot"), None) or await asking.next(
        "snapshot"
    )
    await answer(client, stage, 0, "safe")
    progress = await asking.next("progress")
    assert progress["tally"]["answered"] == 1
    assert progress["seq"] > snapshot["seq"]

    known = {"since": progress["seq"], "epoch": progress["epoch"]}
    again, frames = await begin(
        client, {"op": "watch", "topic": topic, **known}, ticket=await web.ticket("duty")
    )
    await answer(client, stage, 1, "help")
    frames += await again.frames()
    assert "snapshot" not in {frame["op"] for frame in frames}
    assert [f for f in frames if f["op"] == "progress"][-1]["tally"]["answered"] == 2


async def answer(client: httpx2.AsyncClient, stage: Stage, person: int, word: str) -> None:
    link = f"/a/{answer_token(SECRET, stage.incident, stage.people[person])}"
    page = await client.get(link, headers={"accept": "application/json"})
    body = {"answer": word, "nonce": page.json()["nonce"]}
    assert (await client.post(link, json=body)).status_code == 200


async def test_nothing_new_is_an_empty_answer_after_a_bounded_wait(web: House, client, monkeypatch):
    monkeypatch.setattr(live_poll, "HOLD", 0.5)
    (screen,) = await web.screens(1)
    asking, _welcome = await begin(client, device=await web.device(screen))
    began = time.monotonic()
    answer = await client.post(PATH, json={"session": asking.session})
    assert (answer.status_code, answer.content) == (204, b"")
    assert 0.4 <= time.monotonic() - began < 2
    assert float(answer.headers["x-muster-hold"]) <= 1
    assert "device" not in str(answer.request.url)


@pytest.mark.parametrize(
    ("hello", "status"),
    [
        ({"device": "x" * 43}, 401),
        ({"ticket": "x"}, 401),
        ({"token": "A" * 24}, 401),
        ({"token": "A", "device": "B"}, 401),
        ("device", 422),
        (None, 422),
    ],
)
async def test_who_is_not_known_gets_no_session(web: House, client, hello, status):
    answer = await client.post(PATH, json={"hello": hello})
    assert answer.status_code == status
    assert len(web.app.state.live.polls) == 0


async def test_a_session_watches_what_a_socket_might_and_a_foreign_page_none(web: House, client):
    first, second = await web.screens(2)
    asking, _welcome = await begin(client, device=await web.device(first))
    await asking.say(op="watch", topic=f"screen:{second}")
    await asking.frames()
    assert asking.closed == 4403
    over = await client.post(PATH, json={"session": asking.session})
    assert (over.status_code, over.json()["code"]) == (404, "session")
    other = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await client.post(PATH, json={"hello": {}}, headers=other)).status_code == 403


async def test_an_unpaired_screen_is_told_within_seconds(web: House, client):
    (screen,) = await web.screens(1)
    asking, _welcome = await begin(client, device=await web.device(screen))
    await web.hub.screens.unpair(screen, HUB)
    async with asyncio.timeout(6):
        while not asking.closed:
            await asking.frames()
    assert asking.closed == 4401


async def test_of_two_polls_of_one_session_the_newest_waits(web: House, client, monkeypatch):
    monkeypatch.setattr(live_poll, "HOLD", 3.0)
    (screen,) = await web.screens(1)
    asking, _welcome = await begin(client, device=await web.device(screen))
    older = asyncio.create_task(client.post(PATH, json={"session": asking.session}))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    newer = asyncio.create_task(client.post(PATH, json={"session": asking.session}))
    assert (await older).status_code == 204
    assert time.monotonic() - began < 1
    await asking.say(op="ping", ref=1)
    assert (await newer).json()["frames"] == [{"op": "pong", "ref": 1}]


async def test_more_than_so_many_do_not_wait_but_come_back(web: House, client, monkeypatch):
    (screen,) = await web.screens(1)
    monkeypatch.setattr(web.app.state.live.polls, "most", 0)
    asking, _welcome = await begin(client, device=await web.device(screen))
    began = time.monotonic()
    answer = await client.post(PATH, json={"session": asking.session})
    assert (answer.status_code, answer.headers["retry-after"]) == (204, "2")
    assert time.monotonic() - began < 1


async def test_strangers_take_no_room_of_others(web: House, client, monkeypatch):
    monkeypatch.setattr(live_poll, "MOST_STRANGERS", 2)
    (screen,) = await web.screens(1)
    for _ in range(2):
        await begin(client)
    assert (await client.post(PATH, json={"hello": {}})).status_code == 503
    await begin(client, device=await web.device(screen))


async def test_nobody_asks_any_more_so_the_screen_has_gone(web: House, client, monkeypatch):
    monkeypatch.setattr(live_poll, "IDLE_SECONDS", 0.5)
    (screen,) = await web.screens(1)
    await begin(client, device=await web.device(screen))
    polls = web.app.state.live.polls
    async with asyncio.timeout(5):
        while len(polls) or len(web.app.state.live.clients):
            await asyncio.sleep(0.1)


async def test_many_frames_at_once_end_the_session(web: House, client):
    (screen,) = await web.screens(1)
    asking, _welcome = await begin(client, device=await web.device(screen))
    for _ in range(2):
        many = {"session": asking.session, "say": [{"op": "ping"}] * 40}
        await client.post(PATH, json=many)
    await asking.frames()
    assert asking.closed == 1008


async def test_stopping_tells_those_who_wait_to_come_back(web: House, client):
    (screen,) = await web.screens(1)
    asking, _welcome = await begin(client, device=await web.device(screen))
    waiting = asyncio.create_task(asking.frames())
    await asyncio.sleep(0.2)
    await web.app.state.live.close_all()
    await waiting
    assert asking.closed == 1012
    assert (await client.post(PATH, json={"hello": {}})).status_code == 503


async def test_the_hub_says_that_no_sockets_come_through(web: House, client, monkeypatch):
    monkeypatch.setattr(live_poll, "SETTLED", 0.0)
    (screen,) = await web.screens(1)
    await begin(client)  # a stranger proves nothing
    await asyncio.sleep(1.2)
    assert (await client.get("/readyz")).json()["degraded"] == []
    await begin(client, device=await web.device(screen))
    await asyncio.sleep(1.2)
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    (told,) = ready.json()["degraded"]
    assert told["part"] == "sockets"
    assert "Upgrade" in told["what"]


async def test_who_must_begin_anew_again_and_again_still_counts(web: House, client, monkeypatch):
    monkeypatch.setattr(live_poll, "SETTLED", 2.0)
    (screen,) = await web.screens(1)
    device = await web.device(screen)
    for _ in range(4):  # no session is as old as two seconds
        await begin(client, device=device)
        await asyncio.sleep(0.8)
    assert web.hub.passage.polling > 0


async def test_a_handshake_without_its_upgrade_is_told_why_and_counted(web: House, client):
    headers = {"sec-websocket-key": "x", "sec-websocket-version": "13"}
    answer = await client.get("/live", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (426, "no_upgrade")
    assert web.hub.passage.said() == {"polling": 0, "sockets": 0, "stripped": True}


def test_a_lost_upgrade_is_spoken_of_for_a_while():
    now = [1000.0]
    passage = Passage(clock=lambda: now[0])
    assert not passage.said()["stripped"]
    passage.stripped()
    assert passage.said()["stripped"]
    now[0] += RECENT
    assert not passage.said()["stripped"]
    passage.count("a", polling=1, sockets=2)
    passage.count("b", polling=3, sockets=4)
    assert (passage.polling, passage.said()["sockets"]) == (4, 6)
