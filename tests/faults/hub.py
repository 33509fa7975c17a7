"""A hub of real processes around a simulator: one on SQLite, or four on PostgreSQL and Valkey."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil

from tests.faults.points import Trap
from tests.faults.servers import START, Member, OwnPostgres, OwnValkey
from tests.faults.shifted import Clock
from tests.processes import (
    AUTH,
    MUSTER,
    SID,
    SIMULATOR,
    embedded,
    environment,
    free_port,
    muster,
    twilio,
    until,
)

SETUPS = ("sqlite", "postgres")


@dataclass
class HubUnderTest:
    """Everything a trial may reach for. `url`: where the world finds the hub."""

    setup: str
    folder: Path
    url: str
    world: Member
    world_url: str
    database_url: str = ""
    web_urls: list[str] = field(default_factory=list)
    token: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    postgres: OwnPostgres | None = None
    valkey: OwnValkey | None = None
    command: list[str] = field(default_factory=lambda: [*MUSTER])
    quiet: bool = False  # no more texts arrive at the provider

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.jsonl"

    @property
    def clock(self) -> Clock:
        """The clock its processes go by, if they were started with one that can be set."""
        return Clock(self.folder / "clock")

    @property
    def servers(self) -> dict[str, int]:
        """The processes of the servers it stands on, by name."""
        embedded = next(iter(self.embedded_valkey()), None)
        found = {"postgres": self.postgres, "valkey": self.valkey or embedded}
        return {name: one.pid for name, one in found.items() if one is not None}

    @property
    def trap(self) -> Trap:
        """What kills at a named point, if its processes were started with such points."""
        return Trap(self.folder / "trap")

    def world_does(self, **settings: Any) -> None:
        """The simulator goes on with these settings."""
        httpx2.post(f"{self.world_url}/_sim/settings", json=settings).raise_for_status()

    def world_pending(self) -> int:
        """Callbacks and answers still to come."""
        state = httpx2.get(f"{self.world_url}/_sim/state", timeout=30).raise_for_status()
        return int(state.json()["pending"])

    def embedded_valkey(self) -> list[psutil.Process]:
        """The Valkey the one process has started for itself."""
        serve = self.members.get("serve")
        if serve is None or serve.pid == 0:
            return []
        found = psutil.Process(serve.pid).children(recursive=True)
        return [one for one in found if "valkey" in one.name() or "redis" in one.name()]


@contextlib.contextmanager
def hub(
    setup: str, *, folder: Path, roster: bytes, pace: int, seed: int, mood: str, bent: bool
) -> Iterator[HubUnderTest]:
    """The hub stands, its people are imported; at the end every process has ended. `bent`: its
    clock can be set, and a trap for it."""
    with contextlib.ExitStack() as stack:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        world, world_url = _world(url, folder, stack, seed=seed, mood=mood)
        made = HubUnderTest(setup, folder, url, world, world_url)
        if bent:
            made.command = [sys.executable, "-m", "tests.faults.bent", str(folder)]
        file = folder / "residents.csv"
        file.write_bytes(roster)
        build: Callable[..., None] = _single if setup == "sqlite" else _several
        build(made, stack, port=port, file=file, pace=pace)
        yield made


def _world(
    url: str, folder: Path, stack: contextlib.ExitStack, *, seed: int, mood: str
) -> tuple[Member, str]:
    words = ["--port", "0", "--hub-url", url, "--ledger", str(folder / "ledger.jsonl")]
    words += ["--seed", str(seed), "--profile", mood]
    account = {"MUSTER_TWILIO_ACCOUNT_SID": SID, "MUSTER_TWILIO_AUTH_TOKEN": AUTH}
    world = Member(
        "world", [*SIMULATOR, *words], env=environment(account), folder=folder, ready='"url"'
    )
    stack.callback(world.end)
    world.start()
    line = next(x for x in world.said.splitlines() if x.startswith('{"url"'))
    return world, str(json.loads(line)["url"])


def _single(
    made: HubUnderTest, stack: contextlib.ExitStack, *, port: int, file: Path, pace: int
) -> None:
    data = made.folder / "hub"
    env = {**embedded(data, port), **_common(made, pace)}
    _done(muster("import", str(file), "--json", env=env))
    made.database_url = f"sqlite:///{data / 'muster.db'}"
    made.web_urls = [made.url]
    _join(made, stack, "serve", ["serve"], env=env, ready="Muster serves")
    made.members["serve"].stands()
    made.token = _token(env)


def _several(
    made: HubUnderTest, stack: contextlib.ExitStack, *, port: int, file: Path, pace: int
) -> None:
    made.postgres = OwnPostgres()
    stack.callback(made.postgres.drop)
    made.valkey = OwnValkey()
    stack.callback(made.valkey.drop)
    made.database_url = made.postgres.url
    env = {
        "MUSTER_DATABASE_URL": made.database_url,
        "MUSTER_REDIS_URL": made.valkey.url,
        "MUSTER_SECRET_KEY": "k" * 64,
        **_common(made, pace),
    }
    _done(muster("migrate", env=env))
    made.token = _token(env)
    ports = _others(port)
    made.web_urls = [f"http://127.0.0.1:{one}" for one in ports]
    for at, one in enumerate(ports):
        bound = {**env, "MUSTER_BIND": f"127.0.0.1:{one}"}
        _join(made, stack, f"web{at}", ["serve"], env=bound, ready="Muster serves")
    for at in range(2):
        _join(made, stack, f"worker{at}", ["worker"], env=env, ready="Muster works")
    for member in made.members.values():
        member.stands()
    _balance(made, stack, port=port, ports=ports)
    remote = {**env, "MUSTER_URL": made.web_urls[0], "MUSTER_TOKEN": made.token}
    _done(muster("import", str(file), env=remote))


def _others(port: int) -> list[int]:
    """Two more ports: nobody listens on them yet, so the same may be picked twice."""
    found: list[int] = []
    while len(found) < 2:
        if (one := free_port()) not in {port, *found}:
            found.append(one)
    return found


def _balance(
    made: HubUnderTest, stack: contextlib.ExitStack, *, port: int, ports: list[int]
) -> None:
    words = [sys.executable, "-m", "tests.faults.balancer", str(port), ",".join(map(str, ports))]
    balancer = Member("balancer", words, env=environment({}), folder=made.folder, ready="balances")
    stack.callback(balancer.end)
    balancer.start()


def _common(made: HubUnderTest, pace: int) -> dict[str, str]:
    own = {"MUSTER_PUBLIC_URL": made.url, "MUSTER_TRUSTED_PROXIES": "127.0.0.1"}
    return {**own, **twilio(_Place(made.world_url), pace=pace)}  # type: ignore[arg-type]


@dataclass
class _Place:
    url: str


def _join(
    made: HubUnderTest,
    stack: contextlib.ExitStack,
    name: str,
    words: list[str],
    *,
    env: dict[str, str],
    ready: str,
) -> None:
    command = [*made.command, *words]
    member = Member(name, command, env=environment(env), folder=made.folder, ready=ready)
    made.members[name] = member
    stack.callback(member.end)
    member.spawn()


def _token(env: dict[str, str]) -> str:
    made = muster("token", "create", "--role", "duty", "--json", env=env)
    _done(made)
    return str(json.loads(made.stdout)["token"])


def _done(command: Any) -> None:
    assert command.returncode == 0, f"{command.args}: {command.stderr[-2000:]}"


def ready(made: HubUnderTest) -> None:
    """Every web process answers that it is ready."""
    for url in made.web_urls:

        def answers(url: str = url) -> bool:
            with contextlib.suppress(httpx2.HTTPError):
                return httpx2.get(f"{url}/readyz", timeout=2).status_code == 200
            return False

        until(answers, within=START, what=f"{url} is ready")
