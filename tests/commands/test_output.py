"""Every command: one JSON document with `--json`, 0 done, 1 refused, 2 usage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hub.cli import main
from tests.commands.files import BROKEN, ROWS, gbk, xlsx
from tests.processes import ROOT, muster


def ran(*words: str, folder: Path, code: int = 0, **env: str) -> Any:
    """The one document a command prints with `--json`."""
    done = muster(*words, "--json", env={"MUSTER_DATA": str(folder / "hub"), **env}, seconds=50)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def heard(*words: str, folder: Path, code: int = 0, **env: str) -> Any:
    """The same of a command that opens nothing, in this process."""
    given = {"MUSTER_DATA": str(folder / "hub"), **env}
    done = CliRunner().invoke(main, [*words, "--json"], env=given)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_migrate_says_the_revision(tmp_path: Path) -> None:
    assert ran("migrate", folder=tmp_path)["revision"]


def test_a_dry_run_shows_what_a_gbk_file_would_change_and_writes_nothing(tmp_path: Path) -> None:
    shown = ran("import", str(gbk(tmp_path)), "--dry-run", folder=tmp_path)
    assert shown["applied"] is False
    assert shown["reading"]["encoding"] == "gb18030"
    assert shown["difference"]["counts"]["added"] == len(ROWS)
    assert shown["reading"]["counts"]["unreachable"] == 1
    assert {one["name"] for one in shown["difference"]["added"]} == {row[2] for row in ROWS}
    written = ran("import", str(xlsx(tmp_path)), folder=tmp_path)
    assert written["difference"]["counts"]["added"] == len(ROWS)  # nothing was written before


def test_a_workbook_is_written_and_says_what_the_file_in_gbk_says(tmp_path: Path) -> None:
    written = ran("import", str(xlsx(tmp_path)), folder=tmp_path)
    assert written["applied"] is True
    assert written["difference"]["counts"]["added"] == len(ROWS)
    again = ran("import", str(gbk(tmp_path)), "--dry-run", folder=tmp_path)
    assert again["difference"]["counts"]["added"] == 0
    assert again["difference"]["counts"]["unchanged"] == len(ROWS)


def test_a_number_that_is_none_is_reported_by_row_and_column(tmp_path: Path) -> None:
    shown = ran("import", str(gbk(tmp_path, BROKEN)), "--dry-run", folder=tmp_path)
    (found,) = (one for one in shown["reading"]["problems"] if one["severity"] == "address")
    assert (found["row"], found["letter"], found["column"]) == (len(ROWS) + 2, "D", "电话")
    assert found["expected"]["zh-CN"]
    assert found["expected"]["en"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    said = ran("import", str(tmp_path / "nowhere.csv"), folder=tmp_path, code=1)
    assert "nowhere.csv" in said["error"]


def test_a_file_that_is_no_roster_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "noise.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    said = ran("import", str(file), folder=tmp_path, code=1)
    assert said["error"]
    assert said["problems"]


def test_tokens_are_made_without_a_running_hub(tmp_path: Path) -> None:
    first = ran("token", "create", "--role", "duty", folder=tmp_path)
    second = ran("token", "create", "--role", "admin", folder=tmp_path)
    assert list(first) == ["token"]
    assert len(first["token"]) >= 43  # 256 random bits
    assert first != second


def test_the_shipped_playbooks_are_fit(tmp_path: Path) -> None:
    found = heard("playbook", "check", folder=tmp_path)
    assert len(found["playbooks"]) >= 2
    assert found["problems"] == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("level: P1", "level: P9", ":8"),
        ("prefer_double: true", "key: twice", ":1"),
        ("    channels: [voice]\n", "    channels: [pigeon]\n", ""),
    ],
)
def test_a_broken_playbook_is_named_by_line_and_column(
    tmp_path: Path, old: str, new: str, where: str
) -> None:
    text = (ROOT / "playbooks/library/fire.yaml").read_text("utf-8")
    assert old in text
    file = tmp_path / "broken.yaml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    line = text[: text.index(old)].count("\n") + 1
    found = heard("playbook", "check", str(file), folder=tmp_path, code=1)
    places = [problem["where"] for problem in found["problems"]]
    assert any(one.startswith(f"{file}:{line}{where}") for one in places), places
    assert all(problem["what"] for problem in found["problems"])


def test_a_playbook_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    said = heard("playbook", "check", str(tmp_path / "none.yaml"), folder=tmp_path, code=1)
    assert "none.yaml" in said["error"]


def test_doctor_says_what_to_mend(tmp_path: Path) -> None:
    said = heard("doctor", folder=tmp_path, code=1)
    assert said["ok"] is False
    checks = {one["check"]: one["ok"] for one in said["checks"]}
    assert checks.pop("accounts") is False
    assert {"sqlite", "languages", "zones", "hub"} <= set(checks)
    assert all(checks.values())
    assert all(one["what"] for one in said["checks"])


def test_watch_says_that_no_hub_runs(tmp_path: Path) -> None:
    said = ran("watch", "1", folder=tmp_path, code=1)
    assert "muster serve" in said["error"]


def test_a_refused_launch_without_a_hub_ends_with_its_problems(tmp_path: Path) -> None:
    said = ran("launch", "fire", "--place", "3", "--drill", folder=tmp_path, code=1)
    assert said["status"] == 422
    assert [problem["where"] for problem in said["problems"]] == ["place"]


def test_settings_that_cannot_be_are_named(tmp_path: Path) -> None:
    said = heard("doctor", folder=tmp_path, code=1, MUSTER_BIND="nowhere", MUSTER_TIMEZONE="Mars/X")
    assert {problem["where"] for problem in said["problems"]} == {"MUSTER_BIND", "MUSTER_TIMEZONE"}


def test_a_worker_on_sqlite_is_refused_in_words(tmp_path: Path) -> None:
    done = muster("worker", env={"MUSTER_DATA": str(tmp_path)}, seconds=50)
    assert done.returncode == 1
    assert "PostgreSQL" in done.stderr
    assert done.stdout == ""


def test_a_dry_run_says_that_rows_keep_the_file_out(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("房号,姓名,电话,备注\n1栋101,王芳,13800000001,x\n地下车库,岗亭,13800000002,\n")
    env = {"MUSTER_DATA": str(tmp_path / "hub")}
    done = muster("import", str(file), "--dry-run", env=env, seconds=50)
    assert "nothing is imported until" in done.stdout
    assert "--skip-problems" in done.stdout
    assert " row 0" not in done.stdout
