"""What a probe finds of an account, whatever its provider does; and that it sends nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from channels.chat_wecom import WecomAccount, WecomRobot
from channels.http import Forbidden, TooLarge, judged, missed
from channels.simulator.server import Simulator
from channels.simulator.settings import calm
from channels.sms_twilio import TwilioSms
from channels.twilio_account import TwilioAccount
from channels.twilio_probe import finding
from channels.voice_twilio import TwilioVoice, VoiceAccount
from hub.states import Finding
from tests.channels.parts import Real, parcel

SID, TOKEN = "AC00000000000000000000000000000001", "simulator"
Build = Callable[..., Any]


def _sms(url: str, *, token: str = TOKEN, sid: str = SID, **more: Any) -> TwilioSms:
    said = {"account_sid": sid, "auth_token": token, "from": "+12025550100", "api_url": url}
    public = "http://127.0.0.1:9"
    return TwilioSms(TwilioAccount.read(said), clock=Real(), public_url=public, **more)


def _voice(url: str, *, token: str = TOKEN, sid: str = SID, **more: Any) -> TwilioVoice:
    said = {"account_sid": sid, "auth_token": token, "from": "+12025550101", "api_url": url}
    public = "http://127.0.0.1:9"
    return TwilioVoice(VoiceAccount.read(said), clock=Real(), public_url=public, **more)


def _wecom(url: str, **more: Any) -> WecomRobot:
    return WecomRobot(WecomAccount.read({"api_url": url}), clock=Real(), **more)


async def _found(build: Build, url: str, **more: Any) -> Finding:
    channel = build(url, **more)
    await channel.open()
    try:
        probe = await channel.probe()
    finally:
        await channel.close()
    assert probe.ok is (probe.finding in {Finding.WELL, Finding.TRIAL, Finding.UNPROVEN})
    return Finding(probe.finding)


TWILIO = pytest.mark.parametrize("build", [_sms, _voice], ids=["sms", "voice"])
EVERY = pytest.mark.parametrize("build", [_sms, _voice, _wecom], ids=["sms", "voice", "wecom"])


@TWILIO
@pytest.mark.parametrize(
    ("world", "mine", "found"),
    [
        ({}, {}, Finding.WELL),
        ({}, {"token": "wrong"}, Finding.CREDENTIALS),
        ({}, {"sid": "AC" + "9" * 32}, Finding.CREDENTIALS),
        ({"account_type": "Trial"}, {}, Finding.TRIAL),
        ({"account_status": "suspended"}, {}, Finding.SUSPENDED),
        ({"account_status": "closed"}, {}, Finding.CLOSED),
        ({"account_status": "odd"}, {}, Finding.NONSENSE),
        ({"account_answer": 500}, {}, Finding.UNAVAILABLE),
        ({"account_answer": 503}, {}, Finding.UNAVAILABLE),
        ({"account_answer": 429}, {}, Finding.THROTTLED),
        ({"account_answer": 404}, {}, Finding.WELL),  # an edge that knows texts alone
        ({"account_answer": 302}, {}, Finding.NONSENSE),
        ({"account_says": "<html>Log in to the network</html>"}, {}, Finding.NONSENSE),
        ({"account_says": "[]"}, {}, Finding.NONSENSE),
        ({"account_says": "x" * 100_000}, {}, Finding.NONSENSE),
    ],
)
async def test_an_account_is_found_as_it_is(
    build: Build, world: dict[str, Any], mine: dict[str, Any], found: Finding
) -> None:
    async with Simulator(calm(**world)) as sim:
        assert await _found(build, sim.url, **mine) is found
        assert sim.ledger() == []


@EVERY
async def test_a_provider_that_says_nothing_is_silent(build: Build) -> None:
    async with Simulator(calm(mute=True)) as sim:
        assert await _found(build, sim.url, deadline=0.3) is Finding.SILENT


@EVERY
async def test_a_provider_nobody_reaches_is_told_from_one_that_is_silent(
    build: Build, free_port: int
) -> None:
    assert await _found(build, f"http://127.0.0.1:{free_port}") is Finding.UNREACHABLE


@TWILIO
async def test_what_knows_neither_account_nor_texts_has_no_such_account(build: Build) -> None:
    async def nobody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(nobody, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await _found(build, f"http://127.0.0.1:{port}") is Finding.NO_ACCOUNT


@pytest.mark.parametrize(
    ("world", "found"),
    [
        ({}, Finding.UNPROVEN),
        ({"account_answer": 502}, Finding.UNAVAILABLE),
        ({"account_answer": 429}, Finding.THROTTLED),
        ({"account_says": "<html>hello</html>"}, Finding.NONSENSE),
        ({"account_says": '{"errcode": 0}'}, Finding.NONSENSE),
    ],
)
async def test_robots_in_general_can_only_be_reached(world: dict[str, Any], found: Finding) -> None:
    async with Simulator(calm(**world)) as sim:
        assert await _found(_wecom, sim.url) is found
        assert sim.ledger() == []


async def test_a_robot_is_asked_by_its_key_and_posts_nothing() -> None:
    async with Simulator(calm(wecom_keys=("here",), wecom_per_minute=1)) as sim:
        channel = _wecom(sim.url)
        await channel.open()
        there, gone = [(await channel.probe_address(key)).finding for key in ("here", "gone")]
        sent = await channel.send(parcel(to="here", parts={"title": "", "body": "x"}))
        await channel.close()
        assert (there, gone) == (Finding.WELL, Finding.CREDENTIALS)
        taken = [entry for entry in sim.ledger() if entry.accepted]
    assert sent.code == "0" or sent.reason == "too_old"  # the probe took no place of its minute
    assert len(taken) == (1 if sent.code == "0" else 0)


async def test_a_suspended_account_takes_no_text_either() -> None:
    async with Simulator(calm(account_status="suspended")) as sim:
        channel = _sms(sim.url)
        await channel.open()
        came = await channel.send(parcel(expires_at=Real().now().replace(year=2999)))
        await channel.close()
    assert came.code == "20005"


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (401, '{"code": 20003}', Finding.CREDENTIALS),
        (401, "", Finding.CREDENTIALS),
        (401, '{"code": 20005}', Finding.SUSPENDED),
        (403, '{"code": 10001}', Finding.SUSPENDED),
        (403, '{"code": "odd"}', Finding.CREDENTIALS),
        (404, "{}", Finding.NO_ACCOUNT),
        (418, "{}", Finding.NONSENSE),
        (200, '{"sid": "AC1"}', Finding.WELL),
        (200, "null", Finding.NONSENSE),
        (200, "{" * 100_000, Finding.NONSENSE),
    ],
)
def test_twilios_words_for_an_account(status: int, body: str, found: Finding) -> None:
    assert finding(status, body) is found


def test_what_has_no_answer_is_told_apart() -> None:
    assert missed(Forbidden("no")) is Finding.FORBIDDEN
    assert missed(TooLarge()) is Finding.NONSENSE
    assert missed(TimeoutError()) is Finding.SILENT
    assert missed(ConnectionResetError()) is Finding.UNREACHABLE
    assert judged(200) is None
