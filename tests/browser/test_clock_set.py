"""A clock that is set back under an open page: silence is told all the same, and asking goes on.

Players without a battery for their clock, and computers that find a time server late, do this.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from hub.model import Actor, Kind, LaunchRequest
from tests.launch_estate import Who, put_estate
from tests.passwords import cheap_passwords
from tests.web.conftest import template, web
from tests.web.parts import PASSWORD, House

__all__ = ["cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PATIENCE = 30_000
SET_BACK = "() => { const was = Date.now.bind(Date); Date.now = () => was() - 3600000; }"


class Line:
    """A way to the hub that can go silent without ending: nothing passes, nothing is closed."""

    def __init__(self, port: int, *, sockets: bool = True) -> None:
        self._hub, self._sockets = port, sockets
        self._open = asyncio.Event()
        self._open.set()
        self.requests = 0
        self._ends: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[Any]] = set()

    def fall_silent(self) -> None:
        self._open.clear()

    @contextlib.asynccontextmanager
    async def standing(self) -> AsyncIterator[str]:
        """Its address, while it stands."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for end in self._ends:
                end.transport.abort()
            await asyncio.sleep(0)

    async def _carry(self, mine: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        theirs, there = await asyncio.open_connection("127.0.0.1", self._hub)
        self._ends += [there, back]
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._pump(mine, there, asks=True), self._pump(theirs, back))

    async def _pump(
        self, mine: asyncio.StreamReader, to: asyncio.StreamWriter, *, asks: bool = False
    ) -> None:
        while data := await mine.read(65_536):
            await self._open.wait()
            if asks and not self._sockets and b"upgrade: websocket" in data.lower():
                break
            self.requests += asks and b"/live/poll" in data
            to.write(data)
            await to.drain()
        to.close()


def port(web: House) -> int:
    return int(web.at.url.rpartition(":")[2])


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Any]:
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        await opened.close()


async def screen(browser: Any, web: House, url: str) -> Page:
    """A paired screen that shows its calm picture."""
    (recipient,) = await web.screens(1)
    kept = json.dumps({"device": await web.device(recipient), "recipient": recipient})
    page: Page = await browser.new_page(viewport={"width": 1920, "height": 1080})
    await page.add_init_script(f"localStorage['muster.screen'] = {json.dumps(kept)}")
    await page.goto(f"{url}/screen")
    await expect(page.locator("#screen .st")).to_be_visible(timeout=PATIENCE)
    await asyncio.sleep(3)  # welcome and beat
    return page


async def test_a_screen_whose_clock_is_set_back_tells_that_its_line_is_dead(
    web: House, browser: Any
) -> None:
    line = Line(port(web))
    async with line.standing() as url:
        page = await screen(browser, web, url)
        await expect(page.locator("#screen .lost")).to_have_count(0)
        await page.evaluate(SET_BACK)
        line.fall_silent()
        await expect(page.locator("#screen .lost")).to_be_visible(timeout=PATIENCE)


async def test_a_screen_whose_clock_is_set_back_goes_on_asking(web: House, browser: Any) -> None:
    line = Line(port(web), sockets=False)
    async with line.standing() as url:
        page = await screen(browser, web, url)
        async with asyncio.timeout(30):
            while line.requests < 3:
                await asyncio.sleep(0.1)
        await page.evaluate(SET_BACK)
        asked = line.requests
        async with asyncio.timeout(40):
            while line.requests < asked + 4:
                await asyncio.sleep(0.1)


async def test_a_board_whose_clock_is_set_back_tells_that_its_numbers_are_old(
    web: House, browser: Any
) -> None:
    await web.hub.db.write(lambda conn: put_estate(conn, ("3/12/1201",), (Who("3/12/1201"),)))
    asked = LaunchRequest("fire", "3/12", Kind.LIVE)
    made = await web.hub.launch.start(asked, who=Actor("user:1", "duty"), key=None)
    line = Line(port(web))
    async with line.standing() as url:
        context = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
        page = await context.new_page()
        await page.goto(f"{url}/login")
        await page.locator("input[name=login]").fill(await web.user("duty"))
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.locator("input[name=password]").press("Enter")
        await page.wait_for_url(lambda at: "/login" not in at)
        await page.goto(f"{url}/incidents/{made.id}")
        await expect(page.locator("#contact")).to_be_visible()
        await asyncio.sleep(3)
        await page.evaluate(SET_BACK)
        line.fall_silent()
        await expect(page.locator("#stale")).to_be_visible(timeout=PATIENCE)
        away = page.locator("#alarms .alarm.critical").first
        await expect(away).to_be_visible(timeout=PATIENCE * 2)
