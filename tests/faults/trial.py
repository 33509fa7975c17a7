"""One trial: a hub, a script of launches and faults, the witnesses, the verdict."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from channels.simulator.ledger import read_ledger
from tests.faults.actions import ACTIONS, BENT, Bench
from tests.faults.checker import check
from tests.faults.estates import roster
from tests.faults.evidence import copies, in_flight
from tests.faults.hub import HubUnderTest, hub, ready
from tests.faults.rest import at_rest
from tests.faults.script import Begin, Script
from tests.faults.standstill import standstills
from tests.faults.untold import untold
from tests.faults.witness import Evidence, Notebook, Violation, now_ms, read_lines
from tests.processes import ROOT, environment

WATCHERS = 2  # of each incident
LAUNCH_WITHIN = 240.0  # seconds a launcher goes on asking
SETTLE_WITHIN = 240.0  # seconds within which every delivery must have its end
STILL = 5.5  # seconds watchers have to show what the API says
UNSETTLED = ("planned", "sending", "unsure")
RESIDENTS = {"thinks": 2.0, "late_by": 6.0, "hang": 12.0, "by_link": 0.35, "by_digit": 0.15}


@dataclass
class Result:
    """What came of a trial."""

    script: Script
    violations: list[Violation] = field(default_factory=list)
    trouble: str = ""  # why the bench itself could not go on
    folder: Path | None = None  # kept where something was found
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return not self.violations and not self.trouble


class Launcher:
    """Witness 3: asks until it is answered, and writes every answer down before anything else."""

    def __init__(self, made: HubUnderTest, book: Notebook) -> None:
        self._hub, self._book = made, book
        self.incidents: dict[int, Begin] = {}
        self._on: list[Callable[[int], None]] = []
        self._lock = threading.Lock()

    def on_incident(self, told: Callable[[int], None]) -> None:
        self._on.append(told)

    def begin(self, key: str, begin: Begin) -> None:
        """Every copy of this launch has its answer; then it is updated, then stopped, if it is."""
        body = {"playbook": begin.playbook, "place": begin.place, "kind": "live", "again": True}
        with ThreadPoolExecutor(begin.times) as pool:
            asked = [pool.submit(self._ask, key, body, begin, one) for one in range(begin.times)]
        for one in asked:
            one.result()
        began = time.monotonic()
        if begin.update_after is not None:
            self._after(begin, began + begin.update_after, self._update)
        if begin.stop_after is not None:
            self._after(begin, began + begin.stop_after, self._stop)

    def _after(self, begin: Begin, at: float, work: Callable[[int], None]) -> None:
        """It is done to the incident of this launch at that time, or right after the one before."""
        time.sleep(max(0.0, at - time.monotonic()))
        for incident in [one for one, whose in self.incidents.items() if whose is begin]:
            work(incident)

    def _update(self, incident: int) -> None:
        body = {"stage": "update", "text": {"zh-CN": "消防员已到场", "en": "The fire crew is here"}}
        self.until_answered(f"/incidents/{incident}/notices", body, f"update-{incident}")

    def _stop(self, incident: int) -> None:
        if self.until_answered(f"/incidents/{incident}/stop", None, ""):
            self._book.write("stopped", id=incident)

    def _ask(self, key: str, body: dict[str, Any], begin: Begin, copy: int) -> None:
        self._book.write("asked", key=key)
        answer = self.until_answered("/incidents", body, key, first=copy)
        if answer is None:
            raise AssertionError(f"launch {key} was not answered within {LAUNCH_WITHIN:g} s")
        said = answer.json()
        status, incident = answer.status_code, int(said["id"])
        self._book.write(
            "launched", key=key, status=status, id=incident, deliveries=said["deliveries"]
        )
        with self._lock:
            new = incident not in self.incidents
            self.incidents[incident] = begin
        for told in self._on if new else ():
            told(incident)

    def until_answered(
        self, path: str, body: dict[str, Any] | None, key: str, *, first: int = 0
    ) -> httpx2.Response | None:
        """The first 2xx, asking one web process after the other; None where none came in time."""
        end, turn = time.monotonic() + LAUNCH_WITHIN, first
        while time.monotonic() < end:
            url = self._hub.web_urls[turn % len(self._hub.web_urls)]
            turn += 1
            with contextlib.suppress(httpx2.HTTPError):
                answer = httpx2.post(
                    f"{url}/api/v1{path}",
                    json=body,
                    timeout=10,
                    headers={"Authorization": f"Bearer {self._hub.token}"}
                    | ({"Idempotency-Key": key} if key else {}),
                )
                if answer.is_success:
                    return answer
                self._book.write("refused", path=path, status=answer.status_code)
                if answer.status_code == 422:
                    raise AssertionError(f"{path} {body}: {answer.text}")
            time.sleep(0.2)
        return None


def run(plan: Script, *, keep: bool = False, say: Callable[[str], None] = print) -> Result:
    """The trial has been made; its folder is kept where a promise was broken."""
    folder = Path(tempfile.mkdtemp(prefix=f"muster-faults-{plan.seed}-"))
    result = Result(plan, folder=folder)
    began = time.monotonic()
    try:
        evidence = _evidence(plan, folder)
        result.violations = check(evidence)
        result.figures = figures(evidence)
    except Exception as error:  # noqa: BLE001 whatever it was, the next trial is made
        result.trouble = f"{type(error).__name__}: {error}"
    result.figures["seconds"] = round(time.monotonic() - began, 1)
    if result.good and not keep:
        shutil.rmtree(folder, ignore_errors=True)
        result.folder = None
    say(report(result))
    return result


def report(result: Result) -> str:
    """One line of a good trial; of a bad one everything it takes to look into it."""
    head = f"{'ok  ' if result.good else 'FAIL'} {result.script}\n  {result.figures}"
    found = "".join(f"\n  ! {violation}" for violation in result.violations)
    trouble = f"\n  ! the bench could not go on: {result.trouble}" if result.trouble else ""
    replay = "" if result.good else f"\n  replay: python -m tests.faults {result.script.words}"
    kept = f" (kept: {result.folder})" if result.folder else ""
    return f"{head}{found}{trouble}{replay}{kept}"


def _evidence(plan: Script, folder: Path) -> Evidence:
    book = Notebook(folder / "launcher.jsonl")
    with contextlib.ExitStack() as stack:
        made = stack.enter_context(_hub_of(plan, folder))
        made.world_does(**RESIDENTS, **plan.world)
        launcher = Launcher(made, book)
        _watch(made, launcher, stack)
        _play(plan, made, launcher, book)
        _last_words(made, launcher, book)
        time.sleep(STILL)
        for member in made.members.values():
            member.stop()
        made.world.stop()
        rest = asyncio.run(at_rest(made.database_url))
    book.close()
    return Evidence(
        tuple(read_ledger(made.ledger)),
        tuple(read_lines(folder / "watched.jsonl")),
        tuple(read_lines(folder / "launcher.jsonl")),
        rest,
    )


def _hub_of(plan: Script, folder: Path) -> contextlib.AbstractContextManager[HubUnderTest]:
    people = roster(plan.people, seed=plan.seed)
    return hub(
        plan.setup,
        folder=folder,
        roster=people,
        pace=plan.pace,
        seed=plan.seed,
        mood=plan.mood,
        bent=any(name in BENT for _, name in plan.faults),
    )


def _watch(made: HubUnderTest, launcher: Launcher, stack: contextlib.ExitStack) -> None:
    """Witness 2 watches every incident from the moment it is known."""
    words = [str(made.folder / "watched.jsonl"), made.token, ",".join(made.web_urls), str(WATCHERS)]
    notes = stack.enter_context((made.folder / "watcher.out").open("wb"))
    popen = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.watcher", *words],
        cwd=ROOT,
        env=environment({}),
        stdin=subprocess.PIPE,
        stdout=notes,
        stderr=notes,
    )
    stack.callback(popen.wait)
    stack.callback(popen.kill)
    wire = popen.stdin
    assert wire is not None
    stack.callback(wire.close)

    def tell(incident: int) -> None:
        wire.write(f"{incident}\n".encode())
        wire.flush()

    launcher.on_incident(tell)


def _play(plan: Script, made: HubUnderTest, launcher: Launcher, book: Notebook) -> None:
    """Launches and faults, each at its time, side by side; the first trouble is raised."""
    failures: list[BaseException] = []
    bench = Bench(made, book, random.Random(plan.seed))
    zero = time.monotonic()

    def at(seconds: float, work: Callable[[], None]) -> None:
        time.sleep(max(0.0, zero + seconds - time.monotonic()))
        try:
            work()
        except BaseException as error:  # noqa: BLE001 handed to the trial's own thread
            failures.append(error)

    threads = [
        threading.Thread(target=at, args=(one.at, _begun(launcher, f"key-{no}", one)))
        for no, one in enumerate(plan.begins)
    ]
    for thread in threads:
        thread.start()
    for seconds, name in plan.faults:  # here: a Valkey lives as long as the thread it began in
        at(seconds, lambda action=ACTIONS[name]: action(bench))  # type: ignore[misc]
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _begun(launcher: Launcher, key: str, begin: Begin) -> Callable[[], None]:
    return lambda: launcher.begin(key, begin)


def _last_words(made: HubUnderTest, launcher: Launcher, book: Notebook) -> None:
    """Everything has come to its end, the last word is said, and that too has come to its end."""
    made.world_does(faults={})
    ready(made)
    _settle(made, launcher)
    for incident, begin in launcher.incidents.items():
        stage = "all_clear" if begin.stop_after is None else "correction"
        body = {"stage": stage, "text": "" if stage == "all_clear" else "误报"}
        body |= {"confirm_help": _board(made, incident)["tally"]["help"]}
        path = f"/incidents/{incident}/notices"
        if launcher.until_answered(path, body, f"last-{incident}") is None:
            raise AssertionError(f"{path} was not answered within {LAUNCH_WITHIN:g} s")
    _settle(made, launcher)
    for incident in launcher.incidents:
        board = _board(made, incident)
        watchers = [f"{incident}/{one}" for one in range(WATCHERS)]
        book.write("quiet", id=incident, tally=board["tally"], seq=board["seq"], watchers=watchers)


def _settle(made: HubUnderTest, launcher: Launcher) -> None:
    """Nothing is under way any more, at the provider or in the hub; or the time is over, and the
    checker names what had no end."""
    end = now_ms() + SETTLE_WITHIN * 1000
    still = 0
    while now_ms() < end and still < 3:
        busy = made.world_pending() or any(_open(made, one) for one in launcher.incidents)
        still = 0 if busy else still + 1
        time.sleep(0.5)


def _open(made: HubUnderTest, incident: int) -> int:
    states = Counter[str]()
    for counts in _board(made, incident)["tally"]["deliveries"].values():
        states.update(counts)
    return sum(states[one] for one in UNSETTLED)


def _board(made: HubUnderTest, incident: int) -> dict[str, Any]:
    """The incident as the API says it, from whichever web process answers."""
    headers = {"Authorization": f"Bearer {made.token}"}
    for turn in range(60):
        url = made.web_urls[turn % len(made.web_urls)]
        with contextlib.suppress(httpx2.HTTPError):
            answer = httpx2.get(f"{url}/api/v1/incidents/{incident}", headers=headers, timeout=10)
            if answer.is_success:
                return dict(answer.json())
        time.sleep(0.5)
    raise AssertionError(f"nobody says how incident {incident} stands")


def figures(evidence: Evidence) -> dict[str, Any]:
    """Numbers of a trial for the sum of them all."""
    rows = evidence.rest.rows
    kinds = [line["kind"] for line in (*evidence.said("fault"), *evidence.said("mode"))]
    texts = copies(evidence)
    return {
        "launches": len(evidence.rest.incidents),
        "deliveries": len(rows),
        "texts": len(texts),
        "doubles": sum(len(entries) > 1 for entries in texts.values()),
        "flagged": sum(row.doubled for row in rows),
        "in_doubt": in_flight(evidence),
        "untold": len(untold(evidence)),
        "states": dict(Counter(row.state for row in rows)),
        "faults": dict(Counter(kinds)),
        "recovery": _longest(evidence, doubted=False),
        "recovery_in_doubt": _longest(evidence, doubted=True),
    }


def _longest(evidence: Evidence, *, doubted: bool) -> float:
    found = [one.seconds for one in standstills(evidence) if one.doubted is doubted]
    return max(found, default=0.0)
