"""A screen keeps the time it was first said, and shows the newest notice's beside it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import insert, update

from hub.store import schema as t
from hub.store.database import database_now
from tests.flow.stage import Stage
from tests.passwords import cheap_passwords
from tests.web.conftest import template, web
from tests.web.parts import House

__all__ = ["cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PICTURES = Path(__file__).parents[2] / ".artifacts"
MINUTES = 60_000
LABELS = {
    "zh-CN": ("发布", "最后更新", "更新 1", "解除"),
    "en": ("Issued", "Last updated", "Update 1", "Ended"),
    "zh-HK": ("發布", "最後更新", "更新 1", "解除"),
    "ja": ("発信", "最終更新", "続報 1", "解除"),
    "ar": ("صدر", "آخر تحديث", "تحديث 1", "انتهى"),
}
WORDS = {
    "zh-CN": ("3 栋 12 层起火", "立即走楼梯撤离", "A 梯有烟，请走 B 梯"),
    "en": ("Fire in Building 3, Floor 12", "Leave by the stairs", "Stair A has smoke, use stair B"),
    "zh-HK": ("3 座 12 樓起火", "立即行樓梯離開", "A 梯有煙，請用 B 梯"),
    "ja": ("3号棟12階で火災", "階段で避難してください", "A階段に煙。B階段を使ってください"),
    "ar": ("حريق في البرج 3، الطابق 12", "غادر بالدرج الآن", "دخان في الدرج A، استخدم الدرج B"),
}


def _parts(tag: str, stage: str) -> dict[str, str]:
    headline, action, change = WORDS[tag]
    return {"headline": headline, "action": action, "detail": change if stage == "update" else ""}


async def said(web: House, stage: Stage, screen: int, tags: tuple[str, ...], **row: Any) -> None:
    """A notice of the incident, ordered onto this screen; the alert is there already."""

    def change(conn: Any) -> None:
        now = database_now(conn)
        notice, word = stage.notice, row["word"]
        issued = now - row["ago"] * MINUTES
        if word == "alert":
            mine = update(t.notices).where(t.notices.c.id == notice)
            conn.execute(mine.values(issued_at=issued))
        else:
            made = {"incident_id": stage.incident, "stage": word, "revision": row["revision"]}
            made |= {"text": "", "texts": {}, "issued_at": issued, "issued_by": "user:1"}
            done = conn.execute(insert(t.notices).values(**made, expires_at=now + 900_000))
            notice = done.inserted_primary_key[0]
        for tag in tags:
            words = {"notice_id": notice, "band": "evacuate", "channel": "screen", "segments": 0}
            wording = conn.execute(
                insert(t.wordings).values(**words, language=tag, parts=_parts(tag, word))
            ).inserted_primary_key[0]
        if not row.get("missed"):
            conn.execute(
                insert(t.deliveries).values(_delivery(stage, notice, screen, wording, now))
            )

    await web.hub.db.write(change)
    await web.hub.wake.tell(f"incident:{stage.incident}", 1)


def _delivery(stage: Stage, notice: int, screen: int, wording: int, now: int) -> dict[str, Any]:
    return {
        "incident_id": stage.incident,
        "notice_id": notice,
        "recipient_id": screen,
        "wording_id": wording,
        "channel": "screen",
        "address": str(screen),
        "lane": "urgent",
        "state": "accepted",
        **dict.fromkeys(("wave", "round", "rank"), 0),
        **dict.fromkeys(("due_at", "planned_at"), now),
        "expires_at": now + 1_800_000,
    }


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Any]:
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        await opened.close()


async def lit(web: House, browser: Any, screen: int, *, polling: bool) -> Page:
    """The screen's page, by socket or by asking."""
    page: Page = await browser.new_page(viewport={"width": 1920, "height": 1080})
    if polling:
        await page.route_web_socket(re.compile("/live"), lambda socket: socket.close())
    device = {"device": await web.device(screen), "recipient": screen}
    await page.add_init_script(f"localStorage['muster.screen'] = '{json.dumps(device)}'")
    await page.goto(f"{web.at.url}/screen")
    return page


async def facts(page: Page) -> list[str]:
    """What stands at the foot: each label with its time."""
    spans = await page.locator(".foot > span:not(.code)").all()
    return [" ".join((await one.inner_text()).split()) for one in spans]


def fact(found: list[str], label: str) -> str:
    return next(re.findall(r"\d\d:\d\d", one)[0] for one in found if one.startswith(label))


@pytest.mark.parametrize("polling", [False, True], ids=["socket", "polling"])
@pytest.mark.parametrize("tags", [("zh-CN", "en"), ("zh-HK", "ar"), ("ja", "en")], ids=str)
async def test_the_first_time_stays_and_the_updates_stands_beside_it(
    web: House, browser: Any, tags: tuple[str, str], *, polling: bool
) -> None:
    stage = await Stage(web.hub.db).set_up(people=2)
    (screen,) = await web.screens(1)
    own = update(t.sites).values(settings={"languages": list(tags), "timezone": "Asia/Shanghai"})
    await web.hub.db.write(lambda conn: conn.execute(own) and None)
    issued, changed, bar, ended = LABELS[tags[0]]
    await said(web, stage, screen, tags, word="alert", ago=9)
    page = await lit(web, browser, screen, polling=polling)
    await expect(page.locator(".screen h1")).to_have_text(WORDS[tags[0]][0])
    first = fact(await facts(page), issued)
    assert fact(await facts(page), changed) == first

    await said(web, stage, screen, tags, word="update", ago=4, revision=2)
    note = page.locator(".note.upd")
    await expect(note).to_contain_text(bar, timeout=30_000)
    found = await facts(page)
    newest = fact(found, changed)
    assert (fact(found, issued), newest != first) == (first, True)
    await expect(note).to_contain_text(newest)
    for line, tag in enumerate(tags):
        await expect(note.locator("span:not(.k)").nth(line)).to_contain_text(WORDS[tag][2])
    await looked(page, f"{tags[0]}-update-{'polling' if polling else 'socket'}")

    await said(web, stage, screen, tags, word="all_clear", ago=0, revision=3)
    await expect(page.locator(".note.upd")).to_have_count(0, timeout=30_000)
    found = await facts(page)
    assert fact(found, issued) == first
    assert fact(found, ended) not in {first, newest}
    await looked(page, f"{tags[0]}-clear-{'polling' if polling else 'socket'}")


async def test_a_screen_that_missed_the_alert_shows_when_it_was_first_said(
    web: House, browser: Any
) -> None:
    stage = await Stage(web.hub.db).set_up(people=2)
    (screen,) = await web.screens(1)
    tags = ("zh-CN", "en")
    await said(web, stage, screen, tags, word="alert", ago=9, missed=True)
    await said(web, stage, screen, tags, word="update", ago=4, revision=2)
    page = await lit(web, browser, screen, polling=False)
    await expect(page.locator(".note.upd")).to_be_visible(timeout=30_000)

    found = await facts(page)
    assert fact(found, "发布") != fact(found, "最后更新")


async def looked(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / f"times-{name}.png")
