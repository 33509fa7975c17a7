"""A launch of what runs already, and one held to its preview, as programs and pages are told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.flow.test_launch_refusals import PATHS, PEOPLE
from tests.launch_estate import put_estate
from tests.web.parts import House
from web.openapi import document

PATH = "/api/v1/incidents"
FIRE = {"playbook": "fire", "place": "3/12", "kind": "live"}
ZH = {"accept-language": "zh-CN"}


@pytest.fixture
async def estate(web: House) -> House:
    await web.hub.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
    return web


async def asked(
    web: House, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
) -> Any:
    async with web.client(headers=await web.bearer("duty")) as client:
        return await client.post(path, json=body, headers=headers or {})


async def test_the_answer_names_the_kind(estate: House) -> None:
    drill = await asked(estate, PATH, {**FIRE, "kind": "drill"})
    live = await asked(estate, PATH, FIRE)
    assert (drill.status_code, drill.json()["kind"]) == (202, "drill")
    assert (live.status_code, live.json()["kind"]) == (202, "live")


async def test_what_runs_already_is_told_with_the_incident(estate: House) -> None:
    begun = (await asked(estate, PATH, FIRE)).json()
    second = await asked(estate, PATH, {**FIRE, "place": "3"})
    said = second.json()

    assert second.status_code == 409
    assert second.headers["content-type"].startswith("application/problem+json")
    assert (said["status"], said["code"], said["incident"]) == (409, "already_open", begun["id"])
    (runs,) = said["running"]
    assert (runs["id"], runs["code"], runs["place"]) == (begun["id"], begun["code"], "3/12")
    assert runs["place_spoken"] == {"zh-CN": "3栋12层", "en": "Tower 3, floor 12"}
    assert begun["code"] in said["problems"][0]["what"]
    seen = (await asked(estate, "/api/v1/preview", FIRE)).json()
    assert seen["already_open"] == said["running"]

    third = await asked(estate, PATH, {**FIRE, "again": True})
    assert (third.status_code, third.json()["id"] != begun["id"]) == (202, True)


async def test_it_is_told_in_chinese(estate: House) -> None:
    begun = (await asked(estate, PATH, FIRE)).json()
    said = (await asked(estate, PATH, FIRE, ZH)).json()
    assert said["detail"].startswith("同一地点或与它重叠的地点")
    (problem,) = said["problems"]
    assert problem["what"].startswith(f"{begun['code']} 正在进行：3栋12层，")
    assert problem["label"] == "地点"
    changed = (await asked(estate, PATH, {**FIRE, "confirm_audience": "x"}, ZH)).json()
    assert "谁收到什么有了变动" in changed["detail"]
    assert changed["problems"][0]["hint"] == "请重新看预览（现在 6 人），核对后再确认"


async def test_a_preview_can_be_confirmed_word_for_word(estate: House) -> None:
    seen = (await asked(estate, "/api/v1/preview", FIRE)).json()
    held = {
        **FIRE,
        "confirm_people": seen["confirm"],
        "confirm_audience": seen["audience_hash"],
    }
    other = await asked(estate, PATH, {**held, "place": "3"})
    assert (other.status_code, other.json()["code"]) == (409, "audience_changed")
    assert other.json()["people"] == seen["people"]
    made = await asked(estate, PATH, held)
    assert made.status_code == 202, made.text


async def test_the_hash_leaks_nobody(estate: House) -> None:
    """Without the hub's key nobody can try out who might be in it."""
    seen = (await asked(estate, "/api/v1/preview", FIRE)).json()
    assert len(seen["audience_hash"]) == 32
    estate.hub.launch = type(estate.hub.launch)(
        **{
            name: getattr(estate.hub.launch, name)
            for name in ("ledger", "library", "clock", "wake", "channels")
        },
        secret=b"the key of another hub",
    )
    other = (await asked(estate, "/api/v1/preview", FIRE)).json()
    assert other["audience_hash"] != seen["audience_hash"]


@pytest.mark.parametrize(
    "wrong", [{"confirm_audience": "x" * 129}, {"confirm_audience": 7}, {"again": "perhaps"}]
)
async def test_what_cannot_be_one_is_refused(estate: House, wrong: dict[str, Any]) -> None:
    answer = await asked(estate, PATH, {**FIRE, **wrong})
    assert answer.status_code == 422


def test_the_description_says_so() -> None:
    said = document()
    launch = said["paths"]["/incidents"]["post"]["responses"]
    schema = launch["409"]["content"]["application/problem+json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/LaunchConflictOut"}
    shapes = said["components"]["schemas"]
    assert {"incident", "running", "people"} <= set(shapes["LaunchConflictOut"]["properties"])
    assert {"again", "confirm_audience"} <= set(shapes["LaunchBody"]["properties"])
    assert "kind" in shapes["LaunchedOut"]["properties"]
    assert json.dumps(said)
