"""Two processes, one run: every test once, every failure shown, a death never taken for success."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.timeout(180)

# The first file waits for the last one, which only another process can run meanwhile.
FIRST = """
import time
from pathlib import Path
import pytest

MET = Path(__file__).with_name("met")

def test_waits():
    while not MET.exists():
        time.sleep(0.01)

@pytest.mark.skip(reason="not today")
def test_skipped(): ...
"""
LAST = """
from pathlib import Path

async def test_comes():  # which the settings have to say, in either process
    Path(__file__).with_name("met").touch()
    print("said on the way")

def test_wrong():
    assert 1 == 2, "sums"
"""
DIES = """
import os
from pathlib import Path

def test_dies():
    Path(__file__).with_name("met").touch()
    os._exit(7)

def test_after(): ...
"""


def run(folder: Path, **files: str) -> tuple[int, str]:
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -ra\nasyncio_mode = auto\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.halves", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "300", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    return done.returncode, done.stdout


def test_two_processes_make_one_run(tmp_path: Path) -> None:
    code, said = run(tmp_path, a=FIRST, z=LAST)
    assert code == 1
    assert "test_z.py::test_wrong - AssertionError: sums" in said
    assert "SKIPPED [1]" in said
    assert "1 failed, 2 passed, 1 skipped in " in said.splitlines()[-1]


def test_what_a_process_died_over_has_failed(tmp_path: Path) -> None:
    code, said = run(tmp_path, a=FIRST, z=DIES)
    assert code == 1
    for name in ("dies", "after"):
        assert f"test_z.py::test_{name} - never ran: the process that took it" in said
    assert "2 failed, 1 passed, 1 skipped in " in said.splitlines()[-1]
