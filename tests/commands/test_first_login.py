"""How the first person gets in: a one-time login the terminal shows, then a password."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import select
import stat
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from hub.commands.calls import run_token, run_user
from hub.errors import Unready
from hub.flow.accounts import Accounts
from hub.settings import Settings
from hub.store.accounts import AccountLedger
from hub.store.audit_chain import check
from hub.store.database import database
from hub.store.migrate import migrate

MUSTER = [sys.executable, "-c", "from hub.cli import main; main(prog_name='muster')"]
PASSWORD = "nobody guesses this one"
KEY = b"a key for tests, forty characters long.."


def _env(folder: Path, port: int) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("MUSTER_")}
    bind = {"MUSTER_DATA": str(folder), "MUSTER_BIND": f"127.0.0.1:{port}"}
    return {**own, **bind, "PYTHONUNBUFFERED": "1"}


@contextlib.contextmanager
def _served(env: dict[str, str], *, terminal: bool) -> Iterator[str]:
    """A serving hub, and what it said on standard error until it had greeted."""
    ours, theirs = os.openpty() if terminal else os.pipe()
    with subprocess.Popen([*MUSTER, "serve"], env=env, stderr=theirs, text=True) as process:
        os.close(theirs)
        try:
            yield _greeting(ours)
        finally:
            process.terminate()
            with contextlib.suppress(OSError):  # a terminal whose other side has gone
                while os.read(ours, 65536):
                    pass
            os.close(ours)
            process.wait(60)


def _greeting(ours: int) -> str:
    """All that is said up to half a second of silence after the first line."""
    said = b""
    while b"Muster serves" not in said or select.select([ours], [], [], 3.0)[0]:
        said += os.read(ours, 65536)
    return said.decode()


def _muster(env: dict[str, str], *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MUSTER, *words], env=env, input=given, capture_output=True, text=True, check=False
    )


@pytest.mark.timeout(180)
@pytest.mark.parametrize("terminal", [True, False])
def test_a_fresh_hub_lets_its_owner_in_once_and_then_by_password(
    tmp_path: Path, free_port: int, *, terminal: bool
) -> None:
    """The link is shown to a person at a terminal; everybody else asks for it."""
    folder = tmp_path / "data"
    env = _env(folder, free_port)
    with (
        _served(env, terminal=terminal) as said,
        httpx2.Client(base_url=f"http://127.0.0.1:{free_port}", timeout=30) as client,
    ):
        link = re.search(r"http://\S+/login/once/\S+", said)
        assert (link is not None) == terminal, said
        asked = _muster(env, "login", "--json")
        assert asked.returncode == 0
        path = urlsplit(json.loads(asked.stdout)["url"]).path
        if link:
            assert client.post(urlsplit(link[0]).path, headers=JSON).status_code == 401
        first, second = (client.post(path, headers=JSON) for _ in range(2))
        assert (first.status_code, first.json()["role"], second.status_code) == (200, "admin", 401)
        assert client.get("/api/v1/session").status_code == 200
        spare = urlsplit(json.loads(_muster(env, "login", "--json").stdout)["url"]).path

        weak = _muster(env, "user", "set", "lin", "--role", "admin", given="muster-2026!")
        assert (weak.returncode, "2026" in weak.stdout + weak.stderr) == (1, False)
        assert "password: is among the first that somebody would try (take" in weak.stderr
        made = _muster(env, "user", "set", "lin", "--role", "admin", "--json", given=PASSWORD)
        assert made.returncode == 0
        assert PASSWORD not in made.stdout + made.stderr
        assert client.get("/api/v1/session").status_code == 401
        assert client.post(spare, headers=JSON).status_code == 401
        refused = _muster(env, "login", "--json")
        assert (refused.returncode, json.loads(refused.stdout)["code"]) == (1, "has_password")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {_mode(file) for file in folder.glob("muster.db*")} == {0o600}
    with (
        _served(env, terminal=terminal) as again,
        httpx2.Client(base_url=f"http://127.0.0.1:{free_port}", timeout=30) as client,
    ):
        assert "login" not in again
        body = {"login": "lin", "password": PASSWORD}
        assert client.post("/login", json=body).json()["role"] == "admin"


def test_the_log_of_a_hub_holds_no_way_in(tmp_path: Path, free_port: int) -> None:
    env = _env(tmp_path / "data", free_port) | {"MUSTER_LOG_LEVEL": "debug"}
    with (
        _served(env, terminal=False) as said,
        httpx2.Client(base_url=f"http://127.0.0.1:{free_port}", timeout=30) as client,
    ):
        token = json.loads(_muster(env, "login", "--json").stdout)["url"].rpartition("/")[2]
        client.get(f"/login/once/{token}")
        client.post(f"/login/once/{token}", headers=JSON)
    assert "muster login" in said
    assert "/once/" not in said
    assert token not in said


JSON = {"accept": "application/json"}


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


async def test_whoever_has_the_database_and_the_key_makes_the_first_token(
    postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(
        data=tmp_path,
        database_url=postgres_url,
        redis_url="redis://127.0.0.1:1",
        public_url="http://127.0.0.1:1",
        secret_key=KEY,
    )
    with pytest.raises(Unready, match="migrate"):
        await run_token(settings, role="admin", name="first", json_=False)
    db = database(postgres_url)
    await db.open()
    try:
        await migrate(db)
        await run_token(settings, role="admin", name="first", json_=False)
        token = capsys.readouterr().out.strip()
        await run_user(
            settings,
            "lin",
            role="duty",
            name="",
            password=PASSWORD,
            disabled=False,
            json_=False,
        )
        accounts = Accounts(AccountLedger(db, secret=KEY))
        actor = await accounts.bearer(token)
        assert actor is not None
        assert actor.role == "admin"
        assert await accounts.session(await accounts.login("lin", PASSWORD, "local"))
        assert (await db.read(partial(check, secret=KEY))).broken is None
        made = await asyncio.gather(*(accounts.missing_login(who=actor) for _ in range(4)))
        assert len([one for one in made if one]) == 1
    finally:
        await db.close()
