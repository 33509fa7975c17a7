"""Launching from a terminal where no hub runs: what is due goes out before the command ends."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.files import gbk
from tests.processes import embedded, free_port, muster, simulator, twilio


def test_a_launch_without_a_running_hub_sends_and_says_that_later_waves_wait(
    tmp_path: Path,
) -> None:
    port = free_port()
    with simulator(f"http://127.0.0.1:{port}", folder=tmp_path / "world") as world:
        env = embedded(tmp_path / "hub", port, **twilio(world, pace=200))
        assert muster("import", str(gbk(tmp_path)), env=env).returncode == 0
        words = ("launch", "fire", "--place", "3/12", "--live", "--people", "4", "--key", "k")
        done = muster(*words, "--json", env=env)
        assert done.returncode == 0, done.stderr
        made = json.loads(done.stdout)
        assert made["people"] == 4
        assert "muster serve" in done.stderr
        told = sorted(entry.to for entry in world.accepted())
        assert told == ["+447700900101", "+447700900102", "+447700900103"]

        again = json.loads(muster(*words, "--json", env=env).stdout)
        assert (again["id"], again["code"]) == (made["id"], made["code"])
        assert len(world.accepted()) == 3

        wrong = muster("launch", "fire", "--place", "3", "--live", "--people", "5", env=env)
        assert wrong.returncode == 1
        assert "confirm_people" in wrong.stderr
        assert wrong.stdout == ""
