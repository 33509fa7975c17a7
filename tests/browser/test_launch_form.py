"""The launch form, in a browser: what runs already is updated first; what has changed is shown and
asked for again, with everything typed still there."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import text

from hub.model import Actor, Kind, LaunchRequest
from tests.launch_estate import Who, put_estate
from tests.passwords import cheap_passwords
from tests.web.conftest import template, web
from tests.web.parts import PASSWORD, House

__all__ = ["cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE = 90_000  # ms: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
PATHS = ("3/5/501", "3/12/1201", "3/12/1202", "4/1/101")
PEOPLE = (
    Who("3/12/1201", ways=[("sms", "+447700900001")], drill=True),
    Who("3/12/1202", ways=[("sms", "+447700900002")], language="en"),
    Who("3/5/501", ways=[("sms", "+447700900003")]),
    Who("4/1/101", ways=[("sms", "+447700900004")]),
)
DUTY = Actor("user:1", "duty")
SHOTS = os.environ.get("SHOTS", "")  # a folder: what was seen is kept there


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Any]:
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=PATIENCE
        )
        yield opened
        await opened.close()


async def page_of(browser: Any, web: House, **options: Any) -> Page:
    """Somebody on duty, logged in."""
    chosen = {"locale": "en-GB", "viewport": {"width": 1440, "height": 900}, **options}
    context = await browser.new_context(**chosen)
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    await page.goto(f"{web.at.url}/login")
    await page.locator("input[name=login]").fill(await web.user("duty"))
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("input[name=password]").press("Enter")
    await page.wait_for_url(lambda at: "/login" not in at)
    return page


async def filled(page: Page, web: House, *, people: str, kind: str = "live") -> None:
    """The form for the fire on floor 12, its number typed, if it is asked for."""
    await page.goto(f"{web.at.url}/launch/fire?kind={kind}")
    await page.locator("#place").fill("3/12")
    await expect(page.locator("#place-is")).to_have_text(re.compile("Tower 3|3栋"))
    if people:
        await page.locator("#confirm").fill(people)


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png")


async def one(web: House, sql: str) -> Any:
    return await web.hub.db.read(lambda conn: conn.execute(text(sql)).scalar())


async def run(web: House, *sql: str) -> None:
    for each in sql:
        await web.hub.db.write(lambda conn, each=each: conn.execute(text(each)) and None)


LOOKS: tuple[dict[str, Any], ...] = (
    {"locale": "en-GB"},
    {"locale": "zh-CN", "color_scheme": "dark"},
    {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}},
)


@pytest.mark.parametrize("look", LOOKS, ids=("en", "zh-dark", "zh-phone"))
async def test_what_runs_already_is_updated_first(
    web: House, browser: Any, look: dict[str, Any]
) -> None:
    await web.hub.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
    asked = LaunchRequest("fire", "3/12", Kind.LIVE)
    begun = await web.hub.launch.start(asked, who=DUTY, key=None)
    page = await page_of(browser, web, **look)
    await filled(page, web, people="")

    already, form = page.locator("#already"), page.locator("#go-form")
    await expect(already).to_be_visible()
    await expect(already).to_contain_text(begun.code)
    await expect(form).to_be_hidden()
    await shot(page, f"already-{look['locale']}-{look.get('color_scheme', 'light')}-{len(look)}")

    await page.locator("#place").fill("4")  # shares no ground with it
    await expect(already).to_be_hidden()
    await expect(form).to_be_visible()
    await page.locator("#place").fill("3/12")
    await expect(already).to_be_visible()

    await already.locator(".btn.main").click()
    await page.wait_for_url(re.compile(rf"/incidents/{begun.id}"))
    dialog = page.locator("dialog.ask")
    await expect(dialog).to_be_visible()
    assert await one(web, "SELECT count(*) FROM incidents") == 1
    await shot(page, f"update-{look['locale']}")


async def test_another_one_beside_it_is_a_second_choice(web: House, browser: Any) -> None:
    await web.hub.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
    page = await page_of(browser, web)
    await filled(page, web, people="4")
    await expect(page.locator("#send")).to_be_enabled()
    # Somebody else is quicker: the page learns of it by being refused.
    asked = LaunchRequest("fire", "3", Kind.LIVE)
    begun = await web.hub.launch.start(asked, who=DUTY, key=None)
    await page.locator("#send").click()
    already = page.locator("#already")
    await expect(already).to_contain_text(begun.code)
    await expect(page.locator("#send")).to_be_hidden()
    assert await one(web, "SELECT count(*) FROM incidents") == 1

    await page.locator("#again").click()
    await shot(page, "beside-en")
    await expect(already).to_contain_text(f"beside {begun.code}")
    await page.get_by_role("button", name="No, go back").click()
    await expect(page.locator("#send")).to_be_hidden()
    await page.locator("#again").click()
    await expect(page.locator("#confirm")).to_have_value("4")
    await page.locator("#send").click()
    await page.wait_for_url(re.compile(r"/incidents/2$"))
    assert await one(web, "SELECT count(*) FROM incidents") == 2


SWAP = (
    "UPDATE recipients SET place_id = CASE id"
    " WHEN 1 THEN (SELECT id FROM places WHERE path = '4/1/101')"
    " ELSE (SELECT id FROM places WHERE path = '3/12/1201') END WHERE id IN (1, 4)"
)
GONE = "UPDATE recipients SET removed_at = 1 WHERE id = 4"
REV = "UPDATE sites SET roster_rev = roster_rev + 1"


@pytest.mark.parametrize(
    ("change", "people", "locale", "said"),
    [
        (SWAP, "4", "en-GB", "still 4 people, but not the same"),
        (GONE, "3", "en-GB", "3 people now, 4 before"),
        (SWAP, "4", "zh-CN", "仍是 4 人，但人员、号码、语言或内容与之前不同"),
        (GONE, "3", "zh-CN", "现在 3 人，之前 4 人"),
    ],
    ids=("swap", "gone", "swap-zh", "gone-zh"),
)
async def test_a_changed_audience_is_shown_and_asked_for_again(
    web: House, browser: Any, change: str, people: str, locale: str, said: str
) -> None:
    await web.hub.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
    page = await page_of(browser, web, locale=locale)
    await filled(page, web, people="4")
    field = page.locator("#params input[type=radio]").last
    await field.check()
    await expect(page.locator("#send")).to_be_enabled()
    await run(web, change, REV)
    await page.locator("#send").click()

    await expect(page.locator("#go-trouble")).to_contain_text(said)
    await shot(page, f"changed-{locale}-{people}")
    await expect(page.locator("#place")).to_have_value("3/12")
    await expect(field).to_be_checked()
    await expect(page.locator('[data-n="people"]')).to_have_text(people)
    await expect(page.locator("#confirm")).to_have_value("")
    await expect(page.locator("#send")).to_be_disabled()
    assert await one(web, "SELECT count(*) FROM incidents") == 0

    await page.locator("#confirm").fill(people)
    await page.locator("#send").click()
    await page.wait_for_url(re.compile(r"/incidents/1$"))
    assert await one(web, "SELECT people FROM incidents") == int(people)


async def test_a_launch_that_would_reach_nobody_says_so(web: House, browser: Any) -> None:
    await web.hub.db.write(lambda conn: put_estate(conn, PATHS, [Who("3/12/1201"), Who("3/5/501")]))
    page = await page_of(browser, web, locale="zh-CN")
    await filled(page, web, people="2")
    await expect(page.locator("#reach .warn.grave")).to_contain_text("谁都通知不到")
    await shot(page, "nobody-zh")
    await expect(page.locator("#send")).to_be_enabled()
