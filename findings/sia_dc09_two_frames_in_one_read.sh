#!/bin/sh
# pysiaalarm 3.2.2 (PyPI), its asyncio server for SIA DC-09 over TCP. A panel that has several events
# to report may write them without waiting, and TCP is a stream: two frames, each "LF … CR" with its own
# length and CRC, often arrive in one read. One expects two events and two ACKs. Seen: one read counts
# as one frame, so BOTH events are lost and the panel gets a single NAK with sequence 0000, which names
# neither. Sent half a second apart over the same connection, the same two frames give two events.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pysiaalarm==3.2.2
"$work/venv/bin/python" - 2>/dev/null <<'PY'
import asyncio
import socket
from datetime import datetime, timezone

from pysiaalarm.aio import CommunicationsProtocol, SIAAccount, SIAClient


def crc(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


def frame(sequence: int, code: str) -> bytes:
    now = datetime.now(timezone.utc).strftime("_%H:%M:%S,%m-%d-%Y")
    body = f'"SIA-DCS"{sequence:04d}R1L0#1234[#1234|N{code}]{now}'.encode()
    return b"\n" + f"{crc(body):04X}{len(body):04X}".encode() + body + b"\r"


async def sent(*chunks: bytes) -> tuple[list[str], bytes]:
    events: list[str] = []

    async def took(event) -> None:
        events.append(event.sequence)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    client = SIAClient("127.0.0.1", port, [SIAAccount("1234")], took, protocol=CommunicationsProtocol.TCP)
    await client.async_start()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = b""
    for chunk in chunks:
        writer.write(chunk)
        await writer.drain()
        answers += await asyncio.wait_for(reader.read(1000), 5)
        await asyncio.sleep(0.5)
    writer.close()
    await asyncio.sleep(0.2)
    await client.async_stop()
    return events, answers


async def main() -> None:
    fire, panic = frame(1, "FA12"), frame(2, "PA3")
    apart, together = await sent(fire, panic), await sent(fire + panic)
    print("apart:   ", apart)
    print("together:", together)
    assert apart[0] == ["0001", "0002"] and apart[1].count(b'"ACK"') == 2
    assert together[0] == []
    assert together[1].count(b'"NAK"0000') == 1 and b'"ACK"' not in together[1]


asyncio.run(main())
PY
