"""The house is tidy: small rooms, honest names, nothing of anybody's machine in it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ("hub", "channels", "playbooks", "web")

FILE_LINES = 350
FUNCTION_LINES = 60  # 30 is a smell; this is the wall
# Data, not logic: one row is one fact, and splitting it would only hide it.
TABLES = {"hub/model.py": 480, "hub/store/schema.py": 640, "hub/decide/alarm_words.py": 420}

REFUSED = ("manager", "handler", "helper", "utils", "service", "processor")
REFUSED_WHOLE = ("message", "notification")  # bare; `message_id` of a provider is its own word

MACHINE = re.compile(
    r"(?<![\w.])/(?:root|home/[a-z]\w*|Users/\w+|opt/pypi|opt/wheels)/"
    r"|https?://[^ )>\"']*(?:pypi|pythonhosted|npmjs)"
)
PACKED = {".deb", ".rpm", ".whl", ".jar", ".gz", ".xz", ".zst", ".tgz", ".zip", ".so", ".exe"}
LARGEST_FILE = 400 * 1024  # bytes
# Where text may speak of such places: the law itself.
SPEAKS_OF_IT = {"tests/test_house.py"}


def tracked(*patterns: str) -> list[Path]:
    """Files git knows or would add; every file where this is no checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if found.returncode:
        pytest.skip("not a git checkout: nothing says which files are ours")
    names = found.stdout.decode().split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources() -> list[Path]:
    return [
        path
        for path in tracked("*.py", "*.js", "*.css", "*.html")
        if not {"vendor", "versions"} & set(path.parts)
    ]


def code() -> Iterator[tuple[Path, ast.Module]]:
    for path in tracked("*.py"):
        if path.relative_to(ROOT).parts[0] in HOUSE and "migrations" not in path.parts:
            yield path, ast.parse(path.read_text("utf-8"))


def names(tree: ast.AST) -> Iterator[str]:
    """What a room is known by. Arguments keep the words of their protocol (ASGI: `message`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [word for word in spaced.lower().split("_") if word]


def refused(name: str) -> bool:
    return (
        any(word.rstrip("s") + end in REFUSED for word in words(name) for end in ("", "s"))
        or re.match(r"_?Base[A-Z]", name) is not None
        or name.lower().strip("_") in REFUSED_WHOLE
    )


def test_no_file_is_too_long() -> None:
    long = {
        name_of(path): lines
        for path in sources()
        if (lines := len(path.read_text("utf-8").splitlines()))
        > TABLES.get(name_of(path), FILE_LINES)
    }
    assert long == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}: {(node.end_lineno or 0) - node.lineno + 1}"
        for path, tree in code()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]
    assert long == []


def test_no_refused_word_is_a_name() -> None:
    found = [
        f"{name_of(path)}: {name}"
        for path, tree in code()
        for name in (*names(tree), *path.relative_to(ROOT).with_suffix("").parts)
        if refused(name)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["SmsManager", "utils", "error_handler", "message", "BaseChannel"])
def test_a_refused_word_is_noticed(name: str) -> None:
    assert refused(name)


@pytest.mark.parametrize("name", ["Delivery", "message_sid", "baseline", "managed", "serving"])
def test_a_word_that_only_resembles_one_is_not(name: str) -> None:
    assert not refused(name)


def test_nothing_of_anybodys_machine_is_in_the_house() -> None:
    found = []
    for path in tracked():
        if name_of(path) in SPEAKS_OF_IT:
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name_of(path)}: {hit.group()}" for hit in MACHINE.finditer(text)]
        if str(ROOT) != "/" and len(ROOT.parts) > 2 and f"{ROOT}/" in text:
            found.append(f"{name_of(path)}: the place of this checkout")
    assert found == []


def test_nothing_large_and_no_package_of_others_is_in_the_house() -> None:
    found = [
        name_of(path)
        for path in tracked()
        if path.suffix in PACKED or path.stat().st_size > LARGEST_FILE
    ]
    assert found == []


def test_the_four_packages_say_that_they_are_typed() -> None:
    assert [top for top in HOUSE if not (ROOT / top / "py.typed").is_file()] == []
