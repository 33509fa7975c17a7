"""One planted mistake: where, what, and which tests must notice it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FAILURE = re.compile(r"(\S+::.*?) (?:FAILED|ERROR)\b")  # a line of pytest -v
FAILED = 1  # pytest's exit status when a test failed


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake somebody could make: `old` becomes `new` in `file`, once.

    `tests`: the files that must notice. `safe`: nobody would be hurt by it; a survivor is a loss of
    quality, not a danger.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    safe: bool = False

    def planted(self, source: str) -> str:
        """The source with the mistake in it; ValueError unless its place is there exactly once."""
        found = source.count(self.old)
        if found != 1:
            raise ValueError(f"{self.name}: {self.file} has its place {found} times, not once")
        return source.replace(self.old, self.new)


class Fate(StrEnum):
    """What the suite did about a mistake."""

    CAUGHT = "caught"  # a test failed
    HUNG = "hung"  # the tests did not end: noticed, but by nothing that says what is wrong
    SURVIVED = "survived"  # nothing noticed
    BROKEN = "broken"  # pytest itself did not run


@dataclass(frozen=True, slots=True)
class Result:
    mutant: Mutant
    fate: Fate
    said: str  # the test that failed, or the end of what pytest printed


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """The files under version control as they are in the working tree, in a folder of their own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    tree = folder / "tree"
    if (beside := ROOT.parent / "shared").is_dir():  # the public vectors tests look for there
        (folder / "shared").symlink_to(beside)
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            target = tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    try:
        yield tree
    finally:
        shutil.rmtree(tree, ignore_errors=True)


def tried(mutant: Mutant, tree: Path, *, seconds: float) -> Result:
    """What the named tests say of this mistake; the tree is as before."""
    place = tree / mutant.file
    source = place.read_text("utf-8")
    place.write_text(mutant.planted(source), "utf-8")
    try:
        return _said(mutant, tree, seconds)
    finally:
        place.write_text(source, "utf-8")


def _said(mutant: Mutant, tree: Path, seconds: float) -> Result:
    command = [sys.executable, "-m", "pytest", "-v", "-x", "-p", "no:cacheprovider", *mutant.tests]
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        run = subprocess.run(
            command, cwd=tree, env=env, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as over:
        if first := failed((over.stdout or b"").decode()):
            return Result(mutant, Fate.CAUGHT, f"{first} (and did not end)")
        return Result(mutant, Fate.HUNG, f"no end within {seconds:g} s")
    if run.returncode == 0:
        return Result(mutant, Fate.SURVIVED, run.stdout.strip()[-120:])
    if run.returncode == FAILED and (first := failed(run.stdout)):
        return Result(mutant, Fate.CAUGHT, first)
    return Result(mutant, Fate.BROKEN, (run.stdout + run.stderr).strip()[-400:])


def failed(printed: str) -> str:
    """The first test that failed, as pytest names it; empty if none did."""
    for line in printed.splitlines():
        if found := FAILURE.match(line):
            return found[1][:160]
    return ""
