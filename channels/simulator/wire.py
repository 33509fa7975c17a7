"""A slim HTTP/1.1 client for status callbacks: two for every text make it the busiest path.

Plain http, small answers, connections kept alive. A third of the work of a general client; what it
does not understand it refuses, and the connection is dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

IDLE_KEPT: Final = 32  # idle connections for one host; further ones are closed
ANSWER_LIMIT: Final = 65_536
HEAD_END: Final = b"\r\n\r\n"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Garbled(ConnectionError):
    """The answer is not the plain HTTP this client reads."""


@dataclass(slots=True)
class Wire:
    """Connections to the hub by host and port."""

    _idle: dict[tuple[str, int], deque[Streams]] = field(default_factory=dict)

    async def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> tuple[int, str]:
        """Status and text of the answer. The deadline is the caller's.

        A kept connection that the hub had closed meanwhile is replaced once.
        """
        parts = urlsplit(url)
        place = (parts.hostname or "", parts.port or 80)
        request = _request(parts, body, headers)
        kept = self._idle.setdefault(place, deque())
        while kept:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                return await self._exchange(kept.pop(), kept, request)
        fresh = await asyncio.open_connection(*place, limit=ANSWER_LIMIT)
        try:
            return await self._exchange(fresh, kept, request)
        except asyncio.IncompleteReadError as error:
            raise Garbled("the hub closed the connection in the middle of its answer") from error

    async def _exchange(
        self, streams: Streams, kept: deque[Streams], request: bytes
    ) -> tuple[int, str]:
        reader, writer = streams
        whole = False
        try:
            writer.write(request)
            status, text, alive = await _answer(reader)
            whole = alive and len(kept) < IDLE_KEPT
        except asyncio.LimitOverrunError as error:
            raise Garbled("the answer's head is too long") from error
        finally:
            if whole:
                kept.append(streams)
            else:
                writer.close()
        return status, text

    async def close(self) -> None:
        """No connection is left open."""
        for kept in self._idle.values():
            while kept:
                _, writer = kept.pop()
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()


def _request(parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> bytes:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{key}: {value}" for key, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + HEAD_END + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, str, bool]:
    head = (await reader.readuntil(HEAD_END)).decode("latin-1")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    fields = {key.lower(): value.strip() for key, _, value in pairs}
    status = first[9:12]
    if not (first.startswith("HTTP/1.") and status.isdigit()):
        raise Garbled("the answer is not HTTP")
    body = await _body(reader, fields)
    alive = first.startswith("HTTP/1.1") and fields.get("connection", "").lower() != "close"
    return int(status), body.decode("utf-8", "replace"), alive


async def _body(reader: asyncio.StreamReader, fields: Mapping[str, str]) -> bytes:
    if fields.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader)
    size = fields.get("content-length", "0")
    if not size.isdigit() or int(size) > ANSWER_LIMIT:
        raise Garbled("the answer's length makes no sense")
    return await reader.readexactly(int(size))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        line = (await reader.readuntil(b"\r\n")).partition(b";")[0].strip()
        try:
            size = int(line, 16)
        except ValueError as error:
            raise Garbled("a chunk has no length") from error
        if size < 0 or len(body) + size > ANSWER_LIMIT:
            raise Garbled("the answer is too long")
        body += await reader.readexactly(size)
        await reader.readexactly(2)
        if not size:
            return bytes(body)
