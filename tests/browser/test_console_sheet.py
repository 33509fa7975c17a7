"""The building drawing in a browser: any estate fits, nothing moves, one flat is one change."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, async_playwright

from web import assets
from web.render import environment

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

SHELL = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<link rel="preload" as="fetch" crossorigin="anonymous" href="{words}">
<link rel="stylesheet" href="{tokens}"><link rel="stylesheet" href="{parts}">
<link rel="stylesheet" href="{board}"></head><body data-timezone="UTC">{symbols}
<div class="estate" id="estate"></div></body></html>"""


def building(number: int, floors: int, flats: int, *, entrances: int = 1) -> dict[str, Any]:
    def entrance(path: str, base: int) -> dict[str, Any]:
        return {
            "path": path,
            "name": {},
            "lifts": [{"path": f"{path}/lift-1"}],
            "screens": [{"recipient": base, "name": path, "kind": "lobby", "path": path}],
            "floors": [
                {
                    "label": str(floor),
                    "level": floor,
                    "units": [
                        {"id": base + floor * 100 + flat, "label": f"{floor}{flat:02}"}
                        for flat in range(1, flats + 1)
                    ],
                }
                for floor in range(floors, 0, -1)
            ],
        }

    paths = [f"{number}-{e}" for e in range(1, entrances + 1)] if entrances > 1 else [str(number)]
    return {
        "path": str(number),
        "name": {"en": f"Tower {number}"},
        "entrances": [entrance(p, number * 100_000 + i * 10_000) for i, p in enumerate(paths)],
    }


ESTATES = {
    "two low houses": [building(1, 3, 2, entrances=2), building(2, 2, 3)],
    "six towers": [building(n, 30, 4) for n in range(1, 7)],
    "twenty unequal towers": [building(n, 8 + n % 5 * 6, 6 + n % 3 * 3) for n in range(1, 21)],
    "twelve flats, three entrances": [building(n, 18, 12, entrances=3) for n in range(1, 5)],
    "one flat": [building(1, 1, 1)],
}


def shell() -> str:
    symbols = environment().get_template("console/_symbols.html").render()
    return SHELL.format(
        words=assets.static("words/en.json"),
        tokens=assets.static("css/tokens.css"),
        parts=assets.static("css/parts.css"),
        board=assets.static("css/board.css"),
        symbols=symbols,
    )


async def serve(route: Route) -> None:
    """Our own files, as the hub serves them; nothing else exists."""
    path = urlsplit(route.request.url).path
    if path == "/":
        return await route.fulfill(body=shell(), content_type="text/html")
    file = assets.find(path.removeprefix(f"/static/{assets.version()}/"))
    if file is None:
        return await route.fulfill(status=404)
    return await route.fulfill(body=file.read_bytes(), content_type=assets.TYPES[file.suffix])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=90_000
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=DESK, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(90_000)  # ms: a busy machine is slow, not wrong
    page = await context.new_page()
    await page.route("**/*", serve)
    yield page
    await context.close()


async def draw(page: Page, name: str, *, affected: str = "1", size: dict[str, int] = DESK) -> None:
    await page.set_viewport_size(size)  # type: ignore[arg-type]
    await page.goto("http://muster.test/")
    layout = json.dumps({"buildings": ESTATES[name]})
    await page.evaluate(
        f"""async () => {{
          const {{ Sheet }} = await import("{assets.static("js/estate/sheet.js")}");
          const layout = {layout};
          window.sheet = new Sheet(document.querySelector("#estate"), layout,
            {{ affected: {json.dumps(affected)} }});
          window.flats = layout.buildings.flatMap((b) => b.entrances.flatMap((e) =>
            e.floors.flatMap((f) => f.units.map((u) => u.id))));
          // It fits itself to the page with the frame that follows.
          for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
        }}"""
    )


def places() -> str:
    return """[...document.querySelectorAll("#estate use")].map((one) => {
      const r = one.getBoundingClientRect(); return [r.x, r.y, r.width].map(Math.round).join();
    })"""


@pytest.mark.parametrize("name", ESTATES)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_every_building_is_drawn_readable_and_inside_the_page(
    name: str, size: dict[str, int], page: Page
) -> None:
    await draw(page, name, size=size)

    found = await page.evaluate(
        """() => ({ towers: document.querySelectorAll("#estate .tw").length,
          narrow: Math.min(...[...document.querySelectorAll("#estate use")]
            .map((one) => one.getBoundingClientRect().width)),
          over: document.documentElement.scrollWidth - innerWidth })"""
    )
    assert found["towers"] == len(ESTATES[name])
    assert found["over"] <= 0
    if size is DESK:
        assert found["narrow"] >= 13.5  # 14 px, less rounding


@pytest.mark.parametrize("name", ["six towers", "twenty unequal towers"])
async def test_nothing_moves_while_states_come_in(name: str, page: Page) -> None:
    await draw(page, name)
    before = await page.evaluate(places())

    await page.evaluate(
        """() => { const states = ["told", "safe", "help", "evac", "none", "unre", "away"];
          for (let round = 0; round < 20; round += 1) sheet.cells(Object.fromEntries(
            flats.map((id, i) => [id, states[(i * 7 + round) % states.length]])), {at_once: true});
          sheet.people(Object.fromEntries(flats.map((id) => [id, [3, 2]])));
          sheet.mark({ building: "1", floor: "3", flag: "Fire", zone: ["4", "3", "2"],
            zoneName: "Leave first" }); }"""
    )

    assert await page.evaluate(places()) == before


async def test_a_changed_flat_is_one_changed_attribute(page: Page) -> None:
    await draw(page, "six towers")
    await page.evaluate(
        "sheet.cells(Object.fromEntries(flats.map((id) => [id, 'told'])), {at_once: true})"
    )

    changes = await page.evaluate(
        """() => new Promise((done) => {
          const seen = [];
          new MutationObserver((list) => { seen.push(...list); }).observe(
            document.querySelector("#estate"),
            { attributes: true, childList: true, subtree: true });
          sheet.addEventListener("painted", () => setTimeout(() =>
            done(seen.map((one) => `${one.target.tagName} ${one.attributeName}`)), 0));
          sheet.cells({ [flats[5]]: "safe" });
        })"""
    )

    assert changes == ["use href"]


async def test_help_gets_a_ring_and_loses_it(page: Page) -> None:
    await draw(page, "six towers")
    rings = "document.querySelectorAll('#estate .ring').length"

    await page.evaluate("sheet.cells({ [flats[5]]: 'help', [flats[9]]: 'help' }, {at_once: true})")
    assert await page.evaluate(rings) == 2
    await page.evaluate("sheet.cells({ [flats[5]]: 'safe' }, {at_once: true})")
    assert await page.evaluate(rings) == 1


async def test_a_floor_shows_its_worst_flat_where_floors_are_the_cells(page: Page) -> None:
    await draw(page, "twenty unequal towers", affected="1")
    await page.evaluate(
        """() => { const far = sheet.tower("2").building.entrances[0].floors[0].units;
          window.far = far.map((u) => u.id);
          sheet.cells(Object.fromEntries(window.far.map((id) => [id, "safe"])), {at_once: true});
          sheet.cells({ [window.far[2]]: "help" }, {at_once: true}); }"""
    )

    mode = await page.evaluate("sheet.mode")
    shown = "document.querySelector('#tower-2 use').getAttribute('href')"
    assert mode == "floors"
    assert await page.evaluate(shown) == "#u-help"
    await page.evaluate("sheet.cells({ [window.far[2]]: 'safe' }, {at_once: true})")
    assert await page.evaluate(shown) == "#u-safe"


async def test_a_hidden_state_fades_and_stays_in_place(page: Page) -> None:
    await draw(page, "six towers")
    await page.evaluate("sheet.cells({ [flats[0]]: 'safe', [flats[1]]: 'told' }, {at_once: true})")
    before = await page.evaluate(places())

    await page.evaluate("sheet.filter(['safe'])")

    faded = "document.querySelectorAll('#estate use.dim').length"
    assert await page.evaluate(faded) == 1
    assert await page.evaluate(places()) == before
    await page.evaluate("sheet.filter([])")
    assert await page.evaluate(faded) == 0


async def test_every_tower_is_a_link_named_by_a_sentence(page: Page) -> None:
    await draw(page, "six towers")
    await page.evaluate(
        """() => { sheet.cells({ [flats[0]]: "help" }, {at_once: true});
          sheet.people(Object.fromEntries(flats.map((id) => [id, [2, 1]]))); }"""
    )

    link = page.get_by_role("link", name="Tower 1: 240 people, 50.0 % answered, 1 need help")
    assert await link.count() == 1
