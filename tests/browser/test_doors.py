"""Doors to knock at, in a browser: from the board to the door and back, by two, without signal."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import text

from hub.model import LaunchRequest
from tests.launch_estate import WHO, Who, house, put_estate
from tests.web.parts import PASSWORD, House, make_template, open_hub, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(480)]

PATIENCE = 90_000  # ms: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
PATHS = ("3/5/501", "3/12/1201", "3/12/1202", "3/14/1401")
PEOPLE = (
    Who("3/12/1201", ways=[("sms", "+447700900001")]),
    Who("3/12/1202", ways=[("sms", "+447700900002")], needs=["wheelchair"]),
    Who("3/14/1401", ways=[("sms", "+447700900003")]),
    Who(None, kind="staff", roles=["steward"]),
)


@pytest.fixture
async def knocking(tmp_path: Path) -> AsyncIterator[House]:
    """A hub whose fire has three doors to knock at."""
    await make_template(tmp_path)
    async with open_hub(tmp_path) as hub, served(hub) as home:
        await hub.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        house_of = house(hub.db)
        await house_of.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key="launch")
        await house_of.run("UPDATE waves SET due_at = 0 WHERE \"key\" = 'door_knock'")
        await house_of.escalate.due()
        yield home


async def steward(browser: Browser, home: House, **options: Any) -> Page:
    """Somebody on duty, logged in, with a phone."""
    phone = await browser.new_context(
        locale="en-GB", viewport={"width": 390, "height": 844}, has_touch=True, **options
    )
    phone.set_default_timeout(PATIENCE)
    page = await phone.new_page()
    await page.goto(f"{home.at.url}/login")
    await page.get_by_label("Work number or e-mail").fill(await home.user("duty"))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url(re.compile(r"/incidents/1$"))
    return page


async def test_from_the_board_to_the_doors_and_back(chromium: str, knocking: House) -> None:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=90_000
        )
        one, other = await asyncio.gather(steward(browser, knocking), steward(browser, knocking))
        await _one_tap(one)
        await _two_at_one_door(one, other)
        await _not_under_the_next_name(one, knocking)
        await _back_at_the_board(one)
        await _it_is_over_and_they_are_told(one)
        await _in_chinese_and_for_nobody_else(one, knocking)
        await browser.close()


def door(page: Page, flat: str) -> Any:
    return page.locator(".door", has=page.locator(".flat-no", has_text=flat))


async def _one_tap(page: Page) -> None:
    """The nearest door to the danger is open; its outcome is one tap, and the next one is open."""
    entry = page.get_by_role("link", name=re.compile("Doors to knock at"))
    await expect(entry.locator(".n")).to_have_text("3")
    await entry.click()
    await expect(page.get_by_role("heading", name="Floor 12")).to_be_visible()
    await expect(door(page, "1202")).to_contain_text("Wheelchair")
    await door(page, "1201").get_by_role("button", name="Safe").click()
    await expect(door(page, "1201")).to_contain_text("Undo")
    await expect(door(page, "1202").get_by_role("button", name="Not home")).to_be_visible()
    await expect(door(page, "1201")).to_contain_text("you")
    await expect(page.locator("#done")).to_have_text("1 of 3 seen to")
    over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0


async def _two_at_one_door(one: Page, other: Page) -> None:
    """Without signal an outcome waits on the phone; who comes second is told who was first."""
    await other.goto(f"{other.url}/doors")
    await expect(door(other, "1202")).to_be_visible()
    await one.context.set_offline(True)
    await door(one, "1202").get_by_role("button", name="Not home").click()
    await expect(door(one, "1202")).to_contain_text("Not sent yet")
    await other.locator(".is-open").get_by_role("button", name="Refused").click()
    await expect(door(other, "1202")).to_contain_text("Refused")
    await expect(other.locator("#done")).to_have_text("2 of 3 seen to")
    await one.context.set_offline(False)
    await expect(door(one, "1202")).to_contain_text("Already done")
    await door(one, "1202").get_by_role("button", name="Leave it so").click()
    await expect(door(one, "1202")).to_contain_text("Refused")


async def _not_under_the_next_name(page: Page, home: House) -> None:
    """Whoever logs in in another tab of the phone sends nothing of whose page is still open."""
    mine = str(await page.evaluate("document.body.dataset.me"))
    cookies = await page.context.cookies()
    tab = await page.context.new_page()
    pair = {"login": await home.user("duty"), "password": PASSWORD}
    await page.context.request.post(f"{home.at.url}/login", form=pair)
    await door(page, "1401").get_by_role("button", name="Away").click()
    await expect(door(page, "1401")).to_contain_text("Somebody else has logged in")
    await tab.goto(page.url)
    await expect(tab.locator("#unsent-text")).to_contain_text("1 entry of somebody else")
    await tab.close()
    await page.context.clear_cookies(name="muster")
    await page.context.add_cookies(cookies)  # they log in again
    await expect(door(page, "1401")).to_contain_text("you")
    asked = text("SELECT done_by FROM tasks WHERE outcome = 'away'")
    rows: list[Any] = await home.hub.db.read(lambda conn: conn.execute(asked).all())
    assert [row[0] for row in rows] == [mine]


async def _back_at_the_board(page: Page) -> None:
    """What came of it stands on the board; nothing entered is left on the phone."""
    await expect(page.locator("#unsent")).to_be_hidden()
    await page.get_by_role("link", name="Board").click()
    await expect(page.locator("#byhand .n")).to_have_text("0")
    await expect(page.locator("#byhand")).to_contain_text("3 of 3 seen to")
    assert await page.evaluate("Object.keys(localStorage).filter(k => k.includes('doors'))") == []


async def _it_is_over_and_they_are_told(page: Page) -> None:
    """No text went out: who was met at the door hears the all clear there, or the close warns."""
    await page.locator('.bottom [data-act="all_clear"]').click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("2 homes were told only at the door or by a call")
    await dialog.get_by_role("textbox", name="English").fill("Lift 2 stays shut.")
    await dialog.get_by_role("button", name="Send the all clear").click()
    entry = page.get_by_role("link", name=re.compile("All clear: homes to tell"))
    await expect(entry.locator(".n")).to_have_text("2")
    await entry.click()
    await expect(page.get_by_role("heading", name="All clear: homes to tell")).to_be_visible()
    await expect(page.locator("#over")).to_contain_text("“Lift 2 stays shut.”")
    await expect(door(page, "1202")).to_contain_text("All clear: to be told")
    await door(page, "1201").get_by_role("button", name="Safe").click()
    await expect(page.locator("#done")).to_have_text("1 of 2 seen to")
    await page.get_by_role("link", name="Board").click()
    await expect(entry.locator(".n")).to_have_text("1")
    await page.get_by_role("button", name="More").click()
    await dialog.get_by_role("button", name="Close the record").click()
    await expect(dialog).to_contain_text("1 home still waits to be told")
    await page.keyboard.press("Escape")


async def _in_chinese_and_for_nobody_else(page: Page, home: House) -> None:
    await page.goto(f"{home.at.url}/incidents/1/doors?lang=zh-CN")
    await expect(page.get_by_role("heading", name="待告知：警报解除")).to_be_visible()
    await page.get_by_role("button", name="已结束").click()
    await expect(door(page, "1401")).to_contain_text("不在现场")
    async with home.client() as client:
        answer = await client.get("/incidents/1/doors", headers=await home.bearer("viewer"))
        assert answer.status_code == 403
