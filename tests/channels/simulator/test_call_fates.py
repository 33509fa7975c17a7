"""Who takes a call and what they press, told to the real channel behind a small server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from channels.simulator import Simulator
from channels.voice_twilio import TwilioVoice, VoiceAccount
from hub.model import DIGITS, Receipt, Verdict
from hub.ports import HookRequest, Inward, Pressed
from hub.states import DeliveryState, Reason
from tests.channels.parts import Real, parcel
from tests.channels.simulator.client import SID, swift


@dataclass(slots=True)
class Line:
    """Hears callbacks and keys through the real channel, and answers keys as the hub does."""

    receipts: list[Receipt] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    voice: TwilioVoice | None = None
    url: str = ""

    async def hook(self, request: web.Request) -> web.Response:
        body = await request.read()
        fields = tuple(parse_qsl(body.decode(), keep_blank_values=True))
        headers = {key.lower(): value for key, value in request.headers.items()}
        callback = request.match_info["callback"]
        asked = HookRequest(self.url + request.path_qs, headers, body, fields, callback)
        assert self.voice is not None
        if not self.voice.verify(asked):
            return web.Response(status=403)
        inward = self.voice.read(asked)
        self.receipts.extend(inward.receipts)
        if inward.replies:
            inward = self._pressed(inward.replies[0].text, callback)
        return web.Response(text=inward.response, content_type=inward.content_type)

    def _pressed(self, key: str, callback: str) -> Inward:
        assert self.voice is not None
        self.keys.append(key)
        parts = {"body": "Fire at 3. Leave now."}
        return self.voice.respond(Pressed(key, "en", parts, callback, DIGITS.get(key)))


@asynccontextmanager
async def _line() -> AsyncIterator[Line]:
    line = Line()
    app = web.Application()
    app.router.add_post("/hooks/voice_twilio/receipts/{callback}", line.hook)
    app.router.add_post("/hooks/voice_twilio/replies/{callback}", line.hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    line.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield line
    await runner.cleanup()


async def _called(**world: Any) -> tuple[Line, list[str]]:
    """What one call came to: the line, and what the ledger says of keys."""
    nobody = {"call_busy": 0.0, "call_rings": 0.0, "call_mailbox": 0.0, "call_unsure": 0.0}
    plain = {**nobody, "key_again": 0.0, "key_slip": 0.0, "by_key": 1.0, "speed": 400.0}
    async with _line() as line, Simulator(swift(**{**plain, **world})) as sim:
        account = {"account_sid": SID, "auth_token": "simulator", "from": "+12025550101"}
        settings = VoiceAccount.read({**account, "api_url": sim.url})
        line.voice = TwilioVoice(settings, clock=Real(), public_url=line.url)
        await line.voice.open()
        lives = datetime.now(UTC) + timedelta(minutes=5)
        came = await line.voice.send(parcel(channel="voice", expires_at=lives))
        await line.voice.close()
        assert came.verdict is Verdict.ACCEPTED
        assert await sim.quiet(within=45)
        return line, [entry.detail for entry in sim.ledger() if entry.kind == "answer"]


def _last(line: Line) -> tuple[DeliveryState, Reason]:
    return line.receipts[-1].state, line.receipts[-1].reason


async def test_somebody_takes_the_call_and_presses_a_key() -> None:
    line, said = await _called(asks_help=1.0)
    assert line.keys == ["2"]
    assert said == ["key:help"]
    assert [one.state for one in line.receipts] == [DeliveryState.ACCEPTED, DeliveryState.DELIVERED]


async def test_hash_first_is_heard_again_and_then_answered() -> None:
    line, said = await _called(key_again=1.0)
    assert (line.keys[0], len(line.keys)) == ("#", 2)
    assert said[0] == "key:#"
    assert _last(line) == (DeliveryState.DELIVERED, Reason.OK)


async def test_keys_that_mean_nothing_are_asked_again() -> None:
    line, _ = await _called(key_slip=1.0)
    assert line.keys[:2] == ["9", "9"]
    assert line.keys[2] in DIGITS


async def test_whoever_only_listens_has_heard_it() -> None:
    line, said = await _called(by_key=0.0)
    assert (line.keys, said) == ([], [])
    assert _last(line) == (DeliveryState.DELIVERED, Reason.OK)


@pytest.mark.parametrize(
    ("fate", "reason"),
    [
        ("call_busy", Reason.BUSY),
        ("call_rings", Reason.NO_ANSWER),
        ("call_mailbox", Reason.VOICEMAIL),
        ("call_dead", Reason.BAD_ADDRESS),
    ],
)
async def test_nobody_has_heard_it(fate: str, reason: Reason) -> None:
    line, said = await _called(**{fate: 1.0})
    assert said == []
    assert _last(line) == (DeliveryState.FAILED, reason)


async def test_when_the_provider_cannot_tell_who_it_was_it_counts_as_heard() -> None:
    line, _ = await _called(call_unsure=1.0)
    assert (line.receipts[-1].state, line.receipts[-1].code) == (DeliveryState.DELIVERED, "unknown")


async def test_callbacks_are_doubled_disordered_and_lost_as_for_texts() -> None:
    doubled, _ = await _called(receipt_doubled=1.0)
    assert [one.state for one in doubled.receipts][-2:] == [DeliveryState.DELIVERED] * 2
    lost, _ = await _called(receipt_lost=1.0)
    assert DeliveryState.DELIVERED not in {one.state for one in lost.receipts}
