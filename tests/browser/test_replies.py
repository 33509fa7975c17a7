"""Replies that wait, in a real browser: seen within a second, settled by key, loud on the board."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from hub.decide.inbox import Guessed, Note, Why
from hub.store import schema as t
from tests.flow.stage import Stage
from tests.passwords import cheap_passwords
from tests.web.conftest import template, web
from tests.web.parts import PASSWORD, House

__all__ = ["cheap_passwords", "template", "web"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
PATIENCE = 30_000
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def cry(words: str = "救命 3栋1203", sender: str = "+8613800000001", **more: Any) -> Note:
    return Note("sms", sender, words, cry=True, why=Why.STRANGER, answer="help", **more)


def unclear(words: str = "1 or 4?", **more: Any) -> Note:
    return Note("whatsapp", "+447700900123", words, cry=False, why=Why.UNCLEAR, **more)


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Any]:
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        await opened.close()


async def logged_in(browser: Any, web: House, role: str = "duty", **options: Any) -> Page:
    options = {"locale": "en-GB", "viewport": DESK} | options
    context: BrowserContext = await browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    login = await web.user(role)
    await page.goto(f"{web.at.url}/login")
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("input[name=password]").press("Enter")
    await page.wait_for_url(lambda url: "/login" not in url)
    return page


async def live(page: Page) -> None:
    """The line to the hub stands: the badge has heard."""
    await page.wait_for_function(
        f"import('{await script(page)}').then((m) => m.counts.open !== null)"
    )


async def script(page: Page) -> str:
    found = page.locator("script[src*='replies/waiting.js']")
    return str(await found.get_attribute("src"))


async def test_a_cry_is_on_the_page_and_in_the_bar_within_a_second(web: House, browser: Any):
    page = await logged_in(browser, web)
    other = await logged_in(browser, web)
    await page.goto(f"{web.at.url}/replies")
    await other.goto(f"{web.at.url}/roster")
    await expect(page.locator("#nothing")).to_be_visible()
    await live(page)
    await live(other)

    started = time.monotonic()
    await web.hub.inbox.keep(cry())
    await page.locator("#cry-rows blockquote", has_text="救命 3栋1203").wait_for()
    seen = time.monotonic() - started
    await other.locator(".topbar .badge.cry", has_text="1").wait_for()

    assert seen < 1.0
    await expect(page.locator("#cry-rows .from")).to_contain_text("+86 138 0000 0001")
    await expect(page.locator("#say-now")).to_contain_text("救命")
    assert (await page.title()).startswith("(1)")


async def test_a_cry_is_loud_on_the_board_with_number_words_and_the_way(web: House, browser: Any):
    stage = await Stage(web.hub.db).set_up(people=2)
    page = await logged_in(browser, web)
    await page.add_init_script("localStorage.setItem('muster.sound', 'on')")
    await page.add_init_script(
        "window.tones = []; AudioContext.prototype.createOscillator = function () {"
        " window.tones.push(Date.now());"
        " return { frequency: {}, connect: (x) => x, start() {}, stop() {} }; };"
    )
    await page.goto(f"{web.at.url}/incidents/{stage.incident}")
    await live(page)
    await expect(page.locator("#cries")).to_be_hidden()

    await web.hub.inbox.keep(cry())
    strip = page.locator("#cries")
    await expect(strip).to_contain_text("救命 3栋1203", timeout=1_500)
    await expect(strip).to_contain_text("+86 138 0000 0001")
    await page.wait_for_function("window.tones.length >= 2")
    await strip.get_by_role("link", name="Open replies").click()
    await page.wait_for_url(f"{web.at.url}/replies")


async def test_a_viewer_and_a_wall_see_the_number_and_no_words(web: House, browser: Any):
    stage = await Stage(web.hub.db).set_up(people=2)
    await web.hub.inbox.keep(cry())
    viewer = await logged_in(browser, web, "viewer")
    await viewer.goto(f"{web.at.url}/incidents/{stage.incident}")
    await expect(viewer.locator("#cries")).to_contain_text("1 cry for help")
    duty = await logged_in(browser, web)
    await duty.goto(f"{web.at.url}/incidents/{stage.incident}?wall=1")
    await expect(duty.locator("#cries")).to_contain_text("1 cry for help")
    for page in (viewer, duty):
        said = await page.locator("body").inner_text()
        assert "救命" not in said
        assert "138" not in said
        assert "null" not in said
    assert await viewer.locator("[data-replies]").count() == 0
    answer = await viewer.goto(f"{web.at.url}/replies")
    assert answer is not None
    assert answer.status == 403


async def test_a_reply_is_settled_by_keys_alone(web: House, browser: Any):
    stage = await Stage(web.hub.db).set_up(people=3)
    person = stage.people[1]
    await web.hub.inbox.keep(cry(recipient=person, guessed=Guessed.NUMBER, incident=stage.incident))
    await web.hub.inbox.keep(unclear())
    page = await logged_in(browser, web)
    await page.goto(f"{web.at.url}/replies")
    await page.locator("#other-rows .r").wait_for()

    await page.keyboard.press("j")
    await expect(page.locator("#cry-rows .r")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#other-rows .r")).to_be_focused()
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    dialog = page.locator("dialog.ask")
    await expect(dialog.locator(f"input[name=recipient][value='{person}']")).to_be_checked()
    await expect(dialog.locator("input[name=answer][value=help]")).to_be_checked()
    await dialog.locator("textarea").fill("called back")
    await dialog.get_by_role("button", name="Settle").press("Enter")
    await expect(dialog).to_have_count(0)

    await expect(page.locator("#cries")).to_be_hidden()
    await expect(page.locator("#settled-rows")).to_contain_text("called back")
    await expect(page.locator("#other-rows .r")).to_be_focused()
    rows = await stage.rows(t.answers)
    assert [(row.recipient_id, row.answer, row.via) for row in rows] == [(person, "help", "staff")]


async def test_one_tap_records_the_guess(web: House, browser: Any):
    stage = await Stage(web.hub.db).set_up(people=2)
    person = stage.people[0]
    await web.hub.inbox.keep(
        unclear(recipient=person, guessed=Guessed.NUMBER, incident=stage.incident)
    )
    page = await logged_in(browser, web, viewport=PHONE, has_touch=True)
    await page.goto(f"{web.at.url}/replies")
    await page.locator("#other-rows").get_by_role("button", name="evacuated").tap()
    await expect(page.locator("#nothing")).to_be_visible()
    assert [row.answer for row in await stage.rows(t.answers)] == ["evacuated"]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_cry_that_is_nobodys_is_not_put_away_without_a_word(web: House, browser: Any):
    await web.hub.inbox.keep(cry())
    page = await logged_in(browser, web)
    await page.goto(f"{web.at.url}/replies")
    await page.get_by_role("button", name="Say whose it is").click()
    dialog = page.locator("dialog.ask")
    await dialog.get_by_role("button", name="Settle").click()
    await expect(dialog.locator(".trouble")).to_contain_text("needs a word")
    await dialog.locator("textarea").fill("a prank, police told")
    await dialog.get_by_role("button", name="Settle").click()
    await expect(page.locator("#settled-rows")).to_contain_text("a prank, police told")


async def test_what_somebody_else_settled_goes_away_by_itself(web: House, browser: Any):
    await web.hub.inbox.keep(cry())
    page = await logged_in(browser, web)
    await page.goto(f"{web.at.url}/replies")
    await page.locator("#cry-rows .r").wait_for()
    async with web.client(headers=await web.bearer("duty")) as client:
        await client.post("/api/v1/replies/1", json={"note": "seen to"})
    await expect(page.locator("#nothing")).to_be_visible(timeout=3_000)


async def test_without_the_hub_what_stood_there_stays_and_says_so(web: House, browser: Any):
    await web.hub.inbox.keep(cry())
    page = await logged_in(browser, web)
    await page.goto(f"{web.at.url}/replies")
    await page.locator("#cry-rows .r").wait_for()
    await page.route(re.compile(r"/api/v1/replies\?"), lambda route: route.abort())
    await web.hub.inbox.keep(unclear())
    await expect(page.locator("#failed .trouble")).to_be_visible()
    await expect(page.locator("#cry-rows .r")).to_have_count(1)
    await page.unroute(re.compile(r"/api/v1/replies\?"))
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator("#failed .trouble")).to_have_count(0)


async def test_the_flat_has_what_its_people_wrote_and_what_names_it(web: House, browser: Any):
    stage = await Stage(web.hub.db).set_up(people=2)
    person, flat = stage.people[0], stage.units[0]
    first = unclear("thanks for asking", recipient=person, guessed=Guessed.NUMBER)
    await web.hub.inbox.keep(first)
    await web.hub.inbox.keep(cry("smoke at our door", place=flat, guessed=Guessed.WORDS))
    await web.hub.inbox.keep(unclear("somebody else's"))
    path = f"/api/v1/incidents/{stage.incident}/flats/{flat}"
    async with web.client(headers=await web.bearer("duty")) as client:
        before = (await client.get(path)).json()
    async with web.client(headers=await web.bearer("viewer")) as client:
        assert (await client.get(path)).status_code == 403

    said = before["replies"]
    assert [one["words"] for one in said] == ["thanks for asking", "smoke at our door"]
    assert [one["channel"] for one in said] == ["whatsapp", "sms"]


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
async def test_no_word_of_the_page_is_missing(web: House, browser: Any, locale: str):
    for why in Why:
        note = Note("sms", f"+4477009001{len(why):02}", "x", cry=False, why=why)
        await web.hub.inbox.keep(note)
    await web.hub.inbox.keep(cry())
    page = await logged_in(browser, web, locale=locale)
    await page.goto(f"{web.at.url}/replies")
    await page.locator("#cry-rows .r").wait_for()
    said = await page.locator("body").inner_text()
    assert "replies." not in said
    assert not re.search(r"\b(stranger|staff_phone|opted_out|undefined|null)\b", said)


async def test_staff_take_an_opt_out_away_and_it_is_on_record(web: House, browser: Any):
    stage = await Stage(web.hub.db).set_up(people=2)
    person = stage.people[0]
    out = t.addresses.update().where(t.addresses.c.recipient_id == person)
    await web.hub.db.write(lambda c: c.execute(out.values(opted_out_at=1)))
    page = await logged_in(browser, web)
    await page.goto(f"{web.at.url}/roster#repairs")
    await page.get_by_role("button", name=re.compile("Text .* again")).click()
    await page.locator("dialog.ask").get_by_role("button", name="They asked for it").click()
    await expect(page.locator("dialog.ask")).to_have_count(0)
    await expect(page.locator("#repairs-empty")).to_be_visible()

    rows = await stage.rows(t.addresses, recipient_id=person)
    assert [row.opted_out_at for row in rows] == [None]
    assert len(await stage.rows(t.audit, action="opt_out_taken_away")) == 1


async def test_a_reply_settled_wrongly_is_opened_again_and_machines_are_aside(
    web: House, browser: Any
):
    stage = await Stage(web.hub.db).set_up(people=2)
    known = {"recipient": stage.people[0], "guessed": Guessed.NUMBER, "incident": stage.incident}
    await web.hub.inbox.keep(unclear("am out", **known))
    robot = Note("sms", "+8613800000003", "自动回复：我在开会", cry=False, why=Why.ROBOT)
    await web.hub.inbox.keep(robot)
    token = await web.bearer("duty")
    async with web.client(headers=token) as client:
        await client.get("/api/v1/replies")
    page = await logged_in(browser, web)
    await page.goto(f"{web.at.url}/replies")
    row = page.locator("#other-rows .r")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("Also seen by the access token “")
    await row.get_by_role("button", name="evacuated").click()
    await expect(row).to_have_count(0)
    assert [one.answer for one in await stage.rows(t.audience)] == ["evacuated", ""]

    await page.locator("#settled-rows summary").click()
    await page.get_by_role("button", name="Open again").click()
    await expect(row).to_have_count(1)
    await expect(page.locator("#settled-rows")).to_contain_text("Nothing was settled yet")
    assert [one.answer for one in await stage.rows(t.audience)] == ["", ""]
    await page.locator("#aside summary").first.click()
    await expect(page.locator("#aside-rows")).to_contain_text("An automatic answer")
