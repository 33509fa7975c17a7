"""What is known of an answer while it is taken: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.model import AnswerWord


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is written down. `others`: the people it also speaks for. `once`: what
    makes a repeat of it recognisable (the provider's id of the reply, a form's nonce)."""

    incident: int
    recipient: int
    word: AnswerWord
    via: str
    actor: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    once: str | None = None
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What stands now: `answer` of the one who answered, `before` what it replaced. `tasks`: help
    that was asked for by it. `repeated`: the same was said before, nothing was added."""

    answer: str
    before: str
    seq: int = 0
    tasks: tuple[int, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """Whom words to a number were for: the recipient first, then those who share the number; and
    everybody of their households. `duty`: all of them are staff or outside parties."""

    incident: int
    people: tuple[int, ...]
    household: tuple[int, ...]
    duty: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A call that was made: whom it spoke to, and its words (marks still in them), in case they
    are to be said again. `number`: whom the incident's playbook tells people in danger to call."""

    spoken: Spoken
    language: str
    parts: Mapping[str, str]
    name: str
    number: str = ""
