"""`muster backup` and `muster restore` refuse in words, and leave files and hubs alone."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli import main
from hub.folder import locked
from tests.store.backups import contents, running

Run = Callable[..., Result]
PEOPLE = 6


@pytest.fixture
def hub(tmp_path: Path) -> str:
    """The URL of a hub in the folder `run` works with."""
    url = f"sqlite:///{tmp_path / 'hub' / 'muster.db'}"

    async def made() -> None:
        async with running(url):
            pass

    (tmp_path / "hub").mkdir()
    asyncio.run(made())
    return url


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def command(*words: str, typed: str = "", **more: str) -> Result:
        given = {"MUSTER_DATA": str(tmp_path / "hub"), "MUSTER_SECRET_KEY": "k" * 40, **more}
        return CliRunner().invoke(main, words, env=given, input=typed)

    return command


def said(done: Result, code: int = 0) -> Any:
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_a_backup_is_private_and_never_overwrites_unasked(
    hub: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "hub.muster"
    made = said(run("backup", str(file), "--json"))
    whole = file.read_bytes()
    assert made["bytes"] == len(whole)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    assert said(run("backup", str(file), "--json"), 1)["code"] == "exists"
    assert file.read_bytes() == whole
    assert said(run("backup", str(file), "--force", "--json"))["rows"] == made["rows"]
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["hub.muster"]


@pytest.mark.parametrize("place", ["no/such/folder", "."])
def test_a_backup_that_cannot_be_written_says_where_and_leaves_nothing(
    hub: str, run: Run, tmp_path: Path, place: str
) -> None:
    answer = said(run("backup", str(tmp_path / place), "--json"), 1)
    assert answer["code"] in {"file", "exists"}
    assert str(tmp_path / place) in answer["error"]
    assert not list(tmp_path.rglob("*.part"))


def test_there_is_nothing_to_back_up_before_there_is_a_hub(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hub.muster"
    assert said(run("backup", str(file), "--json"), 1)["code"] == "empty"
    assert not file.exists()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_another_hub_s_address_is_no_database(run: Run, tmp_path: Path, command: str) -> None:
    done = run(command, str(tmp_path / "x"), "--json", MUSTER_URL="http://far.example")
    assert said(done, 1)["code"] == "not_here"


def test_a_hub_is_replaced_only_by_somebody_who_knows_how_large_it_is(
    hub: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "hub.muster"
    run("backup", str(file))
    before = asyncio.run(contents(hub))
    assert said(run("restore", str(file), "--json"), 1)["code"] == "not_fresh"
    for typed in ("", "\n", f"{PEOPLE + 1}\n", "yes\n"):
        done = run("restore", str(file), "--replace", typed=typed)
        assert done.exit_code == 1
        assert f"{PEOPLE} recipients" in done.stderr
        assert "Nothing was changed" in done.stderr
    assert asyncio.run(contents(hub)) == before

    done = run("restore", str(file), "--replace", typed=f"{PEOPLE}\n")
    assert done.exit_code == 0, done.output
    assert "will not be sent" in done.stdout
    assert "was open" in done.stdout, "the incident to look at"
    assert said(run("restore", str(file), "--replace", "--yes", "--json"))["incidents"]


def test_a_hub_that_runs_is_not_restored_into(hub: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hub.muster"
    with locked(tmp_path / "hub"):
        assert said(run("backup", str(file), "--json"))["rows"], "but it can be backed up"
        done = run("restore", str(file), "--replace", "--yes", "--json")
    assert said(done, 1)["code"] == "in_use"


def test_a_torn_backup_is_neither_whole_nor_restored(hub: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hub.muster"
    run("backup", str(file))
    before = asyncio.run(contents(hub))
    file.write_bytes(file.read_bytes()[:-1000])
    for words in (("backup", "--check"), ("restore", "--replace", "--yes")):
        assert said(run(*words, str(file), "--json"), 1)["code"] == "torn"
    assert said(run("restore", str(tmp_path / "none"), "--json"), 1)["code"] == "file"
    assert asyncio.run(contents(hub)) == before


def test_another_key_is_told_of_and_no_reason_to_refuse(hub: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hub.muster"
    assert "secret key is not in the backup" in run("backup", str(file)).stderr
    assert said(run("backup", "--check", str(file), "--json"))["same_key"] is True
    other = {"MUSTER_SECRET_KEY": "o" * 40, "MUSTER_DATA": str(tmp_path / "new")}
    done = run("restore", str(file), "--json", **other)
    assert said(done)["same_key"] is False
    assert "another secret key" in done.stderr
