"""A rehearsal in which nobody could be reached is no success."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.processes import embedded, free_port, muster


@pytest.mark.timeout(400)
def test_a_rehearsal_that_reaches_nobody_says_so(tmp_path: Path) -> None:
    roster = tmp_path / "residents.csv"
    roster.write_text("Building,Flat,Name,Phone\n3,1203,Ann Archer,\n3,1204,Ben Baker,\n")
    env = embedded(tmp_path / "hub", free_port())
    words = ("rehearse", "fire", "--roster", str(roster), "--place", "3/12", "--speed", "600")
    done = muster(*words, "--json", env=env)
    found = json.loads(done.stdout)
    assert (done.returncode, found["people"], found["unreachable"]) == (1, 2, 2), done.stderr
    assert "Nobody was reached" in done.stderr
