"""Everything a resident's page shows: values only. Times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.decide.added import shown
from hub.decide.emergency import number_for
from hub.decide.replies import ON_DUTY, ON_DUTY_DIGITS
from hub.events import iso
from hub.model import DIGITS, AnswerWord, Kind, Level, RecipientKind, Stage, Words
from hub.states import IncidentState

PageWords = Mapping[str, Mapping[str, str]]
"""{language: {part: text}}: the words for pages, in every language they were written in."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the page offers to answer for: the one the link is for comes first."""

    id: int
    name: str
    answer: str
    answered_at: datetime | None
    help_open: bool = False  # somebody is to come
    help_assigned: str = ""  # who
    kind: str = str(RecipientKind.RESIDENT)


@dataclass(frozen=True, slots=True)
class Said:
    """One notice, the newest first; `text` is what the duty manager added, `texts` by language."""

    notice: int
    stage: Stage
    revision: int
    issued_at: datetime
    text: str
    words: PageWords
    texts: Words = field(default_factory=dict)

    def added(self, language: str) -> str:
        """What the duty manager added, as somebody who reads this language is shown it."""
        return shown(self.texts, language) or self.text


@dataclass(frozen=True, slots=True)
class Real:
    """The real incident that ended this drill. `mine`: it speaks to the person of the page."""

    incident: int
    code: str
    name: Words
    place_spoken: Words
    calls: tuple[str, ...] = ()
    mine: bool = False


@dataclass(frozen=True, slots=True)
class ResidentPage:
    """One person's view of one incident. `facts`: the launch's parameters; `site`: its settings
    (source, assembly points, emergency numbers); `band`: whom the playbook counts this person
    among; `calls`: the outside services it names, most apt first."""

    incident: int
    code: str
    kind: Kind
    level: Level
    status: IncidentState
    playbook: str
    playbook_name: Words
    place: str
    place_spoken: Words
    launched_at: datetime
    next_update_at: datetime | None
    closed_at: datetime | None
    language: str
    persons: tuple[Person, ...]
    said: tuple[Said, ...]
    facts: Mapping[str, str]
    site: Mapping[str, Any]
    band: str = ""
    calls: tuple[str, ...] = ()
    real: Real | None = None
    homes: tuple[Words, ...] = ()  # concerned, of somebody who has several

    @property
    def number(self) -> str:
        """Whom to call in danger: the first service the playbook names, as the texts say it; of
        what is real, where that ended a drill."""
        return number_for(self.real.calls if self.real else self.calls, self.site)

    @property
    def is_drill(self) -> bool:
        """A drill and a test say so everywhere."""
        return self.kind is not Kind.LIVE

    @property
    def now(self) -> Said | None:
        """The newest notice: the one instruction that counts."""
        return self.said[0] if self.said else None

    @property
    def words(self) -> PageWords:
        """The words of the newest notice that has any, by language."""
        return next((said.words for said in self.said if said.words), {})

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages the page can be read in, the person's own first."""
        others = [tag for tag in self.words if tag != self.language]
        return (self.language, *others) if self.language in self.words else tuple(others)

    @property
    def duty(self) -> bool:
        """Whether all it offers to answer for are staff or outside parties: they are asked whether
        they are on it, not how they are."""
        return bool(self.persons) and all(person.kind in ON_DUTY for person in self.persons)

    @property
    def answers(self) -> Mapping[str, AnswerWord]:
        """The answers it offers, by digit."""
        return ON_DUTY_DIGITS if self.duty else DIGITS

    @property
    def takes_answers(self) -> bool:
        """Whether an answer still counts."""
        return self.status is not IncidentState.CLOSED

    def to_json(self) -> dict[str, Any]:
        """The page's state for a script (topic `me`); the person's own data alone."""
        return {
            "incident": self.code,
            "kind": str(self.kind),
            "level": str(self.level),
            "status": str(self.status),
            "drill": self.is_drill,
            "playbook": self.playbook,
            "playbook_name": dict(self.playbook_name),
            "place_spoken": dict(self.place_spoken),
            "homes": [dict(home) for home in self.homes],
            "launched_at": iso(self.launched_at),
            "next_update_at": self.next_update_at and iso(self.next_update_at),
            "languages": list(self.languages),
            "persons": [_person(one) for one in self.persons],
            "said": [_said(one) for one in self.said],
            "answers": [str(word) for word in self.answers.values()],
            "takes_answers": self.takes_answers,
            "real": self.real and _real(self.real),
        }


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "answer": person.answer,
        "answered_at": person.answered_at and iso(person.answered_at),
        "help_open": person.help_open,
        "help_assigned": person.help_assigned,
    }


def _real(real: Real) -> dict[str, Any]:
    return {
        "code": real.code,
        "name": dict(real.name),
        "place_spoken": dict(real.place_spoken),
        "mine": real.mine,
    }


def _said(said: Said) -> dict[str, Any]:
    return {
        "notice": said.notice,
        "stage": str(said.stage),
        "revision": said.revision,
        "issued_at": iso(said.issued_at),
        "text": said.text,
        "texts": dict(said.texts),
        "words": {tag: dict(parts) for tag, parts in said.words.items()},
    }
