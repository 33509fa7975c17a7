"""Every sentence that speaks of the estate says what it was told; and who leaves and practises."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.parts import House
from tests.web.site_parts import ROSTER, SITE, WHO, entrances_out, filled


@pytest.fixture
async def admin(web: House) -> Any:
    async with web.client(headers=await web.bearer("admin"), timeout=60) as client:
        yield client


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
