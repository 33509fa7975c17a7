"""Whether a delivery whose time has come is still to be sent: asked right before each claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.model import Stage
from hub.states import DeliveryState, IncidentState, Reason


@dataclass(frozen=True, slots=True)
class Candidate:
    """A planned delivery at the head of its lane.

    `answered`: everybody it speaks for has answered. `repeat`: it is of a later wave or round.
    """

    stage: Stage
    incident: IncidentState
    expires_at: datetime
    repeat: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Turn:
    state: DeliveryState
    reason: Reason = Reason.NONE


SEND = Turn(DeliveryState.SENDING)

_SAID_LAST = frozenset({Stage.ALL_CLEAR, Stage.CORRECTION})


def turn(candidate: Candidate, *, now: datetime) -> Turn:
    """`sending`, or the end it has come to without being sent."""
    if now >= candidate.expires_at:
        return Turn(DeliveryState.EXPIRED, Reason.TOO_OLD)
    if (reason := _unwanted(candidate.stage, candidate.incident)) is not Reason.NONE:
        return Turn(DeliveryState.CANCELLED, reason)
    if candidate.stage is Stage.ALERT and candidate.repeat and candidate.answered:
        return Turn(DeliveryState.SUPPRESSED, Reason.ANSWERED)
    return SEND


def _unwanted(stage: Stage, incident: IncidentState) -> Reason:
    """Why this notice is not said any more. After a stop an update still goes out: the people who
    were told need it."""
    if incident is IncidentState.CLOSED:
        return Reason.STOPPED
    if stage in _SAID_LAST:
        return Reason.NONE
    if incident is IncidentState.CLEARED:
        return Reason.SUPERSEDED
    stopped = stage is Stage.ALERT and incident is IncidentState.STOPPED
    return Reason.STOPPED if stopped else Reason.NONE
