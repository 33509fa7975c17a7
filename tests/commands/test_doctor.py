"""What `muster doctor` says of accounts and of the audit record: beside a hub that runs with other
settings, and by these settings alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from channels.simulator.server import Simulator
from channels.simulator.settings import calm
from hub.account_settings import AccountSetting
from hub.commands.accounts import chained, disk_entry, probed
from hub.commands.audit import Asked, run_audit, run_audit_check
from hub.commands.checks import run_doctor
from hub.commands.output import own_language
from hub.commands.stage import staged
from hub.folder import locked
from hub.settings import Settings
from hub.store.accounts import AccountLedger
from hub.store.database import database
from hub.store.migrate import migrate
from tests.launch_estate import Who, put_estate
from tests.small_disks import small_disk

SECRET = b"k" * 40
PEOPLE = (
    Who("3/12/1201", ways=(("sms", "+447700900001"),)),
    Who(None, kind="group", ways=(("wecom", "robot-that-is-there"),)),
    Who(None, kind="group", ways=(("wecom", "robot-that-is-gone"),)),
)


def _settings(folder: Path, *accounts: AccountSetting) -> Settings:
    return Settings(
        data=folder,
        database_url=f"sqlite:///{folder / 'muster.db'}",
        redis_url=None,
        public_url="http://localhost:1",
        secret_key=SECRET,
        port=0,
        accounts=accounts,
    )


def _twilio(name: str, sim: Simulator, *, token: str = "simulator") -> AccountSetting:
    world = sim.world.settings
    options = {"account_sid": world.account_sid, "auth_token": token, "from": "+15005550006"}
    return AccountSetting(name, "sms_twilio", options | {"api_url": sim.url})


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    db = database(f"sqlite:///{tmp_path / 'muster.db'}")
    await db.open()
    await migrate(db)
    await db.write(lambda conn: put_estate(conn, ["3/12/1201"], PEOPLE))
    ledger = AccountLedger(db, secret=SECRET)
    for number in range(4):
        await ledger.audit("user:1", "login", f"user:{number}", {})
    await db.close()
    return tmp_path


async def test_every_account_is_tried_at_once_and_told_in_both_languages(
    folder: Path, free_port: int
) -> None:
    async with Simulator(calm()) as sim:
        gone = AccountSetting("gone", "chat_wecom", {"api_url": f"http://127.0.0.1:{free_port}"})
        accounts = (_twilio("right", sim), _twilio("wrong", sim, token="old"), gone)
        right, wrong, away = await probed(_settings(folder, *accounts))
        assert sim.ledger() == []
    assert (right["check"], right["ok"], right["finding"]) == ("account:right", True, "well")
    assert (wrong["ok"], wrong["finding"]) == (False, "credentials")
    assert "密钥不对" in wrong["words"]["zh-CN"]["what"]
    assert "SID and token" in wrong["what"]
    assert (away["ok"], away["finding"]) == (False, "unreachable")
    assert not any("old" in json.dumps(one["words"]) for one in (right, wrong, away))


async def test_beside_a_running_demo_its_own_accounts_are_tried(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was started with accounts no settings know: it is asked by its private socket."""
    settings = _settings(folder)
    world = calm(wecom_keys=("robot-that-is-there",))
    with locked(folder):
        async with staged(settings, world, ledger=folder / "ledger.jsonl") as stage:
            found = {one["account"]: one for one in await probed(settings)}
            assert set(found) == {"simulator", "simulator_voice", "groups"}
            assert found["simulator"]["finding"] == "well"
            assert found["simulator_voice"]["ok"]
            assert (found["groups"]["ok"], found["groups"]["finding"]) == (False, "robots_gone")
            assert "1 of 2 group robots" in found["groups"]["what"]
            assert "robot-that-is-gone" not in json.dumps(found)

            stage.simulator.change(account_status="suspended")
            await run_doctor(settings, json_=True)
            said = json.loads(capsys.readouterr().out.splitlines()[-1])
            checks = {one["check"]: one for one in said["checks"]}
            assert not said["ok"]
            assert checks["audit_chain"]["ok"]
            assert checks["disk"]["ok"]
            assert checks["account:simulator_voice"]["finding"] in {"well", "suspended"}
            assert not [one for one in stage.simulator.ledger() if one.accepted]


async def test_the_audit_record_is_checked_beside_everything_else(folder: Path) -> None:
    settings = _settings(folder)
    whole = await chained(settings)
    assert (whole["ok"], whole["rows"]) == (True, 4)
    assert whole["end"].startswith("4:")

    other = await chained(replace(settings, secret_key=b"x" * 40))
    assert not other["ok"]
    assert "MUSTER_SECRET_KEY" in other["what"]

    await _run(settings, "DELETE FROM audit WHERE id > 2")
    cut = await chained(settings)
    assert not cut["ok"]
    assert "末尾不完整" in cut["words"]["zh-CN"]["what"]

    await _run(settings, "UPDATE audit SET actor = 'user:9' WHERE id = 2")
    changed = await chained(settings)
    assert "row 2" in changed["what"]


async def test_where_nothing_is_there_is_nothing_to_check(tmp_path: Path) -> None:
    settings = _settings(tmp_path / "none")
    assert (await chained(settings))["ok"]
    assert (disk_entry(settings) or {})["ok"]
    assert disk_entry(replace(settings, database_url="postgresql://x/y")) is None


def test_a_full_disk_is_something_to_mend(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small") as disk:
        if disk.real:
            disk.fill()
            entry = disk_entry(_settings(disk.folder)) or {}
            assert (entry["ok"], entry["why"]) == (False, "full")
            assert "已满" in entry["words"]["zh-CN"]["what"]


async def test_muster_audit_shows_rows_and_whether_they_are_whole(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = _settings(folder)
    asked = Asked(kind="login", actor="user:1", since="", after=0, limit=3)
    assert await run_audit(settings, asked, language="zh-CN", json_=False) == 0
    shown = capsys.readouterr().out
    assert shown.count("登录") == 3
    assert "--after 2" in shown
    assert await run_audit(settings, asked, language="en", json_=True) == 0
    assert len(json.loads(capsys.readouterr().out)["items"]) == 3

    assert await run_audit_check(settings, "", language="en", json_=True) == 0
    end = json.loads(capsys.readouterr().out)["end"]
    assert await run_audit_check(settings, end, language="zh-CN", json_=False) == 0
    assert "完整" in capsys.readouterr().out
    await _run(settings, "DELETE FROM audit", "DELETE FROM meta WHERE key = 'audit_end'")
    assert await run_audit_check(settings, "", language="en", json_=False) == 0
    capsys.readouterr()
    assert await run_audit_check(settings, end, language="en", json_=False) == 1
    assert "noted down" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW"}, "zh-CN"),
        ({}, "en"),
    ],
)
def test_a_terminal_is_spoken_to_in_its_own_language(
    environ: dict[str, str], language: str
) -> None:
    assert own_language(environ) == language


async def _run(settings: Settings, *statements: str) -> None:
    db = database(settings.database_url)
    await db.open()
    for statement in statements:
        await db.write(lambda conn, sql=statement: conn.execute(text(sql)))  # type: ignore[misc]
    await db.close()
