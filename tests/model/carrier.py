"""Providers that do as a script says, and keep their own list of what they took."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from hub.model import Outcome, Parcel, Verdict
from hub.ports import HookRequest, Inward, Pressed, Probe, Traits
from hub.states import Reason

OUTCOMES = {
    "ok": Outcome(Verdict.ACCEPTED, Reason.OK),
    "refused": Outcome(Verdict.REFUSED, Reason.BLOCKED),
    "bad": Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS),
    "later": Outcome(Verdict.RETRY, Reason.UNAVAILABLE),
    "throttled": Outcome(Verdict.RETRY, Reason.THROTTLED, retry_after=3.0),
    "unknown_taken": Outcome(Verdict.UNSURE, Reason.TIMEOUT),
    "unknown_lost": Outcome(Verdict.UNSURE, Reason.BROKEN),
}
LAG = 20_000  # ms
TAKES = frozenset({"ok", "unknown_taken", "hangs_taken", "raises"})
SCRIPTS = (*OUTCOMES, "hangs_taken", "hangs_lost", "raises")


@dataclass
class Call:
    """One call a provider saw. `said`: what the hub was told, "" while it hangs or if nobody heard;
    `taken`: the provider has the words."""

    at: int
    parcel: Parcel
    taken: bool
    said: str = ""
    hanging: bool = False
    wave: tuple[int, int] = (0, 0)
    speaks_for: tuple[int, ...] = ()

    @property
    def way(self) -> tuple[str, str]:
        return self.parcel.channel, self.parcel.to


@dataclass
class Carrier:
    """One provider account. `script`: what comes of the next calls, then all is well again;
    `witness` is asked before anything is taken."""

    name: str
    traits: Traits
    clock: Callable[[], int]
    witness: Callable[[Call], Awaitable[None]]
    calls: list[Call]
    script: deque[str] = field(default_factory=deque)
    hears: Inward = field(default_factory=Inward)
    # What it says to questions: "" the truth; "absent" of what it has had for less than LAG, for
    # its lists lag behind; "unknown".
    lies: str = ""
    _free: dict[int, asyncio.Event] = field(default_factory=dict)

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def probe(self) -> Probe:
        return Probe(ok=True)

    async def send(self, parcel: Parcel) -> Outcome:
        mood = self.script.popleft() if self.script else "ok"
        call = Call(self.clock(), parcel, taken=False)
        self.calls.append(call)
        await self.witness(call)
        call.taken = mood in TAKES
        if mood.startswith("hangs"):
            await self._hang(call)
            outcome = OUTCOMES["ok" if call.taken else "later"]
        elif mood == "raises":
            call.said = "unsure"
            raise RuntimeError("the channel has a bug")
        else:
            outcome = OUTCOMES[mood]
        call.said = str(outcome.verdict)
        taken = outcome.verdict is Verdict.ACCEPTED
        ref = f"{self.name}-{parcel.attempt}" if taken else ""
        return Outcome(outcome.verdict, outcome.reason, ref, retry_after=outcome.retry_after)

    async def _hang(self, call: Call) -> None:
        free = self._free[int(call.parcel.attempt)] = asyncio.Event()
        call.hanging = True
        try:
            await free.wait()
        finally:
            call.hanging = False
            del self._free[int(call.parcel.attempt)]

    def answer_at_last(self) -> None:
        """Every call that hangs gets its answer."""
        for free in self._free.values():
            free.set()

    async def find(
        self, parcel: Parcel, *, since: datetime, until: datetime | None = None
    ) -> Outcome:
        """What became of a send: the truth, or as `lies`."""
        mine = [one for one in self.calls if one.parcel.attempt == parcel.attempt and one.taken]
        if self.lies == "unknown":
            return Outcome(Verdict.UNSURE, Reason.UNKNOWN)
        behind = self.lies == "absent" and any(self.clock() - one.at < LAG for one in mine)
        if not mine or behind:
            return Outcome(Verdict.RETRY, Reason.UNAVAILABLE, code="not_found")
        return Outcome(Verdict.ACCEPTED, Reason.OK, f"{self.name}-{parcel.attempt}")

    def verify(self, request: HookRequest) -> bool:
        return request.body == b"genuine"

    def read(self, request: HookRequest) -> Inward:
        return self.hears

    def respond(self, pressed: Pressed) -> Inward:
        return Inward(response=str(pressed.word or ""))
