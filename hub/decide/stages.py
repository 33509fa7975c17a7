"""What may still be said or done to an incident, from where it stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from hub.model import Stage
from hub.states import IncidentState

LAST = frozenset({Stage.ALL_CLEAR, Stage.CORRECTION})
"""Stages that end an incident: they go to those who got what came before."""

AFTER_CLOSE = timedelta(days=7)
"""How long after the close of an incident nobody called over that can still be done: people who
were told of danger may be waiting for its end, and a week later it means nothing to them."""


class No(StrEnum):
    """Why a notice cannot be said, as a sentence for the person who tried."""

    NONE = ""
    CLOSED = "This incident is closed: its record is final. Launch a new one."
    LATE = (
        "This incident was closed more than a week ago: an all-clear would not be understood any"
        " more. Launch a new one if people must be told something."
    )
    CLEARED = "The all-clear was said. Launch a new incident, or withdraw it as a false alarm."
    CORRECTED = (
        "It was withdrawn as a false alarm. Launch a new incident if something is really wrong."
    )
    AGAIN = (
        "A restore cut the withdrawal short. Withdraw it again: it goes to whom it may have missed."
    )
    ALERT = "The launch said the alert. Say an update or an all-clear, or withdraw a false alarm."


def may_say(
    stage: Stage,
    status: IncidentState,
    said: Collection[str],
    *,
    cut: Collection[str] = (),
    closed_for: timedelta = timedelta(0),
) -> No:
    """NONE, or why this stage cannot be said now. `cut`: what a restore cut short counts as not
    said to its end, and can be said again. `closed_for`: since when it is closed."""
    if stage is Stage.ALERT:
        return No.ALERT
    if status is IncidentState.CLOSED:
        no = _after_close(stage, closed_for, cleared=cleared(said, cut))
        if no is not No.NONE:
            return no
    if Stage.CORRECTION in said:
        return _after_correction(stage, cut)
    if status is IncidentState.CLEARED and stage is not Stage.CORRECTION:
        return No.CLEARED
    return No.NONE


def cleared(said: Collection[str], cut: Collection[str]) -> bool:
    """Whether people were told to the end that it is over, or was no danger."""
    return any(stage in said and stage not in cut for stage in LAST)


def _after_close(stage: Stage, closed_for: timedelta, *, cleared: bool) -> No:
    """A closed incident nobody called over can still be: that opens it until it is closed again."""
    if stage not in LAST or cleared:
        return No.CLOSED
    return No.LATE if closed_for > AFTER_CLOSE else No.NONE


def _after_correction(stage: Stage, cut: Collection[str]) -> No:
    """Some know it was sent in error: nothing else follows before all the others know, too."""
    if Stage.CORRECTION not in cut:
        return No.CORRECTED
    return No.NONE if stage is Stage.CORRECTION else No.AGAIN


def may_stop(status: IncidentState) -> No:
    """NONE (also for what is stopped already), or why there is nothing to stop."""
    if status is IncidentState.CLOSED:
        return No.CLOSED
    return No.CLEARED if status is IncidentState.CLEARED else No.NONE
