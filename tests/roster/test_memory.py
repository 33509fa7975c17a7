"""What an import takes: the hub's own memory and its reader's, together, seen from outside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.roster.limits import BYTES
from tests.processes import ROOT
from tests.roster.large_files import large_csv, large_xls, large_xlsx

PEOPLE = 100_000
MOST = 300  # MiB more than before


def imported(file: Path, folder: Path) -> tuple[int, int]:
    """(people compared, MiB it took at most), in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.roster.large_files", str(file), str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=600,
    ).stdout  # fmt: skip
    people, grown = said.split()
    return int(people), int(grown)


pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="memory is read from /proc"),
]


@pytest.mark.parametrize("made", [large_xlsx, large_xls], ids=["xlsx", "xls"])
def test_a_workbook_of_a_hundred_thousand_rows_takes_no_more_than_300_mib(
    made: Callable[[int], bytes], tmp_path: Path
) -> None:
    file = tmp_path / f"residents.{made.__name__.removeprefix('large_')}"
    file.write_bytes(made(PEOPLE))
    assert file.stat().st_size < BYTES
    people, grown = imported(file, tmp_path)
    assert people == PEOPLE
    assert 100 < grown <= MOST  # less would mean that the reader was not seen


def test_nor_does_a_list_of_as_many_and_one_in_which_every_number_has_changed(
    tmp_path: Path,
) -> None:
    """The second time all of them are compared with all of them, and all are written anew."""
    for name, prefix in (("before.csv", "138"), ("after.csv", "137")):
        (tmp_path / name).write_bytes(large_csv(PEOPLE, prefix=prefix))
        people, grown = imported(tmp_path / name, tmp_path)
        assert people == PEOPLE
        assert 100 < grown <= MOST
