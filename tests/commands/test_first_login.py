"""How the first person gets in: a one-time login the terminal shows, then a password."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from hub.commands.calls import run_token, run_user
from hub.errors import Unready
from hub.flow.accounts import Accounts
from hub.settings import Settings
from hub.store.accounts import AccountLedger
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
def _served(env: dict[str, str]) -> Iterator[list[str]]:
    """A serving hub, and what it said on standard error until it was ready for people."""
    with subprocess.Popen(
        [*MUSTER, "serve"], env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said: list[str] = []
        try:
            for line in process.stderr:
                said.append(line)
                if "muster user set" in line or (len(said) > 1 and "ready" in line):
                    break
                if "Muster serves" in line and (Path(env["MUSTER_DATA"]) / "told").exists():
                    break
            yield said
        finally:
            process.terminate()
            process.communicate(timeout=60)


def test_a_fresh_hub_lets_its_owner_in_once_and_then_by_password(
    tmp_path: Path, free_port: int
) -> None:
    folder = tmp_path / "data"
    env = _env(folder, free_port)
    with _served(env) as said:
        link = re.search(r"http://\S+/login/once/\S+", "".join(said))
        assert link, said
        path = urlsplit(link[0]).path
        with httpx2.Client(base_url=f"http://127.0.0.1:{free_port}", timeout=30) as client:
            first, second = (client.post(path, headers=JSON) for _ in range(2))
        assert (first.status_code, first.json()["role"], second.status_code) == (200, "admin", 401)
        made = subprocess.run(
            [*MUSTER, "user", "set", "lin", "--role", "admin", "--json"],
            env=env,
            input=PASSWORD + "\n",
            capture_output=True,
            text=True,
            check=True,
        )
        assert PASSWORD not in made.stdout + made.stderr
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {_mode(file) for file in folder.glob("muster.db*")} == {0o600}
    (folder / "told").touch()
    with _served(env) as again:
        assert "login/once" not in "".join(again)
        with httpx2.Client(base_url=f"http://127.0.0.1:{free_port}", timeout=30) as client:
            body = {"login": "lin", "password": PASSWORD}
            assert client.post("/login", json=body).json()["role"] == "admin"


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
        assert await accounts.broken_audit() is None
        made = await asyncio.gather(*(accounts.missing_login(who=actor) for _ in range(4)))
        assert len([one for one in made if one]) == 1
    finally:
        await db.close()
