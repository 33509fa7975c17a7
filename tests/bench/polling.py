"""Thousands of screens that poll, on one process: what they cost, and what others feel of it.

`python -m tests.bench.polling [SCREENS]`: a hub in a process of its own, screens with raw requests
over kept connections; idle cost, time until all are told, and how long `/healthz` takes meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hub import logs
from hub.flow.screens import device_hash
from hub.store import schema as t
from tests.flow.stage import Stage
from tests.web.parts import House, make_template, open_hub, served
from tests.web.test_live_screens import order

IDLE = 20.0  # seconds in which nothing happens
HANDLES = 30_000


def hub(pipe: Connection, number: int) -> None:
    """The hub: says its port, then does as it is told."""
    _handles()
    logs.configure("warning")
    asyncio.run(_hub(pipe, number))


async def _hub(pipe: Connection, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await make_template(Path(folder))
        async with open_hub(Path(folder)) as found, served(found) as web:
            stage = await Stage(web.hub.db).set_up(people=2)
            screens = await _paired(web, number)
            pipe.send(web.at.port)
            while True:
                while not pipe.poll():
                    await asyncio.sleep(0.01)
                if (said := pipe.recv()) == "cpu":
                    pipe.send(time.process_time())
                elif said == "fire":
                    await order(web, stage, screens)
                    pipe.send(time.monotonic())
                else:
                    return


async def _paired(web: House, number: int) -> list[int]:
    screens = await web.screens(number)

    def pair(conn: Any) -> None:
        rows = [
            {
                "recipient_id": one,
                "device_hash": device_hash(f"device-{at}"),
                "paired_at": 1,
                "way": {},
            }
            for at, one in enumerate(screens)
        ]
        conn.execute(t.screens.insert(), rows)

    await web.hub.db.write(pair)
    return screens


class Screen:
    """One that polls, with requests written by hand."""

    def __init__(self, port: int, number: int) -> None:
        self.port, self.number, self.told = port, number, 0.0
        self.session = ""

    async def run(self) -> None:
        await asyncio.sleep(self.number * 0.002)
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        began = await self.post({"hello": {"device": f"device-{self.number}"}})
        self.session = began["session"]
        recipient = began["frames"][0]["screen"]["recipient"]
        await self.say({"op": "watch", "topic": f"screen:{recipient}"})
        while True:
            for frame in (await self.post({"session": self.session})).get("frames", ()):
                if frame["op"] == "show":
                    self.told = time.monotonic()
                    shown = {"notice": frame["notice"], "revision": frame["revision"]}
                    await self.say({"op": "shown", **shown})

    async def say(self, frame: dict[str, Any]) -> None:
        await self.post({"session": self.session, "say": [frame]})

    async def post(self, body: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(body).encode()
        head = "POST /live/poll HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        self.writer.write(f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        if answer.startswith(b"http/1.1 204"):
            return {}
        size = int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        found: dict[str, Any] = json.loads(await self.reader.readexactly(size))
        return found


async def health(port: int, seconds: float) -> list[float]:
    """How long `/healthz` took, asked ten times a second by a process with nothing else to do."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as asking:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(asking, _asked, port, seconds)


def _asked(port: int, seconds: float) -> list[float]:
    return asyncio.run(_health(port, seconds))


async def _health(port: int, seconds: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(2)
        took.append(time.monotonic() - began)
        await asyncio.sleep(0.1)
    writer.close()
    return took


def _p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


async def play(pipe: Connection, number: int) -> dict[str, float]:
    port = pipe.recv()
    alone = await health(port, 5)
    screens = [Screen(port, at) for at in range(number)]
    tasks = [asyncio.create_task(one.run()) for one in screens]
    await asyncio.sleep(number * 0.002 + 15)
    pipe.send("cpu")
    before, began = pipe.recv(), time.monotonic()
    idle = await health(port, IDLE)
    pipe.send("cpu")
    cost = (pipe.recv() - before) / (time.monotonic() - began)
    fire = asyncio.create_task(health(port, 10))
    pipe.send("fire")
    started = time.monotonic()
    while not all(one.told for one in screens) and time.monotonic() < started + 60:
        await asyncio.sleep(0.05)
    while not pipe.poll():
        await asyncio.sleep(0.01)
    lit = pipe.recv()
    told = sorted(one.told - lit for one in screens if one.told)
    found = {
        "screens": number,
        "idle_cpu": round(cost, 3),
        "healthz_alone_p99_ms": round(_p99(alone) * 1000, 1),
        "healthz_idle_p99_ms": round(_p99(idle) * 1000, 1),
        "healthz_fire_p99_ms": round(_p99(await fire) * 1000, 1),
        "told": len(told),
        "told_half_s": round(told[len(told) // 2], 2) if told else -1,
        "told_last_s": round(told[-1], 2) if told else -1,
    }
    for task in tasks:
        task.cancel()
    return found


def _handles() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(HANDLES, most), most))


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    _handles()
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=hub, args=(theirs, number))
    process.start()
    try:
        print(json.dumps(asyncio.run(play(ours, number))))
        ours.send("end")
        process.join(30)
    finally:
        process.kill()


if __name__ == "__main__":
    main()
