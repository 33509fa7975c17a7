"""What is known of an answer while it is taken: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.decide.routing import Asked
from hub.model import AnswerWord


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is written down. `others`: the people it also speaks for. `once`: what
    makes a repeat of it recognisable (the provider's id of the reply, a form's nonce). `yields`: of
    the others, those who have spoken for themselves keep their words. `bare`: it is no more than a
    digit or "received", and takes back no cry whose help is open still."""

    incident: int
    recipient: int
    word: AnswerWord
    via: str
    actor: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    once: str | None = None
    others: tuple[int, ...] = ()
    yields: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What stands now: `answer` of the one who answered, `before` what it replaced. `tasks`: help
    that was asked for by it. `repeated`: the same was said before, nothing was added.
    `held`: of somebody it was for a cry stands, whatever it says."""

    answer: str
    before: str
    seq: int = 0
    tasks: tuple[int, ...] = ()
    repeated: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A call that was made: whom it spoke to in its incident (`asked`; None: nobody whose phone
    this is), other open incidents that speak to them, and its words (marks still in them), in case
    they are to be said again. `number`: the one that was called. `service`: whom the incident's
    playbook tells people in danger to call."""

    incident: int
    asked: Asked | None
    others: tuple[Asked, ...]
    number: str
    language: str
    parts: Mapping[str, str]
    name: str
    service: str = ""
