"""The compose file's processes, side by side on this machine: planned restarts double nothing."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ruamel.yaml import YAML
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.processes import (
    MUSTER,
    ROOT,
    Process,
    World,
    everything,
    free_port,
    muster,
    running,
    simulator,
    until,
)
from tests.scenario.estates import roster

WEBS, WORKERS = ("web1", "web2"), ("worker1", "worker2")
PACE = "60"  # segments a second: long enough under way for somebody to restart things


@dataclass
class Cluster:
    """What the compose file starts."""

    processes: dict[str, Process]
    urls: dict[str, str]
    env: dict[str, dict[str, str]]
    world: World

    def token(self, role: str) -> str:
        made = muster("token", "create", "--role", role, "--json", env=self.env["web1"])
        assert made.returncode == 0, made.stderr
        return str(json.loads(made.stdout)["token"])

    def client(self, name: str, token: str) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx2.Client(base_url=f"{self.urls[name]}/api/v1", headers=headers, timeout=30)


def written() -> dict[str, Any]:
    return dict(YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"])


def local(service: dict[str, Any], **replaced: str) -> dict[str, str]:
    """A service's environment on this machine: other hosts, other secrets, nothing else."""
    given = {key: str(value) for key, value in service["environment"].items()}
    given |= {key: value for key, value in replaced.items() if key in given}
    assert not any("${" in value for value in given.values()), given
    return given


@pytest.fixture
def cluster(postgres_url: str, valkey: str, tmp_path: Path) -> Iterator[Cluster]:
    services = written()
    ports = {name: free_port() for name in WEBS}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    simulated = services["simulator"]
    assert simulated["entrypoint"][-3:] == ["python", "-m", "channels.simulator"]
    with ExitStack() as stack:
        account = {key: str(value) for key, value in simulated["environment"].items()}
        world = stack.enter_context(simulator(urls["web1"], folder=tmp_path / "world", env=account))
        env = {
            name: local(
                services[name],
                MUSTER_DATABASE_URL=postgres_url,
                MUSTER_REDIS_URL=valkey,
                MUSTER_SECRET_KEY="k" * 64,
                MUSTER_PUBLIC_URL=f"http://localhost:{ports['web1']}",
                MUSTER_METRICS_TOKEN="m" * 32,
                MUSTER_COUNTRY="CN",
                MUSTER_TIMEZONE="Asia/Shanghai",
                MUSTER_TWILIO_API_URL=world.url,
            )
            | {"MUSTER_TWILIO_PACE": PACE, "MUSTER_DATA": str(tmp_path / name)}
            | ({"MUSTER_BIND": f"127.0.0.1:{ports[name]}"} if name in ports else {})
            for name in ("migrate", *WEBS, *WORKERS)
        }
        early = muster(*services["web1"]["command"], env=env["web1"])
        assert (early.returncode, "muster migrate" in early.stderr) == (1, True), early.stderr
        migrated = muster(*services["migrate"]["command"], env=env["migrate"])
        assert migrated.returncode == 0, migrated.stderr
        processes = {
            name: stack.enter_context(
                running(
                    [*MUSTER, *services[name]["command"]],
                    env=env[name],
                    folder=tmp_path,
                    name=name,
                )
            )
            for name in (*WEBS, *WORKERS)
        }
        for name, process in processes.items():
            process.says("Muster serves" if name in WEBS else "Muster works")
        yield Cluster(processes, urls, env, world)


@contextmanager
def watching(
    cluster: Cluster, name: str, *, token: str, incident: int
) -> Iterator[ClientConnection]:
    """A socket of that web process that watches the incident."""
    with cluster.client(name, token) as client:
        ticket = client.post("/live/tickets").json()["ticket"]
    url = cluster.urls[name].replace("http", "ws") + "/live"
    with connect(
        url, subprotocols=[Subprotocol("muster.v1")], open_timeout=60, max_size=2**24
    ) as socket:
        socket.send(json.dumps({"op": "hello", "ticket": ticket}))
        socket.send(json.dumps({"op": "watch", "topic": f"incident:{incident}"}))
        yield socket


def told(socket: ClientConnection, people: int, *, within: float) -> int:
    """People told, as soon as these are all of them, by what the socket is sent."""
    end, last = time.monotonic() + within, 0
    while last < people:
        assert time.monotonic() < end, f"{last} of {people} told"
        frame = json.loads(socket.recv(within))
        last = frame["tally"]["told"] if "tally" in frame else last
    return last


def close_code(socket: ClientConnection) -> int:
    """The code it was closed with, by the hub."""
    try:
        while True:
            socket.recv(30)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 0


@pytest.mark.faults
@pytest.mark.timeout(420)
def test_restarts_under_load_close_sockets_with_1012_and_double_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    token = cluster.token("duty")
    file = tmp_path / "residents.csv"
    file.write_bytes(roster())
    remote = {**cluster.env["web1"], "MUSTER_URL": cluster.urls["web1"], "MUSTER_TOKEN": token}
    imported = muster("import", str(file), env=remote)
    assert imported.returncode == 0, imported.stderr

    with cluster.client("web1", token) as web1, cluster.client("web2", token) as web2:
        made = web1.post(
            "/incidents",
            json={"playbook": "fire", "place": "1/5", "kind": "live"},
            headers={"Idempotency-Key": "one"},
        )
        assert made.status_code == 202, made.text
        incident, people = made.json()["id"], made.json()["people"]
        again = web2.post(
            "/incidents",
            json={"playbook": "fire", "place": "1/5", "kind": "live"},
            headers={"Idempotency-Key": "one"},
        )
        assert again.json() == made.json()
        with (
            watching(cluster, "web2", token=token, incident=incident) as staying,
            watching(cluster, "web1", token=token, incident=incident) as going,
        ):
            until(lambda: len(cluster.world.accepted()) > 5, within=60, what="texts go out")
            for name in ("worker1", "web1"):
                code, seconds = cluster.processes[name].stop()
                assert (code, seconds < 45) == (0, True), (name, seconds)
            assert close_code(going) == 1012
            assert told(staying, people, within=120) == people
        rows = everything(web2, f"/incidents/{incident}/deliveries")
    copies = Counter(entry.to for entry in cluster.world.accepted())
    assert set(copies.values()) == {1}
    assert len(copies) == len(rows) == made.json()["deliveries"]
    assert {row["state"] for row in rows} <= {"accepted", "delivered"}
    assert not any(row["doubled"] or row["unsure"] for row in rows)
