"""Real before drill, as people and programs meet it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub.flow.drills import Drills
from hub.model import Kind
from hub.store.real_first import DrillLedger
from tests.web.field import RESIDENT, Field, in_the_field

AS_JSON = {"accept": "application/json"}
DRILL = {"playbook": "fire", "place": "3/5", "kind": "drill", "announce": True}


@pytest.fixture
async def hub(template: None, quick_path: Path) -> AsyncIterator[Field]:
    async with in_the_field(quick_path) as found:
        yield found


async def ended(hub: Field) -> tuple[int, int]:
    """A drill, and the fire that ended it; its people have been told."""
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    fire = await hub.launch("fire", "3/12")
    assert await Drills(DrillLedger(hub.hub.db), hub.hub.say).due() == 1
    await hub.send()
    return drill, fire


async def page(hub: Field, incident: int) -> dict[str, Any]:
    path = f"/a/{hub.hub.answer.token(incident, await hub.person(RESIDENT))}"
    found: dict[str, Any] = (await hub.client.get(path, headers=AS_JSON)).json()
    return found


@pytest.mark.parametrize("path", ["/api/v1/incidents", "/api/v1/preview"])
async def test_a_drill_is_refused_beside_something_real(hub: Field, path: str) -> None:
    fire = await hub.launch("fire", "3/12")
    for language, said in (("en", "No drill can start"), ("zh-CN", "不能开始演练")):
        headers = {**await hub.house.bearer("duty"), "accept-language": language}
        async with hub.house.client(headers=headers) as client:
            found = await client.post(path, json=DRILL)
        body = found.json()
        assert (found.status_code, body["code"], body["incident"]) == (409, "live_open", fire)
        assert body["detail"].startswith(said)
        (problem,) = body["problems"]
        assert (problem["where"], problem["code"]) == ("place", "live_open")
        assert ("结案" in problem["hint"]) == (language == "zh-CN")


async def test_the_preview_of_something_real_says_which_drill_it_ends(hub: Field) -> None:
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    async with hub.house.client(headers=await hub.house.bearer("duty")) as client:
        looked = await client.post("/api/v1/preview", json={"playbook": "fire", "place": "3"})
        code = (await client.get(f"/api/v1/incidents/{drill}")).json()["code"]
    texts = [one["text"] for one in looked.json()["warnings"] if one["code"] == "drill_ends"]
    assert [code in text["en"] and code in text["zh-CN"] for text in texts] == [True]


async def test_the_board_and_the_list_say_what_ended_a_drill(hub: Field) -> None:
    drill, fire = await ended(hub)
    async with hub.house.client(headers=await hub.house.bearer("duty")) as client:
        one = (await client.get(f"/api/v1/incidents/{drill}")).json()
        board = (await client.get(f"/api/v1/incidents/{drill}/board")).json()
        listed = (await client.get("/api/v1/incidents")).json()["items"]
        real = (await client.get(f"/api/v1/incidents/{fire}/board")).json()
        notice = await client.post(
            f"/api/v1/incidents/{drill}/notices", json={"stage": "all_clear"}
        )
    by = {"incident": fire, "code": real["incident"]["code"]}
    assert one["ended_by"] == board["incident"]["ended_by"] == by
    assert {row["id"]: row["ended_by"] for row in listed} == {drill: by, fire: None}
    lines = [line["text"] for line in board["timeline"]]
    assert any(by["code"] in line["en"] and "演练已停止" in line["zh-CN"] for line in lines)
    assert any(one["code"] in line["text"]["en"] for line in real["timeline"])
    body = notice.json()
    assert (notice.status_code, body["code"], body["incident"]) == (409, "drill_ended", fire)


async def test_the_text_and_the_page_of_a_drill_lead_to_what_is_real(hub: Field) -> None:
    drill, fire = await ended(hub)
    assert "真实" in await hub.last(RESIDENT) or "This is real now" in await hub.last(RESIDENT)

    seen = await page(hub, drill)
    token = hub.hub.answer.token(fire, await hub.person(RESIDENT))
    assert (seen["real"]["mine"], seen["real_link"]) == (True, f"/a/{token}")
    path = f"/a/{hub.hub.answer.token(drill, await hub.person(RESIDENT))}"
    for language, said in (("zh-CN", "演练已停止"), ("en", "The drill has stopped")):
        shown = await hub.client.get(f"{path}?lang={language}")
        assert said in shown.text
        assert f'href="/a/{token}' in shown.text
        assert 'class="red"' in shown.text


async def test_a_running_drill_and_a_real_page_say_nothing_of_it(hub: Field) -> None:
    drill = await hub.launch("fire", "3/12", Kind.DRILL)
    seen = await page(hub, drill)
    assert seen["real"] is None
    assert "real_link" not in seen


async def test_answers_to_an_ended_drill_still_count_in_it(hub: Field) -> None:
    drill, fire = await ended(hub)
    path = f"/a/{hub.hub.answer.token(drill, await hub.person(RESIDENT))}"
    nonce = (await page(hub, drill))["nonce"]
    for answer, in_fire in (("safe", ""), ("help", "help")):
        said = {"answer": answer, "nonce": nonce}
        done = await hub.client.post(path, json=said, headers=AS_JSON)
        assert done.status_code == 200, done.text
        assert await hub.answer(drill, RESIDENT) == answer
        assert await hub.answer(fire, RESIDENT) == in_fire


async def test_a_digit_by_text_answers_what_is_real(hub: Field) -> None:
    drill, fire = await ended(hub)
    await hub.reply(RESIDENT, "1")
    assert await hub.answer(fire, RESIDENT) == "safe"
    assert await hub.answer(drill, RESIDENT) == ""
