"""Faults on the wire are what they say they are, seen from a bare socket."""

from __future__ import annotations

import asyncio

import pytest

from channels.simulator import Fault, Simulator
from tests.channels.simulator.client import AUTH, PATH, swift


async def _raw(sim: Simulator) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sim.url.rpartition(":")[2]))
    body = b"To=%2B12025550142&From=%2B12025550100&Body=x"
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: {AUTH['Authorization']}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    return reader, writer


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER])
async def test_a_reset_is_a_reset_not_a_polite_end(fault: Fault) -> None:
    async with Simulator(swift(faults={fault: 1.0})) as sim, asyncio.timeout(30):
        reader, writer = await _raw(sim)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()


@pytest.mark.parametrize("fault", [Fault.HANG_BEFORE, Fault.HANG_AFTER])
async def test_a_hang_says_nothing_at_all(fault: Fault) -> None:
    async with Simulator(swift(faults={fault: 1.0}, hang=30.0)) as sim:
        reader, writer = await _raw(sim)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.read(1)
        writer.close()


async def test_slow_is_a_byte_at_a_time() -> None:
    async with Simulator(swift(faults={Fault.SLOW: 1.0})) as sim, asyncio.timeout(30):
        reader, writer = await _raw(sim)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 201")
        assert len(await reader.read(1000)) == 1
        writer.close()


async def test_huge_is_ten_megabytes() -> None:
    async with Simulator(swift(faults={Fault.HUGE: 1.0})) as sim, asyncio.timeout(30):
        reader, writer = await _raw(sim)
        await reader.readuntil(b"\r\n\r\n")
        assert len(await reader.readexactly(10_000_000)) == 10_000_000
        writer.close()


async def test_garbage_is_a_success_that_is_no_json() -> None:
    async with Simulator(swift(faults={Fault.GARBAGE: 1.0})) as sim, asyncio.timeout(30):
        reader, writer = await _raw(sim)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 201")
        assert await reader.readexactly(15) == b"<html>ok</html>"
        writer.close()
