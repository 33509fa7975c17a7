from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.web.parts import HUB, PASSWORD, House, open_hub, read, served
from web.live import SUBPROTOCOL


def dial(web: House, **options: Any) -> connect:
    plain = {"subprotocols": [SUBPROTOCOL], "compression": None, "open_timeout": 60}
    return connect(web.live, **plain, **options)


async def say(socket: ClientConnection, **frame: Any) -> None:
    await socket.send(json.dumps(frame))


async def hear(socket: ClientConnection, op: str = "") -> dict[str, Any]:
    """The next frame, or the next with this op."""
    async with asyncio.timeout(30):
        while True:
            frame = read(await socket.recv())
            if not op or frame["op"] == op:
                return frame


async def closed(socket: ClientConnection) -> int:
    async with asyncio.timeout(30):
        with contextlib.suppress(ConnectionClosed):
            async for _frame in socket:
                pass
    return socket.close_code or 0


async def test_a_foreign_origin_is_refused_before_the_handshake_ends(web: House):
    with pytest.raises(InvalidStatus) as refused:
        async with dial(web, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", [None, "http://localhost:8000"])
async def test_our_own_origin_and_none_are_let_in(web: House, origin):
    async with dial(web, origin=origin) as socket:
        await say(socket, op="hello")
        assert (await hear(socket))["role"] == "public"


async def test_the_host_asked_for_is_our_own_origin_too(web: House):
    async with dial(web, origin=web.at.url) as socket:
        await say(socket, op="hello")
        assert (await hear(socket))["op"] == "welcome"


async def test_without_the_subprotocol_there_is_no_handshake(web: House):
    with pytest.raises(InvalidStatus):
        async with connect(web.live):
            pass


@pytest.mark.parametrize(
    "first",
    [
        '{"op":"watch","topic":"incident:1"}',
        "not json",
        "[]",
        '{"op":"hello","ticket":"used up"}',
        '{"op":"hello","device":"never paired"}',
        '{"op":"hello","token":"AAAAAAAAAAAAAAAAAAAAAAAA"}',
        '{"op":"hello","ticket":"a","device":"b"}',
        '{"op":"hello","ticket":["a"]}',
    ],
)
async def test_a_first_frame_that_shows_nobody_closes_the_socket(web: House, first):
    async with dial(web) as socket:
        await socket.send(first)
        assert await closed(socket) == 4401


async def test_silence_instead_of_a_hello_closes_the_socket(web: House, monkeypatch):
    monkeypatch.setattr("web.live.HELLO_SECONDS", 0.1)
    async with dial(web) as socket:
        assert await closed(socket) == 4401


async def test_a_ticket_works_once(web: House):
    ticket = await web.ticket("duty")
    async with dial(web) as socket:
        await say(socket, op="hello", ticket=ticket)
        assert (await hear(socket))["role"] == "duty"
    async with dial(web) as again:
        await say(again, op="hello", ticket=ticket)
        assert await closed(again) == 4401


async def test_the_public_may_not_watch_an_incident(web: House):
    async with dial(web) as socket:
        await say(socket, op="hello")
        await hear(socket, "welcome")
        await say(socket, op="watch", topic="incident:1")
        assert await closed(socket) == 4401


async def test_a_screen_may_watch_itself_only(web: House):
    first, second = await web.screens(2)
    device = await web.device(first)
    async with dial(web) as socket:
        await say(socket, op="hello", device=device)
        assert (await hear(socket))["role"] == "screen"
        await say(socket, op="watch", topic=f"screen:{first}")
        shown = await hear(socket)
        assert (shown["op"], shown["topic"]) == ("clear", f"screen:{first}")
        assert shown["epoch"]
        assert shown["seq"] >= 1
        await say(socket, op="watch", topic=f"screen:{second}")
        assert await closed(socket) == 4403


@pytest.mark.parametrize("topic", ["nothing", "incident:x", "incident:0", "me:1", "screen:-1"])
async def test_an_unknown_topic_is_refused_by_word_and_the_socket_stays(web: House, topic):
    async with dial(web) as socket:
        await say(socket, op="hello", ticket=await web.ticket())
        await hear(socket, "welcome")
        await say(socket, op="watch", topic=topic)
        refused = await hear(socket)
        assert (refused["op"], refused["what"], refused["topic"]) == ("refused", "watch", topic)
        await say(socket, op="ping", ref=7)
        assert await hear(socket) == {"op": "pong", "ref": 7}


@pytest.mark.parametrize(
    "text", ["{", "[1]", '"x"', '{"op":"fly"}', '{"op":7}', "{}", '{"op":"watch"}', "[" * 5000]
)
async def test_nonsense_harms_only_its_own_frame(web: House, text):
    async with dial(web) as socket:
        await say(socket, op="hello")
        await hear(socket, "welcome")
        await socket.send(text)
        assert (await hear(socket))["op"] == "refused"
        await say(socket, op="ping")
        assert (await hear(socket))["op"] == "pong"


async def test_a_huge_frame_is_refused_by_the_server(web: House):
    async with dial(web) as socket:
        await say(socket, op="hello")
        await hear(socket, "welcome")
        await socket.send("x" * (70 * 1024))
        assert await closed(socket) == 1009


async def test_one_that_talks_without_end_is_closed(web: House):
    async with dial(web) as socket:
        await say(socket, op="hello")
        with contextlib.suppress(ConnectionClosed):
            for _ in range(200):
                await say(socket, op="ping")
        assert await closed(socket) == 1008


async def test_an_unpaired_screen_is_closed_within_five_seconds(web: House):
    (screen,) = await web.screens(1)
    device = await web.device(screen)
    async with dial(web) as socket:
        await say(socket, op="hello", device=device)
        await hear(socket, "welcome")
        await web.hub.screens.unpair(screen, HUB)
        async with asyncio.timeout(30):
            assert await closed(socket) == 4401


async def test_a_role_that_changed_closes_the_socket_within_five_seconds(web: House):
    login = await web.user("duty")
    await web.hub.accounts.put_user(login, name="", role="duty", password=None, who=HUB)
    session = await web.hub.accounts.ledger.user(login)
    ticket = await web.hub.accounts.ticket(session.actor)
    async with dial(web) as socket:
        await say(socket, op="hello", ticket=ticket)
        await hear(socket, "welcome")
        await web.hub.accounts.put_user(login, name="", role="viewer", password=None, who=HUB)
        async with asyncio.timeout(30):
            assert await closed(socket) == 4403


async def test_logging_out_closes_the_sockets_of_that_session_alone(web: House):
    accounts, login = web.hub.accounts, await web.user("duty")
    sessions = [await accounts.login(login, PASSWORD, "127.0.0.1") for _ in range(2)]
    async with dial(web) as left, dial(web) as kept:
        for socket, session in zip((left, kept), sessions, strict=True):
            actor = await accounts.session(session)
            await say(socket, op="hello", ticket=await accounts.ticket(actor))
            await hear(socket, "welcome")
        await accounts.end_session(sessions[0])
        assert await closed(left) == 4401
        await say(kept, op="ping")
        assert (await hear(kept, "pong"))["op"] == "pong"


async def test_presence_is_written_when_a_screen_comes_and_goes(web: House):
    (screen,) = await web.screens(1)
    device = await web.device(screen)

    async def connected() -> bool:
        return (await web.hub.screens.list())[0]["connected"]

    async with dial(web) as socket:
        await say(socket, op="hello", device=device)
        await hear(socket, "welcome")
        await until(connected, wanted=True)
    await until(connected, wanted=False)


async def test_what_a_calm_screen_shows_is_on_record(web: House):
    (screen,) = await web.screens(1)
    device = await web.device(screen)
    async with dial(web) as socket:
        await say(socket, op="hello", device=device)
        await hear(socket, "welcome")
        await say(socket, op="shown")
        await say(socket, op="ping")
        await hear(socket, "pong")
    assert (await web.hub.screens.list())[0]["shown_at"] is not None


async def test_only_screens_say_what_they_show(web: House):
    async with dial(web) as socket:
        await say(socket, op="hello", ticket=await web.ticket())
        await hear(socket, "welcome")
        await say(socket, op="shown", notice=1, revision=1)
        assert await closed(socket) == 4403


async def test_a_beat_is_heard_by_everyone(template, tmp_path, monkeypatch):
    monkeypatch.setattr("web.live.BEAT_SECONDS", 0.05)
    async with open_hub(tmp_path) as hub, served(hub) as web, dial(web) as socket:
        await say(socket, op="hello")
        assert (await hear(socket, "beat"))["at"].endswith("Z")


async def until(ask: Any, *, wanted: bool) -> None:
    async with asyncio.timeout(30):
        while await ask() is not wanted:
            await asyncio.sleep(0.05)
