"""The least Twilio there can be: a raw protocol that answers every order at once with a sid.

It must never be what is measured: no parsing beyond where a request ends, one canned answer. No
ledger, no callbacks, no faults; `channels.simulator` has those.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from tests.bench.child import Desk

_HEAD = (
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\nConnection: keep-alive\r\n\r\n"
)
_BODY = (
    b'{"sid": "SM%032x", "status": "queued", "to": null, "from": null, "body": "",'
    b' "error_code": null, "error_message": null, "num_segments": "1", "price": null,'
    b' "date_created": "Sun, 01 Mar 2026 02:41:00 +0000", "date_sent": null,'
    b' "date_updated": "Sun, 01 Mar 2026 02:41:00 +0000", "direction": "outbound-api",'
    b' "api_version": "2010-04-01", "price_unit": "USD", "uri": "/x.json"}'
)
_LENGTH = _HEAD % len(_BODY % 0)


class Provider(asyncio.Protocol):
    """One connection; requests may come in pieces or several at once."""

    taken = 0
    latency = 0.0  # seconds between an order and its answer

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._rest = data = self._rest + data if self._rest else data
        while (end := _end(data)) and len(data) >= end:
            data = data[end:]
            Provider.taken += 1
            answer = _LENGTH + _BODY % Provider.taken
            if Provider.latency:
                asyncio.get_running_loop().call_later(Provider.latency, self._say, answer)
            else:
                self._say(answer)
        self._rest = data

    def _say(self, answer: bytes) -> None:
        if self._transport is not None:
            self._transport.write(answer)


def _end(data: bytes) -> int:
    """Where the first request ends; 0 while that is not known."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return 0
    lower = data[:head].lower()
    at = lower.find(b"content-length:")
    if at < 0:
        return head + 4
    stop = lower.find(b"\r\n", at)
    return head + 4 + int(lower[at + 15 : stop if stop > 0 else head])


async def serve(given: Mapping[str, Any], *, desk: Desk) -> None:
    """Answers on a free port of this machine, after `latency` seconds; `taken` says how many orders
    it has had."""
    Provider.latency = float(given.get("latency", 0.0))
    server = await asyncio.get_running_loop().create_server(Provider, "127.0.0.1", 0, backlog=1024)
    desk.say(url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async for _ in desk.commands():
        desk.say(taken=Provider.taken)
    server.close()
