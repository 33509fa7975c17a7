"""A worker is killed: the console's API says so, the outside heartbeat stops, the doctor minds."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.processes import MUSTER, free_port, muster, running, until

KEY = "a secret of thirty-two characters at least"


class _Outside(http.server.ThreadingHTTPServer):
    count = 0


class _Beat(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Outside)
        self.server.count += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture
def outside() -> Iterator[_Outside]:
    server = _Outside(("127.0.0.1", 0), _Beat)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.timeout(420)
def test_a_killed_worker_is_seen_by_people_and_from_outside(
    postgres_url: str, valkey: str, outside: _Outside, tmp_path: Path
) -> None:
    port = free_port()
    env = {
        "MUSTER_DATABASE_URL": postgres_url,
        "MUSTER_REDIS_URL": valkey,
        "MUSTER_SECRET_KEY": KEY,
        "MUSTER_BIND": f"127.0.0.1:{port}",
        "MUSTER_DATA": str(tmp_path),
        "MUSTER_HEARTBEAT_URL": f"http://127.0.0.1:{outside.server_address[1]}/beat",
    }
    assert muster("migrate", env=env).returncode == 0
    made = muster("token", "create", "--role", "duty", "--json", env=env)
    token = json.loads(made.stdout)["token"]
    web = running([*MUSTER, "serve"], env=env, folder=tmp_path, name="web")
    working = running([*MUSTER, "worker"], env=env, folder=tmp_path, name="worker")
    with web as serving, working as worker:
        serving.says("Muster serves")
        worker.says("Muster works")
        url = f"http://127.0.0.1:{port}/api/v1"
        with httpx2.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:

            def kinds() -> set[str]:
                items = client.get(f"{url}/alarms").json()["items"]
                return {one["kind"] for one in items if one["cleared_at"] is None}

            until(lambda: outside.count, within=120, what="a heartbeat while all is well")
            assert "no_worker" not in kinds()
            worker.kill()
            until(lambda: "no_worker" in kinds(), within=120, what="the alarm")
            silent = outside.count
            said = muster("doctor", "--json", env={**env, "MUSTER_TOKEN": token})
            assert said.returncode == 1
            assert "audit:no_worker" in {c["check"] for c in json.loads(said.stdout)["checks"]}

            (alarm,) = (
                one
                for one in client.get(f"{url}/alarms").json()["items"]
                if one["kind"] == "no_worker"
            )
            seen = client.post(f"{url}/alarms/{alarm['id']}/acknowledge")
            assert seen.json()["acknowledged_by"].startswith("token:")
            assert outside.count == silent
