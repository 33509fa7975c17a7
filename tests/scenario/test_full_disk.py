"""A hub whose disk is full, and free again: what it says meanwhile, what it refuses whole, what it
still sends, and that it goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from channels.twilio_signature import sign
from tests.processes import (
    AUTH,
    MUSTER,
    embedded,
    free_port,
    muster,
    running,
    simulator,
    twilio,
    until,
)
from tests.scenario.conftest import PACE, QUIET, House, token
from tests.scenario.estates import roster
from tests.small_disks import SmallDisk, small_disk

RECOVERS = 60.0  # a loaded machine; a pulse each 5 s is what it takes


@pytest.fixture
def full(tmp_path: Path) -> Iterator[tuple[House, SmallDisk]]:
    """A served hub on a disk of its own, its log on it as well."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (
        small_disk(tmp_path / "small", size_mb=48) as disk,
        simulator(url, folder=tmp_path / "world") as world,
    ):
        world.change(**QUIET)
        env = embedded(
            disk.folder / "hub", port, MUSTER_LOG_LEVEL="debug", **twilio(world, pace=PACE)
        )
        file = tmp_path / "residents.csv"
        file.write_bytes(roster())
        imported = muster("import", str(file), "--json", env=env)
        assert imported.returncode == 0, imported.stderr
        with running(
            [*MUSTER, "serve"], env=env, folder=disk.folder / "log", name="serve"
        ) as process:
            process.says("Muster serves")
            disk.pid = process.popen.pid
            duty, viewer = (token(env, role) for role in ("duty", "viewer"))
            headers = {"Authorization": f"Bearer {duty}"}
            with httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30) as client:
                yield House(process, world, client, env, url, duty, viewer), disk
            disk.free()


def _ready(house: House) -> Any:
    answer = httpx2.get(f"{house.url}/readyz", timeout=30)
    return answer.status_code, answer.json()


def _alarms(house: House) -> list[dict[str, Any]]:
    return [one for one in house.get("/alarms")["items"] if one["cleared_at"] is None]


def _launched(house: House, **headers: str) -> httpx2.Response:
    asked = {"playbook": "power-outage", "place": "2", "kind": "live"}
    return house.client.post("/incidents", json=asked, headers=headers)


def _cry(house: House, before: list[int]) -> int:
    """Somebody unknown texts for help, as the provider brings it; what that is answered."""
    before.append(len(before))
    form = {"From": "+447700900777", "Body": "HELP fire in 1203", "MessageSid": f"SM{before[-1]}"}
    form |= {"SmsStatus": "received", "To": "+12025550100"}
    path = "/hooks/sms_twilio/replies"
    signed = sign(AUTH.encode(), house.env["MUSTER_PUBLIC_URL"] + path, form.items())
    headers = {"X-Twilio-Signature": signed}
    return httpx2.post(house.url + path, data=form, headers=headers, timeout=30).status_code


@pytest.mark.faults
@pytest.mark.timeout(420)
def test_a_full_disk_is_an_alarm_while_it_lasts_and_no_longer(
    full: tuple[House, SmallDisk],
) -> None:
    house, disk = full
    assert _ready(house)[0] == 200
    disk.fill()

    _, said = until(
        lambda: (found := _ready(house))[0] == 503 and found, within=RECOVERS, what="readyz says it"
    )
    assert [one for one in said["reasons"] if one["part"] == "disk"], said
    (alarm,) = [one for one in _alarms(house) if one["kind"] == "disk_full"]
    assert alarm["severity"] == "critical"
    assert "磁盘" in alarm["words"]["zh-CN"]["what"]
    figures = httpx2.get(f"{house.url}/metrics", timeout=30).text
    assert "muster_disk_full 1.0" in figures

    until(lambda: _launched(house).status_code == 503, within=RECOVERS, what="a launch is refused")
    cries: list[int] = []
    until(lambda: _cry(house, cries) == 503, within=RECOVERS, what="what is not kept is not taken")
    before = house.get("/incidents")["items"]
    refused = _launched(house, **{"idempotency-key": "again", "accept-language": "zh-CN"})
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["code"] == "disk_full"
    assert "什么都没有改动" in refused.json()["detail"]
    assert house.get("/incidents")["items"] == before
    assert house.process.popen.poll() is None

    disk.free()
    until(lambda: _ready(house)[0] == 200, within=RECOVERS, what="readyz is well again")
    assert not [one for one in _alarms(house) if one["kind"] == "disk_full"]
    until(
        lambda: len([one for one in house.get("/replies")["items"] if one["cry"]]) == len(cries),
        within=RECOVERS,
        what="every cry that came meanwhile is heard, though nobody sent it again",
    )
    made = _launched(house, **{"idempotency-key": "again"})
    assert made.status_code == 202, made.text
    ends = house.settled(made.json()["id"])
    assert {row["state"] for row in ends} == {"delivered"}


@pytest.mark.faults
@pytest.mark.timeout(420)
def test_what_was_being_sent_when_the_disk_filled_goes_out_once(
    full: tuple[House, SmallDisk],
) -> None:
    """Calls that were begun on record end; what they came to is kept until it can be written."""
    house, disk = full
    house.world.change(latency=1.5, latency_spread=0.1)
    made = _launched(house)
    assert made.status_code == 202
    until(lambda: house.world.entries("sms"), within=RECOVERS, what="calls are under way")
    disk.fill()
    until(lambda: _ready(house)[0] == 503, within=RECOVERS, what="readyz says it")
    until(
        lambda: not [e for e in house.world.entries("sms") if not e.status],
        within=RECOVERS,
        what="calls have ended",
    )
    disk.free()
    until(lambda: _ready(house)[0] == 200, within=RECOVERS, what="readyz is well again")
    rows = house.settled(made.json()["id"], within=180)
    taken = house.world.accepted()
    assert {row["state"] for row in rows if row["channel"] == "sms"} == {"delivered"}
    assert len(taken) == len({entry.to for entry in taken}), "nobody got it twice"
