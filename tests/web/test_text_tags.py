"""Texts by language whose tags are written as people write them: none of them is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.launch_estate import Who, put_estate
from tests.web.parts import House

PEOPLE = (
    Who("3/12/1201", ways=[("sms", "+8613800000001")], language="zh-CN"),
    Who("3/12/1202", ways=[("sms", "+447700900001")], language="en"),
)


async def _said(web: House, text: Any, language: str = "en") -> tuple[int, dict[str, Any]]:
    """(status, answer) to an update of a launch for one reader of each language."""
    await web.hub.db.write(lambda conn: put_estate(conn, ["3/12/1201", "3/12/1202"], PEOPLE))
    headers = {**await web.bearer("duty"), "accept-language": language}
    async with web.client(headers=headers) as client:
        asked = {"playbook": "power-outage", "place": "3", "kind": "live"}
        made = await client.post("/api/v1/incidents", json=asked)
        assert made.status_code == 202, made.text
        path = f"/api/v1/incidents/{made.json()['id']}/notices"
        answer = await client.post(path, json={"stage": "update", "text": text})
    return answer.status_code, answer.json()


async def test_tags_as_other_programs_write_them_are_understood(web: House) -> None:
    status, said = await _said(web, {"zh_CN": "A梯有烟。", "EN": "Smoke in stair A."})
    assert status == 202, said


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ({"zh-CN": "有烟。", "en": "Smoke.", "jp": "煙。"}, "write ja"),
        ({"cn": "有烟。", "en": "Smoke."}, "write zh-CN"),
        ({"zh-CN": "有烟。", "en": "Smoke.", "zh_cn": "无烟。"}, "zh-CN twice"),
        ({"zh-CN": "有烟。", "e n": "Smoke."}, "write a tag"),
    ],
)
async def test_a_tag_that_means_nobody_is_named_and_nothing_is_sent(
    web: House, text: dict[str, str], what: str
) -> None:
    status, said = await _said(web, text)
    (problem,) = said["problems"]
    assert (status, problem["where"]) == (422, "text")
    assert what in problem["what"]


async def test_it_is_told_in_chinese_as_well(web: House) -> None:
    _, said = await _said(web, {"jp": "煙。"}, language="zh-CN")
    assert said["problems"][0]["what"] == "语言写成了 'jp'，应写 ja"
