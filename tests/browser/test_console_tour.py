"""The duty manager's tour in a real browser against the real demo: log in, launch, watch, say."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from tests.browser.endings import all_clear
from tests.processes import free_port

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(480),
]

PATIENCE = 90_000  # ms: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
PEOPLE = "120"
PLACE = "1/5"


@dataclass
class Tour:
    """An open browser that is logged in, and everything that went wrong in its pages."""

    url: str
    context: BrowserContext
    wrong: list[str] = field(default_factory=list)

    async def page(self) -> Page:
        page = await self.context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("console", lambda said: self.wrong.append(said.text) if _bad(said.text) else None)
        return page


def _bad(text: str) -> bool:
    return "Content Security Policy" in text or "Refused to" in text


async def _printed(stream: asyncio.StreamReader, wanted: str) -> str:
    while line := (await stream.readline()).decode():
        if found := re.search(wanted, line):
            return found[0]
    raise AssertionError(f"the demo ended without printing {wanted}")


@contextlib.asynccontextmanager
async def _demo(data: Path) -> AsyncIterator[str]:
    """The demo runs; its printed one-time login."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from hub.cli import main; main()", "demo"),
        *("--port", str(free_port()), "--people", PEOPLE),
        env={**os.environ, "MUSTER_DATA": str(data)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(180):
            once = await _printed(process.stdout, r"http\S+/login/once/\S+")
        yield once
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(30):
                await process.wait()
        except TimeoutError:  # how it stops is another test's question
            process.kill()
            await process.wait()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tour(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tour]:
    async with _demo(tmp_path_factory.mktemp("demo")) as once, async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=90_000
        )
        context = await browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
        context.set_default_timeout(PATIENCE)
        made = Tour(once.partition("/login")[0], context)
        page = await made.page()
        await page.goto(once)
        await page.get_by_role("button", name="Sign in on this computer").click()
        await page.wait_for_url(f"{made.url}/")
        await page.close()
        yield made
        await browser.close()


async def test_01_without_a_session_every_page_asks_for_the_login(tour: Tour) -> None:
    browser = tour.context.browser
    assert browser is not None
    stranger = await browser.new_context(locale="zh-CN")
    stranger.set_default_timeout(PATIENCE)
    page = await stranger.new_page()
    await page.goto(f"{tour.url}/roster")

    assert "/login?next=" in page.url
    await expect(page.get_by_role("heading", name="登录")).to_be_visible()
    await page.get_by_label("工号或邮箱").fill("nobody")
    await page.get_by_label("密码").fill("not the password")
    await page.get_by_role("button", name="登录", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="登录名或密码不正确")).to_be_visible()
    await stranger.close()


async def test_02_the_quiet_board_stands_with_its_towers_and_says_what_is_done(tour: Tour) -> None:
    page = await tour.page()
    await page.goto(f"{tour.url}/")

    await expect(page.locator("#step-roster.done")).to_be_visible()
    await expect(page.locator("#estate svg.tower").first).to_be_visible()
    await page.close()


async def test_03_every_page_stands_in_both_languages_without_a_script_error(tour: Tour) -> None:
    page = await tour.page()
    for language, heading in (("zh-CN", "人员"), ("en", "People")):
        await page.goto(f"{tour.url}/roster?lang={language}")
        await expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        await expect(page.locator("#list tbody tr").first).to_be_visible()
        for path in ("/screens", "/incidents", "/launch?kind=drill"):
            await page.goto(tour.url + path)
            assert await page.locator("html").get_attribute("lang") == language
    await page.close()

    assert tour.wrong == []


async def test_04_a_place_that_is_none_is_named_and_nothing_can_be_sent(tour: Tour) -> None:
    page = await tour.page()
    await page.goto(f"{tour.url}/launch/fire?kind=drill")
    await page.get_by_label("Place", exact=True).fill("99/1")

    await expect(page.locator("#place-is")).to_contain_text("There is no place 99/1")
    await page.get_by_label("Type the number of people").fill("5")
    await expect(page.locator("#send")).to_be_disabled()
    await page.close()


async def test_05_a_double_click_starts_one_drill_and_its_board_moves(tour: Tour) -> None:
    page = await tour.page()
    await page.goto(f"{tour.url}/launch/fire?kind=drill")
    await page.get_by_label("Place", exact=True).fill(PLACE)
    await expect(page.locator("#words .bub").first).to_be_visible()
    people = (await page.locator('[data-n="people"]').inner_text()).replace(",", "")
    await expect(page.locator("#send")).to_be_disabled()
    await page.get_by_label("Type the number of people").fill(people)
    await page.locator("#send").dblclick()
    await page.wait_for_url(re.compile(r"/incidents/\d+$"))

    await expect(page).to_have_title(re.compile("^DRILL: "))
    await expect(page.locator('[data-num="people"] .n')).to_have_text(people)
    await expect(page.locator('[data-num="told"] .n')).not_to_have_text(re.compile("^[0–]$"))
    await expect(page.locator("#estate use[href='#u-told']").first).to_be_attached()
    await expect(page.locator("#estate .flag-t")).to_have_text("Fire")
    await expect(page.locator("#calls a")).to_have_count(0)
    listed = await page.request.get(f"{tour.url}/api/v1/incidents")
    assert len((await listed.json())["items"]) == 1
    await page.close()


async def test_05b_the_flag_of_the_place_is_whole_on_every_size(tour: Tour) -> None:
    page = await tour.page()
    await page.goto(f"{tour.url}/")
    for width, height in ((1440, 900), (390, 844), (1920, 1080)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_function(WHOLE)
    await page.close()


WHOLE = """() => {
  const flag = document.querySelector(".flag");
  if (!flag) return false;
  flag.scrollIntoView({ block: "center" });
  const box = flag.getBoundingClientRect();
  const y = box.top + box.height / 2;
  return [box.left + 1, box.right - 3].every((x) => document.elementFromPoint(x, y) === flag
    || document.elementFromPoint(x, y)?.classList.contains("flag-t"));
}"""


async def test_06_a_flat_opens_by_keyboard_and_its_state_is_spoken(tour: Tour) -> None:
    page = await tour.page()
    await page.goto(f"{tour.url}/")  # one incident runs: this is its board
    await expect(page.locator("#contact")).to_contain_text("Connected")
    await expect(page.locator("#estate use[href='#u-vac']").first).to_be_attached()
    await page.locator("#tower-1").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")

    await expect(page.locator("#say-soon")).to_contain_text("Floor 2")
    await page.keyboard.press("Enter")
    await expect(page.locator("#opened")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#opened")).to_be_hidden()
    await expect(page.locator("#tower-1")).to_be_focused()
    await page.close()


async def test_07_no_key_sends_and_an_update_is_said_once(tour: Tour) -> None:
    page = await tour.page()
    await page.goto(f"{tour.url}/")
    await expect(page.locator("#contact")).to_contain_text("Connected")
    await page.keyboard.press("u")
    await expect(page.get_by_role("dialog")).to_contain_text("Send an update")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("#order")).not_to_contain_text("stair B")

    await page.keyboard.press("u")
    await page.get_by_role("textbox", name="English").fill("Stair A has smoke, use stair B")
    await page.get_by_role("textbox", name="中文").fill("A 梯有烟，请走 B 梯")
    await page.get_by_role("button", name="Send the update").click()
    await expect(page.locator("#order")).to_contain_text("use stair B")
    await page.close()


async def test_08_without_contact_the_board_says_since_when(tour: Tour) -> None:
    page = await tour.page()
    await page.goto(f"{tour.url}/")
    await expect(page.locator("#contact")).to_contain_text("Connected")
    await tour.context.set_offline(True)

    await expect(page.locator("#stale")).to_contain_text("No live data since")
    await expect(page.locator('[data-num="people"] .n')).not_to_have_text("–")
    await tour.context.set_offline(False)
    await expect(page.locator("#stale")).to_be_hidden()
    await page.close()


async def test_09_on_a_phone_nothing_is_wider_than_the_page(tour: Tour) -> None:
    page = await tour.page()
    await page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/launch?kind=live", "/launch/fire?kind=live", "/roster", "/screens"):
        await page.goto(tour.url + path)
        await page.wait_for_load_state("networkidle" if path != "/" else "load")
        over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, path
    await page.close()


async def test_10_the_wall_shows_no_actions_and_no_needs(tour: Tour) -> None:
    page = await tour.page()
    await page.goto(f"{tour.url}/incidents/1?wall")

    await expect(page.locator('[data-num="people"] .n')).not_to_have_text("–")
    await expect(page.locator("[data-act]")).to_have_count(0)
    await expect(page.locator("#timeline")).to_have_count(0)
    await page.close()


async def test_11_the_all_clear_ends_it(tour: Tour) -> None:
    page = await tour.page()
    await page.goto(f"{tour.url}/incidents/1")
    await all_clear(page)

    await expect(page.locator("#status")).to_have_text("All clear given")
    await page.close()
    assert [one for one in tour.wrong if "Failed to fetch" not in one] == []
