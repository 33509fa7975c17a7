from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from tests.processes import (
    AUTH,
    MUSTER,
    SID,
    Process,
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
from tests.scenario.estates import roster

# Nobody answers by themselves, every phone is on, and receipts come soon.
QUIET = {"by_link": 0, "by_digit": 0, "handset_off": 0, "sent_after": 0.1, "delivered_after": 0.3}
PACE = 40  # segments a second: the tower's texts take some seconds, so a stop finds work to stop
ENDED = frozenset("delivered read refused failed expired cancelled suppressed unreachable".split())


@dataclass
class House:
    """A served hub with a small estate, its simulator, and a duty manager's client."""

    process: Process
    world: World
    client: httpx2.Client
    env: dict[str, str]
    url: str
    duty: str
    viewer: str

    def launch(self, key: str = "", *, place: str = "2", **body: Any) -> dict[str, Any]:
        """A running incident."""
        asked = {"playbook": "power-outage", "place": place, "kind": "live", "again": True, **body}
        answer = self.client.post(
            "/incidents", json=asked, headers={"Idempotency-Key": key} if key else {}
        )
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def deliveries(self, incident: int) -> list[dict[str, Any]]:
        return everything(self.client, f"/incidents/{incident}/deliveries")

    def settled(self, incident: int, *, within: float = 120) -> list[dict[str, Any]]:
        """Its deliveries, once each has its end."""

        def found() -> list[dict[str, Any]]:
            rows = self.deliveries(incident)
            return rows if all(row["state"] in ENDED for row in rows) else []

        return until(found, within=within, what=f"every delivery of {incident} has its end")

    def state(self, incident: int) -> Any:
        """Everything a forged call could have changed."""
        return self.get(f"/incidents/{incident}"), self.deliveries(incident)

    def texts(self) -> list[dict[str, str]]:
        """What phones have got, as the provider tells it: newest first."""
        url = f"{self.world.url}/2010-04-01/Accounts/{SID}/Messages.json"
        answer = httpx2.get(url, params={"PageSize": 1000}, auth=(SID, AUTH), timeout=30)
        return list(answer.raise_for_status().json()["messages"])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`muster serve` on SQLite as somebody would set it up: roster and tokens by command."""
    folder = tmp_path_factory.mktemp("house")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with simulator(url, folder=folder / "world") as world:
        world.change(**QUIET)
        env = embedded(folder / "hub", port, MUSTER_LOG_LEVEL="debug", **twilio(world, pace=PACE))
        file = folder / "residents.csv"
        file.write_bytes(roster())
        imported = muster("import", str(file), "--json", env=env)
        assert imported.returncode == 0, imported.stderr
        with running([*MUSTER, "serve"], env=env, folder=folder, name="serve") as process:
            process.says("Muster serves")
            duty, viewer = (token(env, role) for role in ("duty", "viewer"))
            headers = {"Authorization": f"Bearer {duty}"}
            with httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30) as client:
                yield House(process, world, client, env, url, duty, viewer)


def token(env: dict[str, str], role: str) -> str:
    """A new API token, from the command."""
    made = muster("token", "create", "--role", role, "--json", env=env)
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["token"])
