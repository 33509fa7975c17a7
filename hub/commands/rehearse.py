"""`muster rehearse`: the main job in a terminal, on a hub that is thrown away afterwards."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from channels.simulator.ledger import walk_ledger
from channels.simulator.settings import PROFILES
from hub import logs
from hub.commands.estate_entries import demo_entries
from hub.commands.output import note, say
from hub.commands.stage import Stage, free_port, players, staged
from hub.decide.rehearsal import Figures, compare, seconds_to
from hub.errors import Refused
from hub.folder import locked, spare
from hub.model import Actor, Kind, LaunchRequest
from hub.settings import Settings
from hub.store.rehearsals import Unfinished, records, told, unfinished

WHO = Actor("hub", "hub", "rehearsal")
SILENCE = 60.0  # seconds after which a receipt is no longer waited for
PATIENCE = 1800.0  # seconds a rehearsal may take in all
SHARES = (50, 90, 99)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to rehearse. `roster` instead of the demo estate; `place` empty: a fitting one."""

    playbook: str
    roster: Path | None
    place: str
    people: int
    speed: float
    seed: int
    profile: str
    json_: bool


async def run_rehearse(settings: Settings, asked: Asked) -> int:
    """The playbook ran from launch to the last answer; 0 only if nothing was lost or doubled."""
    logs.configure("error", pretty=True)
    with tempfile.TemporaryDirectory(prefix="muster-rehearsal-", dir=spare()) as name:
        folder = Path(name)
        port = free_port()
        private = settings.with_(
            data=folder,
            database_url=f"sqlite:///{folder / 'muster.db'}",
            redis_url=None,
            host="127.0.0.1",
            port=port,
            public_url=f"http://localhost:{port}",
            wave_speed=asked.speed,
            receipt_window=SILENCE,
        )
        world = PROFILES[asked.profile](
            seed=asked.seed, hub_url=f"http://127.0.0.1:{port}", speed=asked.speed
        )
        with locked(folder):
            async with staged(private, world, ledger=folder / "simulator.jsonl") as stage:
                _refuse_stand_ins(stage, asked.playbook)
                found = await _rehearsed(stage, asked)
    say(found, json_=asked.json_, words=lambda: _words(found))
    if found["people"] == found["unreachable"]:
        note("Nobody was reached: no address in the roster is of a kind this playbook sends to.")
        return 1
    return 0 if found["lost"] == 0 and found["doubled"] == 0 else 1


def _refuse_stand_ins(stage: Stage, playbook: str) -> None:
    """What is rehearsed is the playbook that was asked for, never one that stands in for it."""
    for fault in stage.hub.faults:
        if fault.key == playbook:
            raise Refused(f"It cannot be rehearsed: {fault.said()}", code="bad_playbook")


async def _rehearsed(stage: Stage, asked: Asked) -> dict[str, Any]:
    await _fill(stage, asked)
    async with players(stage):
        place = asked.place or await _place(stage)
        request = LaunchRequest(asked.playbook, place, Kind.LIVE)
        started = time.monotonic()
        launched = await stage.hub.launch.start(request, who=WHO, key=None)
        await _watched(stage, launched.id, launched.people)
        return await _figures(stage, launched.id, time.monotonic() - started)


async def _fill(stage: Stage, asked: Asked) -> None:
    """The people are there: from the file, or the demo estate."""
    estate = stage.hub.estate
    if asked.roster is None:
        site, rows, recipients = await asyncio.to_thread(demo_entries, asked.people)
        await estate.load(site, rows, recipients, who=WHO)
        return
    data = await asyncio.to_thread(asked.roster.read_bytes)
    report = await estate.import_roster(
        data, asked.roster.name, dry_run=False, skip_problems=True, who=WHO
    )
    for problem in report.shown[:20]:
        note(f"{problem.where} left out: {problem.what}")


async def _place(stage: Stage) -> str:
    """The middle floor of the building with most flats, where there are floors."""
    layout = await stage.hub.estate.layout()
    best, most = "all", 0
    for building in layout["buildings"]:
        for entrance in building["entrances"]:
            floors = [floor for floor in entrance["floors"] if floor["units"]]
            flats = sum(len(floor["units"]) for floor in floors)
            if flats > most:
                best, most = floors[len(floors) // 2]["path"], flats
    return best


async def _watched(stage: Stage, incident: int, people: int) -> None:
    """Everything has come to rest: every delivery has an end, no wave is due, answers are in."""
    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description:9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        rows = {name: bar.add_task(name, total=people) for name in ("told", "answered")}
        async with asyncio.timeout(PATIENCE):
            while True:
                began = time.monotonic()
                left = await _left(stage, incident)
                for name, task in rows.items():
                    bar.update(task, completed=getattr(left, name))
                if _rests(stage, left) and await _quiet(stage, incident):
                    return
                # Looking walks through the whole incident: at most a twentieth of the time.
                await asyncio.sleep(max(0.25, 20 * (time.monotonic() - began)))


async def _quiet(stage: Stage, incident: int) -> bool:
    """Nothing new came of what the last callback or answer set going."""
    await asyncio.sleep(0.3)
    return _rests(stage, await _left(stage, incident))


async def _left(stage: Stage, incident: int) -> Unfinished:
    return await stage.hub.db.read(lambda conn: unfinished(conn, incident))


def _rests(stage: Stage, left: Unfinished) -> bool:
    return left.at_rest and not stage.simulator.pending


async def _figures(stage: Stage, incident: int, seconds: float) -> dict[str, Any]:
    traits = {c.traits.channel: c.traits for c in stage.hub.channels.values()}
    receipts = {name: found.receipts for name, found in traits.items()}
    found, of_attempt = await stage.hub.db.read(lambda conn: records(conn, incident, receipts))
    by_delivery, by_proof = await asyncio.to_thread(_proofs, stage.simulator.path, of_attempt)
    figures = compare(found, by_delivery=by_delivery, by_proof=by_proof)
    people = await stage.hub.db.read(lambda conn: told(conn, incident))
    reachable = people.people - people.unreachable
    shares = seconds_to(SHARES, people.told_ms, people=reachable)
    return {
        "people": people.people,
        **_counts(figures),
        "answered": people.answered,
        "unreachable": people.unreachable,
        **{f"seconds_to_{share}": value for share, value in zip(SHARES, shares, strict=True)},
        "events": people.events,
        "seconds": round(seconds, 2),
        "states": dict(Counter(f"{r.channel}:{r.state}" for r in found)),
        "faults": list(figures.faults),
    }


def _counts(figures: Figures) -> dict[str, int]:
    return {key: value for key, value in asdict(figures).items() if key != "faults"}


def _proofs(path: Path, of_attempt: Mapping[int, int]) -> tuple[Counter[int], Counter[str]]:
    """Acceptances in the ledger: by delivery where it knows the attempt, else by group or screen.

    A screen that says twice that it shows one revision (a reconnect) has shown it once.
    """
    by_delivery: Counter[int] = Counter()
    by_proof: Counter[str] = Counter()
    shown: set[tuple[str, int]] = set()
    for entry in walk_ledger(path):
        if entry.kind in {"sms", "call"} and entry.accepted:
            # an acceptance of nothing we know is counted as delivery 0: it is nobody's
            by_delivery[of_attempt.get(entry.attempt or 0, 0)] += 1
        elif entry.kind == "wecom" and entry.accepted:
            by_proof[f"wecom:{entry.to}"] += 1
        elif entry.kind == "shown" and (entry.to, entry.notice) not in shown:
            shown.add((entry.to, entry.notice))
            by_proof[f"screen:{entry.to}"] += 1
    return by_delivery, by_proof


def _words(found: Mapping[str, Any]) -> str:
    """The figures for a person."""
    lines = [
        f"people        {found['people']:>8}   unreachable {found['unreachable']}",
        (
            f"deliveries    {found['deliveries']:>8}   accepted {found['accepted']},"
            f" delivered {found['delivered']}"
        ),
        f"answered      {found['answered']:>8}",
        *(f"told {share:>2} %     {_seconds(found[f'seconds_to_{share}']):>8}" for share in SHARES),
        f"lost          {found['lost']:>8}   doubled {found['doubled']}",
    ]
    return "\n".join([*lines, *(f"  {fault}" for fault in found["faults"])])


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"
