"""What a worker holds of a delivery while it sends it, and what it brings back: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.decide.unsure import Found
from hub.model import (
    AttemptId,
    DeliveryId,
    IncidentId,
    Kind,
    NoticeId,
    Outcome,
    RecipientId,
    Stage,
    WordingId,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery, leased for one call. `units` is what it takes of an account's pace; `failed`
    and `refused`: accounts that failed it before, the last one last, and those that said no."""

    attempt: AttemptId
    delivery: DeliveryId
    incident: IncidentId
    notice: NoticeId
    recipient: RecipientId
    wording: WordingId | None
    address: str
    name: str
    fence: int
    units: int
    expires_at: datetime
    kind: Kind
    stage: Stage
    revision: int
    account: str
    failed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one claim brought. `ended`: (incident, event number) of deliveries that came to their
    end unsent; `full`: as many rows as asked for, so there may be more; `now`: the database's
    time, by which leases and expiries are meant (None if nothing was due); `later`: how many no
    account could take now: worth another look in a moment."""

    claims: tuple[Claim, ...] = ()
    ended: tuple[tuple[int, int], ...] = ()
    full: bool = False
    now: datetime | None = None
    later: int = 0


@dataclass(frozen=True, slots=True)
class Release:
    """A claim that was certainly not sent. `due_ms`: not before this time (0: at once)."""

    claim: Claim
    due_ms: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A call that was made, and what it came to. `seconds` it took; `elsewhere`: another account
    is to try next, at once."""

    claim: Claim
    outcome: Outcome
    receipts: bool  # the channel reports delivery later
    seconds: float = 0.0
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Display:
    """What a screen says it shows."""

    screen: int
    notice: int
    revision: int


@dataclass(frozen=True, slots=True)
class Question:
    """A delivery in doubt its provider is asked about. `since`: when the first of its calls of
    unknown outcome by this account was begun, by the database's clock; `until`: what the provider
    has been given later is none of them; `before`: what it said when it was asked the last time."""

    claim: Claim
    since: datetime
    until: datetime
    before: Found = Found.UNASKED
