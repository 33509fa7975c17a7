"""Peers of `/live` that break the rules: each hears its code, is cut, and leaves no traceback."""

from __future__ import annotations

import asyncio
import logging
import struct
import time

import pytest

from tests.bench.peers import UPGRADE, batch
from tests.web.parts import House
from tests.web.raw import HELLO, dialled, frame, upgraded
from web import wire


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture):
    """Nothing a peer sends is an error of ours."""
    caplog.set_level(logging.WARNING)
    yield
    loud = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR or r.exc_info]
    assert loud == []


FLOODS = {
    "empty continuations": (frame(1, fin=False), frame(0, fin=False)),
    "pings": (b"", frame(9)),
    "full pings": (b"", frame(9, b"p" * 125)),
    "pongs": (b"", frame(10)),
    "tiny texts": (b"", frame(1, b"{}")),
    "ops": (b"", frame(1, b'{"op":"ping"}')),
}


async def told(web: House, raw_frames: bytes, *, hello: bool) -> tuple[int, float]:
    """The close code these bytes have, and the seconds until the line was cut."""
    async with upgraded(web, hello=hello) as raw:
        began = time.monotonic()
        raw.say(raw_frames)
        return await raw.closed(), time.monotonic() - began


@pytest.mark.parametrize("hello", [False, True], ids=["before hello", "after hello"])
async def test_a_flood_is_closed_with_1008_within_a_second(web: House, hello):
    floods = [first + batch(one) * 4 for first, one in FLOODS.values()]
    said = await asyncio.gather(*(told(web, flood, hello=hello) for flood in floods))
    assert [code for code, _ in said] == [1008] * len(FLOODS)
    assert max(seconds for _, seconds in said) < 5  # a second, where nothing else is to be done


async def test_a_peer_that_floods_and_reads_nothing_is_cut_all_the_same(web: House):
    async with upgraded(web, hello=True) as raw:
        raw.reader._transport.pause_reading()
        await raw.fill(batch(frame(9, b"p" * 125)))


async def test_a_peer_below_its_budget_stays(web: House):
    async with upgraded(web, hello=True) as raw:
        for n in range(20):
            raw.say(frame(9, b"%d" % n))
            await asyncio.sleep(0.06)
        async with asyncio.timeout(10):
            heard = await raw.reader.readuntil(b"\x8a\x0219")
    assert heard.count(b"\x8a") == 20


BROKEN = (
    (frame(2, b"\0\1"), 1003),
    (frame(1, b"\xff\xfe"), 1007),
    (frame(1, b"\xe6\xb6", fin=False) + frame(0, b"\xff"), 1007),
    (b"\xc1\x80\0\0\0\0", 1002),
    (b"\x83\x80\0\0\0\0", 1002),
    (b"\x8b\x80\0\0\0\0", 1002),
    (b"\x81\x02{}", 1002),
    (frame(9, fin=False), 1002),
    (frame(9, b"p" * 126), 1002),
    (frame(0, b"x"), 1002),
    (frame(1, b"x", fin=False) + frame(1, b"y"), 1002),
    (frame(8, b"\x03"), 1002),
    (frame(8, struct.pack("!H", 1005)), 1002),
    (frame(8, struct.pack("!H", 1000) + b"\xff"), 1007),
    (b"\x81\xff" + struct.pack("!Q", 70_000), 1009),
    (b"\x81\xff" + b"\xff" * 8, 1009),
    (frame(1, b"x" * 40_000, fin=False) + frame(0, b"x" * 40_000), 1009),
)


@pytest.mark.parametrize("hello", [False, True], ids=["before hello", "after hello"])
async def test_a_broken_rule_has_its_code(web: House, hello):
    said = await asyncio.gather(*(told(web, frames, hello=hello) for frames, _ in BROKEN))
    large = 0 if hello else 16_000  # nobody says so much before the hello
    wanted = [1008 if large and len(frames) > large else code for frames, code in BROKEN]
    assert [code for code, _ in said] == wanted


async def test_letters_cut_between_two_frames_are_text(web: House):
    text = '{"op":"ping","ref":"消防"}'.encode()
    async with upgraded(web, hello=True) as raw:
        raw.say(frame(1, text[:20], fin=False) + frame(0, text[20:]))
        async with asyncio.timeout(10):
            assert "消防".encode() in await raw.reader.readuntil(b"}")


async def test_our_close_waits_for_its_echo_and_no_longer(web: House, monkeypatch):
    monkeypatch.setattr(wire, "FAREWELL_SECONDS", 0.2)
    async with upgraded(web) as raw:
        raw.say(frame(1, b'{"op":"hello","ticket":"none"}'))
        assert await raw.closed() == 4401


async def test_what_comes_before_our_answer_to_the_upgrade_is_no_frame(web: House):
    async with dialled(web) as raw:
        raw.say(UPGRADE % web.at.port + HELLO)
        assert await raw.status() == 400


async def test_the_hub_serves_others_while_peers_flood(web: House):
    """Not a bench: only that nobody waits for seconds."""
    many = batch(frame(9)) * 4
    async with web.client() as client:
        worst = 0.0
        for _ in range(10):
            async with upgraded(web) as raw:
                raw.say(many)
                began = time.monotonic()
                assert (await client.get("/healthz")).status_code == 200
                worst = max(worst, time.monotonic() - began)
    assert worst < 5
