"""Misbehaviour on the wire: resets, silence, garbage, floods, one byte at a time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from aiohttp import web

from channels.simulator.settings import Fault

HUGE_BYTES = 10_000_000
SLOW_PAUSE = 0.5
_LINGER_ZERO = struct.pack("ii", 1, 0)  # close sends RST instead of FIN

Wait = Callable[[float], Awaitable[None]]
"""Sleeps so many seconds, or less when the simulator stops."""


async def misbehave(
    request: web.Request, fault: Fault, *, hang: float, wait: Wait
) -> web.StreamResponse:
    """The answer a fault gives on the wire; faults with a proper answer are the provider's."""
    if fault in {Fault.RESET_BEFORE, Fault.RESET_AFTER}:
        return _reset(request)
    if fault in {Fault.HANG_BEFORE, Fault.HANG_AFTER}:
        await wait(hang)
        return _reset(request)
    if fault is Fault.HUGE:
        return await _huge(request)
    if fault is Fault.SLOW:
        return await _slow(request, hang=hang, wait=wait)
    return web.Response(status=201, text="<html>ok</html>", content_type="text/html")


def _reset(request: web.Request) -> web.Response:
    transport = request.transport
    if transport is not None:
        wire = transport.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        transport.abort()
    return web.Response()


async def _huge(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(status=201, headers=_JSON)
    response.content_length = HUGE_BYTES
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        for _ in range(HUGE_BYTES // 50_000):
            await response.write(b"x" * 50_000)
    return response


async def _slow(request: web.Request, *, hang: float, wait: Wait) -> web.StreamResponse:
    response = web.StreamResponse(status=201, headers=_JSON)
    response.content_length = max(1, int(hang / SLOW_PAUSE))
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        for _ in range(response.content_length):
            await response.write(b" ")
            await wait(SLOW_PAUSE)
    return response


async def until(stopping: asyncio.Event, seconds: float) -> None:
    """Returns after so many seconds, or as soon as the simulator stops."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()


_JSON: Mapping[str, str] = MappingProxyType({"Content-Type": "application/json"})
