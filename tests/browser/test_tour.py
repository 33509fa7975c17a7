"""The whole story in browsers: console, lobby screen, a resident's phone; the hub dies midway."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from hub.decide.tokens import answer_token
from hub.model import IncidentId, RecipientId
from tests.browser.endings import all_clear
from tests.processes import MUSTER, ROOT, Process, free_port, running

pytestmark = [pytest.mark.browser, pytest.mark.faults, pytest.mark.timeout(600)]

PATIENCE = 90_000  # ms: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
SIZES = {"phone": (390, 844), "desktop": (1440, 900), "1080p": (1920, 1080)}
PICTURES = ROOT / ".artifacts"
# Whether no tower of the drawing stands in another one, as they do until it fits a new size.
APART = """() => {
  const all = [...document.querySelectorAll("svg.tower")].map((one) => one.getBoundingClientRect());
  return all.every((a, at) => all.slice(at + 1).every((b) =>
    a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1
  ));
}"""
PEOPLE, PLACE = "150", "1/5"


class Demo:
    """A demo hub on a folder of its own that can be killed and started again."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack, self.port, self.starts = folder, stack, free_port(), 0
        self.url = f"http://localhost:{self.port}"

    def start(self) -> Process:
        self.starts += 1
        words = ["demo", "--port", str(self.port), "--people", PEOPLE]
        env = {"MUSTER_DATA": str(self.folder / "data")}
        started = running([*MUSTER, *words], env=env, folder=self.folder, name=f"demo{self.starts}")
        process = self.stack.enter_context(started)
        process.says("Ctrl-C stops it")
        return process

    def link(self, incident: int, recipient: int) -> str:
        """The link in that person's SMS."""
        secret = (self.folder / "data" / "secret.key").read_bytes().strip()
        return f"{self.url}/a/{answer_token(secret, IncidentId(incident), RecipientId(recipient))}"


async def picture(page: Page, name: str) -> None:
    """What there is to look at, at three sizes."""
    PICTURES.mkdir(exist_ok=True)
    before = page.viewport_size
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        async with asyncio.timeout(PATIENCE / 1000):
            while not await page.evaluate(APART):
                await asyncio.sleep(0.05)
        await page.screenshot(path=PICTURES / f"tour-{name}-{size}.png")
    if before is not None:
        await page.set_viewport_size(before)


async def context(browser: Browser, size: str, **more: Any) -> BrowserContext:
    width, height = SIZES[size]
    made = await browser.new_context(
        locale="en-GB", viewport={"width": width, "height": height}, **more
    )
    made.set_default_timeout(PATIENCE)
    return made


async def count(page: Page, name: str) -> int:
    text = await page.locator(f'[data-num="{name}"] .n').inner_text()
    return int(text.replace(",", "")) if re.fullmatch(r"[\d,]+", text) else 0


async def rises(page: Page, name: str, enough: Callable[[int], bool]) -> int:
    async with asyncio.timeout(PATIENCE / 1000):
        while not enough(number := await count(page, name)):
            await asyncio.sleep(0.1)
    return number


async def pair(console: Page, screen: Page, url: str) -> None:
    """The screen shows its code, a person types it, and it is a screen."""
    await screen.goto(f"{url}/screen")
    code = screen.locator(".code.num")
    await expect(code).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    digits = (await code.inner_text()).replace(" ", "")
    await console.goto(f"{url}/screens")
    await expect(console.locator("#list tbody tr").first).to_be_visible()
    for at, digit in enumerate(digits, 1):
        await console.locator(f'input[name="d{at}"]').fill(digit)
    await console.locator("#which").select_option(index=0)
    await console.locator("#pair-form button").click()
    await expect(console.locator("#pair-result .good")).to_be_visible()
    await expect(screen.locator(".calm")).to_be_visible()


async def launch(console: Page, url: str) -> int:
    """Fire, from the cards to the board; the incident's id."""
    await console.goto(f"{url}/launch?kind=live")
    await picture(console, "cards")
    await console.locator("a.card", has_text="Fire").first.click()
    await console.wait_for_url(re.compile("/launch/fire"))
    await console.get_by_label("Place", exact=True).fill(PLACE)
    await expect(console.locator("#words .bub").first).to_be_visible()
    await picture(console, "form")
    people = (await console.locator('[data-n="people"]').inner_text()).replace(",", "")
    await console.get_by_label("Type the number of people").fill(str(int(people) + 1))
    await expect(console.locator("#send")).to_be_disabled()
    await console.get_by_label("Type the number of people").fill(people)
    await console.locator("#send").click()
    await console.wait_for_url(re.compile(r"/incidents/\d+$"))
    return int(console.url.rsplit("/", 1)[1])


async def answers(browser: Browser, link: str) -> None:
    """A resident without scripts answers, and thinks again."""
    phone = await context(browser, "phone", java_script_enabled=False)
    page = await phone.new_page()
    for _ in range(2):
        await page.goto(link)
        await expect(page.locator(".yours")).to_have_count(0)  # looking is not answering
    await page.screenshot(path=PICTURES / "tour-resident-phone.png", full_page=True)
    await page.locator('button[value="safe"]').first.click()
    await expect(page.locator(".yours")).to_be_visible()
    await page.locator('button[value="help"]').first.click()
    await expect(page.locator(".yours.bad")).to_be_visible()
    await page.screenshot(path=PICTURES / "tour-resident-answered-phone.png", full_page=True)
    await phone.close()


async def test_a_fire_from_the_first_login_to_the_all_clear(chromium: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        demo = Demo(tmp_path, stack)
        process = demo.start()
        once = re.search(r"http\S+/login/once/\S+", process.said)
        assert once is not None
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"], timeout=90_000
            )
            await _story(browser, demo, process, once[0])
            await browser.close()


async def _story(browser: Browser, demo: Demo, process: Process, once: str) -> None:
    desk, hall = await context(browser, "desktop"), await context(browser, "1080p")
    console, screen = await desk.new_page(), await hall.new_page()
    await console.goto(once)
    await console.get_by_role("button", name="Sign in on this computer").click()
    await console.wait_for_url(f"{demo.url}/")
    await expect(console.locator("#step-roster.done")).to_be_visible()
    await picture(console, "first")
    await pair(console, screen, demo.url)

    incident = await launch(console, demo.url)
    await expect(screen.locator(".screen h1")).to_be_visible()
    await expect(screen.locator("body")).to_have_attribute("data-kind", "live")
    # It stands outside the tower that burns: nothing on it hurries people out.
    await expect(screen.locator(".screen.s-amber .lv")).to_contain_text("请留在楼内")
    await expect(screen.locator(".way svg.arrow")).to_have_count(0)
    await rises(console, "told", lambda told: told > 50)
    await rises(console, "answered", lambda answered: answered > 0)
    await expect(console.locator("#estate use[href='#u-told']").first).to_be_attached()
    people = await console.request.get(f"{demo.url}/api/v1/recipients?kind=resident&search=1/5")
    items = (await people.json())["items"]
    await answers(browser, demo.link(incident, items[-1]["id"]))
    await expect(console.locator("#help-rows li").first).to_be_visible()
    await picture(console, "board")

    await console.keyboard.press("u")
    await console.get_by_role("textbox", name="English").fill("Stair A has smoke, use stair B")
    await console.get_by_role("textbox", name="中文").fill("A 梯有烟，请走 B 梯")
    await console.get_by_role("button", name="Send the update").click()
    await expect(console.locator("#order")).to_contain_text("use stair B")
    await expect(screen.locator(".note.upd")).to_contain_text("use stair B")
    await picture(screen, "screen-update")

    process.kill()
    await expect(screen.locator(".note.stale")).to_be_visible()
    await expect(screen.locator(".screen h1")).to_be_visible()  # it keeps what it showed
    await expect(console.locator("#stale")).to_be_visible()
    await picture(screen, "screen-stale")
    demo.start()
    await expect(screen.locator(".note.stale")).to_have_count(0)
    await expect(console.locator("#stale")).to_be_hidden()

    await console.goto(f"{demo.url}/incidents/{incident}")
    await all_clear(console)
    await expect(console.locator("#status")).to_have_text("All clear given")
    for update in await console.locator('[data-act="update"]').all():
        await expect(update).to_be_hidden()  # there is nothing left to update
    await expect(screen.locator(".note.upd")).to_have_count(0)
    await expect(screen.locator(".way .big, .way svg").first).to_be_visible()
    await picture(screen, "screen-clear")
    await picture(console, "cleared")
