"""What may become of a task: open, assigned, done; and what help needs before it is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

STATES = ("open", "assigned", "done")
HELP = "help"


class No(StrEnum):
    """Why a change may not be."""

    UNKNOWN = "unknown"  # no such task in this incident
    CLOSED = "closed"  # the record is final
    NOBODY = "nobody"  # assigned to nobody
    NO_OUTCOME = "no_outcome"  # a call for help is only over with what came of it


@dataclass(frozen=True, slots=True)
class Standing:
    """A task as it is."""

    key: str
    state: str
    assigned: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants of a task; None leaves a field as it is."""

    state: str | None = None
    assigned: str | None = None
    outcome: str | None = None


def decide(task: Standing, change: Change, *, closed: bool) -> Standing | No:
    """The task after the change, or why it may not be.

    Naming somebody assigns an open task. Help is only done with an outcome. Reopening a task that
    was done keeps who had it.
    """
    if closed:
        return No.CLOSED
    assigned = task.assigned if change.assigned is None else change.assigned.strip()
    outcome = task.outcome if change.outcome is None else change.outcome.strip()
    state = change.state or ("assigned" if assigned and task.state == "open" else task.state)
    if state == "assigned" and not assigned:
        return No.NOBODY
    if state == "done" and task.key == HELP and not outcome:
        return No.NO_OUTCOME
    return replace(task, state=state, assigned=assigned, outcome=outcome)
