"""A resident's page on a phone of 2015: no variables, no grids, 320 px, text at 200 %."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright

from hub.decide.resident import Person, ResidentPage, Said
from hub.decide.tokens import answer_token
from hub.flow.answer import TakeAnswer
from hub.model import Kind, Level, Stage
from hub.states import IncidentState
from tests.flow.stage import Stage as Rows
from tests.passwords import cheap_passwords
from tests.processes import ROOT
from tests.web.conftest import template, web
from tests.web.parts import SECRET, House

__all__ = ["cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PICTURES = ROOT / ".artifacts"
START = datetime(2026, 11, 30, 12, 41, tzinfo=UTC)
WORDS = {
    "zh-CN": {
        "title": "3 栋 12 层起火",
        "do": "请走楼梯离开，不要乘电梯",
        "facts": "在南草坪集合。",
    },
    "en": {
        "title": "Fire at Tower 3, Floor 12",
        "do": "Leave now by the stairs. Do not use the lifts.",
        "facts": "Meet at the South lawn.",
    },
}
UPDATE = Said(2, Stage.UPDATE, 2, START + timedelta(minutes=5), "A 楼梯有烟，请走 B 楼梯", WORDS)
PAGE = ResidentPage(
    incident=1,
    code="FIRE-0001",
    kind=Kind.LIVE,
    level=Level.P1,
    status=IncidentState.OPEN,
    playbook="fire",
    playbook_name={"zh-CN": "火灾", "en": "Fire"},
    place="3/12",
    place_spoken={"zh-CN": "3 栋 12 层", "en": "Tower 3, Floor 12"},
    launched_at=START,
    next_update_at=START + timedelta(minutes=15),
    closed_at=None,
    language="zh-CN",
    persons=(
        Person(7, "王秀英", "", None),
        Person(8, "Maximiliane Featherstonehaugh", "safe", START + timedelta(minutes=3)),
        Person(9, "李雷", "help", START + timedelta(minutes=4)),
    ),
    said=(UPDATE, Said(1, Stage.ALERT, 1, START, "", WORDS)),
    facts={},
    site={"emergency": {"fire": "119"}, "source": {"zh-CN": "滨江物业", "en": "Riverside"}},
)
# Everything that stands out to the right, and every text that is cut by what it stands in.
CUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const box = one.getBoundingClientRect();
  const wide = one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && !one.closest("svg");
  return box.right > innerWidth + 1 || wide;
}).map((one) => one.tagName + "." + one.className + " " + one.textContent.slice(0, 30))"""
HELP = """() => [...document.querySelectorAll("button.help")].map((one) => {
  const style = getComputedStyle(one);
  return [style.backgroundColor, style.color];
})"""
OVERLAP = """() => {
  const all = [...document.querySelectorAll("form:not(.person) button")];
  return all.some((one) => {
    const icon = one.querySelector("svg").getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(one.querySelector("span"));
    return [...range.getClientRects()].some((r) => r.left < icon.right && r.right > icon.left);
  });
}"""


async def old(route: Route) -> None:
    """The page as Chrome 48 and iOS 9 read it, with the phone's text set to 200 %."""
    response = await route.fetch()
    text = await response.text()
    text = re.sub(r"(?<=[;{])[\w-]+:[^;{}]*var\(--[^;{}]*;?", "", text)
    text = re.sub(r"--[\w-]+:[^;}]*;?", "", text)
    text = text.replace("display:grid", "display:unknown")
    text = re.sub(r"(?<![-\w])gap:[^;}]*;?", "", text)
    await route.fulfill(response=response, body=text, headers={"content-type": "text/html"})


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        options: Any = {"executable_path": chromium, "args": ["--no-sandbox"], "timeout": 90_000}
        found = await driver.chromium.launch(**options)
        yield found
        await found.close()


async def opened(browser: Browser, *, width: int, ancient: bool) -> Page:
    size: Any = {"width": width, "height": 640}
    context = await browser.new_context(viewport=size, java_script_enabled=True)
    page = await context.new_page()
    if ancient:
        await page.route("**/a/**", old)
    return page


SIZES = ((320, 200), (320, 100), (390, 100))


@pytest.mark.parametrize("kind", [Kind.LIVE, Kind.DRILL])
async def test_help_is_red_and_everything_can_be_read(
    web: House, browser: Browser, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    async def page_of(_self: TakeAnswer, _token: str) -> ResidentPage:
        return replace(PAGE, kind=kind)

    monkeypatch.setattr(TakeAnswer, "page", page_of)
    stage = await Rows(web.hub.db).set_up(people=2)
    link = f"{web.at.url}/a/{answer_token(SECRET, stage.incident, stage.people[0])}"
    PICTURES.mkdir(exist_ok=True)
    for (width, percent), ancient in product(SIZES, (True, False)):
        page = await opened(browser, width=width, ancient=ancient)
        for language in ("zh-CN", "en"):
            await page.goto(f"{link}?lang={language}")
            await page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
            age = "2015" if ancient else "today"
            name = f"phone-{age}-{width}-{percent}-{language}-{kind}"
            await page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
            await looked_at(page, name, width)
        await page.context.close()


async def looked_at(page: Page, name: str, width: int) -> None:
    red = ("rgb(196, 16, 31)", "rgb(255, 255, 255)")
    assert set(map(tuple, await page.evaluate(HELP))) == {red}, name
    assert await page.evaluate(CUT) == [], name
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert not await page.evaluate(OVERLAP), name
