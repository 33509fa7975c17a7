"""Named points of the hub's work, and the trap that kills at one of them.

The trap names a point, how many times it is passed before, and whom to kill: a server and all its
children, or the process that passes. Whichever process of the hub comes to it springs it, once.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any

from tests.faults.servers import kill_family

SECOND_WAVE = 75.0  # seconds after a launch, in the playbooks of the trials
UNDER_WAY = 0.004  # seconds into a call to a provider


@dataclass(frozen=True, slots=True)
class Point:
    """Where: a function of the hub, before it, after it, or while it waits. Somebody should come to
    it `within` seconds while an incident runs."""

    module: str
    name: str
    when: str = "after"
    within: float = 10.0


# A plain function of the store runs inside the transaction: after it, nothing is committed yet. The
# method of a ledger of the same name has committed when it returns, and nobody was told yet.
POINTS: Mapping[str, Point] = {
    "due": Point("hub.store.claims", "ClaimLedger.claim", "before"),
    "claiming": Point("hub.store.claims", "claim"),
    "claimed": Point("hub.store.claims", "ClaimLedger.claim"),
    "calling": Point("channels.sms_twilio", "TwilioSms.send", "during"),
    "called": Point("channels.sms_twilio", "TwilioSms.send"),
    "recording": Point("hub.store.outcomes", "record"),
    "recorded": Point("hub.store.outcomes", "OutcomeLedger.record"),
    "reporting": Point("hub.store.receipts", "apply_receipts"),
    "reported": Point("hub.store.receipts", "ReceiptLedger.receipts"),
    "answering": Point("hub.store.answers", "take_all"),
    "answered": Point("hub.store.answers", "AnswerLedger.take_all"),
    "wave starting": Point("hub.store.escalations", "start", within=SECOND_WAVE),
    "wave started": Point("hub.store.escalations", "EscalateLedger.start", within=SECOND_WAVE),
    "planned": Point("hub.store.launches", "LaunchLedger.open", "before"),
    "launching": Point("hub.store.launches", "open_incident"),
    "launched": Point("hub.store.launches", "LaunchLedger.open"),
    "stopping": Point("hub.store.notices", "stop_incident"),
    "stopped": Point("hub.store.notices", "SayLedger.stop"),
    "saying": Point("hub.store.notices", "speak"),
    "said": Point("hub.store.notices", "SayLedger.speak"),
}


class Trap:
    """A file: set by the bench, sprung by one process of the hub."""

    def __init__(self, path: Path) -> None:
        self._path, self._sprung = path, path.with_suffix(".sprung")
        self._seen, self._left = (0, 0), 0
        self._set: Mapping[str, Any] = {}

    @property
    def point(self) -> str:
        """What it was set for when this process last looked; "" if it never was."""
        return str(self._set.get("point", ""))

    def set(self, point: str, *, passes: int, victim: int = 0) -> None:
        """Whoever comes to that point after so many passes springs it. `victim`: a process; 0: the
        one that comes."""
        self._sprung.unlink(missing_ok=True)
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps({"point": point, "passes": passes, "victim": victim}))
        beside.replace(self._path)

    def lift(self) -> None:
        """Nobody springs it any more."""
        self._path.unlink(missing_ok=True)

    def sprung(self) -> int:
        """The process that sprang it; 0 until one has."""
        try:
            return int(self._sprung.read_text())
        except FileNotFoundError:
            return 0

    def passed(self, point: str) -> None:
        """This process has come to a point; what is set for it happens."""
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return
        if (seen := (there.st_ino, there.st_mtime_ns)) != self._seen:
            self._read(seen)
        if self.point != point:
            return
        self._left -= 1
        if self._left < 0 and self._take():
            if victim := self._set["victim"]:
                kill_family(victim)
            else:
                os.kill(os.getpid(), signal.SIGKILL)

    def _read(self, seen: tuple[int, int]) -> None:
        try:
            self._set = json.loads(self._path.read_text())
        except FileNotFoundError:
            self._set = {}
        self._seen, self._left = seen, int(self._set.get("passes", 0))

    def _take(self) -> bool:
        """It is ours: of several processes one removes the file; what it says is there whole."""
        mine = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.rename(mine)
        except FileNotFoundError:
            return False
        mine.write_text(str(os.getpid()))
        mine.replace(self._sprung)
        return True


def lay(trap: Trap) -> None:
    """From here on this process comes to the points."""
    for name, point in POINTS.items():
        module: Any = importlib.import_module(point.module)
        holder, _, last = point.name.rpartition(".")
        where = getattr(module, holder) if holder else module
        work = getattr(where, last)
        setattr(where, last, wrapped(work, point.when, partial(trap.passed, name)))


def wrapped(work: Any, when: str, here: Callable[[], None]) -> Any:
    """The work, and `here` before it, after it or while it waits."""
    if when == "before":
        return _before(work, here)
    if when == "during":
        return _during(work, here)
    return _after_async(work, here) if asyncio.iscoroutinefunction(work) else _after(work, here)


def _before(work: Any, here: Callable[[], None]) -> Any:
    @wraps(work)
    async def passing(*args: Any, **named: Any) -> Any:
        here()
        return await work(*args, **named)

    return passing


def _after(work: Any, here: Callable[[], None]) -> Any:
    @wraps(work)
    def passing(*args: Any, **named: Any) -> Any:
        result = work(*args, **named)
        here()
        return result

    return passing


def _after_async(work: Any, here: Callable[[], None]) -> Any:
    @wraps(work)
    async def passing(*args: Any, **named: Any) -> Any:
        result = await work(*args, **named)
        here()
        return result

    return passing


def _during(work: Any, here: Callable[[], None]) -> Any:
    @wraps(work)
    async def passing(*args: Any, **named: Any) -> Any:
        timer = asyncio.get_running_loop().call_later(UNDER_WAY, here)
        try:
            return await work(*args, **named)
        finally:
            timer.cancel()

    return passing
