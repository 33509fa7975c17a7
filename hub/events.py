"""Numbered facts of an incident and their JSON form.

An incident's state on the board is the fold of its events: a snapshot taken at event N plus the
events after N equals a fresh snapshot (`hub.decide.tally`). Data carries ids and counts, never a
name, a phone number or a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What happened. The keys of `data` per kind are in the comments.

    Every kind that moves deliveries also carries `moves`: [[channel, from, to, count], …]
    ("" as `from`: new rows), and people first told, delivered to or read by: `told`,
    `delivered`, `read`: [recipient id, …]; `unreachable`: [recipient id, …]. `in_doubt`,
    `doubled`: by how many more (or fewer) deliveries it is not known whether they arrived, and may
    have arrived twice.
    """

    # playbook, place, kind, people, households; moves, unreachable; drills (codes) it ended
    LAUNCHED = "launched"
    WAVE = "wave"  # notice, wave (number), key, deliveries, tasks (by hand); moves
    PROGRESS = "progress"  # moves, told, delivered, read: a batch of outcomes or receipts
    ANSWERED = "answered"  # recipient, answer, via, before (what it replaces, or ""); undone
    HELP = "help"  # recipient, task: somebody needs help
    ASSIGNED = "assigned"  # task, who
    # task, state, outcome; by hand: key, name, recipient, or count (of several); tasks: of a home
    # that was told before the last word, and entered after it
    TASK = "task"
    # notice, stage, revision, deliveries, tasks (by hand), after_close (it was closed); moves
    NOTICE = "notice"
    # untold (count of people left untold); moves; of a drill something real ended: live, live_code
    STOPPED = "stopped"
    CLOSED = "closed"  # untold, help_open, help_by, cleared; moves
    SCREEN = "screen"  # recipient, state: shown | offline | back
    CALLED = "called"  # number: an outside call was logged
    ALARM = "alarm"  # what, detail: something the duty manager must know


COALESCED = frozenset({EventKind.PROGRESS})
"""Kinds a watcher may receive merged, as counts, at most four times a second."""


@dataclass(frozen=True, slots=True)
class Event:
    """A fact of one incident. `seq` starts at 1 and has no gaps; `at` is UTC."""

    incident: int
    seq: int
    at: datetime
    kind: EventKind
    data: Mapping[str, Any] = field(default_factory=dict)
    actor: str = ""  # "user:4", "token:2", "recipient:17", "hub"

    def to_json(self) -> dict[str, Any]:
        """The event as the API and the websocket say it."""
        return {
            "seq": self.seq,
            "at": iso(self.at),
            "kind": str(self.kind),
            "actor": self.actor,
            "data": dict(self.data),
        }


def iso(at: datetime) -> str:
    """RFC 3339 with milliseconds, always UTC and `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
