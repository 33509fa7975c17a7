"""What every other test stands on: the fixtures, the locks, the scripts, the wheel's contents."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.conftest import FOR_TESTS

ROOT = Path(__file__).parent.parent
SCRIPTS = ["run", "test", ".ci/run"]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return dict(found)


# ── the fixtures ──


async def test_valkey_answers(valkey: str) -> None:
    redis = Redis.from_url(valkey)
    assert await redis.ping()
    await redis.aclose()


async def test_postgres_gives_a_fresh_database_each_time(postgres) -> None:
    first, second = postgres.create(), postgres.create()
    try:
        for name in (first, second):
            connection = await asyncpg.connect(postgres.url(name))
            await connection.execute("create table a_table (id int)")
            assert await connection.fetchval("show synchronous_commit") == "on"
            await connection.close()
    finally:
        postgres.drop(first)
        postgres.drop(second)


async def test_sqlalchemy_reaches_postgres_by_the_same_address(postgres_url: str) -> None:
    engine = create_async_engine(postgres_url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        assert (await connection.execute(text("select 1"))).scalar() == 1
    await engine.dispose()


def test_a_database_url_names_sqlite_or_postgresql(database_url: str) -> None:
    assert database_url.startswith(("sqlite:///", "postgresql://"))


def test_a_free_port_can_be_listened_on(free_port: int) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port))


def test_where_skips_are_forbidden_a_skipped_test_has_failed(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text("utf-8"))
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\ndef test_it():\n    pytest.skip('no browser here')\n"
    )
    (tmp_path / "test_file.py").write_text("import pytest\npytest.importorskip('no_such_room')\n")
    runs = {
        strict: subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "--continue-on-collection-errors",
                str(tmp_path),
            ],
            env={**os.environ, "MUSTER_NO_SKIPS": strict, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        for strict in ("", "1")
    }
    assert runs[""].returncode == 0
    assert runs["1"].returncode != 0
    assert "no browser here" in runs["1"].stdout
    assert "no_such_room" in runs["1"].stdout


def test_the_hub_of_the_person_who_runs_the_tests_is_not_seen() -> None:
    assert {name for name in os.environ if name.startswith("MUSTER_")} <= FOR_TESTS


# ── the locks ──


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash_and_no_index_is_named(lock: str) -> None:
    written = (ROOT / lock).read_text()
    blocks = re.split(r"^(?=[\w.-]+==)", written, flags=re.MULTILINE)
    assert len(blocks) > 40
    assert [b.splitlines()[0] for b in blocks[1:] if "--hash=sha256:" not in b] == []
    assert "://" not in written
    assert "--index-url" not in written


def test_the_tests_run_against_what_users_get() -> None:
    user, developer = (pins(lock) for lock in LOCKS)
    assert {name: pin for name, pin in user.items() if developer.get(name) != pin} == {}


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    user, developer = (pins(lock) for lock in LOCKS)

    def names(wanted: list[str]) -> set[str]:
        return {re.split(r"[\[<>=; ]", one)[0].lower().replace(".", "-") for one in wanted}

    assert names(project["dependencies"]) - set(user) == set()
    assert names(project["optional-dependencies"]["dev"]) - set(developer) == set()


# ── the scripts ──


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_runs_by_itself_in_any_posix_shell(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", str(path)], check=False).returncode == 0


def house_with_python(folder: Path, python: str) -> dict[str, str]:
    """A checkout in a folder with a space, and a PATH whose only Python is this shell script."""
    for name in ("run", ".ci", "pyproject.toml", "requirements.lock"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    tools = folder / "tools"
    tools.mkdir()
    for tool in ("sh", "cat", "cksum", "dirname", "rm"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    if python:
        (tools / "python3").write_text(f"#!/bin/sh\n{python}\n")
        (tools / "python3").chmod(0o755)
    return {"PATH": str(tools)}


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("", "needs Python 3.11 to 3.14"),
        ("exit 1", "needs Python 3.11 to 3.14"),  # it is there, but too old or too new
        ('case "$2" in *ensurepip*) exit 1;; esac', "apt install python3-venv"),
    ],
)
def test_run_says_what_to_install(tmp_path: Path, python: str, said: str) -> None:
    folder = tmp_path / "a house"
    folder.mkdir()
    env = house_with_python(folder, python)

    done = subprocess.run(
        [str(folder / "run"), "--help"],
        env=env, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert said in done.stderr
    assert done.stdout == ""


def test_run_leaves_standard_output_and_arguments_to_muster(tmp_path: Path) -> None:
    folder = tmp_path / "a house"
    folder.mkdir()
    env = house_with_python(folder, "exit 0")
    binary = folder / ".venv" / "bin"
    binary.mkdir(parents=True)
    (binary / "python").write_text('#!/bin/sh\n[ "$2" = pip ] && echo "pip was here"\nexit 0\n')
    (binary / "muster").write_text('#!/bin/sh\necho "$(pwd):$#:$*"\n')
    for program in binary.iterdir():
        program.chmod(0o755)
    (folder / ".venv" / ".place").write_text(str(folder))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(folder / "run"), *words]
        return subprocess.run(
            command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    first, second = run("rehearse", "a b"), run()
    assert first.stdout == f"{tmp_path}:2:rehearse a b\n"
    assert "pip was here" in first.stderr
    assert second.stdout == f"{tmp_path}:1:demo\n"
    assert second.stderr == ""  # nothing had changed, so nothing was done


def test_an_environment_that_was_moved_with_its_folder_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "a house"
    folder.mkdir()
    making = 'case "$*" in "-m venv .venv") echo made >&2; exit 1;; esac'
    env = house_with_python(folder, making)
    binary = folder / ".venv" / "bin"
    binary.mkdir(parents=True)
    (binary / "python").write_text("#!/bin/sh\nexit 0\n")
    (binary / "python").chmod(0o755)
    (folder / ".venv" / ".place").write_text("/somewhere/else")

    done = subprocess.run(
        [str(folder / "run")], env=env, capture_output=True, text=True, check=False
    )

    assert "made" in done.stderr
    assert not (folder / ".venv").exists()


# ── the wheel ──


def test_everything_in_the_packages_ships(tmp_path: Path) -> None:
    """Nothing in the build settings leaves out YAML, HTML, JS, CSS, JSON or migrations."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    wheel = build["targets"]["wheel"]
    assert wheel["packages"] == ["hub", "channels", "playbooks", "web"]
    assert not {"include", "exclude", "only-include"} & (set(wheel) | set(build))
