"""`/api/v1/sites`: a real estate says who it is, and every text says it after that."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.web.parts import House

SITE = "/api/v1/sites/site"
WHO = {
    "name": {"zh-CN": "滨江东苑", "en": "Riverside East"},
    "sms_signature": {"zh-CN": "滨江物业", "en": "Riverside"},
    "source": {"zh-CN": "滨江值班经理", "en": "Riverside duty manager"},
    "timezone": "Asia/Shanghai",
    "country": "CN",
    "languages": ["zh-CN", "en"],
    "emergency": {
        "gas": "96777",
        "kone": {"name": {"zh-CN": "通力电梯", "en": "KONE lifts"}, "number": "400-820-0000"},
    },
    "assembly_points": [
        {
            "key": "south",
            "name": {"zh-CN": "南草坪", "en": "the south lawn"},
            "places": ["1", "3-1"],
        },
        {"name": {"zh-CN": "北广场", "en": "the north plaza"}},
    ],
    "evacuation": {"plan": "phased", "buildings": {"2": "all_out"}},
    "drills": {"who": "chosen", "buildings": ["1"]},
}
ROSTER = "楼栋,房号,姓名,手机,语言\n" + "\n".join(
    f"{building}栋,{floor}01,{name},{number},{language}"
    for building, floor, name, number, language in [
        ("1", 1, "王芳", "13800138001", "中文"),
        ("1", 2, "Ann Lee", "13800138002", "English"),
        ("2", 1, "李强", "13800138003", "中文"),
        ("2", 2, "赵敏", "13800138004", "中文"),
        ("3", 1, "陈静", "13800138005", "中文"),
    ]
)


@pytest.fixture
async def admin(web: House) -> Any:
    async with web.client(headers=await web.bearer("admin"), timeout=60) as client:
        yield client


async def filled(client: Any, **more: Any) -> Any:
    """The estate with its people and everything it says of itself."""
    data = ROSTER.encode()
    assert (await client.post("/api/v1/roster?name=r.csv", content=data)).status_code == 200
    answer = await client.patch(SITE, json={**entrances_out(WHO), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def entrances_out(who: dict[str, Any]) -> dict[str, Any]:
    points = [
        {**one, "places": ["1"]} if "places" in one else one for one in who["assembly_points"]
    ]
    return {**who, "assembly_points": points}


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


# ── Every sentence that speaks of the estate ───────────────────────────────────────────────────


async def previewed(client: Any, place: str, **more: Any) -> Any:
    body = {"playbook": "fire", "place": place, "kind": "live", **more}
    answer = await client.post("/api/v1/preview", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def texts(found: Any) -> str:
    return "\n".join(part for one in found["words"] for part in one["parts"].values())


async def test_until_it_is_told_previews_warn_by_name_and_say_how(admin: Any) -> None:
    data = ROSTER.encode()
    await admin.post("/api/v1/roster?name=r.csv", content=data)
    warned = {one["code"]: one["text"] for one in (await previewed(admin, "1"))["warnings"]}
    assert "muster site set" in warned["site_defaults"]["en"]
    assert "集合点" in warned["site_defaults"]["zh-CN"]
    await admin.patch(SITE, json=entrances_out(WHO))
    after = await previewed(admin, "1")
    assert "site_defaults" not in {one["code"] for one in after["warnings"]}


@pytest.mark.parametrize("playbook", ["fire", "power-outage"])
@pytest.mark.parametrize("kind", ["live", "drill"])
async def test_no_text_of_any_playbook_says_a_placeholder(
    admin: Any, playbook: str, kind: str
) -> None:
    await filled(admin, drills="everybody")
    found = texts(await previewed(admin, "1", playbook=playbook, kind=kind))
    for placeholder in ("【物业】", "室外集合点", "assembly point outside", "estate duty manager"):
        assert placeholder not in found
    assert "【滨江物业】" in found
    assert "Riverside: " in found
    assert "滨江值班经理" in found
    assert "Riverside duty manager" in found


async def test_each_building_is_sent_to_its_own_point(admin: Any) -> None:
    await filled(admin)
    first, second = texts(await previewed(admin, "1")), texts(await previewed(admin, "2"))
    assert "南草坪" in first
    assert "北广场" not in first
    assert "北广场" in second
    assert "南草坪" not in second
    chosen = await previewed(admin, "1", params={"assembly_point": "the-north-plaza"})
    assert "南草坪" not in texts(chosen)


async def test_the_whole_site_is_sent_to_the_point_of_each_building(admin: Any) -> None:
    await filled(admin)
    body = {"playbook": "fire", "place": "all", "kind": "live"}
    launched = await admin.post("/api/v1/incidents", json=body)
    assert launched.status_code == 202, launched.text
    number = launched.json()["id"]
    sent = await sms_by_name(admin, number)
    assert "南草坪" in sent["王芳"]
    assert "北广场" not in sent["王芳"]
    assert "the south lawn" in sent["Ann Lee"]
    assert "北广场" in sent["李强"]
    assert "南草坪" not in sent["李强"]
    said = {"stage": "update", "text": {"zh-CN": "A梯有烟", "en": "Stair A has smoke"}}
    assert (await admin.post(f"/api/v1/incidents/{number}/notices", json=said)).status_code == 202
    again = await sms_by_name(admin, number)
    assert "北广场" in again["李强"]
    assert "A梯有烟" in again["李强"]
    assert "南草坪" not in again["李强"]


async def sms_by_name(client: Any, incident: int) -> dict[str, str]:
    """The newest text of each person, as it was stored."""
    hub = client.hub
    rows = await hub.db.read(
        lambda conn: conn.exec_driver_sql(
            "SELECT r.name, w.parts FROM deliveries d JOIN recipients r ON r.id = d.recipient_id"
            " JOIN wordings w ON w.id = d.wording_id JOIN notices n ON n.id = d.notice_id"
            f" WHERE n.incident_id = {incident:d} AND d.channel = 'sms' ORDER BY n.revision"
        ).all()
    )
    return {row.name: row.parts for row in rows}


@pytest.fixture(autouse=True)
def _hub_at_hand(admin: Any, web: House) -> None:
    admin.hub = web.hub


async def test_the_plan_of_the_building_says_who_leaves(admin: Any) -> None:
    await filled(admin)
    leave = [
        one["people"]
        for one in (await previewed(admin, "2/2"))["bands"]
        if one["key"] == "evacuate"
    ]
    assert leave == [2]  # building 2: all out
    await admin.patch(SITE, json={"evacuation": {"buildings": {"2": "stay"}}})
    leave = [
        one["people"]
        for one in (await previewed(admin, "2/2"))["bands"]
        if one["key"] == "evacuate"
    ]
    assert leave == [1]


async def test_drills_tell_whom_the_site_says_and_live_incidents_never_ask(admin: Any) -> None:
    await filled(admin)
    drill = {"kind": "drill"}
    assert (await previewed(admin, "all", **drill))["people"] == 2  # building 1
    assert (await previewed(admin, "all"))["people"] == 5
    await admin.patch(SITE, json={"drills": "everybody"})
    assert (await previewed(admin, "all", **drill))["people"] == 5
    await admin.patch(SITE, json={"drills": {"who": "staff"}})
    body = {"playbook": "fire", "place": "all", "kind": "drill"}
    answer = await admin.post("/api/v1/preview", json=body)
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, "nobody_drills")
    assert (await previewed(admin, "all"))["people"] == 5


async def test_the_rosters_column_speaks_for_each_person(admin: Any) -> None:
    marked = ROSTER.replace("语言\n", "语言,参加演练\n", 1)
    says = iter(["否", "", "是", "", "-"])
    head, *rows = marked.split("\n")
    data = "\n".join([head, *(f"{row},{next(says)}" for row in rows)])
    await admin.post("/api/v1/roster?name=r.csv", content=data.encode())
    who = {**entrances_out(WHO), "drills": {"who": "chosen", "buildings": []}}
    await admin.patch(SITE, json=who)
    assert (await previewed(admin, "all", kind="drill"))["people"] == 1  # 是
    await admin.patch(SITE, json={"drills": {"buildings": ["1"]}})
    assert (await previewed(admin, "all", kind="drill"))["people"] == 2  # 否 stays out
    await admin.patch(SITE, json={"drills": "everybody"})
    assert (await previewed(admin, "all", kind="drill"))["people"] == 4
    assert (await previewed(admin, "all"))["people"] == 5
    again = await admin.post("/api/v1/roster?name=r.csv&dry_run=1", content=data.encode())
    assert again.json()["difference"]["counts"]["changed"] == 0


async def test_a_point_people_are_being_sent_to_cannot_go(admin: Any) -> None:
    await filled(admin)
    body = {"playbook": "fire", "place": "1", "kind": "live"}
    number = (await admin.post("/api/v1/incidents", json=body)).json()["id"]
    other = [{"key": "west", "name": {"zh-CN": "西门外", "en": "the west gate"}}]
    answer = await admin.patch(SITE, json={"assembly_points": other})
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    renamed = [{"key": "south", "name": {"zh-CN": "南门外", "en": "the south gate"}}]
    assert (await admin.patch(SITE, json={"assembly_points": renamed})).status_code == 200
    said = {"stage": "update", "text": {"zh-CN": "仍在处置", "en": "Still going on"}}
    await admin.post(f"/api/v1/incidents/{number}/notices", json=said)
    assert "南门外" in (await sms_by_name(admin, number))["王芳"]
    await admin.post(f"/api/v1/incidents/{number}/stop")
    await admin.post(f"/api/v1/incidents/{number}/close")
    assert (await admin.patch(SITE, json={"assembly_points": other})).status_code == 200


async def test_the_form_offers_each_buildings_own_point_first(admin: Any) -> None:
    await filled(admin)
    fire = next(
        one
        for one in (await admin.get("/api/v1/playbooks")).json()["items"]
        if one["key"] == "fire"
    )
    points = next(one for one in fire["parameters"] if one["key"] == "assembly_point")
    assert [one["value"] for one in points["options"]] == ["own", "south", "the-north-plaza"]
    assert points["default"] == "own"
