"""HTTP as strangers speak it: what is refused before anything is asked of the application."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

from tests.bench.peers import batch
from tests.web.parts import House
from tests.web.raw import dialled
from web import front

HOST = b"Host: localhost\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
VERSION = b"Sec-WebSocket-Version: 13\r\n"
SUB = b"Sec-WebSocket-Protocol: muster.v1\r\n"
UP = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
WHOLE = HOST + UP + KEY + VERSION + SUB


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING)
    yield
    loud = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING or r.exc_info]
    assert loud == []


def get(headers: bytes, *, target: bytes = b"/live", version: bytes = b"HTTP/1.1") -> bytes:
    return b"GET %b %b\r\n%b\r\n" % (target, version, headers)


UPGRADES = (
    (get(WHOLE), 101),
    (get(WHOLE + b"Content-Length: 0\r\n"), 101),
    (get(WHOLE + b"Connection: keep-alive\r\n"), 101),
    (get(WHOLE + b"X-Long: " + b"x" * 9_000 + b"\r\n"), 431),
    (get(WHOLE + b"X-Longer: " + b"x" * 60_000 + b"\r\n"), 431),
    (get(WHOLE + b"".join(b"X-%d: y\r\n" % n for n in range(200))), 431),
    (get(WHOLE, version=b"HTTP/1.0"), 400),
    (get(WHOLE.replace(HOST, b""), version=b"HTTP/1.0"), 400),
    (get(WHOLE.replace(HOST, b"")), 400),
    (get(WHOLE + b"Host: other\r\n"), 400),
    (get(WHOLE.replace(HOST, b"Host: a b\r\n")), 400),
    (get(WHOLE.replace(HOST, b"Host: \r\n")), 400),
    (get(WHOLE.replace(HOST, b"Host: a/b\r\n")), 400),
    (get(WHOLE.replace(b"websocket\r\n", b"websocket, x\r\n")), 426),
    (get(WHOLE.replace(b": 13", b": 8")), 426),
    (get(WHOLE.replace(VERSION, b"")), 400),
    (get(WHOLE.replace(KEY, b"")), 400),
    (get(WHOLE.replace(KEY, b"Sec-WebSocket-Key: short\r\n")), 400),
    (get(WHOLE + KEY), 400),
    (get(WHOLE + b"Content-Length: 5\r\n") + b"hello", 400),
    (get(WHOLE + b"Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n", 400),
    (get(WHOLE) + b"\x81\x80\0\0\0\0", 400),
    (get(WHOLE).replace(b"GET", b"POST"), 405),
    (get(WHOLE, target=b"http://localhost/live"), 101),
    (get(WHOLE, target=b"http://elsewhere/live"), 400),
    (get(WHOLE, target=b"live"), 400),
    (get(WHOLE, target=b"/nowhere"), 403),
    (get(WHOLE, version=b"HTTP/2.0"), 505),
)


async def asked(web: House, request: bytes) -> tuple[int, float]:
    """The status of the answer, and the seconds until the hub had said it."""
    async with dialled(web) as raw:
        began = time.monotonic()
        raw.say(request)
        heard = await raw.head()
        return int(heard[9:12]), time.monotonic() - began


def unlike(found: list[int], table: Any) -> list[tuple[bytes, int, Any]]:
    """Rows of the table that were answered otherwise."""
    return [
        (request[:60], status, wanted)
        for status, (request, wanted) in zip(found, table, strict=True)
        if status not in (wanted if isinstance(wanted, tuple) else (wanted,))
    ]


async def test_an_upgrade_is_made_or_refused_at_once(web: House):
    said = await asyncio.gather(*(asked(web, request) for request, _ in UPGRADES))
    assert unlike([status for status, _ in said], UPGRADES) == []
    assert max(seconds for _, seconds in said) < 10


PLAIN = (
    (get(b"", target=b"/healthz", version=b"HTTP/1.0"), 200),  # as HAProxy asks
    (get(HOST, target=b"http://localhost/healthz"), 200),
    (get(b"Host: [::1]:8000\r\n", target=b"/healthz"), 200),
    (get(b"", target=b"/healthz"), 400),
    (get(HOST + HOST, target=b"/healthz"), 400),
    (get(HOST, target=b"http://elsewhere/healthz"), 400),
    (get(HOST, target=b"healthz"), 400),
    (get(HOST + b"a: b\r\n c\r\n", target=b"/healthz"), (200, 400)),
    (get(HOST + b"a : b\r\n", target=b"/healthz"), 400),
    (get(HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400),
    (get(HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n"), 400),
    (get(HOST + b"".join(b"a:\r\n" for _ in range(10_000)), target=b"/healthz"), 431),
    (get(HOST, target=b"/healthz", version=b"HTTP/0.9"), (400, 505)),
    (b"CONNECT localhost:1 HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),  # TLS to a port without
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505)),
)


async def test_a_plain_request_is_answered_or_refused_at_once(web: House):
    said = await asyncio.gather(*(asked(web, request) for request, _ in PLAIN))
    assert unlike([status for status, _ in said], PLAIN) == []


async def test_an_offer_of_another_protocol_is_answered_as_it_is(web: House):
    async with dialled(web) as raw:
        raw.say(get(HOST + b"Upgrade: h2c\r\nConnection: Upgrade\r\n", target=b"/healthz"))
        assert (await raw.head()).startswith(b"HTTP/1.1 200")


async def test_the_version_we_speak_is_named(web: House):
    async with dialled(web) as raw:
        raw.say(get(WHOLE.replace(b": 13", b": 12")))
        assert b"sec-websocket-version: 13" in await raw.rest()


async def test_a_heap_of_requests_is_refused_and_a_few_are_answered(web: House):
    one = get(HOST, target=b"/healthz")
    async with dialled(web) as raw:
        raw.say(one * 5)
        for _ in range(5):
            assert (await raw.head()).startswith(b"HTTP/1.1 200")
            await raw.reader.readexactly(2)
    async with dialled(web) as raw:
        raw.say(batch(one))
        assert await raw.status() == 429


async def test_a_heap_of_posts_is_cut(web: House):
    one = b"POST /nowhere HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n"
    async with dialled(web) as raw:
        raw.say(batch(one))
        assert (await raw.rest()).count(b"HTTP/1.1 ") <= 1


async def test_a_body_of_tiny_chunks_is_refused_and_one_of_good_ones_is_read(web: House):
    head = b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    async with dialled(web) as raw:
        raw.say(head + b"1\r\nx\r\n" * 300)
        assert (await raw.rest()).count(b"HTTP/1.1 ") <= 1
    async with dialled(web) as raw:
        raw.say(head + b"40\r\n" + b"x" * 64 + b"\r\n" + b"0\r\n\r\n")
        assert (await raw.head()).startswith(b"HTTP/1.1 4")


async def test_a_stranger_who_asks_without_end_is_read_at_a_pace(web: House, monkeypatch):
    monkeypatch.setattr(front, "REQUESTS", 5.0)
    one = get(HOST, target=b"/healthz")
    async with dialled(web) as raw:
        began = time.monotonic()
        for _ in range(20):
            raw.say(one)
            await raw.head()
            await raw.reader.readexactly(2)
    assert time.monotonic() - began > 14 / front.RATE - 0.1


async def test_who_is_known_has_no_pace(web: House, monkeypatch):
    monkeypatch.setattr(front, "REQUESTS", 2.0)
    monkeypatch.setattr(front, "RATE", 0.02)
    bearer = (await web.bearer("viewer"))["authorization"].encode()
    one = get(HOST + b"Authorization: %b\r\n" % bearer, target=b"/api/v1/session")
    async with dialled(web) as raw, asyncio.timeout(30):
        for _ in range(6):
            raw.say(one)
            size = (await raw.head()).lower().split(b"content-length: ")[1].split(b"\r\n")[0]
            await raw.reader.readexactly(int(size))


@pytest.mark.parametrize(
    "more",
    [b"\r\n", b"G", get(HOST, target=b"/healthz")[:-2]],
    ids=["a blank line", "a letter", "half a head"],
)
async def test_after_an_answer_nobody_stays_for_a_trickle(web: House, monkeypatch, more):
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.3)
    async with dialled(web) as raw:
        raw.say(get(HOST, target=b"/healthz"))
        await raw.head()
        raw.say(more)
        await raw.rest()  # within 30 s, or it fails


async def test_the_rest_of_a_body_nobody_wants_is_not_waited_for(web: House, monkeypatch):
    monkeypatch.setattr(front, "SPILL_SECONDS", 0.3)
    async with dialled(web) as raw:
        raw.say(b"POST /nowhere HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n\r\nx")
        assert (await raw.head()).startswith(b"HTTP/1.1 404")
        raw.say(b"y")
        await raw.rest()


async def test_who_does_not_read_an_answer_is_cut(web: House, monkeypatch):
    monkeypatch.setattr(front, "STALL_SECONDS", 0.3)
    async with dialled(web) as raw:
        raw.reader._transport.pause_reading()
        one = get(HOST, target=b"/api/openapi.json")
        await raw.fill(one)
