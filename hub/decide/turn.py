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
    `stopped`: the incident was stopped after this notice was said. `corrected`: it is an all-clear
    in whose place a correction was said. `opted_out`: nobody at this
    address wants its texts any more.
    """

    stage: Stage
    incident: IncidentState
    expires_at: datetime
    repeat: bool
    answered: bool
    stopped: bool = False
    corrected: bool = False
    opted_out: bool = False


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
    flags = {"stopped": candidate.stopped, "corrected": candidate.corrected}
    reason = unwanted(candidate.stage, candidate.incident, **flags)
    if reason is not Reason.NONE:
        return Turn(DeliveryState.CANCELLED, reason)
    if candidate.opted_out and candidate.stage not in _SAID_LAST:
        # As the carrier would have refused it: whoever can be called is called instead.
        return Turn(DeliveryState.REFUSED, Reason.OPTED_OUT)
    if candidate.stage is Stage.ALERT and candidate.repeat and candidate.answered:
        return Turn(DeliveryState.SUPPRESSED, Reason.ANSWERED)
    return SEND


def unwanted(
    stage: Stage, incident: IncidentState, *, stopped: bool, corrected: bool = False
) -> Reason:
    """Why this notice is not said any more. An update said after the stop still goes out: the
    people who were told need it."""
    if incident is IncidentState.CLOSED:
        return Reason.STOPPED
    if stage in _SAID_LAST:
        return Reason.SUPERSEDED if corrected else Reason.NONE
    if incident is IncidentState.CLEARED:
        return Reason.SUPERSEDED
    over = incident is IncidentState.STOPPED and (stopped or stage is Stage.ALERT)
    return Reason.STOPPED if over else Reason.NONE
