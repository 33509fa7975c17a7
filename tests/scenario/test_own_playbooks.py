"""A faulty file of the site's own, in a hub as it is served: it starts, and everybody is told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from playbooks.load import packaged_texts
from tests.processes import MUSTER, embedded, free_port, muster, running, until

POWER = packaged_texts()["power-outage.yaml"]


@pytest.mark.timeout(420)
def test_a_fault_in_an_own_playbook_stops_nothing_and_is_told_everywhere(tmp_path: Path) -> None:
    own = tmp_path / "playbooks" / "power.yaml"
    own.parent.mkdir(parents=True)
    seven = re.sub(r"^version: \d+$", "version: 7", POWER, count=1, flags=re.MULTILINE)
    own.write_text(seven, encoding="utf-8")
    port = free_port()
    env = embedded(tmp_path, port)
    url = f"http://127.0.0.1:{port}"
    with running([*MUSTER, "serve"], env=env, folder=tmp_path, name="first") as hub:
        hub.says("Muster serves")
        assert httpx2.get(f"{url}/readyz").json()["degraded"] == []
        made = muster("token", "create", "--role", "duty", "--json", env=env)
        token = json.loads(made.stdout)["token"]
        hub.stop()
    own.write_text(POWER.replace("level: P2", "level: P9", 1), encoding="utf-8")
    line = POWER[: POWER.index("level: P2")].count("\n") + 1
    named = f"{own}:{line}:"
    told = muster("doctor", env=env)  # before the restart
    assert told.returncode == 1
    assert named in told.stdout
    with running([*MUSTER, "serve"], env=env, folder=tmp_path, name="second") as hub:
        hub.says("Muster serves")
        hub.says(named)
        ready = httpx2.get(f"{url}/readyz")
        assert ready.status_code == 200
        assert named in ready.json()["degraded"][0]["what"]
        with httpx2.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30
        ) as client:

            def alarm() -> Any:
                items = client.get("/alarms").json()["items"]
                return next((one for one in items if one["kind"] == "own_text"), None)

            found = until(alarm, within=60, what="an alarm about the file")
            assert found["severity"] == "critical"
            for said in found["words"].values():
                assert named in said["what"]
                assert "7" in said["what"]  # the version that stays in use
            books = {b["key"]: b["version"] for b in client.get("/playbooks").json()["items"]}
            assert (set(books), books["power-outage"]) == ({"fire", "power-outage"}, 7)
        told = muster("doctor", env=env)
        assert told.returncode == 1
        assert named in told.stdout
        hub.stop()
    own.unlink()
    with running([*MUSTER, "serve"], env=env, folder=tmp_path, name="third") as hub:
        hub.says(f"{own}: is gone")
        hub.says("stays in use")
        hub.stop()
    forgotten = muster("playbook", "forget", "power-outage", env=env)
    assert forgotten.returncode == 0
    with running([*MUSTER, "serve"], env=env, folder=tmp_path, name="fourth") as hub:
        hub.says("Muster serves")
        assert httpx2.get(f"{url}/readyz").json()["degraded"] == []
        hub.stop()
    unknown = muster("playbook", "forget", "power-outage", env=env)
    assert unknown.returncode == 1
    assert "No version" in unknown.stderr
