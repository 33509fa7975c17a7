"""Incidents that run: where, since when, and who in them still needs help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub.errors import HubError
from hub.states import IncidentState


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An incident of a site that is not closed: where it is, and how it stands."""

    id: int
    code: str
    kind: str
    status: str
    place: str

    @property
    def runs(self) -> bool:
        """Whether neither its all-clear was said nor its record closed."""
        return self.status in {IncidentState.OPEN, IncidentState.STOPPED}


@dataclass(frozen=True, slots=True)
class Same:
    """What makes two launches the same, but for their place."""

    site: int
    playbook: str
    kind: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident that runs, as much of it as a person needs to find it. `spoken`: its place as
    people say it, by language; `timezone`: its site's own, if it has one."""

    id: int
    code: str
    place: str
    kind: str
    playbook: str
    launched_at: int
    spoken: Mapping[str, str] = field(default_factory=dict)
    timezone: str = ""

    def said(self, spoken: Mapping[str, str], timezone: str) -> Standing:
        """The same with its place in words, and its site's time zone."""
        return replace(self, spoken=dict(spoken), timezone=timezone)


class RunsAlready(HubError):
    """The same runs at this place already; what does, the nearest first."""

    def __init__(self, found: Sequence[Standing]):
        super().__init__("The same runs at this place already.")
        self.found = tuple(found)


@dataclass(frozen=True, slots=True)
class HelpOpen:
    """Who still needs somebody to come (`hub.decide.help_open`), by how the hub knows of them.

    `asked`: they said so themselves, by link, text or call; `marked`: staff said so, at the door or
    on the phone; `cries`: they cried for help, and nobody has said yet who and where they are.
    """

    asked: int = 0
    marked: int = 0
    cries: int = 0

    @property
    def people(self) -> int:
        """All of them: the number that stands everywhere."""
        return self.asked + self.marked + self.cries

    @property
    def kinds(self) -> dict[str, int]:
        """The counts by kind; they add up to `people`."""
        return {"asked": self.asked, "marked": self.marked, "cries": self.cries}

    def to_json(self) -> dict[str, Any]:
        """As every answer of the API says it."""
        return {"help": self.people, "help_by": self.kinds}
