"""The data folder belongs to one process at a time, for as long as that process lives."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.errors import Refused
from hub.folder import locked, taken

HOLD = """
import sys, time
from pathlib import Path
from hub.folder import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert taken(tmp_path)
        with pytest.raises(Refused, match=str(holder.pid)), locked(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    assert not taken(tmp_path)
    with locked(tmp_path):
        assert taken(tmp_path)


def test_a_folder_nobody_used_is_free(tmp_path: Path) -> None:
    assert not taken(tmp_path / "new")
