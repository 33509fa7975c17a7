"""`muster backup` and `muster restore` as somebody runs them, with a hub that works meanwhile."""

from __future__ import annotations

import json
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.store.ids import GAPS
from tests.processes import (
    MUSTER,
    World,
    embedded,
    everything,
    free_port,
    muster,
    running,
    simulator,
    twilio,
    until,
)
from tests.scenario.conftest import QUIET, token
from tests.scenario.estates import roster

SLOW = 10  # segments a second: the tower's texts take long, a backup finds work under way
KEY = "k" * 64


def done(*words: str, env: dict[str, str]) -> Any:
    """The JSON answer of a command that was done."""
    ran = muster(*words, "--json", env=env)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


def refused(*words: str, env: dict[str, str]) -> Any:
    ran = muster(*words, "--json", env=env)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


@contextmanager
def serving(env: dict[str, str], folder: Path, name: str) -> Iterator[None]:
    with running([*MUSTER, "serve"], env=env, folder=folder, name=name) as process:
        process.says("Muster serves")
        yield


def client(env: dict[str, str], key: str) -> httpx2.Client:
    url = f"{env['MUSTER_PUBLIC_URL']}/api/v1"
    return httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30)


@contextmanager
def half_sent(folder: Path, world: World, env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """(token, incident) of a launch that is still going out."""
    file = folder / "residents.csv"
    file.write_bytes(roster())
    done("import", str(file), env=env)
    with serving(env, folder, "first"):
        key = token(env, "duty")
        with client(env, key) as duty:
            made = duty.post(
                "/incidents", json={"playbook": "power-outage", "place": "1", "kind": "live"}
            ).json()
            until(lambda: len(world.accepted()) > 10, within=60, what="the first texts")
            yield key, int(made["id"])


def facts(file: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of a backup, read as anybody can: a zip of JSON lines."""
    with zipfile.ZipFile(file) as archive:
        said = json.loads(archive.read("manifest.json"))
        return {
            part["table"]: [
                dict(zip([name for name, _ in part["columns"]], json.loads(line), strict=True))
                for line in archive.read(f"{part['table']}.jsonl").splitlines()
            ]
            for part in said["parts"]
        }


@pytest.mark.timeout(420)
def test_a_hub_restored_from_a_backup_made_while_it_sent_sends_nothing_but_the_all_clear(
    tmp_path: Path,
) -> None:
    port = free_port()
    with simulator(f"http://127.0.0.1:{port}", folder=tmp_path / "world") as world:
        world.change(**QUIET)
        old = embedded(tmp_path / "old", port, MUSTER_SECRET_KEY=KEY, **twilio(world, pace=SLOW))
        new = embedded(tmp_path / "new", port, MUSTER_SECRET_KEY=KEY, **twilio(world, pace=200))
        file = tmp_path / "hub.muster"
        with half_sent(tmp_path, world, old) as (key, incident):
            made = done("backup", str(file), env=old)
            with client(old, key) as duty:
                assert duty.get(f"/incidents/{incident}").json()["status"] == "open"
                assert refused("restore", str(file), "--replace", "--yes", env=old)["code"]
        known = _is_consistent(made, file)
        waiting = _numbers(known, incident, "planned")
        assert waiting, "it was made too late to see anything"
        may_have = [*_numbers(known, incident), *waiting]  # by the old hub, after the backup

        found = done("restore", str(file), env=new)
        assert [cut["incident"] for cut in found["incidents"]] == [incident]
        assert found["unsent"] >= len(waiting)
        before = len(world.accepted())
        with serving(new, tmp_path, "second"), client(new, key) as duty:
            rows = everything(duty, f"/incidents/{incident}/deliveries")
            assert Counter(row["reason"] for row in rows if row["state"] == "cancelled") == {
                "restored": found["unsent"]
            }
            _stays_quiet(world, before)
            spoken = duty.post(f"/incidents/{incident}/notices", json={"stage": "all_clear"})
            assert spoken.status_code == 202, spoken.text
            until(lambda: _all_out(duty, incident), within=120, what="the all-clear is out")
        told = [entry.to for entry in world.accepted()[before:]]
        assert sorted(told) == sorted(may_have)


def _stays_quiet(world: World, before: int) -> None:
    """Three sweeps and more go by: a worker that wanted to send would have."""
    with pytest.raises(AssertionError):
        until(lambda: len(world.accepted()) > before, within=4, what="texts")


def _all_out(duty: httpx2.Client, incident: int) -> bool:
    rows = everything(duty, f"/incidents/{incident}/deliveries")
    return not {"planned", "sending", "unsure"} & {row["state"] for row in rows}


def _is_consistent(made: dict[str, Any], file: Path) -> dict[str, list[dict[str, Any]]]:
    """Counts as the manifest says; what refers to something refers to something there."""
    known = facts(file)
    assert {name: len(rows) for name, rows in known.items()} == made["rows"]
    ids = {name: {row["id"] for row in rows if "id" in row} for name, rows in known.items()}
    for row in known["deliveries"]:
        assert row["incident_id"] in ids["incidents"]
        assert row["notice_id"] in ids["notices"]
        begun = [one for one in known["attempts"] if one["delivery_id"] == row["id"]]
        assert len(begun) == row["attempts"]
    assert {row["delivery_id"] for row in known["attempts"]} <= ids["deliveries"]
    seqs = [row["seq"] for row in known["events"]]
    assert seqs == list(range(1, known["incidents"][0]["last_seq"] + 1))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(file.parent.glob("*.part"))
    return known


def _numbers(known: dict[str, list[dict[str, Any]]], incident: int, *states: str) -> list[str]:
    """Numbers whose text stood so; without states: those who got it or may have got it."""
    told = states or ("sending", "unsure", "accepted", "delivered", "read", "failed")
    return [
        row["address"]
        for row in known["deliveries"]
        if row["incident_id"] == incident and row["channel"] == "sms" and row["state"] in told
    ]


@pytest.mark.timeout(420)
def test_a_hub_moves_from_one_file_to_postgresql_and_back(
    postgres_url: str, valkey: str, tmp_path: Path
) -> None:
    one = embedded(tmp_path / "one", free_port(), MUSTER_SECRET_KEY=KEY)
    back = embedded(tmp_path / "back", free_port(), MUSTER_SECRET_KEY="o" * 64)
    big = {
        "MUSTER_DATABASE_URL": postgres_url,
        "MUSTER_REDIS_URL": valkey,
        "MUSTER_SECRET_KEY": KEY,
    }
    residents, first, second = (tmp_path / name for name in ("r.csv", "1.muster", "2.muster"))
    residents.write_bytes(roster())
    done("import", str(residents), env=one)
    key = token(one, "duty")

    made = done("backup", str(first), env=one)
    assert done("backup", "--check", str(first), env=one)["same_key"] is True
    assert done("restore", str(first), env=big)["same_key"] is True
    again = done("backup", str(second), env=big)
    assert again["database"] == "postgresql"
    more = {"audit": made["rows"]["audit"] + 1, "meta": made["rows"]["meta"] + len(GAPS)}
    assert again["rows"] == made["rows"] | more
    moved = muster("restore", str(second), env=back)
    assert moved.returncode == 0, moved.stderr
    assert "another secret key" in moved.stderr
    same = ("sites", "places", "recipients", "addresses", "users", "tokens")
    before, after = facts(first), facts(second)
    assert {name: before[name] for name in same} == {name: after[name] for name in same}

    with serving(back, tmp_path, "back"), client(back, key) as duty:
        assert len(everything(duty, "/recipients")) == made["rows"]["recipients"]
