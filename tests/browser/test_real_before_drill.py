"""The board and the doors of a drill while something real begins, in a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from hub.model import Kind, LaunchRequest
from tests.launch_estate import WHO, Who, put_estate
from tests.web.parts import PASSWORD, House, make_template, open_hub, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(480)]

PATIENCE = 90_000  # ms: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
PATHS = ("3/5/501", "3/12/1201")
PEOPLE = (
    Who("3/12/1201", ways=[("sms", "+447700900001")], drill=True),
    Who("3/5/501"),  # told to stay, and nothing reaches them
)
DRILL = LaunchRequest("fire", "3/5", Kind.DRILL, announce=True)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    await make_template(tmp_path)
    async with open_hub(tmp_path) as hub, served(hub) as found:
        await hub.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        await hub.launch.start(DRILL, who=WHO, key=None)
        yield found


async def on_duty(browser: Browser, home: House) -> Page:
    desk = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    desk.set_default_timeout(PATIENCE)
    page = await desk.new_page()
    await page.goto(f"{home.at.url}/login")
    await page.get_by_label("Work number or e-mail").fill(await home.user("duty"))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url(re.compile(r"/incidents/1$"))
    return page


async def test_the_board_of_a_drill_says_that_something_real_has_begun(
    chromium: str, home: House
) -> None:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=90_000
        )
        page = await on_duty(browser, home)
        await expect(page.locator("#started")).not_to_have_text("–")
        await expect(page.locator("#real")).to_be_hidden()
        await expect(page.locator('[data-act="update"]').first).to_be_visible()

        await home.hub.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key=None)

        banner = page.locator("#real")
        await expect(banner).to_contain_text("Something real has begun: FIRE-0002")
        await expect(page.locator('[data-act="update"]').first).to_be_hidden()
        await expect(page.locator("#status")).to_have_text("ended by something real")
        await banner.get_by_role("link", name="Open what is real").click()
        await page.wait_for_url(re.compile(r"/incidents/2$"))
        await expect(page.locator("#real")).to_be_hidden()

        # Told to stay, and nothing reaches them: their door is on the list, and says why.
        await page.goto(f"{home.at.url}/incidents/2/doors")
        await expect(page.get_by_text("no message can reach them: no address")).to_be_visible()
        await browser.close()
