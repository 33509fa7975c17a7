"""Simulated screens: hello, watch, shown; back with jitter; away when they are not wanted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from channels.simulator.ledger import Entry, Ledger, read_ledger
from channels.simulator.screens import Screens
from hub.errors import Refused
from tests.channels.simulator.client import swift

TOKENS = {11: "device-a", 12: "device-b"}


class LiveHub:
    """The hub's end of the wire: takes hello and watch, sends what it is told to send."""

    def __init__(self, *frames: dict[str, Any], good: Callable[[str], bool] = bool) -> None:
        self.frames = frames
        self.good = good
        self.said: list[dict[str, Any]] = []
        self.hellos: list[str] = []
        self.subprotocols: list[str | None] = []
        self.url = ""

    async def _serve(self, wire: ServerConnection) -> None:
        self.subprotocols.append(wire.subprotocol)
        hello, watch = json.loads(await wire.recv()), json.loads(await wire.recv())
        self.hellos.append(hello["device"])
        if not self.good(hello["device"]):
            await wire.close(4401)
            return
        for frame in self.frames:
            await wire.send(json.dumps({"topic": watch["topic"], **frame}))
        async for text in wire:
            self.said.append({**json.loads(text), "topic": watch["topic"]})

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator[LiveHub]:
        async with serve(
            self._serve,
            "127.0.0.1",
            port,
            subprotocols=["muster.v1"],  # type: ignore[list-item]
            close_timeout=1,
        ) as server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield self


@asynccontextmanager
async def _ledger(path: Path) -> AsyncIterator[Ledger]:
    ledger = Ledger(path)
    running = asyncio.create_task(ledger.run())
    try:
        yield ledger
    finally:
        ledger.close()
        await running


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


SHOW = {"op": "show", "notice": 5, "revision": 2}


async def test_each_screen_says_what_it_shows_and_the_ledger_knew_first(tmp_path: Path) -> None:
    async with LiveHub(SHOW).open() as hub, _ledger(tmp_path / "l") as ledger:
        settings = swift(shown_after=0.01)
        async with Screens(hub.url, TOKENS, ledger=ledger, settings=settings) as screens:
            await _until(lambda: len(hub.said) == 2)
            found = read_ledger(tmp_path / "l")
            assert screens.watching == {11, 12}
            assert screens.showing == {11: (5, 2), 12: (5, 2)}
    assert {(said["topic"], said["notice"], said["revision"]) for said in hub.said} == {
        ("screen:11", 5, 2),
        ("screen:12", 5, 2),
    }
    assert {(e.kind, e.to, e.notice, e.revision) for e in found} == {
        ("shown", "11", 5, 2),
        ("shown", "12", 5, 2),
    }
    assert set(hub.subprotocols) == {"muster.v1"}
    assert sorted(hub.hellos) == ["device-a", "device-b"]


async def test_the_hub_hears_of_it_only_once_it_is_on_disk(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l")  # nobody writes yet
    async with LiveHub(SHOW).open() as hub:
        settings = swift(shown_after=0.0)
        async with Screens(hub.url, {11: "a"}, ledger=ledger, settings=settings) as screens:
            await _until(lambda: screens.shown == 1)
            await asyncio.sleep(0.1)
            assert hub.said == []
            running = asyncio.create_task(ledger.run())
            await _until(lambda: len(hub.said) == 1)
    ledger.close()
    await running


async def test_an_order_inside_a_snapshot_is_an_order(tmp_path: Path) -> None:
    frame = {"op": "snapshot", "show": {"notice": 8, "revision": 1}}
    async with (
        LiveHub(frame).open() as hub,
        _ledger(tmp_path / "l") as ledger,
        Screens(hub.url, {11: "a"}, ledger=ledger, settings=swift()),
    ):
        await _until(lambda: bool(hub.said))
    assert hub.said[0]["notice"] == 8


async def test_clear_means_calm(tmp_path: Path) -> None:
    hub = LiveHub(SHOW, {"op": "clear", "calm": {}})
    async with hub.open(), _ledger(tmp_path / "l") as ledger:
        settings = swift(shown_after=0.01)
        async with Screens(hub.url, {11: "a"}, ledger=ledger, settings=settings) as screens:
            await _until(lambda: bool(hub.said) and not screens.showing)
            assert screens.shown == 1


@pytest.mark.parametrize(
    "frame", [{"op": "show"}, {"op": "show", "notice": "x", "revision": 1}, {"op": "what"}, {}]
)
async def test_frames_that_make_no_sense_are_passed_over(
    frame: dict[str, Any], tmp_path: Path
) -> None:
    async with (
        LiveHub(frame, SHOW).open() as hub,
        _ledger(tmp_path / "l") as ledger,
        Screens(hub.url, {11: "a"}, ledger=ledger, settings=swift(shown_after=0.0)),
    ):
        await _until(lambda: len(hub.said) == 1)
    assert hub.said[0]["notice"] == 5


async def test_they_come_back_after_the_hub_was_away(tmp_path: Path) -> None:
    async with _ledger(tmp_path / "l") as ledger:
        first = LiveHub(SHOW)
        async with first.open():
            port = int(first.url.rpartition(":")[2])
            screens = Screens(first.url, TOKENS, ledger=ledger, settings=swift(shown_after=0.0))
            await screens.__aenter__()
            await _until(lambda: len(first.said) == 2)
        second = LiveHub({**SHOW, "revision": 3})
        async with second.open(port):
            await _until(lambda: len(second.said) == 2)
            await screens.__aexit__(None, None, None)
    assert {said["revision"] for said in second.said} == {3}


async def test_a_token_that_is_no_good_is_not_tried_again(tmp_path: Path) -> None:
    hub = LiveHub(SHOW, good=lambda token: token != "device-a")
    async with hub.open(), _ledger(tmp_path / "l") as ledger:
        settings = swift(shown_after=0.0)
        async with Screens(hub.url, TOKENS, ledger=ledger, settings=settings) as screens:
            await _until(lambda: bool(hub.said) and bool(screens.refused))
            await asyncio.sleep(0.3)
    assert screens.refused == {11: 4401}
    assert hub.hellos.count("device-a") == 1


async def test_screens_connect_to_this_machine_only(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="this machine"):
        Screens("https://example.com", {}, ledger=Ledger(tmp_path / "l"), settings=swift())


def test_shown_is_a_kind_of_entry_with_no_attempt() -> None:
    assert Entry("shown", to="11", notice=5, revision=2).attempt is None
