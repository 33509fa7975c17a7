"""An estate for the tests of what a site says of itself: people, buildings, all its fields."""

from __future__ import annotations

from typing import Any

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
