"""Nobody answers at the Redis URL, from the start: the hub starts, sends and shows all the same."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.processes import MUSTER, free_port, muster, running, simulator, twilio, until
from tests.scenario.estates import roster


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_a_hub_sends_and_shows_with_redis_away_from_the_start(
    postgres_url: str, tmp_path: Path
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        world = stack.enter_context(simulator(url, folder=tmp_path / "world"))
        env = twilio(world, pace=500) | {
            "MUSTER_DATABASE_URL": postgres_url,
            "MUSTER_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
            "MUSTER_SECRET_KEY": "k" * 64,
            "MUSTER_PUBLIC_URL": url,
            "MUSTER_BIND": f"127.0.0.1:{port}",
        }
        assert muster("migrate", env=env).returncode == 0
        for words in (("serve",), ("worker",)):
            process = stack.enter_context(
                running([*MUSTER, *words], env=env, folder=tmp_path, name=words[0])
            )
            process.says("Muster serves" if words == ("serve",) else "Muster works")
        made = muster("token", "create", "--role", "duty", "--json", env=env)
        token = json.loads(made.stdout)["token"]
        file = tmp_path / "residents.csv"
        file.write_bytes(roster())
        remote = env | {"MUSTER_URL": url, "MUSTER_TOKEN": token}
        assert muster("import", str(file), env=remote).returncode == 0

        headers = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30) as web:
            launched = web.post(
                "/incidents", json={"playbook": "fire", "place": "1/5", "kind": "live"}
            ).json()
            path, people = f"/incidents/{launched['id']}", launched["people"]

            def told() -> bool:
                return bool(web.get(path).json()["tally"]["told"] == people)

            until(told, within=120, what="everybody is told without Redis")
        ready = httpx2.get(f"{url}/readyz", timeout=30).json()
    assert ready["ready"] is True
    assert ready["degraded"], "an operator is told that Redis is away"
