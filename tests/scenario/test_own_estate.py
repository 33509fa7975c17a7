"""An estate of one's own, made from nothing by commands and the API alone: told who it is, filled
from a file, drilled, alarmed, updated in two languages, cleared, closed, saved and brought back."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.processes import (
    AUTH,
    MUSTER,
    SID,
    World,
    embedded,
    everything,
    free_port,
    muster,
    running,
    simulator,
    twilio,
    until,
)
from tests.scenario.conftest import ENDED

SITE = """
sms_signature = "云栖物业"
timezone = "Asia/Shanghai"
country = "CN"
source = { zh-CN = "云栖物业中控室", en = "Yunqi control room" }

[name]
zh-CN = "云栖花园"
en = "Yunqi Gardens"

[[assembly_points]]
name = { zh-CN = "东门喷泉", en = "the fountain at the east gate" }

[drills]
who = "chosen"
buildings = ["1期2"]
"""
HEADER = ("期", "楼栋", "单元", "房号", "姓名", "手机", "语言", "备注")
ROWS = (
    ("一期", "1栋", "1单元", "301", "甲", "+447700900201", "中文", ""),
    ("一期", "1栋", "1单元", "302", "B One", "+447700900202", "English", ""),
    ("一期", "2栋", "2单元", "801", "丙", "+447700900203", "中文", "坐轮椅"),
    ("二期", "1栋", "1单元", "301", "D Two", "+447700900204", "English", ""),
    ("一期", "2栋", "2单元", "802", "甲", "+447700900201", "中文", ""),  # a second home
)
ZH, EN = "B楼梯有烟，请走A楼梯。", "Smoke in stair B: use stair A."


def told(env: dict[str, str], *words: str) -> Any:
    done = muster(*words, "--json", env=env)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return json.loads(done.stdout)


def texts(world: World) -> list[tuple[str, str]]:
    """(number, words) of every text as the provider has it, in order."""
    url = f"{world.url}/2010-04-01/Accounts/{SID}/Messages.json"
    found = httpx2.get(url, params={"PageSize": 1000}, auth=(SID, AUTH), timeout=30)
    listed = found.raise_for_status().json()["messages"]
    return [(str(one["to"]), str(one["body"])) for one in reversed(listed)]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    site, roster = tmp_path / "site.toml", tmp_path / "业主.csv"
    site.write_text(SITE, encoding="utf-8")
    with roster.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    return {"site": str(site), "roster": str(roster)}


@pytest.mark.timeout(600)
def test_from_nothing_to_a_saved_record(files: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as stack:
        slow = ("--speed", "0.001")  # nobody answers by themselves
        url = f"http://127.0.0.1:{port}"
        world = stack.enter_context(simulator(url, folder=tmp_path / "world", args=slow))
        env = embedded(tmp_path / "hub", port, **twilio(world, pace=200))
        assert told(env, "site", "set", files["site"])["name"]["en"] == "Yunqi Gardens"
        looked = muster("import", files["roster"], "--dry-run", env=env)
        assert looked.returncode == 0, looked.stdout + looked.stderr
        told(env, "import", files["roster"])
        stack.enter_context(running([*MUSTER, "serve"], env=env, folder=tmp_path, name="hub")).says(
            "Muster serves"
        )
        key = told(env, "token", "create", "--role", "admin")["token"]
        bearer = {"Authorization": f"Bearer {key}"}
        client = stack.enter_context(
            httpx2.Client(base_url=f"{url}/api/v1", headers=bearer, timeout=30)
        )
        _drilled(env, client, world)
        fire = _burnt(env, client, world)
        saved = tmp_path / "saved.muster"
        told(env, "backup", str(saved))
        said = {one["stage"] for one in everything(client, f"/incidents/{fire}/deliveries")}
        assert said == {"alert", "update", "all_clear"}
    back = embedded(tmp_path / "back", free_port())
    told(back, "restore", str(saved))
    with running([*MUSTER, "serve"], env=back, folder=tmp_path, name="back") as again:
        again.says("Muster serves")
        found = httpx2.get(f"{back['MUSTER_PUBLIC_URL']}/api/v1/incidents/{fire}", headers=bearer)
        assert found.json()["status"] == "closed"


def _drilled(env: dict[str, str], client: httpx2.Client, world: World) -> None:
    """Only the building that practises is told, and every word says that it is a drill."""
    drill = told(env, "launch", "fire", "--place", "一期2栋", "--drill")
    _ends(client, drill["id"])
    sent = texts(world)
    assert {number for number, _ in sent} == {"+447700900201", "+447700900203"}
    assert all("演练" in words for _, words in sent)
    told(env, "all-clear", drill["code"])
    _ends(client, drill["id"])
    told(env, "close", drill["code"])


def _burnt(env: dict[str, str], client: httpx2.Client, world: World) -> int:
    """A fire where the drill was, then its update and its end, each in the reader's language."""
    before = len(texts(world))
    asked = client.post("/preview", json={"playbook": "fire", "place": "1期", "kind": "live"})
    assert asked.status_code == 200, asked.text
    people = asked.json()["people"]
    fire = told(env, "launch", "fire", "--place", "1期", "--live", "--people", str(people))
    _ends(client, fire["id"])
    alarm = texts(world)[before:]
    assert [number for number, _ in alarm].count("+447700900201") == 1, "two homes, one text"
    by_number = dict(alarm)
    assert "东门喷泉" in by_number["+447700900201"]
    assert "fountain at the east gate" in by_number["+447700900202"]
    assert all("演练" not in words and "drill" not in words.lower() for _, words in alarm)
    unsigned = [words for _, words in alarm if "云栖" not in words and "Yunqi" not in words]
    assert unsigned == []
    board = client.get(f"/incidents/{fire['id']}").json()
    assert board["tally"]["people"] == people

    again = muster("launch", "fire", "--place", "1期", "--live", "--people", str(people), env=env)
    assert again.returncode == 1
    assert fire["code"] in again.stdout + again.stderr
    lacking = muster("update", fire["code"], "--text", f"zh-CN={ZH}", env=env)
    assert lacking.returncode == 1
    before = len(texts(world))
    told(env, "update", fire["code"], "--text", f"zh-CN={ZH}", "--text", f"en={EN}")
    _ends(client, fire["id"])
    newer = dict(texts(world)[before:])
    assert ZH in newer["+447700900201"]
    assert EN in newer["+447700900202"]
    assert EN not in newer["+447700900201"]
    before = len(texts(world))
    told(env, "all-clear", fire["code"])
    _ends(client, fire["id"])
    assert {n for n, _ in texts(world)[before:]} == {n for n, _ in alarm}
    told(env, "close", fire["code"])
    assert client.get(f"/incidents/{fire['id']}").json()["status"] == "closed"
    return int(fire["id"])


def _ends(client: httpx2.Client, incident: int) -> None:
    """Every delivery has come to a named end."""

    def over() -> bool:
        found = everything(client, f"/incidents/{incident}/deliveries")
        return bool(found) and all(
            one["state"] in ENDED or one["channel"] == "screen" for one in found
        )

    until(over, within=180, what="all deliveries end")
