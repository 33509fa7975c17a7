"""A data folder that cannot be used is a sentence: what happened, where, what to do; exit 1."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hub import unusable
from hub.errors import Refused
from hub.folder import locked, taken
from hub.settings import load, user_data
from tests.commands.files import xlsx
from tests.processes import ROOT, free_port

pytestmark = pytest.mark.timeout(180)  # a runner loads the whole house first

KEY = "k" * 40
FULL = 0  # bytes a file may have: nothing can be written any more

Make = Callable[[Path], Path]


def _mode(mode: int) -> Make:
    def make(at: Path) -> Path:
        (at / "data").mkdir()
        (at / "data").chmod(mode)
        return at / "data"

    return make


def _used(mode: int) -> Make:
    def make(at: Path) -> Path:
        (at / "data").mkdir()
        (at / "data" / "secret.key").write_text(KEY)
        (at / "data" / "muster.lock").touch()
        (at / "data").chmod(mode)
        return at / "data"

    return make


def _file(at: Path) -> Path:
    (at / "data").write_text("a file")
    return at / "data"


def _dangling(at: Path) -> Path:
    (at / "data").symlink_to(at / "gone")
    return at / "data"


def _circle(at: Path) -> Path:
    (at / "data").symlink_to(at / "data")
    return at / "data"


def _below_read_only(at: Path) -> Path:
    (at / "above").mkdir()
    (at / "above").chmod(0o500)
    return at / "above" / "data"


FOLDERS: Mapping[str, tuple[Make, str, int | None]] = {
    "read only": (_mode(0o500), "may not write", None),
    "read only, used before": (_used(0o500), "may not write", None),
    "of somebody else": (_mode(0o000), "may not write", None),
    "a file instead": (_file, "is a file, no folder", None),
    "below a file": (lambda at: _file(at) / "deep" / "er", "is a file, no folder", None),
    "a link that leads nowhere": (_dangling, "leads nowhere", None),
    "a link to itself": (_circle, "lead", None),
    "below a read-only one": (_below_read_only, "may not write", None),
    "a name too long": (lambda at: at / ("x" * 300), "too long", None),
    "full": (_used(0o700), "disk is full", FULL),
}
COMMANDS: Mapping[str, list[str]] = {
    "serve": ["serve"],
    "demo": ["demo", "--people", "20"],
    "migrate": ["migrate"],
    "import": ["import", "{roster}"],
    "launch": ["launch", "fire", "--place", "3", "--drill"],
    "watch": ["watch", "1"],
    "token": ["token", "create", "--role", "viewer"],
    "login": ["login"],
    "user": ["user", "set", "lin", "--role", "duty", "--keep-password"],
    "backup": ["backup", "{out}"],
    "restore": ["restore", "{out}"],
    "forget": ["playbook", "forget", "mine"],
    "doctor": ["doctor"],
}
ONLY_READ = {"watch", "backup"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for folder, _, _ in os.walk(tmp_path):
        Path(folder).chmod(0o700)


def run(asked: list[tuple[list[str], Mapping[str, str], int | None]]) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.commands.runner"],
        input=json.dumps(asked), cwd=ROOT, capture_output=True, text=True, check=True, timeout=170,
    )  # fmt: skip
    return list(json.loads(done.stdout))


def environ(at: Path, **more: str) -> dict[str, str]:
    bind = f"127.0.0.1:{free_port()}"
    return {"PATH": os.environ["PATH"], "HOME": str(at), "MUSTER_BIND": bind, **more}


def said(command: str, place: Path) -> list[str]:
    names = {"roster": str(xlsx(place)), "out": str(place / "out.backup")}
    return [word.format(**names) for word in COMMANDS[command]]


@pytest.mark.parametrize("given", [False, True], ids=["own key", "key given"])
def test_every_command_says_what_is_wrong_with_its_folder(place: Path, *, given: bool) -> None:
    """The key is what a command wants first of its folder; where it is given, the rest is."""
    commands = list(COMMANDS) if given else ["serve", "demo", "token", "doctor"]
    key = {"MUSTER_SECRET_KEY": KEY} if given else {}
    asked, wanted = [], []
    for number, (name, (make, expected, most)) in enumerate(FOLDERS.items()):
        (home := place / str(number)).mkdir()
        data = make(home)
        env = environ(place, MUSTER_DATA=str(data), **key)
        asked += [(said(command, place), env, most) for command in commands]
        wanted += [(name, command, data, expected) for command in commands]
    for (name, command, data, expected), answer in zip(wanted, run(asked), strict=True):
        code, out, err = answer
        told = f"{name}, {command}: exit {code}\n{out}{err}"
        assert (code, "Traceback" in err) == (1, False), told
        assert str(data.parent) in out + err, told
        if command in ONLY_READ or (command == "doctor" and name == "full"):
            continue  # what is missing is said, which is as right
        assert expected in out + err, told
        assert "To mend it" in err + out or " (" in err, told


DATABASES: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "may only be read": (lambda file: (file.touch(), file.chmod(0o400))[1], "may only be read"),
    "is no database": (lambda file: [None, file.write_bytes(b"nothing" * 999)][0], "no database"),
    "is a folder": (lambda file: file.mkdir(), "cannot be opened"),
}


def test_every_command_says_what_is_wrong_with_the_database(place: Path) -> None:
    commands = [one for one in COMMANDS if one not in {"watch", "backup", "restore", "doctor"}]
    asked, wanted = [], []
    for number, (spoil, expected) in enumerate(DATABASES.values()):
        (home := place / str(number)).mkdir()
        spoil(_used(0o700)(home) / "muster.db")
        env = environ(place, MUSTER_DATA=str(home / "data"))
        asked += [(said(command, place), env, None) for command in commands]
        wanted += [(command, expected) for command in commands]
    for (command, expected), (code, out, err) in zip(wanted, run(asked), strict=True):
        told = f"{expected}, {command}: exit {code}\n{out}{err}"
        assert (code, "Traceback" in err) == (1, False), told
        assert expected in err, told
        assert "To mend it" in err, told


KEYS: Mapping[str, tuple[Callable[[Path], Any], str]] = {
    "empty": (lambda file: file.write_bytes(b""), "holds no whole key"),
    "cut off": (lambda file: file.write_bytes(b"short"), "holds no whole key"),
    "of somebody else": (lambda file: (file.write_text(KEY), file.chmod(0)), "may not"),
    "a folder": (lambda file: file.mkdir(), "is no file"),
}


def test_a_key_that_cannot_be_used_is_never_replaced_by_a_guess(place: Path) -> None:
    asked, before = [], []
    for number, (spoil, _) in enumerate(KEYS.values()):
        (data := place / str(number)).mkdir()
        spoil(data / "secret.key")
        before.append((data / "secret.key").lstat())
        asked.append((["migrate"], environ(place, MUSTER_DATA=str(data)), None))
    for number, (code, _, err) in enumerate(run(asked)):
        expected = list(KEYS.values())[number][1]
        assert (code, "Traceback" in err) == (1, False), err
        assert expected in err
        assert "secret.key" in err
        after = (place / str(number) / "secret.key").lstat()
        assert (after.st_size, after.st_mtime) == (before[number].st_size, before[number].st_mtime)


def test_a_full_disk_leaves_no_half_a_key(place: Path) -> None:
    asked = []
    for most in (FULL, 10, None):
        (place / str(most)).mkdir()
        env = environ(place, MUSTER_DATA=str(place / str(most) / "data"))
        asked.append((["migrate"], env, most))
    for (_, env, most), (code, out, err) in zip(asked, run(asked), strict=True):
        data = Path(env["MUSTER_DATA"])
        assert code == (1 if most is not None else 0), out + err
        assert most is None or not list(data.iterdir()), "something was left"
    assert len((data / "secret.key").read_bytes()) == 64


def test_temporary_files_need_a_place_as_well(place: Path) -> None:
    env = environ(place, MUSTER_DATA=str(_used(0o700)(place)))
    [(code, _, err)] = run([(["rehearse", "fire", "--people", "20"], env, FULL)])
    assert (code, "Traceback" in err) == (1, False), err
    assert "TMPDIR" in err


# ── no home ──


def test_who_has_no_home_is_told_to_name_a_folder(place: Path) -> None:
    env = environ(place, HOME="")
    words = (["serve"], ["demo"], ["doctor"], ["token", "create", "--role", "duty"])
    for code, out, err in run([(one, env, None) for one in words]):
        assert (code, "Traceback" in err) == (1, False), err
        assert "no home folder (HOME)" in out + err
        assert "MUSTER_DATA" in out + err


def test_a_user_nobody_knows_has_no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unknown(_user: int) -> Any:
        raise KeyError("no such user")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "relative/is/ignored")
    with pytest.raises(Refused, match="no place for the hub's data"):
        load({})
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert user_data() == tmp_path / "muster"


# ── what only the kernel can do ──


@pytest.mark.parametrize("code", sorted(unusable.LOCKLESS | {errno.EIO}))
def test_a_file_system_without_locks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(_handle: int, _how: int) -> None:
        raise OSError(code, os.strerror(code))

    (tmp_path / "muster.lock").touch()
    monkeypatch.setattr(fcntl, "flock", refuse)
    for use in (lambda: locked(tmp_path).__enter__(), lambda: taken(tmp_path)):
        with pytest.raises(Refused) as refused:
            use()
        assert str(tmp_path) in refused.value.what
        assert ("no locks" in refused.value.what) == (code != errno.EIO)


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ESTALE, 9999])
def test_what_the_system_says_becomes_a_sentence(tmp_path: Path, code: int) -> None:
    refused = unusable.unusable(tmp_path, OSError(code, "odd words", str(tmp_path / "x")))
    (problem,) = refused.problems
    assert problem.where == "MUSTER_DATA"
    assert str(tmp_path) in problem.what
    assert problem.hint
    assert ("odd words" in problem.what) == (code == 9999)
