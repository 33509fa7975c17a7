"""One worker as a process of its own: `python -m tests.model.crew DATABASE LEDGER`, until killed.

Its providers decide by what they are given alone, and write each copy they take to the ledger, one
line of JSON, before they answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.decide.accounts import Offer
from hub.decide.claim import Claimed
from hub.flow.deliver import Deliver
from hub.flow.escalate import Escalate
from hub.flow.sweep import Sweep
from hub.model import Lane, Outcome, Parcel, Verdict
from hub.ports import Probe, Traits
from hub.states import Reason
from hub.store.database import Database, database
from hub.store.deliveries import DeliveryLedger
from hub.store.escalations import EscalateLedger
from hub.store.sweeps import SweepLedger
from tests.flow.stage import SECRET
from tests.launch_estate import Bells

FEW = 3  # deliveries in one claim, so that no worker has them all

TRAITS = (
    Traits("sms", (), 10, unit="segments", receipts=True, answers=True, parallel=4),
    Traits("voice", (), 5_000, receipts=True, parallel=4),
    Traits("wecom", (), 5_000, personal=False, parallel=4),
)
_LINK = re.compile(r"/a/[A-Za-z0-9_-]+")
# A run may last into the next minute. As texts and as calls say it: 13:22, 1:22 p.m., 下午1点22分.
_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}:\d\d(?: [ap]\.m\.)?(?!\d)"
    r"|(?:凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|夜里)?\d{1,2}点(?:\d{1,2}分|半|整)?"
)


def _masked(text: str) -> str:
    """The words without what no two runs have in common: the link's token and the time of day."""
    return _CLOCK.sub("…", _LINK.sub("/a/…", text))


def fate(channel: str, to: str) -> str:
    """What comes of a call, by the last digit of the number: most are taken, some never."""
    last = to[-1]
    if channel == "voice":
        return {"3": "refused", "8": "unknown"}.get(last, "ok")
    return {"4": "refused", "5": "bad", "6": "unknown"}.get(last, "ok")


OUTCOMES: Mapping[str, Outcome] = {
    "refused": Outcome(Verdict.REFUSED, Reason.BLOCKED),
    "bad": Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS),
    "unknown": Outcome(Verdict.UNSURE, Reason.TIMEOUT),
}


@dataclass
class Carrier:
    """A provider account; what it takes, `unknown` fates too, is in the ledger."""

    name: str
    traits: Traits
    ledger: Path

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def probe(self) -> Probe:
        return Probe(ok=True)

    async def send(self, parcel: Parcel) -> Outcome:
        await asyncio.sleep(0)
        fated = fate(parcel.channel, parcel.to)
        if fated in {"refused", "bad"}:
            return OUTCOMES[fated]
        self._write(parcel)
        return OUTCOMES.get(fated) or Outcome(Verdict.ACCEPTED, Reason.OK, f"R{parcel.attempt}")

    def _write(self, parcel: Parcel) -> None:
        words = {key: _masked(text) for key, text in sorted(parcel.parts.items())}
        said = {
            "attempt": int(parcel.attempt), "callback": parcel.callback, "stage": str(parcel.stage),
            "channel": parcel.channel, "to": parcel.to, "words": words, "worker": os.getpid(),
        }  # fmt: skip
        with self.ledger.open("a", encoding="utf-8") as file:  # one write: whole among others
            file.write(json.dumps(said, ensure_ascii=False) + "\n")


class SmallClaims(DeliveryLedger):
    async def claim(
        self, lane: Lane, channel: str, accounts: str | Sequence[Offer], *, limit: int
    ) -> Claimed:
        return await super().claim(lane, channel, accounts, limit=min(limit, FEW))


class _Clock:
    def __init__(self, db: Database):
        self.now = db.reckoner.now


async def work(db: Database, ledger: Path) -> None:
    """Sweeps, escalates and sends, for ever."""
    carriers: dict[str, Any] = {
        f"{one.channel}_test": Carrier(f"{one.channel}_test", one, ledger) for one in TRAITS
    }
    deliver = Deliver(
        ledger=SmallClaims(db), channels=carriers, wake=Bells(), clock=_Clock(db),
        secret=SECRET, public_url="https://muster.example",
    )  # fmt: skip
    escalate = Escalate(EscalateLedger(db), Bells(), carriers)
    sweep = Sweep(
        ledger=SweepLedger(db), escalate=escalate, deliver=deliver, wake=Bells(), every=0.1
    )
    try:
        await sweep.run()
    finally:
        await deliver.stop()


async def _main(url: str, ledger: str) -> None:
    db = database(url)
    await db.open()
    await work(db, Path(ledger))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
