"""The outside heartbeat, heard by a real server: while all is well, and not otherwise."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import update

from hub.commands.file_checks import heartbeat
from hub.decide.alarms import Severity
from hub.errors import Refused
from hub.flow.auditor import Auditor
from hub.heartbeat import Heartbeat
from hub.settings import Settings, load
from hub.store import schema as t
from hub.store.alarms import AlarmLedger
from hub.store.audits import AuditLedger
from hub.store.migrate import migrate
from hub.store.processes import ProcessLedger
from tests.flow.stage import Doorbell, Stage, opened


class Outside:
    """A watch outside, which counts what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.url = ""
        self.status = 302

    async def answer(self, request: web.Request) -> web.Response:
        self.heard.append(request.path_qs)
        return web.Response(status=self.status, headers={"location": "/elsewhere"})


@contextlib.asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    watch = Outside()
    app = web.Application()
    app.router.add_get("/{path:.*}", watch.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server = site._server
    assert server is not None
    watch.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield watch
    await runner.cleanup()


async def unsaid(_said: str) -> None:
    """Nobody asks the doctor."""


async def always(_every_ms: int) -> bool:
    return True


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    db = await opened(f"sqlite:///{tmp_path / 'hub.db'}")
    await migrate(db)
    yield await Stage(db).set_up(people=2)
    await db.close()


def auditor(stage: Stage, watch: Outside) -> Auditor:
    return Auditor(
        ledger=AuditLedger(stage.db),
        alarms=AlarmLedger(stage.db),
        wake=Doorbell(),
        served=(),
        needs=(),
        passed=Heartbeat(f"{watch.url}/ping?k=1", always, unsaid).beat,
        every_ms=0,
    )


async def swept(stage: Stage, *, silent_ms: int = 0) -> None:
    about = {"role": "serve", "host": "h", "pid": 1, "version": "1"}
    await ProcessLedger(stage.db).beat("p", about, swept_s=0.0, state={})
    at = await stage.now() - silent_ms
    change = update(t.processes).values(seen_at=at, swept_at=at)
    await stage.db.write(lambda conn: conn.execute(change).rowcount)


async def test_it_beats_while_all_is_well_and_follows_nothing(stage: Stage) -> None:
    await swept(stage)
    async with outside() as watch:
        await auditor(stage, watch).turn(100.0)

    assert watch.heard == ["/ping?k=1"]


async def test_it_is_silent_while_nobody_works(stage: Stage) -> None:
    await swept(stage, silent_ms=20_000)
    async with outside() as watch:
        found = await auditor(stage, watch).turn(100.0)

    assert found is not None
    assert found[0].severity is Severity.CRITICAL
    assert watch.heard == []


async def test_it_is_silent_while_deliveries_are_overdue_and_beats_again_after(
    stage: Stage,
) -> None:
    await swept(stage)
    await stage.plan(due_at=await stage.now() - 90_000)
    async with outside() as watch:
        one = auditor(stage, watch)
        await one.turn(100.0)
        silent = list(watch.heard)
        await stage.set(t.deliveries, {}, state="delivered")
        await one.turn(100.0)

    assert silent == []
    assert len(watch.heard) == 1


async def test_a_warning_does_not_silence_it(stage: Stage) -> None:
    await swept(stage)
    await stage.plan(state="unsure", lease_until=await stage.now() - 100_000)
    async with outside() as watch:
        found = await auditor(stage, watch).turn(100.0)

    assert found is not None
    assert [alarm.severity for alarm in found] == [Severity.WARNING]
    assert len(watch.heard) == 1


async def test_of_all_processes_one_beats_at_a_time(stage: Stage) -> None:
    ledger = AlarmLedger(stage.db)
    async with outside() as watch:
        for _ in range(3):
            await Heartbeat(watch.url, ledger.beat, ledger.beaten).beat()

    assert len(watch.heard) == 1


async def test_a_watch_that_is_away_harms_nothing(free_port: int) -> None:
    await Heartbeat(f"http://127.0.0.1:{free_port}/", always, unsaid).beat()


def _settings(folder: Path, database: str, heartbeat_url: str) -> Settings:
    return replace(
        load({"MUSTER_SECRET_KEY": "k" * 40, "MUSTER_DATABASE_URL": database}, data=folder),
        heartbeat_url=heartbeat_url,
    )


async def test_the_doctor_knows_whether_the_watch_outside_hears_it(
    stage: Stage, tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.commands.file_checks.running", lambda _settings: True)
    ledger = AlarmLedger(stage.db)
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    async with outside() as watch:
        settings = _settings(tmp_path, url, watch.url)
        (before,) = await heartbeat(settings)
        assert (before["ok"], before["warn"]) == (True, True)  # none was sent yet
        for status, ok in ((200, True), (404, False), (302, False), (200, True)):
            watch.status = status
            await Heartbeat(watch.url, always, ledger.beaten).beat()
            (entry,) = await heartbeat(settings)
            assert entry["ok"] is ok
            assert ok or f"HTTP {status}" in entry["what"]
    await Heartbeat(f"http://127.0.0.1:{free_port}/", always, ledger.beaten).beat()
    (entry,) = await heartbeat(settings)
    assert "ClientConnectorError" in entry["what"]
    assert watch.url not in entry["what"]  # its path is a secret
    assert await heartbeat(replace(settings, heartbeat_url="")) == []


def test_its_address_may_come_from_a_file_and_must_be_one(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("https://watch.example/key\n")
    env = {"MUSTER_DATA": str(tmp_path), "MUSTER_HEARTBEAT_URL_FILE": str(file)}

    settings = load(env)

    assert settings.heartbeat_url == "https://watch.example/key"
    assert "watch.example" not in repr(settings)
    with pytest.raises(Refused, match="HEARTBEAT_URL"):
        load({"MUSTER_DATA": str(tmp_path), "MUSTER_HEARTBEAT_URL": "ftp:nowhere"})
