"""Replies that a person sees to: why one stands there, and how it is told and settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LONGEST = 5_000  # characters of words that are kept: the longest text there is, by whatever way
MOST_OPEN = 20
"""Open cries of one number, and other words of it: more say nothing a person could still read."""

MOST_ASIDE = 5  # of a machine's answers of one number a day
MOST_CRIES = 200  # open cries that have an alarm of their own
NOTE = 500  # characters of a note


class Why(StrEnum):
    """Why a reply stands where people look. A closed list: the console has words for each."""

    STRANGER = "stranger"  # a number that is nobody's
    REMOVED = "removed"  # somebody who was taken off the roster
    OPTED_OUT = "opted_out"  # somebody who gets no texts any more
    OVER = "over"  # nothing that asked this person is open any more
    DRILL = "drill"  # a cry while only a drill asks
    STAFF_PHONE = "staff_phone"  # a phone of somebody on duty whom no open incident speaks to
    UNCLEAR = "unclear"  # words the hub does not understand
    BARE = "bare"  # a digit that more than one open incident offers
    AFTER_HELP = "after_help"  # a bare digit of somebody who cried, and whose help is open still
    ROBOT = "robot"  # a machine that answers by itself: nobody has to look
    HEARD = "heard"  # a cry that was recorded where it belongs; its words stand here


class Guessed(StrEnum):
    """How it is known who, or where, a reply probably is."""

    NUMBER = "number"  # the number is theirs
    WORDS = "words"  # a place is named in the words
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A reply as it is kept. `answer`: what was read in it. `recorded`: the incidents it was
    recorded in, in which case nobody has to do anything about it."""

    channel: str
    sender: str
    words: str
    cry: bool
    why: Why
    answer: str = ""
    incident: int | None = None
    recipient: int | None = None
    place: int | None = None
    guessed: Guessed = Guessed.NOTHING
    once: str | None = None
    recorded: tuple[int, ...] = ()

    @property
    def aside(self) -> bool:
        """Whether nobody has to look: a machine said it."""
        return self.why is Why.ROBOT

    @property
    def settled(self) -> bool:
        """Whether nobody has to do anything about it."""
        return bool(self.recorded) or self.aside


@dataclass(frozen=True, slots=True)
class Settling:
    """What somebody makes of a reply: whose it is, what it says, what was done about it."""

    recipient: int | None = None
    answer: str = ""
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"recipient": self.recipient, "answer": self.answer, "note": self.note}

    def same(self, kept: Mapping[str, Any]) -> bool:
        """Whether this is what stands already."""
        return all(kept.get(name) == value for name, value in self.to_json().items())
