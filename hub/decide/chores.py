"""What may become of a task: open, assigned, done; and what some need before they are done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hub.decide.byhand import answer_of, outcome_word
from hub.model import AnswerWord

STATES = ("open", "assigned", "done")
HELP = "help"


class No(StrEnum):
    """Why a change may not be."""

    UNKNOWN = "unknown"  # no such task in this incident
    CLOSED = "closed"  # the record is final
    NOBODY = "nobody"  # assigned to nobody
    NO_OUTCOME = "no_outcome"  # a call for help is only over with what came of it
    NO_WORD = "no_word"  # a knock or call is only over with one of the outcomes there are
    MEANWHILE = "meanwhile"  # it does not stand any more as whoever wants the change saw it


@dataclass(frozen=True, slots=True)
class Standing:
    """A task as it is. `by_hand`: of a wave that people carry out, for one household."""

    key: str
    state: str
    assigned: str = ""
    outcome: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants of a task; None leaves a field as it is.

    `was`: the state they saw, where two may be at the same door; None: whatever it is.
    """

    state: str | None = None
    assigned: str | None = None
    outcome: str | None = None
    was: str | None = None


def decide(task: Standing, change: Change, *, closed: bool) -> Standing | No:
    """The task after the change, or why it may not be.

    Naming somebody assigns an open task. Help is only done with an outcome, a knock or a call with
    one of the words there are. Reopening a task that was done keeps who had it.
    """
    if closed:
        return No.CLOSED
    if change.was not in {None, task.state}:
        return No.MEANWHILE
    assigned = task.assigned if change.assigned is None else change.assigned.strip()
    outcome = task.outcome if change.outcome is None else change.outcome.strip()
    state = change.state or ("assigned" if assigned and task.state == "open" else task.state)
    if state == "assigned" and not assigned:
        return No.NOBODY
    if state == "done" and task.key == HELP and not outcome:
        return No.NO_OUTCOME
    said = change.outcome is not None or task.state != "done"
    if state == "done" and task.by_hand and said and not outcome_word(outcome):
        return No.NO_WORD
    return replace(task, state=state, assigned=assigned, outcome=outcome)


def answers(before: Standing, after: Standing) -> AnswerWord | None:
    """The answer a change has staff give for those the task is about; None if it says none.

    A call for help that is over with a word of the list says how the person is now; with any
    other words, it is over, and the person counts as told.
    """
    new = before.state != "done" or before.outcome != after.outcome
    if after.state != "done" or not new or not (after.by_hand or after.key == HELP):
        return None
    word = answer_of(after.outcome)
    return None if after.key == HELP and word is AnswerWord.HELP else word
