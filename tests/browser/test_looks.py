"""What people see on a phone: targets a finger can hit, nothing cut off, dialogs a key closes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_help_open import burning
from tests.browser.test_replies import PATIENCE, PHONE, browser, logged_in
from tests.passwords import cheap_passwords
from tests.web.conftest import template, web
from tests.web.parts import House

__all__ = ["browser", "cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SMALL = """() => [...document.querySelectorAll('a, button, select, summary, textarea')]
  .filter((one) => one.checkVisibility() && !one.classList.contains('skip'))
  .map((one) => [one.getBoundingClientRect(), one.className + ' ' + one.textContent.trim()])
  .filter(([box]) => box.width > 0 && box.height < 43.5)
  .map(([box, name]) => `${name}: ${box.width} x ${box.height}`)"""
TORN = """() => [...document.querySelectorAll('.outcome > span, .events td, .past th .two')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .filter((one) => getComputedStyle(one).display !== 'inline')
  .map((one) => one.textContent)"""


async def on_a_phone(browser: Any, web: House, **more: Any) -> Page:
    finger = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    return await logged_in(browser, web, **finger | more)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_a_finger_hits_what_it_aims_at_and_nothing_is_cut_off(
    web: House, browser: Any, lang: str
) -> None:
    async with burning(web) as incident:
        page = await on_a_phone(browser, web)
        here = f"/incidents/{incident}"
        for path, ready in (
            (here, "#help-rows > li"),
            (f"{here}/record", ".events tbody tr"),
            (f"{here}/doors", "#main"),
            ("/incidents", ".past tbody tr"),
            ("/replies", "#main"),
            ("/roster", "#people"),
            ("/launch/fire?kind=live&place=3/12", "#already .btn"),
        ):
            await page.goto(f"{web.at.url}{path}{'&' if '?' in path else '?'}lang={lang}")
            await page.locator(ready).first.wait_for(timeout=PATIENCE)
            assert await page.evaluate(SMALL) == [], path
            assert await page.evaluate(TORN) == [], path
            over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, path


async def test_the_timeline_and_the_record_say_places_in_words(web: House, browser: Any) -> None:
    async with burning(web) as incident:
        page = await on_a_phone(browser, web)
        at = f"{web.at.url}/incidents/{incident}"
        await page.goto(f"{at}?lang=zh-CN")
        await expect(page.locator("#timeline")).to_contain_text("3栋1101室 需要帮助")
        await page.goto(f"{at}/record?lang=en")
        await expect(page.locator(".events")).to_contain_text("Tower 3, flat 1101 needs help")


async def test_the_buttons_of_a_dialog_keep_clear_of_its_edge_and_escape_closes_it(
    web: House, browser: Any
) -> None:
    async with burning(web) as incident:
        page = await on_a_phone(browser, web)
        await page.goto(f"{web.at.url}/incidents/{incident}?lang=en")
        for act in ("update", "all_clear"):
            await page.locator(f'.bottom [data-act="{act}"]').click()
            dialog = page.get_by_role("dialog")
            await dialog.locator("textarea").first.wait_for()
            edge = await dialog.evaluate(
                "(one) => one.getBoundingClientRect().bottom"
                " - one.querySelector('.ends .btn').getBoundingClientRect().bottom"
            )
            assert edge >= 12, act
            await page.keyboard.press("Escape")
            await expect(dialog).to_be_hidden()


async def test_a_drill_that_cannot_start_says_why_where_one_would_start_it(
    web: House, browser: Any
) -> None:
    async with burning(web):
        page = await on_a_phone(browser, web)
        why = page.locator("#go-text")
        await page.goto(f"{web.at.url}/launch/fire?kind=drill&place=3/12&lang=en")
        await expect(why).to_contain_text("is open there. See to it first")
        await expect(why.locator("a")).to_have_attribute("href", re.compile(r"/incidents/\d+"))
        await expect(page.locator("#send")).to_be_disabled()
        await page.goto(f"{web.at.url}/launch/fire?kind=drill&place=9&lang=en")
        await expect(page.locator("#send")).to_be_disabled()


async def test_the_strip_of_alarms_stands_inside_the_frame_of_a_drill(
    web: House, browser: Any
) -> None:
    async with burning(web):
        page = await on_a_phone(browser, web)
        await page.goto(f"{web.at.url}/launch/fire?kind=drill&lang=en")
        strip = page.locator("#alarms")
        await expect(strip).to_be_visible()
        assert (await strip.bounding_box() or {})["x"] >= 8
