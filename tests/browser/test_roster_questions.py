"""An import asks on its page, in both languages and on two sizes: hidden rows, the encoding, and
the number of those who leave. Nothing there names a switch of the command line."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.async_api import Page, expect

from hub.model import Actor
from tests.browser.test_replies import DESK, PATIENCE, PHONE, browser, logged_in
from tests.passwords import cheap_passwords
from tests.roster.files import csv_bytes
from tests.roster.test_made import MADE
from tests.web.conftest import template, web
from tests.web.parts import House

__all__ = ["browser", "cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WHERE = [("zh-CN", DESK), ("en-GB", DESK), ("zh-CN", PHONE), ("en-GB", PHONE)]
HEAD = ("楼栋", "房号", "姓名", "电话")


async def _open(web: House, browser: Any, locale: str, size: dict[str, int]) -> Page:
    page = await logged_in(browser, web, locale=locale, viewport=size)
    await page.goto(f"{web.at.url}/roster?lang={'zh-CN' if locale == 'zh-CN' else 'en'}")
    return page


async def _give(page: Page, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    await page.locator("#file").set_input_files([file])


async def _saved(page: Page, locale: str) -> None:
    said = {"zh-CN": "已保存", "en-GB": "Saved"}[locale]
    await expect(page.locator("#report h3")).to_have_text(said, timeout=PATIENCE)


async def _fits(page: Page, shot: str) -> None:
    wide = await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide, "the page is wider than the window"
    assert "--" not in await page.locator("#report").inner_text()
    if folder := os.environ.get("SHOTS"):
        await page.locator("#import").screenshot(path=f"{folder}/{shot}.png")


@pytest.mark.parametrize(("locale", "size"), WHERE)
async def test_hidden_rows_are_asked_about(
    web: House, browser: Any, locale: str, size: dict[str, int]
) -> None:
    page = await _open(web, browser, locale, size)
    await _give(page, "住户.xlsx", (MADE / "openpyxl-filtered.xlsx").read_bytes())
    await expect(page.locator("input[name=hidden]")).to_have_count(2)
    title = {"zh-CN": "1 个问题待确认", "en-GB": "1 question to answer"}[locale]
    await expect(page.locator("#report h3")).to_have_text(title)
    await _fits(page, f"hidden-{locale}-{size['width']}")
    await page.locator("input[name=hidden][value=take]").check()
    await expect(page.locator("#report h3")).not_to_have_text(title)
    await page.locator(".save .btn.main").click()
    await _saved(page, locale)
    found = await web.hub.estate.recipients(search="王五")
    assert [one["name"] for one in found["items"]] == ["王五"]


@pytest.mark.parametrize(("locale", "size"), [WHERE[0], WHERE[3]])
async def test_an_encoding_is_asked_for(
    web: House, browser: Any, locale: str, size: dict[str, int]
) -> None:
    page = await _open(web, browser, locale, size)
    text = "Building,Flat,Name,Mobile\n3,1203,Jürgen Müller,+447700900123\n"
    await _give(page, "r.csv", text.encode("cp1252"))
    await expect(page.locator("#encoding")).to_be_visible()
    await _fits(page, f"encoding-{locale}-{size['width']}")
    await page.locator("#encoding").select_option("cp1252")
    await expect(page.locator(".map .ex").nth(2)).to_have_text("Jürgen Müller")


@pytest.mark.parametrize(("locale", "size"), WHERE)
async def test_many_who_leave_are_kept_or_their_number_is_typed(
    web: House, browser: Any, locale: str, size: dict[str, int]
) -> None:
    def rows(building: int, count: int) -> list[tuple[str, ...]]:
        there = f"{building}栋"
        return [
            (there, f"{n}01", f"王小{n}", f"13800{building}010{n:02}") for n in range(1, count + 1)
        ]

    who = Actor("user:1", "admin")
    files = [csv_bytes([HEAD, *rows(8, 10), *rows(9, 4)])]
    files.append(csv_bytes([HEAD, *rows(8, 2), ("9栋", "901", "李新", "13800002009")]))
    await web.hub.estate.import_roster(
        files[0], "a.csv", dry_run=False, skip_problems=False, who=who
    )
    page = await _open(web, browser, locale, size)
    await _give(page, "b.csv", files[1])
    save, leave = page.locator(".save .btn.main"), page.locator("input[name=missing]")
    await expect(save).to_be_disabled()
    await expect(page.locator(".bars li")).to_have_count(2)
    await leave.nth(1).check()
    await expect(page.locator("#leaving")).to_be_visible()
    await page.locator("#leaving").fill("7")
    await expect(save).to_be_disabled()
    await page.locator("#leaving").fill("12")
    await expect(save).to_be_enabled()
    await _fits(page, f"removed-{locale}-{size['width']}")
    await leave.nth(0).check()
    await save.click()
    await _saved(page, locale)
    assert len((await web.hub.estate.recipients(search="王小", limit=99))["items"]) >= 14
    await _give(page, "b.csv", files[1])
    await leave.nth(1).check()
    await page.locator("#leaving").fill("12")
    await save.click()
    await _saved(page, locale)
    found = await web.hub.estate.recipients(search="8/", limit=99)
    assert [one["name"] for one in found["items"] if one["place"].startswith("8/")] == [
        "王小1", "王小2",
    ]  # fmt: skip
