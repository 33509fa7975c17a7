"""A run in two processes: what starts many processes is never beside its like."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

WHERE = """
import os
from pathlib import Path

def test_where():
    Path(r"{book}").open("a").write(os.environ["PYTEST_XDIST_WORKER"] + " {name}\\n")
"""


@pytest.mark.timeout(180)
def test_the_storm_is_one_piece_and_the_first(tmp_path: Path) -> None:
    names = ("decide/test_a", "faults/test_b", "scenario/test_c", "web/test_d", "web/test_e")
    book = tmp_path / "book"
    for name in names:
        file = tmp_path / "tests" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(WHERE.format(book=book, name=name))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    words = ["-n", "2", "--dist", "loadfile", "-p", "tests.pieces", "-p", "no:cacheprovider"]
    said = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert "5 passed" in said.stdout, said.stdout + said.stderr
    ran = [line.split() for line in book.read_text().splitlines()]
    storm = [(where, name) for where, name in ran if name.startswith(("faults", "scenario"))]
    assert [name for _, name in storm] == ["faults/test_b", "scenario/test_c"]
    assert len({where for where, _ in storm}) == 1
    assert sorted(name for _, name in ran) == list(names)
