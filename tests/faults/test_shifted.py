"""A process whose clock is set goes by it at once, wherever it asks for the time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hub.store.database import NOW_SQL
from tests.faults.shifted import Ahead, Clock
from tests.processes import ROOT, environment

ASKS = """
import sys, time
from pathlib import Path
real = time.time()
from tests.faults.shifted import Clock, shift
clock = Clock(Path(sys.argv[1]))
shift(clock)
from datetime import UTC, datetime, timedelta
for by in (0, -7_200_000, 5_000):
    clock.set(by)
    now = datetime.now(UTC)
    later = now + timedelta()
    for said in (time.time(), time.time_ns() / 1e9, now.timestamp(), later.timestamp()):
        assert -1 < said - real - by / 1000 < 600, (by, said - real)
    assert isinstance(now, datetime)
    assert isinstance(datetime.fromisoformat("2026-01-01"), datetime)
"""


def test_every_way_to_ask_for_the_time_is_shifted(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ASKS, str(tmp_path / "clock")]
    done = subprocess.run(
        command, cwd=ROOT, env=environment({}), check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_database_is_asked_with_the_shift(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    sql = Ahead(NOW_SQL, clock)
    assert sql["sqlite"] == f"{NOW_SQL['sqlite']} + (0)"
    clock.set(-60_000)
    assert sql["sqlite"] == f"{NOW_SQL['sqlite']} + (-60000)"
