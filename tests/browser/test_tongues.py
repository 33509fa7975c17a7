"""A third language of the site, whole: the text, the page behind its link, the call, the screen."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.processes import (
    AUTH,
    MUSTER,
    ROOT,
    SID,
    embedded,
    free_port,
    muster,
    running,
    simulator,
    twilio,
    until,
)
from tests.scenario.gas import LANGUAGES, NAME, playbook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PICTURES = ROOT / ".artifacts"
LINK = re.compile(r"/a/[A-Za-z0-9_-]{24}(?=\s|$)")
WRITTEN = {"zh-HK": "粤语", "en": "English", "ar": "العربية", "ja": "日本語"}
PHONES = {tag: f"+4477009002{at:02}" for at, tag in enumerate(LANGUAGES, 1)}
PIECES = {
    "zh-HK": ("煤氣洩漏。請立即離開大廈", "3座12樓"),
    "en": ("Gas leak at", "Tower 3, Floor 12"),
    "ar": ("تسرّب غاز في", "البرج 3، الطابق 12"),
    "ja": ("ガス漏れ。すぐに外へ避難", "3号棟12階"),
}
BUTTONS = {
    "zh-HK": "我需要協助",
    "en": "I need help",
    "ar": "أحتاج إلى مساعدة",
    "ja": "助けが必要です",
}
DAYS = {
    "zh-HK": re.compile(r"\d+月\d+日\d\d:\d\d前更新"),
    "en": re.compile(r"next update by \d\d:\d\d on \d+ [A-Z][a-z]+"),
    "ar": re.compile(r"قبل \d\d:\d\d يوم \d+"),
    "ja": re.compile(r"次の更新は\d+月\d+日\d\d:\d\dまで"),
}


class Site:
    """A served hub whose people read four languages, and one incident of its own playbook."""

    def __init__(self, client: httpx2.Client, url: str, world: str, door: str, db: Path) -> None:
        self.client, self.url, self.door, self.db = client, url, door, db
        asked = {"playbook": "gas", "place": "3/12", "kind": "live"}
        self.preview = self._post("/preview", asked)
        self.incident = self._post("/incidents", asked)["id"]
        texts = until(lambda: self._texts(world), within=120, what="a text for everybody")
        self.texts = {tag: texts[number] for tag, number in PHONES.items()}

    def _post(self, path: str, body: Any) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def _texts(self, world: str) -> dict[str, str]:
        url = f"{world}/2010-04-01/Accounts/{SID}/Messages.json"
        found = httpx2.get(url, params={"PageSize": 1000}, auth=(SID, AUTH), timeout=30).json()
        texts = {one["to"]: str(one["body"]) for one in found["messages"]}
        return texts if set(PHONES.values()) <= set(texts) else {}

    def link(self, tag: str) -> str:
        found = LINK.search(self.texts[tag])
        assert found is not None
        return f"{self.url}{found[0]}"

    def screen(self) -> dict[str, Any]:
        """A paired lobby screen, as its browser remembers itself."""
        entry = {"kind": "screen", "name": "Lobby", "place": "3/12", "language": "zh-HK"}
        self._post("/recipients", entry)
        items = self.client.get("/screens").json()["items"]
        asked = self._post("/screens/pairings", {})
        self._post(f"/screens/pairings/{asked['code']}", {"recipient": items[0]["recipient"]})
        return dict(self._post("/screens/pairings/claim", {"claim": asked["claim"]}))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("tongues")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    own = folder / "hub" / "playbooks" / "gas.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(playbook(), encoding="utf-8")
    with simulator(url, folder=folder / "world") as world:
        world.change(by_link=0, by_digit=0)
        env = embedded(
            folder / "hub", port, MUSTER_LANGUAGES=",".join(LANGUAGES), **twilio(world, pace=50)
        )
        env["MUSTER_TWILIO_VOICE_FROM"] = "+12025550101"
        file = folder / "people.csv"
        file.write_text(_roster(), encoding="utf-8")
        done = muster("import", str(file), env=env)
        assert done.returncode == 0, done.stderr
        assert muster("playbook", "check", str(own), env=env).returncode == 0
        with running([*MUSTER, "serve"], env=env, folder=folder, name="serve") as process:
            process.says("Muster serves")
            made = muster("token", "create", "--role", "admin", "--json", env=env)
            headers = {"Authorization": f"Bearer {json.loads(made.stdout)['token']}"}
            with httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30) as client:
                door = json.loads(muster("login", "--json", env=env).stdout)["url"]
                yield Site(client, url, world.url, door, folder / "hub" / "muster.db")


def _roster() -> str:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("楼栋", "房号", "姓名", "手机", "语言"))
    for at, (tag, number) in enumerate(PHONES.items(), 1):
        rows.writerow(("3", f"120{at}", f"Person {at}", number, WRITTEN[tag]))
    return text.getvalue()


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_text_is_in_the_readers_language_with_the_day_of_the_next_one(
    site: Site, tag: str
) -> None:
    for piece in PIECES[tag]:
        assert piece in site.texts[tag]
    assert DAYS[tag].search(site.texts[tag]), site.texts[tag]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_call_is_in_the_readers_language(site: Site, tag: str) -> None:
    calls = [w for w in site.preview["words"] if w["channel"] == "voice" and w["language"] == tag]
    assert PIECES[tag][0] in calls[0]["parts"]["body"]


async def _looked(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / f"tongues-{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_behind_the_link_is_in_the_language_of_its_text(
    site: Site, chromium: str, scheme: Any
) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium)
        for tag in LANGUAGES:
            page = await browser.new_page(
                viewport={"width": 390, "height": 844}, color_scheme=scheme, device_scale_factor=2
            )
            await page.goto(site.link(tag))
            html = page.locator("html")
            await expect(html).to_have_attribute("lang", tag)
            await expect(html).to_have_attribute("dir", "rtl" if tag == "ar" else "ltr")
            await expect(page.locator("h1")).to_have_text(NAME[tag])
            await expect(page.locator("button.help > span")).to_have_text(BUTTONS[tag])
            await expect(page.locator("dd").first).to_have_text(PIECES[tag][1])
            offered = {await one.get_attribute("lang") for one in await page.locator("nav a").all()}
            assert offered == set(LANGUAGES) - {tag}
            help_, number = page.locator("button.help"), page.locator("button.help small")
            box, small = await help_.bounding_box(), await number.bounding_box()
            assert box is not None
            assert small is not None
            on_left = small["x"] < box["x"] + box["width"] / 2
            assert on_left is (tag == "ar")  # the digit stands at the end of the line
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width == 390
            await _looked(page, f"page-{tag}-{scheme}")
            await page.close()
        await browser.close()


async def test_an_answer_leads_back_to_the_page_in_its_language(site: Site, chromium: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium)
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        await page.goto(site.link("ar"))
        await page.locator("button.help").click()
        await expect(page.locator(".yours.bad")).to_contain_text("ردّك: أحتاج إلى مساعدة")
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await _looked(page, "page-ar-answered")
        await page.locator('nav a[lang="ja"]').click()
        await expect(page.locator("html")).to_have_attribute("lang", "ja")
        await browser.close()


async def test_the_screen_speaks_the_sites_first_language_and_the_others_in_turn(
    site: Site, chromium: str
) -> None:
    device = site.screen()
    asked = {"playbook": "gas", "place": "3/12", "kind": "live", "again": True}
    site._post("/incidents", asked)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium)
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        await page.add_init_script(f"localStorage['muster.screen'] = '{json.dumps(device)}'")
        await page.goto(f"{site.url}/screen")
        title = page.locator(".say h1")
        await expect(title).to_have_text(NAME["zh-HK"], timeout=60_000)
        await expect(page.locator("html")).to_have_attribute("lang", "zh-HK")
        seen: dict[str, str] = {}
        async with asyncio.timeout(90):
            while set(seen) < {"en", "ar", "ja"}:
                second = page.locator(".say .second")
                tag, way = await second.get_attribute("lang"), await second.get_attribute("dir")
                if tag and tag not in seen:
                    seen[tag] = str(way)
                    await _looked(page, f"screen-{tag}")
                await asyncio.sleep(0.5)
        assert seen == {"en": "ltr", "ar": "rtl", "ja": "ltr"}
        # The next update is a day away: its date is on the screen.
        await expect(page.locator(".foot")).to_contain_text(re.compile(r"\d+月\d+日 \d\d:\d\d"))
        await browser.close()


async def test_on_the_next_day_page_and_board_say_whose_day_a_time_is(
    site: Site, chromium: str
) -> None:
    """The first incident becomes one of yesterday, as if a day had gone by."""
    day = 86_400_000
    with closing(sqlite3.connect(site.db, timeout=30)) as db, db:
        db.execute("UPDATE notices SET issued_at = issued_at - ? WHERE incident_id = 1", (day,))
        db.execute("UPDATE incidents SET launched_at = launched_at - ? WHERE id = 1", (day,))
    before = datetime.now(UTC) + timedelta(hours=8) - timedelta(days=1)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium)
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        await page.goto(site.link("en"))
        issued = page.locator("dd").nth(1)
        await expect(issued).to_have_text(re.compile(rf"^\d\d:\d\d on {before.day} {before:%B}$"))
        await page.goto(site.link("zh-HK"))
        await expect(issued).to_have_text(re.compile(f"^{before.month}月{before.day}日"))
        desk = await browser.new_context(locale="en-GB", timezone_id="America/New_York")
        board = await desk.new_page()
        await board.goto(site.door)
        await board.locator("form button").first.click()
        await board.wait_for_url(lambda url: "/login" not in url)
        await board.goto(f"{site.door.partition('/login')[0]}/incidents/1?lang=en")
        started = re.compile(rf"^{before.day} {before:%b} \d\d:\d\d:\d\d$")
        await expect(board.locator("#started")).to_have_text(started)
        await _looked(board, "board-next-day")
        await browser.close()
