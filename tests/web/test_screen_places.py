"""Screens at lobbies and lifts: the place is made, the way is told, a change is seen at once."""

from __future__ import annotations

from typing import Any

import pytest

from hub.model import Actor
from tests.web.parts import House, wired
from tests.web.site_parts import SITE, WHO, entrances_out, filled
from tests.web.test_live_screens import Display

ADMIN = Actor("user:1", "admin")
WAY = {
    "arrow": "left",
    "door": {"zh-CN": "南门", "en": "South door"},
    "metres": 20,
}


@pytest.fixture
async def admin(web: House) -> Any:
    async with web.client(headers=await web.bearer("admin"), timeout=60) as client:
        yield client


async def screen(client: Any, place: str, **more: Any) -> Any:
    body = {"kind": "screen", "name": "Lobby", "place": place, **more}
    return await client.post("/api/v1/recipients", json=body)


@pytest.mark.parametrize(
    ("written", "path", "kind", "name"),
    [
        ("3/lobby", "3/lobby", "lobby", {"zh-CN": "3栋大堂", "en": "Tower 3 lobby"}),
        ("3栋大堂", "3/lobby", "lobby", {"zh-CN": "3栋大堂", "en": "Tower 3 lobby"}),
        ("lobby of 3", "3/lobby", "lobby", {"zh-CN": "3栋大堂", "en": "Tower 3 lobby"}),
        ("3/lift-a", "3/lift-a", "lift", {"zh-CN": "3栋A梯", "en": "Tower 3 lift A"}),
        ("lift A of building 3", "3/lift-a", "lift", {"zh-CN": "3栋A梯", "en": "Tower 3 lift A"}),
        ("3栋A梯", "3/lift-a", "lift", {"zh-CN": "3栋A梯", "en": "Tower 3 lift A"}),
        ("3栋2号电梯", "3/lift-2", "lift", {"zh-CN": "3栋2号梯", "en": "Tower 3 lift 2"}),
        ("gate-2", "gate-2", "spot", {}),
    ],
)
async def test_a_lobby_a_lift_and_a_gate_are_made_as_they_are_named(
    admin: Any, web: House, written: str, path: str, kind: str, name: dict[str, str]
) -> None:
    await filled(admin)
    made = await screen(admin, written, way=WAY)
    assert made.status_code == 201, made.text
    assert (made.json()["place"], made.json()["way"]) == (path, WAY)
    (row,) = (await admin.get("/api/v1/screens")).json()["items"]
    assert (row["place"], row["kind"], row["way"]) == (path, kind, WAY)
    site = await web.hub.estate.site()
    (place,) = [one for one in await web.hub.estate.places(site.id) if one.path == path]
    assert place.name == name


async def test_no_place_is_made_where_there_is_no_building_or_for_a_flat(admin: Any) -> None:
    await filled(admin)
    for place in ("9/lobby", "3/9/901", "nowhere at all"):
        made = await screen(admin, place)
        assert made.status_code == 422
        assert made.json()["problems"][0]["where"] == "place"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("straight", "ahead"), ("behind", "back"), ("左侧", "left"), ("右", "right"), ("上楼", "up")],
)
async def test_a_direction_is_read_as_people_say_it(admin: Any, said: str, kept: str) -> None:
    await filled(admin)
    made = await screen(admin, "3/lobby", way={"arrow": said, "words": {"en": "Out by the ramp"}})
    assert made.json()["way"] == {"arrow": kept, "words": {"en": "Out by the ramp"}}
    number = made.json()["id"]
    body = {"way": {"words": None, "metres": 5}}
    changed = await admin.patch(f"/api/v1/recipients/{number}", json=body)
    assert changed.json()["way"] == {"arrow": kept, "metres": 5}
    assert (await admin.get(f"/api/v1/recipients/{number}")).json()["way"]["metres"] == 5


@pytest.mark.parametrize(
    ("way", "where"),
    [
        ({"arrow": "north"}, "way.arrow"),
        ({"metres": "far"}, "way.metres"),
        ({"metres": 0}, "way.metres"),
        ({"door": "South"}, "way.door"),
        ({"turn": "left"}, "way.turn"),
        ("left", "way"),
    ],
)
async def test_a_way_out_that_cannot_be_read_is_refused_by_its_path(
    admin: Any, way: Any, where: str
) -> None:
    await filled(admin)
    for language in ("en", "zh-CN"):
        body = {"kind": "screen", "name": "L", "place": "3/lobby", "way": way}
        headers = {"accept-language": language}
        answer = await admin.post("/api/v1/recipients", json=body, headers=headers)
        assert answer.status_code == 422
        (found,) = answer.json()["problems"]
        assert found["where"] == where
        assert any("\u4e00" <= c <= "\u9fff" for c in found["what"]) == (language == "zh-CN")


async def test_only_a_screen_points_anywhere_and_nobody_says_yes_and_no(admin: Any) -> None:
    await filled(admin)
    body = {"name": "Ann", "place": "1/1/101", "way": WAY, "drill": True, "no_drill": True}
    answer = await admin.post("/api/v1/recipients", json=body)
    assert {one["where"] for one in answer.json()["problems"]} == {"way", "no_drill"}


async def test_a_code_is_confirmed_with_the_place_and_the_way(admin: Any, web: House) -> None:
    await filled(admin)
    number = (await screen(admin, "3/lobby")).json()["id"]
    code, claim = await web.hub.screens.pairing()
    body = {"recipient": number, "place": "3/lift-a", "way": WAY}
    assert (await admin.post(f"/api/v1/screens/pairings/{code}", json=body)).status_code == 200
    claimed = await admin.post("/api/v1/screens/pairings/claim", json={"claim": claim})
    async with Display(web, number, claimed.json()["device"]) as display:
        card = (await display.hears("welcome"))["screen"]
        assert (card["way"], card["place"]["zh-CN"]) == (WAY, "3栋A梯")
        assert card["site"] == WHO["name"]
        assert card["source"] == WHO["source"]


async def test_a_connected_screen_hears_of_a_change_of_its_site_and_its_way(
    admin: Any, web: House
) -> None:
    await filled(admin)
    number = (await screen(admin, "3/lobby", way=WAY)).json()["id"]
    async with Display(web, number, await web.device(number)) as display:
        await display.say(op="watch", topic=f"screen:{number}")
        await display.hears("clear")
        await admin.patch(SITE, json={**entrances_out(WHO), "source": {"en": "New office"}})
        assert (await display.hears("card"))["screen"]["source"]["en"] == "New office"
        await admin.patch(f"/api/v1/recipients/{number}", json={"way": {"arrow": "right"}})
        card = (await display.hears("card"))["screen"]
        assert (card["way"]["arrow"], card["way"]["door"]) == ("right", WAY["door"])


async def test_a_second_process_reads_the_same_site_without_a_restart(
    admin: Any, web: House
) -> None:
    """What one process is told, the next launch of another one says."""
    await filled(admin)
    other = wired(web.hub.settings, web.hub.db)
    await admin.patch(SITE, json={"sms_signature": "新名物业"})
    shown = await other.sites.show("site")
    assert shown["sms_signature"] == "新名物业"
    assert await other.sites.zone() == "Asia/Shanghai"
    await other.sites.change("site", {"timezone": "Asia/Tokyo"}, who=ADMIN)
    assert await other.sites.zone() == "Asia/Tokyo"
