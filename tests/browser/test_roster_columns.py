"""The console shows what each column is and takes a correction, in both languages, on two sizes."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.test_replies import DESK, PHONE, browser, logged_in
from tests.passwords import cheap_passwords
from tests.roster.files import csv_bytes
from tests.web.conftest import template, web
from tests.web.parts import House

__all__ = ["browser", "cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ROWS = [
    ("楼栋", "房号", "姓名", "电话", "管家电话", "微聊", "住户性质"),
    ("3栋", "1203", "张三", "13800000001", "13800007390", "13900000001", "业主"),
    ("3栋", "1204", "李四", "13800000002", "13800007390", "13900000002", "租户"),
    ("5栋", "702", "王五", "13800000003", "13800007390", "13900000003", "业主"),
]


@pytest.mark.parametrize(
    ("locale", "size", "label"),
    [
        ("zh-CN", DESK, "列“微聊”是"),
        ("en-GB", DESK, "Column “微聊” is"),
        ("zh-CN", PHONE, "列“微聊”是"),
        ("en-GB", PHONE, "Column “微聊” is"),
    ],
)
async def test_a_column_is_corrected_where_it_is_shown(
    web: House, browser: Any, locale: str, size: dict[str, int], label: str
) -> None:
    page = await logged_in(browser, web, locale=locale, viewport=size)
    await page.goto(f"{web.at.url}/roster?lang={'zh-CN' if locale == 'zh-CN' else 'en'}")
    await page.locator("#file").set_input_files(
        [{"name": "住户.csv", "mimeType": "text/csv", "buffer": csv_bytes(ROWS)}]
    )
    await expect(page.locator(".map li")).to_have_count(7)
    await expect(page.locator(".map li.q b")).to_have_text("微聊")
    await expect(page.locator(".map li").nth(2).locator(".ex span")).to_have_text(
        ["张三", "李四", "王五"]
    )
    wide = await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide, "the page is wider than the window"
    if folder := os.environ.get("SHOTS"):
        await page.locator(".columns").scroll_into_view_if_needed()
        await page.screenshot(path=f"{folder}/columns-{locale}-{size['width']}.png", full_page=True)
    await page.get_by_label(label).select_option("ignore")
    await expect(page.locator(".map li.q")).to_have_count(0)
    await page.locator("#report .btn.main").click()
    await expect(page.locator(".map select[disabled]")).to_have_count(7)  # it is in
    known = (await web.hub.estate.site()).settings["roster_columns"]
    assert known == {"微聊": "ignore"}
