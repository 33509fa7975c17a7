"""Watchers of `/live` in a process of their own: what they see is in a file, line by line.

`python -m tests.faults.watcher OUT TOKEN URL[,URL…] COUNT` reads incident numbers from its input, a
line each, and watches each with COUNT watchers, who come back with `since` when they are cut.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.faults.witness import Notebook

AGAIN = 0.3  # seconds until a watcher that was cut comes back
SILENT = 20.0  # seconds without any frame after which it does not trust its socket
TROUBLE = (OSError, WebSocketException, TimeoutError, httpx2.HTTPError, KeyError, ValueError)


class Watcher:
    """One console: it folds what it is told and writes each step down."""

    def __init__(self, name: str, incident: int, *, url: str, token: str, book: Notebook) -> None:
        self._name, self._incident, self._url = name, incident, url
        self._token, self._book = token, book
        self._tally: dict[str, Any] = {}
        self._at: dict[str, Any] = {}

    async def run(self) -> None:
        """Watches for ever."""
        while True:
            try:
                await self._watch()
            except TROUBLE:
                await asyncio.sleep(AGAIN)

    async def _watch(self) -> None:
        ticket = await self._ticket()
        url = self._url.replace("http", "ws", 1) + "/live"
        protocol = [Subprotocol("muster.v1")]
        async with connect(url, subprotocols=protocol, open_timeout=5, close_timeout=1) as socket:
            await socket.send(json.dumps({"op": "hello", "ticket": ticket}))
            topic = f"incident:{self._incident}"
            await socket.send(json.dumps({"op": "watch", "topic": topic, **self._at}))
            while True:
                self._take(await self._frame(socket))

    async def _ticket(self) -> str:
        headers = {"Authorization": f"Bearer {self._token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=5) as client:
            answer = await client.post(f"{self._url}/api/v1/live/tickets")
            return str(answer.raise_for_status().json()["ticket"])

    async def _frame(self, socket: ClientConnection) -> Mapping[str, Any]:
        async with asyncio.timeout(SILENT):
            found: Mapping[str, Any] = json.loads(await socket.recv())
        return found

    def _take(self, frame: Mapping[str, Any]) -> None:
        if frame.get("topic") != f"incident:{self._incident}" or "seq" not in frame:
            return
        if frame["op"] in {"snapshot", "progress"}:
            before = {} if frame["op"] == "snapshot" else self._tally
            self._tally = {**before, **frame["tally"]}
        if frame["op"] != "stale":
            self._at = {"since": frame["seq"], "epoch": frame["epoch"]}
        self._book.write(
            "saw",
            watcher=self._name,
            incident=self._incident,
            op=frame["op"],
            epoch=frame["epoch"],
            seq=frame["seq"],
            tally=self._tally,
        )


async def run(out: Path, token: str, urls: list[str], count: int) -> None:
    """Watches whatever incident is named on the input, until it ends."""
    book = Notebook(out)
    async with asyncio.TaskGroup() as group:
        tasks = []
        while line := await asyncio.to_thread(sys.stdin.readline):
            for one in range(count):
                url = urls[one % len(urls)]
                name = f"{line.strip()}/{one}"
                watcher = Watcher(name, int(line), url=url, token=token, book=book)
                tasks.append(group.create_task(watcher.run()))
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(","), int(sys.argv[4])))
