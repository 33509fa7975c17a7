"""What an import asks the person for, over HTTP and from the command: columns, numbers, names."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.roster.files import csv_bytes
from tests.web.parts import House

ODD = ("楼栋", "房号", "姓名", "电话", "微聊")
ROWS = [(f"{b}栋", f"{f}01", f"{n}小{b}", f"1380000{b}{f:02}{i}", f"1390000{b}{f:02}{i}")
        for b in (3, 5) for f in range(1, 5) for i, n in enumerate("王李")]  # fmt: skip


async def _post(web: House, data: bytes, query: str = "", name: str = "住户.csv") -> Any:
    async with web.client(headers=await web.bearer("duty"), timeout=60) as client:
        return await client.post(
            f"/api/v1/roster?{query}",
            files={"file": (name, data)},
            headers={"accept-language": "en"},
        )


async def test_a_column_nobody_understands_is_asked_about_answered_and_remembered(
    web: House,
) -> None:
    data = csv_bytes([ODD, *ROWS])
    shown = (await _post(web, data, "dry_run=1")).json()
    columns = {c["header"]: c for c in shown["reading"]["sheets"][0]["columns"]}
    assert columns["姓名"] == {
        "letter": "C", "header": "姓名", "field": "name", "examples": ["王小3", "李小3", "王小5"],
    }  # fmt: skip
    assert len(columns["电话"]["examples"]) == 3
    (stop,) = [p for p in shown["reading"]["problems"] if p["severity"] == "stop"]
    assert (stop["code"], stop["column"], stop["letter"]) == ("column_unsure", "微聊", "E")
    assert stop["fits"] == "phone"
    assert not any("--" in words for words in stop["expected"].values())
    assert (shown["stops"], shown["asks"]) == (1, 1)
    assert (await _post(web, data)).status_code == 422
    query = f"map={quote('微聊=ignore')}"
    assert (await _post(web, data, query)).json()["applied"]
    again = (await _post(web, data, "dry_run=1")).json()
    assert again["stops"] == 0
    assert again["reading"]["sheets"][0]["columns"][4]["field"] == "ignored"
    as_phone = (await _post(web, data, f"dry_run=1&map={quote('微聊=phone')}")).json()
    assert as_phone["difference"]["counts"]["changed"] == len(ROWS)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("map=微聊=shoe", "roster_map_field"),
        ("map=没有=ignore", "roster_map_title"),
        ("hidden=perhaps", "roster_hidden"),
        ("encoding=klingon", "roster_encoding_unknown"),
    ],
)
async def test_an_answer_that_says_nothing_is_refused(web: House, query: str, code: str) -> None:
    answer = await _post(web, csv_bytes([ODD, *ROWS]), f"dry_run=1&{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_removing_many_asks_for_their_number(web: House) -> None:
    header, known = ODD[:4], [row[:4] for row in ROWS]
    assert (await _post(web, csv_bytes([header, *known]))).json()["applied"]
    few = csv_bytes([header, known[0], known[8]])
    assert (await _post(web, few, "dry_run=1")).json()["difference"]["counts"]["removed"] == 14
    for query in ("", "confirm_remove=13"):
        refused = await _post(web, few, query)
        assert (refused.status_code, refused.json()["code"]) == (409, "roster_removes")
        assert "14" in refused.json()["detail"]
    async with web.client(headers=await web.bearer("duty")) as client:
        assert len((await client.get("/api/v1/recipients")).json()["items"]) == 16
    assert (await _post(web, few, "confirm_remove=14")).json()["applied"]


@pytest.mark.parametrize("sent", ["住户名单.csv", quote("住户名单.csv"), None])
async def test_the_name_of_a_file_arrives_as_it_is(web: House, sent: str | None) -> None:
    data = csv_bytes([ODD[:4], ROWS[0][:4]])
    raw = sent.encode() if sent else "住户名单.csv".encode("gbk")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + raw + b'"\r\n\r\n'
        + data + b"\r\n--x--\r\n"
    )  # fmt: skip
    headers = await web.bearer("duty") | {"content-type": "multipart/form-data; boundary=x"}
    async with web.client(headers=headers) as client:
        answer = await client.post("/api/v1/roster?dry_run=1", content=body)
    assert answer.json()["reading"]["file"] == "住户名单.csv"


async def _command(folder: Path, *words: bytes | str) -> tuple[int, str, str]:
    environment = {**os.environ, "MUSTER_DATA": str(folder), "PYTHONUTF8": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from hub.cli import main; main()", *words, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, wrong = await asyncio.wait_for(process.communicate(), 150)
    return process.returncode or 0, said.decode(), wrong.decode()


@pytest.mark.timeout(400)
async def test_the_command_shows_columns_exits_1_and_knows_names_in_gbk(tmp_path: Path) -> None:
    name = "住户.csv".encode("gbk")
    at = os.path.join(os.fsencode(tmp_path), name)  # noqa: PTH118
    with open(at, "wb") as file:  # noqa: PTH123
        file.write(csv_bytes([ODD, *ROWS]))
    folder = tmp_path / "data"
    code, said, wrong = await _command(folder, "import", at, "--dry-run")
    assert code == 1, (said, wrong)
    assert "C 姓名 → name: 王小3, 李小3" in said
    assert "--map '微聊=phone'" in said
    code, said, wrong = await _command(
        folder, "import", at, "--dry-run", "--json", "--map", "微聊=ignore"
    )
    assert code == 0, (said, wrong)
    assert json.loads(said)["reading"]["file"] == "住户.csv"


async def test_a_second_home_is_written_and_read_by_the_api(web: House) -> None:
    """Refused where there is no such place; the page of people shows both."""
    known = [(*row[:2], row[2], row[3]) for row in ROWS]
    await _post(web, csv_bytes([ODD[:4], *known]))
    async with web.client(headers=await web.bearer("duty")) as client:
        first = (await client.get("/api/v1/recipients")).json()["items"][0]
        path = f"/api/v1/recipients/{first['id']}"
        assert (await client.patch(path, json={"homes": ["5/9/999"]})).status_code == 422
        changed = (await client.patch(path, json={"homes": ["5/1/101"]})).json()
        assert (changed["place"], changed["homes"]) == (first["place"], ["5/1/101"])
        found = (await client.get("/api/v1/recipients?search=5/1/101")).json()["items"]
        assert first["id"] in [one["id"] for one in found]
        again = (await client.patch(path, json={"drill": True})).json()
        assert again["homes"] == ["5/1/101"]


async def test_nobody_is_removed_who_is_to_be_kept(web: House) -> None:
    known = [row[:4] for row in ROWS]
    await _post(web, csv_bytes([ODD[:4], *known]))
    few = csv_bytes([ODD[:4], known[0], known[8]])
    shown = (await _post(web, few, "dry_run=1")).json()["difference"]
    assert shown["missing"] == [
        {"building": "3", "missing": 7, "stored": 8},
        {"building": "5", "missing": 7, "stored": 8},
    ]
    kept = (await _post(web, few, "missing=keep")).json()
    assert kept["applied"]
    assert (kept["difference"]["counts"]["removed"], kept["difference"]["counts"]["held"]) == (
        0,
        14,
    )
    assert (await _post(web, few, "missing=perhaps")).json()["code"] == "roster_missing"


async def test_what_a_column_is_is_kept_with_the_import_or_not_at_all(web: House) -> None:
    data, query = csv_bytes([ODD, *ROWS]), f"map={quote('微聊=ignore')}"
    assert (await _post(web, data, query)).json()["applied"]
    few = csv_bytes([ODD, ROWS[0]])
    refused = await _post(web, few, f"map={quote('微聊=phone')}")
    assert refused.status_code == 409
    site = await web.hub.estate.site()
    assert site.settings["roster_columns"] == {"微聊": "ignore"}
