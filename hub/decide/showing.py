"""What one screen shows: the most pressing notice of the incidents that speak to its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hub.model import Kind, Level, Stage
from hub.states import IncidentState

LINGER = timedelta(minutes=10)
"""How long an all-clear or a correction stands before the screen goes back to calm."""

_PRESSING = frozenset({Stage.ALERT, Stage.UPDATE})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A notice ordered onto a screen; `wording` is the row id its words are found by."""

    incident: int
    notice: int
    revision: int
    stage: Stage
    kind: Kind
    level: Level
    status: IncidentState
    issued_at: datetime
    wording: int
    ended: bool = False  # a drill that something real ended


@dataclass(frozen=True, slots=True)
class ScreenCard:
    """What a screen has to know of itself: where it stands, its way out, who speaks on it, on
    which site, and in which of its languages, the most important first."""

    recipient: int
    name: str
    place: Mapping[str, str]
    way: Mapping[str, Any]
    source: Mapping[str, str]
    timezone: str
    languages: tuple[str, ...] = ()
    site: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The card as the welcome of a screen's socket carries it."""
        return {
            "recipient": self.recipient,
            "name": self.name,
            "place": dict(self.place),
            "way": dict(self.way),
            "source": dict(self.source),
            "timezone": self.timezone,
            "languages": list(self.languages),
            "site": dict(self.site),
        }


@dataclass(frozen=True, slots=True)
class ScreenRow:
    """A screen as the console lists it. Times in ms since the epoch."""

    recipient: int
    name: str
    kind: str  # of its place: lobby, lift, spot …
    path: str
    place_id: int | None
    building: str
    place_name: Mapping[str, str]
    paired_at: int | None
    seen_at: int | None
    gone_at: int | None
    showing_notice: int | None
    showing_revision: int | None
    shown_at: int | None
    way: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order onto a screen with all that is said, by language."""

    recipient: int
    candidate: Candidate
    playbook: str
    code: str
    place: str
    words: Mapping[str, Mapping[str, str]]
    next_update_at: int | None
    issued_at: int  # when the incident's first notice was; the candidate's own is the update's


def showing(candidates: Iterable[Candidate], now: datetime) -> Candidate | None:
    """The notice to show, None for calm.

    Only the newest revision of an incident counts. A closed incident shows nothing; an all-clear
    or correction is shown for `LINGER`; a drill that something real ended shows only that it did.
    Live comes before drill whatever it says, then a danger before an end of danger, the graver
    level before the lesser, the newer before the older.
    """
    newest: dict[int, Candidate] = {}
    for candidate in candidates:
        known = newest.get(candidate.incident)
        if known is None or candidate.revision > known.revision:
            newest[candidate.incident] = candidate
    standing = [c for c in newest.values() if _stands(c, now)]
    return min(standing, key=_order, default=None)


def next_change(candidates: Iterable[Candidate], now: datetime) -> datetime | None:
    """When what is shown changes by itself (an all-clear that has stood long enough)."""
    shown = showing(candidates, now)
    if shown is None or shown.stage in _PRESSING:
        return None
    return shown.issued_at + LINGER


def _stands(candidate: Candidate, now: datetime) -> bool:
    if candidate.status is IncidentState.CLOSED:
        return False
    if candidate.ended and candidate.stage is not Stage.CORRECTION:
        return False
    return candidate.stage in _PRESSING or now < candidate.issued_at + LINGER


def _order(candidate: Candidate) -> tuple[bool, bool, str, float, int]:
    return (
        candidate.kind is not Kind.LIVE,
        candidate.stage not in _PRESSING,
        candidate.level.value,
        -candidate.issued_at.timestamp(),
        -candidate.notice,
    )
