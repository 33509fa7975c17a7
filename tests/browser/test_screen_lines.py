"""Chinese on screens: no line ends inside a word, or between a number and what it counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import async_playwright

from tests.passwords import cheap_passwords
from tests.web.conftest import template, web
from tests.web.parts import House

__all__ = ["cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SIZES = ((1920, 1080), (1280, 720), (1080, 1920), (390, 844))
PLACES = (
    "3 号楼 1 单元 12 层",
    "12 栋 28 层",
    "翡翠苑 2 期 11 号楼 3 单元 28 层",
    "B1-05 地下车库",
    "商铺 S-07",
)
NOTICES = [
    {
        "headline": f"{place}起火",
        "action": "立即离开大楼 请勿返回",
        "detail": "A梯有烟，请走B梯。勿乘电梯，见烟请关门堵缝，拨打 119",
        "way": "到2号门南草坪集合",
    }
    for place in PLACES
] + [
    {
        "headline": f"{place}停电",
        "action": "预计 14:30 恢复供电 请留在室内",
        "detail": "电梯停运，请勿使用电梯，行动不便的住户请联系3号楼1单元管家",
        "way": "此处目前不用撤离",
    }
    for place in PLACES[:3]
]
DRAW = """async ([from, parts, stage]) => {
  const { drawNotice } = await import(from);
  const { choose } = await import(from.replace("draw.js", "tongues.js"));
  const zone = { wall: (ms) => new Date(ms + 288e5), twice: () => "", sameDay: () => true };
  const at = "2026-12-01T03:00:00Z";
  const show = { kind: "live", stage, level: "P1", revision: 2, code: "FIRE-0001", issued: at,
    updated: at, next_update: "2026-12-01T03:10:00Z", base: { "zh-CN": parts },
    parts: { "zh-CN": parts, en: { headline: "Fire at Tower 3", action: "Leave now.",
      detail: "No lifts.", way: "Meet at the south lawn" } } };
  const info = { name: "3号楼1单元大堂", place: { "zh-CN": "3号楼1单元大堂", en: "Tower 3" },
    way: { arrow: "left", exit: "" }, source: { "zh-CN": "滨江物业", en: "Riverside" } };
  choose(info, show, 0);
  drawNotice(document.getElementById("screen"), { show, info, stale: null, zone,
    now: new Date("2026-12-01T03:02:00Z"), contact: new Date(), tz: "Asia/Shanghai" });
}"""
ENDS = """() => {
  const torn = [];
  const walk = document.createTreeWalker(document.getElementById("screen"), NodeFilter.SHOW_TEXT);
  let before = null;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    for (let i = 0; i < node.data.length; i += 1) {
      if (/\\s/.test(node.data[i])) { before = null; continue; }
      const range = document.createRange();
      range.setStart(node, i); range.setEnd(node, i + 1);
      const box = range.getBoundingClientRect();
      const line = node.parentElement.closest("h1, p, b, span:not(.k)");
      if (before && before.line === line && box.top > before.box.bottom - 2)
        torn.push(before.sign + node.data[i]);
      before = { line, box, sign: node.data[i] };
    }
  }
  const wide = [...document.querySelectorAll(".say h1, .say .do, .more, .way b")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
    .map((one) => one.textContent);
  return { torn, wide };
}"""
INSEPARABLE = set(
    "单元 号楼 起火 停电 大楼 离开 返回 电梯 草坪 集合 撤离 室内 供电 恢复"
    " 管家 地下 车库 商铺 关门 堵缝 拨打 立即 请勿 目前 此处 使用 住户".split()
)


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Any]:
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        await opened.close()


def torn_apart(pair: str) -> bool:
    """Whether a line ended between these two signs that belong together."""
    counted = pair[0].isalnum() and pair[0].isascii() and "\u3400" <= pair[1] <= "\u9fff"
    return pair in INSEPARABLE or counted or (pair.isascii() and pair.isalnum())


@pytest.mark.parametrize("stage", ["alert", "update"])
async def test_no_line_of_a_screen_ends_inside_a_word(web: House, browser: Any, stage: str):
    for width, height in SIZES:
        page = await browser.new_page(viewport={"width": width, "height": height})
        await page.goto(f"{web.at.url}/screen")
        source = await page.locator("script[src*='screen/screen.js']").get_attribute("src")
        draw = f"{web.at.url}{source.replace('screen.js', 'draw.js')}"
        for parts in NOTICES:
            await page.evaluate(DRAW, [draw, parts, stage])
            found = await page.evaluate(ENDS)
            where = (width, height, parts["headline"])
            assert [pair for pair in found["torn"] if torn_apart(pair)] == [], where
            assert found["wide"] == [], where
        await page.close()
