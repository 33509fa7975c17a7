"""`/api/v1/sites`: what an estate says of itself, whole, by field, one person at a time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.web.parts import House
from tests.web.site_parts import SITE, WHO, filled


@pytest.fixture
async def admin(web: House) -> Any:
    async with web.client(headers=await web.bearer("admin"), timeout=60) as client:
        yield client


async def test_a_fresh_hub_shows_the_site_it_would_begin_with_and_its_first_change_makes_it(
    admin: Any, web: House
) -> None:
    (item,) = (await admin.get("/api/v1/sites")).json()["items"]
    assert (item["key"], item["version"]) == ("site", 0)
    shown = (await admin.get(SITE)).json()
    assert shown["defaults"] == ["name", "sms_signature", "source", "assembly_points"]
    assert await web.hub.estate.sites() == []

    made = (await admin.patch(SITE, json=WHO)).json()
    assert made["version"] == 2
    assert made["defaults"] == []
    again = await admin.get(SITE)
    assert again.json() == made
    assert again.headers["etag"] == '"2"'


async def test_every_field_comes_back_as_it_counts(admin: Any) -> None:
    made = (await admin.patch(SITE, json=WHO)).json()
    for field in WHO.keys() - {"emergency", "assembly_points"}:
        assert made[field] == WHO[field]
    services = {"fire": "119", "ambulance": "120", "police": "110"}
    assert made["emergency"] == services | WHO["emergency"]
    south, north = made["assembly_points"]
    assert south == WHO["assembly_points"][0]
    assert (north["key"], north["places"]) == ("the-north-plaza", [])
    assert (await admin.patch(SITE, json=made)).json() == made  # what was read can be given back


async def test_only_what_is_named_changes_and_null_is_the_usual_again(admin: Any) -> None:
    await admin.patch(SITE, json=WHO)
    changed = {"name": {"en": "East"}, "emergency": {"gas": None, "fire": "18"}, "source": None}
    made = (await admin.patch(SITE, json=changed)).json()
    assert made["name"] == {"zh-CN": "滨江东苑", "en": "East"}
    assert "gas" not in made["emergency"]
    assert made["emergency"]["fire"] == "18"
    assert made["emergency"]["kone"]["number"] == "400-820-0000"
    assert made["source"]["en"] == "the estate duty manager"
    assert made["evacuation"] == WHO["evacuation"]


@pytest.mark.parametrize(
    ("fields", "where", "right"),
    [
        ({"sms_signature": "【滨江物业】"}, "sms_signature", "滨江物业"),
        ({"sms_signature": "滨【江"}, "sms_signature", "滨江"),
        ({"sms_signature": "滨" * 21}, "sms_signature", "20"),
        ({"sms_signature": "滨"}, "sms_signature", "2"),
        ({"sms_signature": {"en": "Riverside:"}}, "sms_signature.en", "Riverside"),
        ({"sms_signature": {"en": "[R]"}}, "sms_signature.en", "R"),
        ({"sms_signature": 7}, "sms_signature", "zh-CN"),
        ({"sms_signature": {"xx!": "a"}}, "sms_signature.xx!", "zh-CN"),
        ({"name": "Riverside"}, "name", "zh-CN"),
        ({"name": {}}, None, ""),
        ({"name": {"cn": "滨江"}}, "name.cn", "zh-CN"),
        ({"name": {"en": "a\u202eb"}}, "name.en", ""),
        ({"name": {"en": 7}}, "name.en", ""),
        ({"name": {"en": "x" * 41}}, "name.en", "40"),
        ({"name": {"en": "\u200b"}}, "name.en", ""),
        ({"timezone": "Shanghai"}, "timezone", "Asia/Shanghai"),
        ({"timezone": 8}, "timezone", ""),
        ({"country": "UK"}, "country", "GB"),
        ({"country": 86}, "country", "CN"),
        ({"languages": []}, "languages", "zh-CN"),
        ({"languages": ["cn"]}, "languages.0", "zh-CN"),
        ({"languages": ["en"] * 13}, "languages", "12"),
        ({"emergency": {"fire": "call"}}, "emergency.fire", "119"),
        ({"emergency": {"fire": {"name": {"en": "x"}, "number": "18"}}}, "emergency.fire", "18"),
        ({"emergency": {"kone": {"number": "400"}}}, "emergency.kone.name", ""),
        ({"emergency": {"KONE!": "400"}}, "emergency.KONE!", "lift"),
        ({"emergency": {"gas": {"no": 1, "number": "400"}}}, "emergency.gas.no", ""),
        ({"emergency": "119"}, "emergency", ""),
        ({"emergency": {f"k{n}": "400" for n in range(21)}}, "emergency", "20"),
        ({"assembly_points": []}, "assembly_points", ""),
        ({"assembly_points": "south"}, "assembly_points", ""),
        ({"assembly_points": ["south"]}, "assembly_points.0", ""),
        ({"assembly_points": [{"name": {}}]}, "assembly_points.0.name", ""),
        ({"assembly_points": [{"key": "own", "name": {"en": "x"}}]}, "assembly_points.0.key", ""),
        ({"assembly_points": [{"name": {"en": "x"}, "at": 1}]}, "assembly_points.0.at", "places"),
        ({"assembly_points": [{"name": {"en": f"{n}"}} for n in range(21)]}, "assembly_points", ""),
        ({"evacuation": "run"}, "evacuation.plan", "phased"),
        ({"evacuation": 7}, "evacuation", ""),
        ({"evacuation": {"building": {}}}, "evacuation.building", "buildings"),
        ({"evacuation": {"buildings": ["3"]}}, "evacuation.buildings", ""),
        ({"evacuation": {"buildings": {"3/12": "stay"}}}, "evacuation.buildings.3/12", "3-1"),
        ({"drills": "all"}, "drills.who", "everybody"),
        ({"drills": 7}, "drills", ""),
        ({"drills": {"buildings": "3"}}, "drills.buildings", ""),
        ({"drills": {"buildings": [3]}}, "drills.buildings.0", ""),
        ({"drills": {"buildings": ["3", "3"]}}, "drills.buildings.1", ""),
        ({"colour": "red"}, "colour", "assembly_points"),
        ({"key": "other"}, "key", "site"),
        ({"version": "1"}, "version", ""),
    ],
)
async def test_what_is_wrong_is_refused_whole_by_its_path_in_both_languages(
    admin: Any, fields: dict[str, Any], where: str | None, right: str
) -> None:
    for language in ("en", "zh-CN"):
        body = {"source": {"en": "somebody new"}, **fields}
        answer = await admin.patch(SITE, json=body, headers={"accept-language": language})
        if where is None:
            continue
        assert answer.status_code == 422, answer.text
        found = {one["where"]: one for one in answer.json()["problems"]}
        assert where in found, found
        said = found[where]["what"] + found[where]["hint"]
        assert right in said or language == "zh-CN"
        assert any("\u4e00" <= c <= "\u9fff" for c in found[where]["what"]) or language == "en"
    if where is not None:
        assert "somebody new" not in (await admin.get(SITE)).text


async def test_a_building_that_is_not_there_or_in_two_places_is_refused(admin: Any) -> None:
    await filled(admin)
    two = [{"name": {"en": name}, "places": ["2"]} for name in ("a", "b")]
    answer = await admin.patch(SITE, json={"assembly_points": two, "drills": {"buildings": ["9"]}})
    found = {one["where"]: one for one in answer.json()["problems"]}
    assert found["assembly_points.1.places"]["what"] == "2 already goes to a"
    assert "1, 2, 3" in found["drills.buildings.0"]["hint"]


async def test_a_change_of_what_somebody_else_changed_is_a_conflict(admin: Any) -> None:
    version = (await admin.patch(SITE, json=WHO)).json()["version"]
    later = await admin.patch(SITE, json={"name": {"en": "East"}, "version": version})
    assert later.json()["version"] == version + 1
    west, read = {"name": {"en": "West"}}, {"if-match": f'"{version}"'}
    for late in ({"json": {**west, "version": version}}, {"json": west, "headers": read}):
        answer = await admin.patch(SITE, **late)
        assert (answer.status_code, answer.json()["code"]) == (409, "version")
    wrong = await admin.patch(SITE, json={}, headers={"if-match": "new"})
    assert wrong.status_code == 422


async def test_changes_at_once_without_a_version_all_count(admin: Any) -> None:
    await admin.patch(SITE, json=WHO)
    tags = ["ja", "ko", "fr", "de"]
    changes = [admin.patch(SITE, json={"name": {tag: f"name in {tag}"}}) for tag in tags]
    assert {one.status_code for one in await asyncio.gather(*changes)} == {200}
    name = (await admin.get(SITE)).json()["name"]
    assert set(tags) <= set(name)


async def test_a_change_is_on_record_with_who_what_and_when(admin: Any, web: House) -> None:
    await admin.patch(SITE, json=WHO)
    rows = await web.hub.db.read(
        lambda conn: conn.exec_driver_sql(
            "SELECT actor, action, object, data, at FROM audit WHERE action = 'site_change'"
        ).all()
    )
    assert len(rows) == 1
    assert rows[0].actor.startswith("token:")
    assert rows[0].at > 0
    assert "滨江物业" in rows[0].data or "\\u6ee8" in rows[0].data


@pytest.mark.parametrize("role", ["duty", "viewer"])
async def test_only_an_admin_changes_a_site(web: House, role: str) -> None:
    async with web.client(headers=await web.bearer(role)) as client:
        assert (await client.get("/api/v1/sites")).status_code == 200
        assert (await client.get(SITE)).status_code == 403
        assert (await client.patch(SITE, json=WHO)).status_code == 403
    async with web.client() as stranger:
        assert (await stranger.get("/api/v1/sites")).status_code == 401


async def test_a_site_that_is_not_there_is_404(admin: Any) -> None:
    for language, said in (("en", "no such site"), ("zh-CN", "没有这个小区")):
        answer = await admin.get("/api/v1/sites/moon", headers={"accept-language": language})
        assert answer.status_code == 404
        assert said in answer.json()["detail"]
