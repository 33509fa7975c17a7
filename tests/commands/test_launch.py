"""Launching from a terminal where no hub runs: what is due goes out before the command ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.files import gbk
from tests.processes import embedded, free_port, muster, simulator, twilio

pytestmark = pytest.mark.timeout(400)  # each command is a process of its own


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
        assert (made["kind"], made["nobody"]) == ("live", "")
        assert "muster serve" in done.stderr
        told = sorted(entry.to for entry in world.accepted())
        assert told == ["+447700900101", "+447700900102", "+447700900103"]

        again = json.loads(muster(*words, "--json", env=env).stdout)
        assert (again["id"], again["code"]) == (made["id"], made["code"])
        assert len(world.accepted()) == 3
        _it_runs_already(env, made, texts=lambda: len(world.accepted()))

        wrong = muster("launch", "fire", "--place", "3", "--live", "--people", "5", env=env)
        assert wrong.returncode == 1
        assert "confirm_people" in wrong.stderr
        assert wrong.stdout == ""


def _it_runs_already(
    env: dict[str, str], made: dict[str, Any], *, texts: Callable[[], int]
) -> None:
    """The same at a place that holds it is refused with the incident, unless it is to be beside."""
    words = ("launch", "fire", "--place", "3", "--live")
    before = texts()
    asked = muster(*words, "--json", env=env)
    refused = json.loads(asked.stdout)
    assert (asked.returncode, refused["code"]) == (1, "already_open")
    assert (refused["incident"], refused["running"][0]["place"]) == (made["id"], "3/12")
    (told,) = refused["problems"]
    assert f"{made['code']} has been running at Tower 3, Floor 12 since" in told["what"]
    assert "--again" in told["hint"]
    assert texts() == before

    beside = muster(*words, "--again", env=env)
    assert beside.returncode == 0, beside.stderr
    assert beside.stdout.startswith("LIVE FIRE-")
    assert texts() > before


def test_a_launch_that_reaches_nobody_for_want_of_accounts_says_what_to_set_up(
    tmp_path: Path,
) -> None:
    """The incident runs, with its doors to knock at; that nobody was told is no success."""
    env = embedded(tmp_path / "hub", free_port())
    assert muster("import", str(gbk(tmp_path)), env=env).returncode == 0
    drill = muster("launch", "fire", "--place", "3/12", "--drill", "--announce", env=env)
    assert drill.returncode == 1
    assert drill.stdout.startswith("DRILL FIRE-")
    assert "Nobody will be reached" in drill.stderr

    done = muster("launch", "fire", "--place", "3/12", "--live", "--json", env=env)
    made = json.loads(done.stdout)
    assert (done.returncode, made["kind"], made["nobody"]) == (1, "live", "nobody_accounts")
    assert "MUSTER_TWILIO_" in done.stderr
    assert "MUSTER_CONFIG" in done.stderr
    assert made["people"] == 4
