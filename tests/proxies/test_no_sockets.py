"""nginx as it comes: no Upgrade, bodies of 1 MB. Screens and boards show the fire all the same, and
the hub says what is wrong; once its proxy lets sockets through, everything changes over."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.processes import MUSTER, ROOT, Process, free_port, muster, running
from tests.proxies.parts import AS_IT_COMES, proxy

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PATIENCE = 60_000  # ms: a busy machine is slow, not wrong
PICTURES = ROOT / ".artifacts"
expect.set_options(timeout=PATIENCE)


class Site:
    """A demo hub whose people come through nginx."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.inside, self.port = free_port(), free_port()
        self.url = f"http://localhost:{self.port}"
        self.env = {"MUSTER_DATA": str(folder / "data"), "MUSTER_PUBLIC_URL": self.url}

    def start(self) -> Process:
        words = ["demo", "--port", str(self.inside), "--people", "60"]
        env, folder = self.env, self.folder
        process = self.stack.enter_context(
            running([*MUSTER, *words], env=env, folder=folder, name="demo")
        )
        process.says("Ctrl-C stops it")
        return process

    def nginx(self, text: str = "") -> ExitStack:
        stack = self.stack.enter_context(ExitStack())
        folder = self.folder / "nginx"
        stack.enter_context(proxy("nginx", folder, self.inside, text=text, port=self.port))
        return stack


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    PICTURES.mkdir(exist_ok=True)
    with ExitStack() as stack:
        yield Site(tmp_path, stack)


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        options: Any = {"executable_path": chromium, "args": ["--no-sandbox"], "timeout": 90_000}
        found = await driver.chromium.launch(**options)
        yield found
        await found.close()


async def opened(browser: Browser, width: int, height: int, locale: str = "en-GB") -> Page:
    size: Any = {"width": width, "height": height}
    made = await browser.new_context(locale=locale, viewport=size)
    made.set_default_timeout(PATIENCE)
    return await made.new_page()


async def log_in(console: Page, process: Process, site: Site) -> None:
    once = re.search(r"http\S+/login/once/\S+", process.said)
    assert once is not None
    await console.goto(once[0])
    await console.get_by_role("button", name="Sign in on this computer").click()
    await console.wait_for_url(f"{site.url}/")


async def pair(console: Page, screen: Page, url: str) -> None:
    await screen.goto(f"{url}/screen")
    code = screen.locator(".code.num")
    await expect(code).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    digits = (await code.inner_text()).replace(" ", "")
    await console.goto(f"{url}/screens")
    for at, digit in enumerate(digits, 1):
        await console.locator(f'input[name="d{at}"]').fill(digit)
    await console.locator("#which").select_option(index=0)
    await console.locator("#pair-form button").click()
    await expect(console.locator("#pair-result .good")).to_be_visible()
    await expect(screen.locator(".calm")).to_be_visible()


async def launch(page: Page, url: str) -> int:
    body = {"playbook": "fire", "place": "1/3", "kind": "live", "params": {}}
    headers = {"Idempotency-Key": str(time.time()), "Origin": url}
    made = await page.request.post(f"{url}/api/v1/incidents", data=body, headers=headers)
    assert made.status == 202, await made.text()
    return int((await made.json())["id"])


async def screen_card(page: Page, url: str) -> dict[str, Any]:
    items = (await (await page.request.get(f"{url}/api/v1/screens")).json())["items"]
    return next(one for one in items if one["paired"] and one["connected"] and one["showing"])


async def test_behind_nginx_as_it_comes(browser: Browser, site: Site) -> None:
    process = site.start()
    bare = site.nginx(AS_IT_COMES)
    console = await opened(browser, 1440, 900)
    screen = await opened(browser, 1920, 1080)
    await log_in(console, process, site)
    await pair(console, screen, site.url)
    await expect(screen.locator(".st")).to_contain_text("Screen working")

    began = time.monotonic()
    incident = await launch(console, site.url)
    launched = time.monotonic()
    await expect(screen.locator(".screen h1")).to_be_visible()
    assert time.monotonic() - launched < 3, time.monotonic() - began
    await expect(screen.locator(".note.stale")).to_have_count(0)

    await console.goto(f"{site.url}/incidents/{incident}")
    await expect(console.locator("#contact")).to_contain_text("polling")
    await expect(console.locator("#stale")).to_be_hidden()
    await expect(console.locator("#alarms")).to_contain_text("lets no websockets through")
    await console.screenshot(path=PICTURES / "polling-board.png")
    await screen.screenshot(path=PICTURES / "polling-screen.png")
    ready = await (await console.request.get(f"{site.url}/readyz")).json()
    assert ready["ready"]
    assert [one["part"] for one in ready["degraded"]] == ["sockets"]
    doctor = await asyncio.to_thread(muster, "doctor", env=site.env)
    assert "lets no websockets through" in doctor.stdout
    assert (await screen_card(console, site.url))["showing"]["notice"]

    await too_large(console, site)
    await console.goto(f"{site.url}/incidents/{incident}")

    # The hub, then the proxy, are away: the screen says since when, and keeps what it shows.
    bare.close()
    await expect(screen.locator(".note.stale")).to_be_visible()
    await expect(console.locator("#stale")).to_be_visible()
    await screen.screenshot(path=PICTURES / "polling-stale.png")
    site.nginx()  # as documented
    await expect(screen.locator(".note.stale")).to_have_count(0)
    await expect(console.locator("#stale")).to_be_hidden()
    await expect(console.locator("#contact")).to_have_text("Connected")

    async def well() -> bool:
        said = await (await console.request.get(f"{site.url}/readyz")).json()
        return said["degraded"] == []

    async with asyncio.timeout(120):
        while not await well():
            await asyncio.sleep(1)


async def too_large(console: Page, site: Site) -> None:
    """A roster of 1.3 MB gets nginx's own page, and a sentence."""
    rows = "".join(f"1,12{n % 100:02d},P{n},1380000{n:04d},{'x' * 1000}\n" for n in range(1300))
    large = site.folder / "roster.csv"
    large.write_text("楼栋,房号,姓名,手机,备注\n" + rows, encoding="utf-8")
    await console.goto(f"{site.url}/roster")
    await console.locator("#file").set_input_files(large)
    told = console.locator("#report .trouble")
    await expect(told).to_contain_text("client_max_body_size 21m")
    await console.screenshot(path=PICTURES / "polling-too-large.png")


async def test_a_login_page_of_the_network_unpairs_no_screen(browser: Browser, site: Site) -> None:
    """A captive portal answers everything, by 401 or a page: nothing of that is the hub's."""
    process = site.start()
    portal = """server {
    listen 80;
    location / { default_type text/html; return %s '<h1>Log in to the network</h1>'; }
    # http://127.0.0.1:8000
}"""
    good = site.nginx()
    console, screen = await opened(browser, 1440, 900), await opened(browser, 1920, 1080)
    await log_in(console, process, site)
    await pair(console, screen, site.url)
    await launch(console, site.url)
    await expect(screen.locator(".screen h1")).to_be_visible()
    for status in ("200", "401"):
        good.close()
        bad = site.nginx(portal % status)
        await expect(screen.locator(".note.stale")).to_be_visible()
        assert await screen.locator(".screen h1").is_visible()
        bad.close()
        good = site.nginx()
        await expect(screen.locator(".note.stale")).to_have_count(0)
