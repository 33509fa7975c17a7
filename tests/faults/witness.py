"""What the checker reads: three witnesses the hub cannot write, and the database at rest.

Witness 1 is the simulator's own ledger. Witness 2 is what watchers of `/live` have written down.
Witness 3 is what the launcher has written down: each answer, each fault, each time of quiet.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from channels.simulator.ledger import Entry

TEXT = b'"kind":"sms"'


class Notebook:
    """Appends lines to a file; each is on disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, what: str, **values: Any) -> None:
        line = json.dumps({"what": what, "ts": now_ms(), **values}, ensure_ascii=False)
        os.write(self._handle, line.encode() + b"\n")
        os.fsync(self._handle)

    def close(self) -> None:
        os.close(self._handle)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Every whole line; a torn last one was never on disk."""
    if not path.exists():
        return []
    text = path.read_text("utf-8")
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def arrive(ledger: Path, number: int, *, within: float) -> bool:
    """Whether so many more texts arrive in time; seen where the provider writes them down."""
    end = time.monotonic() + within
    with ledger.open("rb") as lines:
        lines.seek(0, os.SEEK_END)
        while time.monotonic() < end:
            number -= lines.read().count(TEXT)
            if number <= 0:
                return True
            time.sleep(0.01)
    return False


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery at rest."""

    id: int
    incident: int
    stage: str
    channel: str
    recipient: int
    address: str
    state: str
    reason: str
    expires_at: int
    doubled: bool = False
    attempts: int = 0
    wave: int = 0
    unsure: int = 0


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt at rest; times in ms, `ended_at` None where its outcome was never recorded."""

    id: int
    delivery: int
    started_at: int
    ended_at: int | None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event at rest."""

    incident: int
    seq: int
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rest:
    """The database when nothing moves any more.

    `incidents`: id -> last event number. `audience`: incident -> recipients; `numbers`: recipient
    -> telephone numbers ever held; `answered`: (incident, recipient) with an answer on record;
    `listed`: those of a household people were to tell by hand.
    """

    incidents: Mapping[int, int] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    tries: tuple[Try, ...] = ()
    facts: tuple[Fact, ...] = ()
    audience: Mapping[int, frozenset[int]] = field(default_factory=dict)
    numbers: Mapping[int, frozenset[str]] = field(default_factory=dict)
    answered: frozenset[tuple[int, int]] = frozenset()
    listed: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a verdict is made from."""

    ledger: tuple[Entry, ...] = ()
    watched: tuple[Mapping[str, Any], ...] = ()
    launched: tuple[Mapping[str, Any], ...] = ()
    rest: Rest = field(default_factory=Rest)

    def said(self, what: str) -> list[Mapping[str, Any]]:
        """The launcher's lines of one kind."""
        return [line for line in self.launched if line["what"] == what]


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, and the rows that show it."""

    promise: str
    what: str
    rows: tuple[Any, ...] = ()

    def __str__(self) -> str:
        shown = "".join(f"\n    {row}" for row in self.rows[:6])
        more = f"\n    and {len(self.rows) - 6} more" if len(self.rows) > 6 else ""
        return f"{self.promise}: {self.what}{shown}{more}"
