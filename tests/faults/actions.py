"""The faults, each a small function that leaves the hub whole again and says what it did.

`planned` faults are what operators do on purpose; they must not cost a single double.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.faults.hub import HubUnderTest
from tests.faults.points import POINTS, Trap
from tests.faults.servers import Member
from tests.faults.witness import Notebook, arrive, now_ms

LEASE = 15.0  # seconds the hub leases a delivery for
STARTED_IN = 10_000  # ms a process takes to stand, at most, where it is not short of everything
STILL_SENDING = 100.0  # seconds within which texts in doubt go out again
NO_ROOM = 4_096  # bytes a file may have on the disk that is full: less than any database has


@dataclass(frozen=True, slots=True)
class Bench:
    """What a fault may touch, and what it has to say: when it began and ended, and from when on
    work could go on (`up`)."""

    hub: HubUnderTest
    book: Notebook
    chance: random.Random

    @contextlib.contextmanager
    def during(self, kind: str, *, planned: bool = False, name: str = "") -> Iterator[None]:
        """On record: this went on from the block's start to its end."""
        began = now_ms()
        try:
            yield
        finally:
            until = now_ms()
            self.book.write(
                "fault", kind=kind, name=name, planned=planned, until=until, began=began
            )

    def at(self, kind: str, name: str) -> None:
        """On record: this happened in an instant."""
        now = now_ms()
        self.book.write("fault", kind=kind, name=name, planned=False, began=now, until=now)

    def up(self, kind: str, *, since: int = 0) -> None:
        """On record: what is needed to go on is there from now on, or is being started `since`
        (ms): what a start takes counts, on a busy machine as far as it takes a quiet one."""
        now = now_ms()
        self.book.write("up", kind=kind, at=max(since, now - STARTED_IN) if since else now)

    def pick(self, *starts: str) -> Member:
        """One of the processes of these kinds."""
        found = [one for name, one in self.hub.members.items() if name.startswith(starts)]
        return self.chance.choice(found)


def kill_web(bench: Bench) -> None:
    """Kill -9 of a process that serves, started again soon after."""
    _kill(bench, "kill_web", bench.pick("web", "serve"))


def kill_worker(bench: Bench) -> None:
    """Kill -9 of a process that sends, started again soon after."""
    _kill(bench, "kill_worker", bench.pick("worker", "serve"))


def kill_sending(bench: Bench) -> None:
    """Kill -9 of every process that sends, once some more texts have arrived; started again at
    once. Nothing is done any more where no more arrive: everybody is told."""
    number = bench.chance.randint(40, 400)
    if bench.hub.quiet or not arrive(bench.hub.ledger, number, within=STILL_SENDING):
        bench.hub.quiet = True
        return
    senders = [m for name, m in bench.hub.members.items() if name.startswith(("worker", "serve"))]
    for member in senders:
        member.kill()
    bench.at("kill_sending", ",".join(member.name for member in senders))
    since = now_ms()
    for member in senders:
        member.spawn()
    senders[0].stands()  # the others may be killed while they start
    bench.up("kill_sending", since=since)


def kill_all(bench: Bench) -> None:
    """Every process of the hub at once, as when the machine restarts."""
    members = list(bench.hub.members.values())
    for member in members:
        member.kill()
    bench.at("kill_all", "all")
    since = now_ms()
    for member in members:
        member.spawn()
    for member in members:
        member.stands()
    bench.up("kill_all", since=since)


def kill_at(bench: Bench) -> None:
    """Kill -9 of whichever process comes to a named point of its work, or, while it is there, of
    PostgreSQL or Valkey."""
    servers = bench.hub.servers
    point, passes = bench.chance.choice(list(POINTS)), bench.chance.randint(0, 3)
    whom = bench.chance.choice(("itself", "itself", *servers))
    bench.hub.trap.set(point, passes=passes, victim=servers.get(whom, 0))
    pid = _sprung(bench.hub.trap, within=POINTS[point].within)
    kind = f"kill_at {point}"
    if pid == 0:  # nobody came by
        return
    if whom == "postgres":
        _no_postgres(bench, kind)
    elif whom == "valkey":
        _no_valkey(bench, kind, 0.0)
    else:
        _kill(bench, kind, next(m for m in bench.hub.members.values() if m.latest == pid))


def roll(bench: Bench) -> None:
    """SIGTERM and a new start, one process after the other, under load."""
    with bench.during("roll", planned=True):
        for member in bench.hub.members.values():
            member.stop()
            member.start()
    bench.up("roll")


def freeze(bench: Bench) -> None:
    """SIGSTOP for longer than a lease, then SIGCONT: whoever wakes up owns nothing any more."""
    _freeze(bench, "freeze", LEASE + bench.chance.uniform(3, 8))


def freeze_minute(bench: Bench) -> None:
    """The same for over a minute: leases, doubts and what others knew of it have all ended."""
    _freeze(bench, "freeze_minute", bench.chance.uniform(60, 80))


def kill_valkey(bench: Bench) -> None:
    """Kill -9 of Valkey; it comes back empty."""
    _no_valkey(bench, "kill_valkey", 0.0)


def valkey_away(bench: Bench) -> None:
    """Nobody answers at the Redis URL for a while."""
    _no_valkey(bench, "valkey_away", bench.chance.uniform(4, 12))


def valkey_away_minutes(bench: Bench) -> None:
    """Nobody answers there for minutes."""
    _no_valkey(bench, "valkey_away_minutes", bench.chance.uniform(120, 180))


def flush(bench: Bench) -> None:
    """FLUSHALL: bells, paces and live topics are forgotten."""
    if bench.hub.valkey is None:
        kill_valkey(bench)
        return
    bench.hub.valkey.flush()
    bench.at("flush", "own")
    bench.up("flush")


def kill_postgres(bench: Bench) -> None:
    """Kill -9 of the database server, back after its recovery."""
    if bench.hub.postgres is None:
        kill_worker(bench)
    else:
        _no_postgres(bench, "kill_postgres")


def disk_full(bench: Bench) -> None:
    """For some seconds the database can be read and not written."""
    postgres, seconds = bench.hub.postgres, bench.chance.uniform(4, 12)
    with bench.during("disk_full"):
        if postgres is not None:
            postgres.takes_writes(yes=False)
            time.sleep(seconds)
            postgres.takes_writes(yes=True)
        else:
            serve = bench.hub.members["serve"]
            serve.limit_files(NO_ROOM)
            time.sleep(seconds)
            serve.limit_files(-1)
    bench.up("disk_full")


def clock_jump(bench: Bench) -> None:
    """The clock of every process and of the database is set by up to two hours, and stays so."""
    by = bench.chance.choice((-1, 1)) * bench.chance.randint(5_000, 7_200_000)
    bench.hub.clock.set(by)
    bench.at("clock_jump", f"{by:+} ms")
    bench.up("clock_jump")


def provider_half_open(bench: Bench) -> None:
    """The provider takes connections and says nothing, then answers everything at once."""
    with bench.during("provider_half_open"):
        bench.hub.world_does(mute=True)
        time.sleep(bench.chance.uniform(6, 14))
        bench.hub.world_does(mute=False)
    bench.up("provider_half_open")


def provider_throttles(bench: Bench) -> None:
    """429 for most calls for a while."""
    _mode(bench, "provider_throttles", {"throttle": 0.8})


def provider_refuses(bench: Bench) -> None:
    """503 or a reset before it takes anything."""
    _mode(bench, "provider_refuses", {"unavailable": 0.5, "reset_before": 0.3})


def provider_crashes(bench: Bench) -> None:
    """It takes the text, then answers 500 or resets the connection."""
    _mode(bench, "provider_crashes", {"crash": 0.15, "reset_after": 0.15})


def provider_hangs(bench: Bench) -> None:
    """Calls get no answer, with and without the text being taken."""
    _mode(bench, "provider_hangs", {"hang_before": 0.1, "hang_after": 0.1})


def provider_babbles(bench: Bench) -> None:
    """Successes that are no JSON, 10 MB long, or one byte at a time."""
    _mode(bench, "provider_babbles", {"garbage": 0.15, "huge": 0.02, "slow": 0.05})


def receipts_in_disorder(bench: Bench) -> None:
    """Callbacks doubled, late and in the wrong order from here on."""
    settings = {"receipt_doubled": 0.5, "receipt_late": 0.3, "receipt_disordered": 0.5}
    bench.hub.world_does(**settings, receipt_lost=0.05)
    now = now_ms()
    bench.book.write("mode", kind="receipts_in_disorder", settings=settings, began=now, until=now)


def _kill(bench: Bench, kind: str, member: Member) -> None:
    member.kill()
    bench.at(kind, member.name)
    if member.name != "serve":  # another of its kind is there
        bench.up(kind)
    time.sleep(bench.chance.choice((0.0, 0.5, 3.0)))
    since = now_ms()
    member.start()
    if member.name == "serve":
        bench.up(kind, since=since)


def _freeze(bench: Bench, kind: str, seconds: float) -> None:
    member = bench.pick("worker", "serve")
    member.freeze()
    bench.at(kind, member.name)
    if member.name != "serve":  # another worker is there
        bench.up(kind)
    time.sleep(seconds)
    member.thaw()
    if member.name == "serve":
        bench.up(kind)


def _sprung(trap: Trap, *, within: float) -> int:
    """The process that came to the point in time; 0: none did, and none will."""
    end = time.monotonic() + within
    while (found := trap.sprung()) == 0 and time.monotonic() < end:
        time.sleep(0.02)
    trap.lift()
    return found or trap.sprung()


def _no_postgres(bench: Bench, kind: str) -> None:
    """PostgreSQL has been killed and is back after its recovery."""
    postgres = bench.hub.postgres
    assert postgres is not None
    with bench.during(kind):
        postgres.kill()
        time.sleep(bench.chance.uniform(0, 3))
        postgres.start()
    bench.up(kind)


def _no_valkey(bench: Bench, kind: str, seconds: float) -> None:
    """Valkey has been killed; the hub starts its own, we another after so many seconds."""
    valkey = bench.hub.valkey
    if valkey is None:
        for process in bench.hub.embedded_valkey():
            process.kill()
        bench.at(kind, "embedded")
        bench.up(kind)
        return
    valkey.kill()
    bench.at(kind, "own")
    bench.up(kind)  # work goes on without it
    time.sleep(seconds)
    valkey.start()


def _mode(bench: Bench, kind: str, faults: Mapping[str, float]) -> None:
    """The provider is like this for some seconds. What it took is in its ledger, with the fault;
    so this is no window in which calls may be lost."""
    began = now_ms()
    bench.hub.world_does(faults=dict(faults))
    time.sleep(bench.chance.uniform(3, 8))
    bench.hub.world_does(faults={})
    bench.book.write("mode", kind=kind, faults=dict(faults), began=began, until=now_ms())


Action = Callable[[Bench], None]

BENT = {"clock_jump", "kill_at"}  # they need processes started by the bench's own launcher
ASKED_FOR = {"kill_sending"}  # they are in no random trial
LASTING = {"freeze_minute", "valkey_away_minutes"}  # they outlast the launches of a trial
ACTIONS: Mapping[str, Action] = {
    action.__name__: action
    for action in (
        kill_web,
        kill_worker,
        kill_sending,
        kill_all,
        kill_at,
        roll,
        freeze,
        freeze_minute,
        kill_valkey,
        valkey_away,
        valkey_away_minutes,
        flush,
        kill_postgres,
        disk_full,
        clock_jump,
        provider_half_open,
        provider_throttles,
        provider_refuses,
        provider_crashes,
        provider_hangs,
        provider_babbles,
        receipts_in_disorder,
    )
}
