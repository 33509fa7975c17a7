"""The trap kills at the point it is set for, after so many passes, once."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.points import POINTS, Point, Trap, lay, wrapped
from tests.processes import ROOT, environment

PASSES = """
import sys
from pathlib import Path
from tests.faults.points import Trap
trap = Trap(Path(sys.argv[1]))
for _ in range(3):
    trap.passed("recorded")
    trap.passed("claimed")
    print("passed", flush=True)
"""


def passing(trap: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PASSES, str(trap)]
    return subprocess.run(
        command, cwd=ROOT, env=environment({}), check=False, capture_output=True, text=True
    )


def test_who_comes_to_the_point_after_so_many_passes_is_killed_there_once(tmp_path: Path) -> None:
    trap = Trap(tmp_path / "trap")
    trap.set("claimed", passes=1)
    assert trap.sprung() == 0
    killed = passing(tmp_path / "trap")
    assert killed.returncode == -signal.SIGKILL
    assert killed.stdout.count("passed") == 1
    assert trap.sprung() > 0
    assert passing(tmp_path / "trap").returncode == 0


def test_a_server_is_killed_while_somebody_is_at_the_point(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as server:
        Trap(tmp_path / "trap").set("recorded", passes=2, victim=server.pid)
        done = passing(tmp_path / "trap")
        assert (done.returncode, done.stdout.count("passed")) == (0, 3)
        assert server.wait(30) == -signal.SIGKILL


def test_a_trap_set_anew_is_not_taken_for_the_one_before(tmp_path: Path) -> None:
    trap, whose = Trap(tmp_path / "trap"), Trap(tmp_path / "trap")
    for point in ("answered", "claimed", "recorded"):
        trap.set(point, passes=5)
        whose.passed("due")  # it looks into the file, which may have its predecessor's place
        assert whose.point == point
        trap.lift()


def test_a_lifted_trap_kills_nobody(tmp_path: Path) -> None:
    trap = Trap(tmp_path / "trap")
    trap.set("claimed", passes=0)
    trap.lift()
    assert passing(tmp_path / "trap").returncode == 0
    assert trap.sprung() == 0


@pytest.mark.parametrize(
    ("when", "order"),
    [("before", ["here", "work"]), ("after", ["work", "here"]), ("during", ["here", "work"])],
)
async def test_a_point_is_before_after_or_in_the_middle(when: str, order: list[str]) -> None:
    said: list[str] = []

    async def work(word: str) -> str:
        await asyncio.sleep(0.1)
        said.append("work")
        return word

    point = wrapped(work, when, lambda: said.append("here"))
    assert await point("done") == "done"
    assert said == order


def test_every_point_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = {name: _at(point) for name, point in POINTS.items()}
    for point in POINTS.values():  # put back what `lay` changes
        holder, last = _holder(point)
        monkeypatch.setattr(holder, last, getattr(holder, last))
    lay(Trap(tmp_path / "trap"))
    assert [name for name, point in POINTS.items() if _at(point) is before[name]] == []


def _holder(point: Point) -> tuple[object, str]:
    module = __import__(point.module, fromlist=["_"])
    holder, _, last = point.name.rpartition(".")
    return (getattr(module, holder) if holder else module), last


def _at(point: Point) -> object:
    holder, last = _holder(point)
    return getattr(holder, last)
