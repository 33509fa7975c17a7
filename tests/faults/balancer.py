"""What stands before several web processes: each connection goes to one that takes it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys

CHUNK = 65_536


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


async def run(port: int, ports: list[int]) -> None:
    """Serves until the process is ended."""
    turns = itertools.count()

    async def took(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(turns)
        for at in range(len(ports)):
            with contextlib.suppress(OSError):
                inner = await asyncio.open_connection("127.0.0.1", ports[(first + at) % len(ports)])
                await asyncio.gather(_pump(reader, inner[1]), _pump(inner[0], writer))
                return
        writer.close()

    server = await asyncio.start_server(took, "127.0.0.1", port, backlog=1024)
    print("balances", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), [int(one) for one in sys.argv[2].split(",")]))
