"""A refusal is read even by a peer that is still sending: the rest of its body is taken and thrown
away, within bounds (RFC 9112 §9.6)."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from tests.web.parts import House
from tests.web.raw import Raw, dialled
from web import front

MIB = 1024 * 1024
CLOSE = b"Connection: close\r\n"


def head(path: str, size: int, more: bytes = b"") -> bytes:
    said = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n"
    return said.encode() + more + b"\r\n"


async def send(raw: Raw, size: int) -> None:
    """All of a body, before anything is read, as proxies and browsers do."""
    for _ in range(size // MIB):
        raw.writer.write(b"x" * MIB)
        await raw.writer.drain()


@pytest.mark.parametrize("more", [b"", CLOSE], ids=["kept alive", "to be closed"])
async def test_who_sends_all_of_a_body_that_is_too_large_reads_why(web: House, more: bytes):
    async with dialled(web) as raw:
        raw.say(head("/api/v1/roster", 32 * MIB, more))
        async with asyncio.timeout(30):
            await send(raw, 32 * MIB)
            answer = await raw.head()
        assert answer.startswith(b"HTTP/1.1 413"), answer
        assert (b"connection: close" in answer.lower()) is bool(more)


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/nowhere", b"", b"404"),
        ("/api/v1/incidents", b"", b"401"),
        ("/api/v1/roster", b"Origin: https://elsewhere.example\r\n", b"403"),
    ],
)
async def test_every_refusal_said_before_its_body_came_is_read(
    web: House, path: str, more: bytes, status: bytes
):
    """Bodies below the limit, refused for another reason; sent whole before anything is read."""
    size = 16 * MIB if path.endswith("roster") else MIB - 1024
    async with dialled(web) as raw:
        raw.say(head(path, size, CLOSE + more))
        async with asyncio.timeout(30):
            raw.writer.write(b"x" * size)
            await raw.writer.drain()
            answer = await raw.head()
        assert answer.split()[1] == status, answer


async def test_the_connection_goes_on_after_a_refused_body(web: House):
    async with dialled(web) as raw:
        raw.say(head("/api/v1/roster", 24 * MIB))
        async with asyncio.timeout(30):
            await send(raw, 24 * MIB)
            assert (await raw.head()).startswith(b"HTTP/1.1 413")
            raw.say(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"HTTP/1.1 200" in await raw.reader.readuntil(b"200")


@pytest.mark.parametrize("bound", ["SPILL_BYTES", "SPILL_SECONDS"])
@pytest.mark.parametrize("more", [b"", CLOSE], ids=["kept alive", "to be closed"])
async def test_who_never_stops_is_cut(
    web: House, monkeypatch: pytest.MonkeyPatch, more: bytes, bound: str
):
    monkeypatch.setattr(front, bound, {"SPILL_BYTES": 2 * MIB, "SPILL_SECONDS": 0.5}[bound])
    async with dialled(web) as raw:
        raw.say(head("/api/v1/roster", 512 * MIB, more))
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(30):
                while not raw.writer.is_closing():
                    raw.writer.write(b"x" * 65_536)
                    await raw.writer.drain()
                    await asyncio.sleep(0)
                return
        # the peer was cut in the middle of its sending


async def test_who_falls_silent_in_such_a_body_is_cut(web: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(front, "SPILL_QUIET", 0.3)
    async with dialled(web) as raw:
        raw.say(head("/api/v1/roster", 32 * MIB, CLOSE) + b"x")
        assert (await raw.head()).startswith(b"HTTP/1.1 413")
        with contextlib.suppress(ConnectionError):
            await raw.rest()  # within 30 s, or it fails
