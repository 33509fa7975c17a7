"""A public address with a path, behind Debian's nginx: everything lives below it."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import websockets
from playwright.async_api import async_playwright, expect

from channels.voice_twilio import TwilioVoice, VoiceAccount
from hub.decide.tokens import answer_token
from hub.store.database import database
from tests.flow.stage import Stage
from tests.nginx import kept, nginx, taken_off
from tests.processes import free_port
from tests.web import parts
from tests.web.parts import PASSWORD, SECRET, House, RealClock, served, settings, wired
from tests.web.test_hooks import REPLY, signed
from web.base import base_in, leave, rebased
from web.console.doors import DOORS as PAGES

BASE = "/muster"
ADDRESS = re.compile(r"""(?:href|src|action)=["']([^"'#?][^"']*)["']""")
PATIENCE = 60_000


@pytest.fixture(params=[kept, taken_off])
async def below(request, template, quick_path: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A hub below a path; `at` is the address outside."""
    port = free_port()
    chosen = settings(quick_path, public_url=f"http://localhost:{port}{BASE}")
    shutil.copy(parts.TEMPLATE[0], quick_path / "hub.db")
    db = database(chosen.database_url)
    await db.open()
    try:
        async with (
            served(wired(chosen, db)) as house,
            nginx(tmp_path, port, request.param(BASE, house.at.url)),
        ):
            inner = house.at
            house.at = dataclasses.replace(inner, port=port, url=chosen.public_url)
            yield house
    finally:
        await db.close()


async def log_in(house: House, client: Any) -> None:
    """The client has a session, for the path alone."""
    login = await house.user("admin")
    answer = await client.post(
        f"{house.at.url}/login",
        data={"login": login, "password": PASSWORD, "next": "/roster"},
        headers={"origin": house.at.url.removesuffix(BASE)},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BASE}/roster")
    assert f"path={BASE}/" in answer.headers["set-cookie"].lower()


async def test_every_page_leads_to_addresses_below_the_path(below: House):
    stage = await Stage(below.hub.db).set_up(people=2)
    values = {"{id:int}": str(stage.incident), "{playbook}": "fire", "{token}": "x"}
    async with below.client() as client:
        await log_in(below, client)
        for door in PAGES:
            path = door.path
            for mark, value in values.items():
                path = path.replace(mark, value)
            page = await client.get(below.at.url + path)
            if page.is_redirect:
                assert page.headers["location"].startswith(f"{BASE}/"), path
                continue
            assert page.status_code == 200, path
            assert f'data-base="{BASE}"' in page.text
            found = ADDRESS.findall(page.text)
            assert found
            assert [a for a in found if a.startswith("/") and not a.startswith(f"{BASE}/")] == []
            for file in {a for a in found if "/static/" in a}:
                answer = await client.get(below.at.url.removesuffix(BASE) + file)
                assert answer.status_code == 200, file


async def test_a_stranger_is_led_to_the_login_and_back(below: House):
    async with below.client() as client:
        answer = await client.get(f"{below.at.url}/roster?x=1")
    assert answer.headers["location"] == f"{BASE}/login?next=/roster%3Fx%3D1"


async def test_a_resident_answers_below_the_path(below: House):
    stage = await Stage(below.hub.db).set_up(people=2)
    link = f"{below.at.url}/a/{answer_token(SECRET, stage.incident, stage.people[0])}"
    async with below.client() as client:
        page = await client.get(link)
        nonce = re.search(r'name="nonce" value="([^"]+)"', page.text)[1]
        action = re.search(r'action="([^"]+)"', page.text)[1]
        answer = await client.post(
            below.at.url.removesuffix(BASE) + action, data={"answer": "safe", "nonce": nonce}
        )
        broken = await client.get(f"{link[:-1]}")
    assert link.endswith(action)
    assert answer.status_code == 303
    assert link.endswith(answer.headers["location"])
    assert (broken.status_code, "119" in broken.text) == (404, True)


async def test_providers_sign_the_address_with_the_path(below: House):
    url = f"{below.at.url}/hooks/sms_twilio/replies"
    async with below.client() as client:
        good = await client.post(url, content=urlencode(REPLY), headers=signed(url, REPLY))
        without = signed(url.replace(BASE, ""), REPLY)
        bad = await client.post(url, content=urlencode(REPLY), headers=without)
    assert (good.status_code, bad.status_code) == (200, 403)


def test_the_addresses_given_to_providers_have_the_path():
    account = VoiceAccount.read({"account_sid": "AC1", "auth_token": "x", "from": "+12025550100"})
    voice = TwilioVoice(account, clock=RealClock(), public_url="https://x.example/muster")
    assert voice._hooks == "https://x.example/muster/hooks/voice_twilio"


async def test_the_description_and_the_service_worker_know_the_path(below: House):
    async with below.client() as client:
        described = await client.get(f"{below.at.url}/api/openapi.json")
        worker = await client.get(f"{below.at.url}/screen/sw.js")
    assert described.json()["servers"] == [{"url": f"{BASE}/api/v1"}]
    assert worker.headers["service-worker-allowed"] == f"{BASE}/screen"
    files = json.loads(re.search(r"FILES = (\[.*?\]);", worker.text)[1])
    assert all(file.startswith(f"{BASE}/") for file in files)
    assert f'startsWith("{BASE}/api/")' in worker.text


async def test_a_socket_opens_below_the_path(below: House):
    ticket = await below.ticket()
    where = below.live.removesuffix("/live") + "/live"
    async with websockets.connect(where, subprotocols=["muster.v1"]) as socket:
        await socket.send(json.dumps({"op": "hello", "ticket": ticket}))
        assert json.loads(await socket.recv())["op"] == "welcome"


async def test_a_refusal_for_people_leads_back_below_the_path(below: House):
    async with below.client() as client:
        page = await client.get(f"{below.at.url}/nothing", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert f'href="{BASE}/"' in page.text


@pytest.mark.browser
@pytest.mark.timeout(180)
async def test_a_browser_works_below_the_path_and_asks_for_nothing_above_it(below, chromium):
    stage = await Stage(below.hub.db).set_up(people=2)
    login = await below.user("duty")
    asked: list[str] = []
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(locale="en-GB")
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("request", lambda one: asked.append(one.url))
        page.on("websocket", lambda one: asked.append(one.url))
        await page.goto(f"{below.at.url}/roster")
        await page.locator("input[name=login]").fill(login)
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.locator("input[name=password]").press("Enter")
        await page.wait_for_url(f"{below.at.url}/roster")
        await page.goto(f"{below.at.url}/incidents/{stage.incident}")
        await expect(page.locator("#contact")).to_contain_text("Connected", timeout=PATIENCE)
        await page.goto(f"{below.at.url}/incidents")
        await page.locator("table a").first.click()
        await page.wait_for_url(f"{below.at.url}/incidents/{stage.incident}")
        await page.goto(f"{below.at.url}/screen")
        await page.wait_for_function("document.body.innerText.match(/[0-9]{3}/)")
        await browser.close()
    host = below.at.url.removesuffix(BASE).partition("://")[2]
    ours = [url for url in asked if url.partition("://")[2].startswith(host)]
    assert any("/live" in url for url in ours)
    assert [url for url in ours if not url.partition(host)[2].startswith(f"{BASE}/")] == []


def test_without_a_path_nothing_is_changed():
    page = '<a href="/roster">x</a>'
    assert rebased(page, "") == page
    assert leave(b"/roster", "") == b"/roster"
    assert base_in("https://x.example") == ""


def test_addresses_of_others_stay_as_they_are():
    page = '<a href="//cdn.example/x" title="/roster"><a href="https://x.example/"><p>href=&#34;/x'
    assert rebased(page, BASE) == page
    assert leave(b"https://x.example/", BASE) == b"https://x.example/"
    assert leave(b"//x.example/", BASE) == b"//x.example/"
