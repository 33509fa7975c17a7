"""What may still be said or done to an incident, from where it stands."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from hub.model import Stage
from hub.states import IncidentState

LAST = frozenset({Stage.ALL_CLEAR, Stage.CORRECTION})
"""Stages that end an incident: they go to those who got what came before."""


class No(StrEnum):
    """Why a notice cannot be said, as a sentence for the person who tried."""

    NONE = ""
    CLOSED = "This incident is closed: its record is final. Launch a new one."
    CLEARED = "The all-clear was said. Launch a new incident, or withdraw it as a false alarm."
    CORRECTED = (
        "It was withdrawn as a false alarm. Launch a new incident if something is really wrong."
    )
    AGAIN = (
        "A restore cut the withdrawal short. Withdraw it again: it goes to whom it may have missed."
    )
    ALERT = "The launch said the alert. Say an update or an all-clear, or withdraw a false alarm."


def may_say(
    stage: Stage, status: IncidentState, said: Collection[str], *, cut: Collection[str] = ()
) -> No:
    """NONE, or why this stage cannot be said now. `cut`: what a restore cut short counts as not
    said to its end, and can be said again."""
    if stage is Stage.ALERT:
        return No.ALERT
    if status is IncidentState.CLOSED:
        return No.CLOSED
    if Stage.CORRECTION in said:
        return _after_correction(stage, cut)
    if status is IncidentState.CLEARED and stage is not Stage.CORRECTION:
        return No.CLEARED
    return No.NONE


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
