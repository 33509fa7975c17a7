"""What a browser shows of a time is what the hub reckons, whatever zones the browser knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import async_playwright

import web
from hub.times import offsets

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

ZONE = (Path(web.__file__).parent / "static" / "js" / "zone.js").read_text("utf-8")
SAID = """([table, moments]) => {
  const zone = new Zone(table);
  return moments.map((ms) => zone.wall(ms).toISOString().slice(0, 16) + zone.twice(ms));
}"""
NIGHTS = {
    "Europe/Berlin": (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "UTC+2", "UTC+1"),
    "America/New_York": (datetime(2026, 11, 1, 6, 0, tzinfo=UTC), "UTC-4", "UTC-5"),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, 15, 0, tzinfo=UTC), "UTC+11", "UTC+10:30"),
    "America/Vancouver": (datetime(2026, 12, 1, 20, 0, tzinfo=UTC), "", ""),
}


@pytest.mark.parametrize("name", NIGHTS)
async def test_the_night_the_clocks_go_back_is_told_as_the_hub_tells_it(
    name: str, chromium: str
) -> None:
    at, before, after = NIGHTS[name]
    moments = [at + timedelta(minutes=10 * step) for step in range(-18, 18)]
    moments += [at + timedelta(days=20 * step) for step in range(-90, 45)]
    asked = [int(one.timestamp() * 1000) for one in moments]
    table = offsets(name, datetime(2026, 11, 30, tzinfo=UTC))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium)
        page = await browser.new_page(timezone_id="Asia/Tokyo")
        await page.add_script_tag(content=ZONE.replace("export ", ""))
        said = await page.evaluate(SAID, [table, asked])
        await browser.close()
    zone = ZoneInfo(name)
    walls = [f"{one.astimezone(zone):%Y-%m-%dT%H:%M}" for one in moments]
    assert [one[:16] for one in said] == walls
    twice = {one[16:] for one in said} - {""}
    assert twice == ({f" ({before})", f" ({after})"} if before else set())
    near = said[:36]
    assert len(set(near)) == len(near)  # no two moments of that night are told alike
