"""Ending an incident in a real browser: who still needs help is shown, and its number typed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import text
from websockets.asyncio.client import connect

from hub.decide.inbox import Note, Why
from hub.model import Actor, Answer, AnswerWord, IncidentId, Kind, LaunchRequest, RecipientId
from tests.browser.test_replies import logged_in
from tests.launch_estate import Who, put_estate
from tests.passwords import cheap_passwords
from tests.web.conftest import template, web
from tests.web.parts import House, read
from web.live import SUBPROTOCOL

__all__ = ["cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PICTURES = Path(__file__).parents[2] / ".artifacts"
DUTY = Actor("user:1", "duty")
PATHS = tuple(f"3/{floor}/{floor}0{flat}" for floor in (11, 12, 13) for flat in (1, 2))
PEOPLE = tuple(Who(path, ways=[("sms", f"+86138000010{n}")]) for n, path in enumerate(PATHS, 10))
VIA = {1: "sms", 2: "link", 3: "staff"}


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Any]:
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        await opened.close()


async def asks(web: House, incident: int, person: int, via: str = "sms") -> None:
    answer = Answer(IncidentId(incident), RecipientId(person), AnswerWord.HELP, via)
    await web.hub.answer.take(answer, who=DUTY, once=None)


async def run(web: House, sql: str) -> None:
    await web.hub.db.write(lambda conn: conn.execute(text(sql)) and None)


@asynccontextmanager
async def burning(web: House, *, needing: bool = True) -> AsyncIterator[int]:
    """A fire of which everybody was told; three people and a cry wait for help."""
    await web.hub.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
    request = LaunchRequest("fire", "3/12", Kind.LIVE)
    incident = (await web.hub.launch.start(request, who=DUTY, key=None)).id
    await run(web, "UPDATE deliveries SET state = 'accepted', accepted_at = 1, sent_at = 1")
    await run(web, "UPDATE audience SET told_at = 1")
    if needing:
        for person, via in VIA.items():
            await asks(web, incident, person, via)
        cry = Note("sms", "+8613900000009", "救命", cry=True, why=Why.STRANGER, answer="help")
        await web.hub.inbox.keep(cry)
    yield incident


async def looked(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / f"help-{name}.png")


async def snapshot(web: House, incident: int) -> dict[str, Any]:
    """The board as a socket gets it."""
    async with connect(web.live, subprotocols=[SUBPROTOCOL], compression=None) as socket:
        await socket.send(json.dumps({"op": "hello", "ticket": await web.ticket()}))
        await socket.send(json.dumps({"op": "watch", "topic": f"incident:{incident}"}))
        while (frame := read(await socket.recv()))["op"] != "snapshot":
            pass
    return frame


async def test_one_number_stands_everywhere(web: House, browser: Any) -> None:
    """The board, the dialog, the API, the socket, the list, the refusal, the record."""
    async with burning(web) as incident:
        page = await logged_in(browser, web)
        await page.goto(f"{web.at.url}/incidents/{incident}?lang=en")
        await expect(page.locator('[data-num="help"] .n')).to_have_text("4")
        await expect(page.locator("#help-rows > li")).to_have_count(3)
        await page.get_by_role("button", name="All clear").first.click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator(".needy .warn")).to_have_text("4 people still need help.")
        kinds = "2 asked for it, 1 entered by staff, 1 cry nobody can place"
        await expect(dialog.locator(".needy > .two").first).to_have_text(kinds)
        counts = {"help": 4, "help_by": {"asked": 2, "marked": 1, "cries": 1}}
        async with web.client(headers=await web.bearer("duty")) as client:
            path = f"/api/v1/incidents/{incident}"
            told = (await client.get(path)).json()
            listed = (await client.get("/api/v1/incidents")).json()["items"][0]
            by_code = (await client.get(f"/api/v1/incidents?code={told['code']}")).json()["items"]
            refused = (await client.post(f"{path}/close")).json()
            chinese = {"accept-language": "zh-CN"}
            body = {"stage": "all_clear"}
            said = (await client.post(f"{path}/notices", json=body, headers=chinese)).json()
            closed = (await client.post(f"{path}/close", json={"confirm_help": 4})).json()
            events = (await client.get(f"{path}/events?since=0&limit=500")).json()["items"]
        assert [one["id"] for one in by_code] == [incident]
        frame = await snapshot(web, incident)
        for found in (told["tally"], listed["tally"], refused, said):
            assert {key: found[key] for key in counts} == counts
        assert (refused["status"], refused["code"]) == (409, "help_open")
        assert said["detail"].startswith("仍有 4 人需要帮助")
        assert (closed["help_open"], closed["help_by"]) == (4, counts["help_by"])
        assert (closed["cleared"], bool(closed["clear_until"])) == (False, True)
        assert frame["tally"]["help"] == 3, "closed: the cry counts where something is open"
        line = events[-1]["text"]
        assert line["zh-CN"] == "事件已结案，记录封存；未发出解除通知；仍有4人需要帮助"
        assert "nobody was told that it is over; 4 people still need help" in line["en"]


async def test_the_number_is_typed_and_asked_for_again_when_it_changes(
    web: House, browser: Any
) -> None:
    async with burning(web) as incident:
        page = await logged_in(browser, web)
        await page.goto(f"{web.at.url}/incidents/{incident}?lang=en")
        await expect(page.locator('[data-num="help"] .n')).to_have_text("4")
        await page.get_by_role("button", name="All clear").first.click()
        dialog = page.get_by_role("dialog")
        send = dialog.get_by_role("button", name="Send the all clear")
        box = dialog.locator("#confirm-help")
        await send.click()
        await expect(dialog.locator(".trouble")).to_contain_text("Nothing was done. 4 people")
        await looked(page, "dialog-desk-en")
        await box.fill("4")
        await asks(web, incident, 4)
        await send.click()
        await expect(dialog.locator(".trouble")).to_contain_text("meanwhile it is 5 people")
        await expect(dialog.locator(".needy .warn")).to_have_text("5 people still need help.")
        await expect(box).to_have_value("")
        await expect(box).to_be_focused()
        await looked(page, "dialog-changed-en")
        await box.fill("5")
        await send.click()
        await expect(page.locator("#status")).to_have_text("All clear given")
        await expect(page.locator("#issued")).to_contain_text("last updated")
        await run(web, "UPDATE deliveries SET state = 'accepted' WHERE state = 'planned'")
        await page.get_by_role("button", name="Close the record").click()
        await expect(dialog).not_to_contain_text("not cleared")
        await dialog.locator("#confirm-help").fill("5")
        await dialog.get_by_role("button", name="Close the record").click()
        await expect(page.locator("#status")).to_have_text("Closed")
        await expect(page.locator("#clear-late")).to_be_hidden()


async def test_help_that_comes_while_nobody_needed_any_is_shown_and_asked(
    web: House, browser: Any
) -> None:
    async with burning(web, needing=False) as incident:
        page = await logged_in(browser, web)
        await page.goto(f"{web.at.url}/incidents/{incident}?lang=en")
        await expect(page.locator('[data-num="help"] .n')).to_have_text("0")
        await page.get_by_role("button", name="All clear").first.click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator(".needy")).to_be_hidden()
        await asks(web, incident, 1)
        await dialog.get_by_role("button", name="Send the all clear").click()
        await expect(dialog.locator(".needy")).to_be_visible()
        await dialog.locator("#confirm-help").fill("1")
        await dialog.get_by_role("button", name="Send the all clear").click()
        await expect(page.locator("#status")).to_have_text("All clear given")


async def test_what_was_closed_uncleared_says_so_and_can_be_cleared(
    web: House, browser: Any
) -> None:
    async with burning(web, needing=False) as incident:
        page = await logged_in(browser, web)
        await page.goto(f"{web.at.url}/incidents/{incident}?lang=en")
        await page.get_by_role("button", name="Stop sending").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Stop sending").click()
        await page.get_by_role("button", name="Close the record").click()
        await expect(dialog).to_contain_text("This incident was not cleared: 6 people were told")
        await looked(page, "close-uncleared-en")
        await dialog.get_by_role("button", name="All clear first").click()
        await expect(dialog).to_contain_text("Give the all clear")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Close the record").click()
        await dialog.get_by_role("button", name="Close the record").click()
        await expect(page.locator("#clear-late")).to_contain_text("Closed without an all clear")
        await expect(page.locator('.acts [data-act="update"]')).to_be_hidden()
        await looked(page, "closed-late-en")
        await expect(page.locator("#task-rows button")).to_have_count(0)
        await page.get_by_role("button", name="All clear").first.click()
        await dialog.get_by_role("button", name="Send the all clear").click()
        await expect(page.locator("#status")).to_have_text("All clear given")
        await expect(page.locator("#clear-late")).to_be_hidden()
        await expect(page.locator("#task-rows button").first).to_be_visible()
        await expect(page.locator("#timeline")).to_contain_text(
            "All-clear went out after the close"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_in_chinese_it_fits(web: House, browser: Any, scheme: str) -> None:
    async with burning(web) as incident:
        phone = {"width": 390, "height": 844}
        page = await logged_in(browser, web, viewport=phone, color_scheme=scheme, locale="zh-CN")
        await page.goto(f"{web.at.url}/incidents/{incident}?lang=zh-CN")
        await expect(page.locator("#band-help")).to_have_text("4 人求助")
        await page.locator('.bottom [data-act="all_clear"]').click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.locator(".needy .warn")).to_have_text("仍有 4 人需要帮助。")
        await expect(dialog.locator(".needy")).to_contain_text("来源不明的求救 1 人")
        over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0
        await looked(page, f"dialog-phone-zh-{scheme}")
        await page.keyboard.press("Escape")
        await web.hub.say.close(incident, confirm_help=4, who=DUTY)
        await expect(page.locator("#clear-late")).to_contain_text("结案时未发出解除通知")
        await expect(page.locator('.bottom [data-act="all_clear"]')).to_be_visible()
        await expect(page.locator("#help-rows button.main")).to_have_count(0)
        await looked(page, f"closed-phone-zh-{scheme}")
