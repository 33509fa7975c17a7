"""Which open incident an answer belongs to.

A cry counts in every open live incident that speaks to this person, and never in a drill alone.
Other answers go to the incident that offered their digit: live before drill, graver before lesser,
newer before older. A letter ("B1") names the incident itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.decide.asking import FIRST
from hub.decide.inbox import Why
from hub.decide.replies import Because, Meaning, Meant
from hub.model import DIGITS, AnswerWord, Kind

EVERY = frozenset(DIGITS)


@dataclass(frozen=True, slots=True)
class Asked:
    """An open incident that speaks to the people of a number. `people`: for whom its answer counts
    there, the first one gives it; `duty`: all of them are staff or outside parties. `told`: words
    went to this very number; `offered`: the digits they asked for."""

    incident: int
    kind: str
    level: str
    launched: int
    people: tuple[int, ...]
    duty: bool = False
    told: bool = True
    letter: str = ""
    offered: frozenset[str] = EVERY

    @property
    def live(self) -> bool:
        """Whether this is the real thing."""
        return self.kind == Kind.LIVE


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of a number. `asked`: open incidents that speak to its people; `owner`: whose
    it is; `standing`: why nothing open speaks to them; `last`: what asked them last, if it was
    closed within a day; `recent`: whether anything is open, or was within a day."""

    asked: tuple[Asked, ...] = ()
    owner: int | None = None
    standing: Why = Why.STRANGER
    last: int | None = None
    recent: bool = True

    @property
    def letters(self) -> frozenset[str]:
        """The letters that name an incident to this number, small."""
        return frozenset(one.letter.casefold() or FIRST for one in self.asked if one.told)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a reply goes: `to` these incidents, each in turn; and whether it stands where people
    look (`why`), to be seen to (`waits`) or only to be read."""

    to: tuple[Asked, ...] = ()
    why: Why | None = None
    waits: bool = False


def ranked(asked: Iterable[Asked]) -> tuple[Asked, ...]:
    """Live before drill, graver before lesser, newer before older."""
    return tuple(
        sorted(asked, key=lambda one: (not one.live, one.level, -one.launched, -one.incident))
    )


def route(meaning: Meaning, caller: Caller) -> Route:
    """Where this goes. Opting in and out, and what says nothing, is not asked here."""
    if meaning.word is None:
        return _unclear(caller)
    return _cry(meaning, caller) if meaning.cry else _answer(meaning, meaning.word, caller)


def route_key(meaning: Meaning, called: Asked | None, others: Iterable[Asked]) -> Route:
    """A key names the incident whose call it was pressed in (None: it is over, or the phone is of
    somebody whom it does not speak to); help counts in every live one, too."""
    own = (called,) if called else ()
    if not meaning.cry:
        return Route(own, None if own else Why.OVER, waits=not own)
    live = ranked(one for one in others if one.live)
    to = (*own, *live)
    if any(one.live for one in to):
        return Route(to)
    return Route(own, Why.DRILL if own else Why.OVER, waits=True)


def _cry(meaning: Meaning, caller: Caller) -> Route:
    live = ranked(one for one in caller.asked if one.live)
    if live:
        spoken = None if meaning.plain else Why.HEARD
        return Route(live, spoken)
    drills = ranked(one for one in caller.asked if one.told)
    if drills:
        return Route(drills[:1], Why.DRILL, waits=True)
    return Route((), caller.standing, waits=True)


def _answer(meaning: Meaning, word: AnswerWord, caller: Caller) -> Route:
    told = ranked(one for one in caller.asked if one.told)
    if meaning.letter:
        named = tuple(one for one in told if (one.letter.casefold() or FIRST) == meaning.letter)
        return Route(named[:1])
    if meaning.because is Because.ACK:  # whatever asked them
        return Route(tuple(one for one in told if one.duty))
    digit = next(key for key, meant in DIGITS.items() if meant is word)
    fit = tuple(one for one in told if digit in one.offered) or told
    if not fit:
        return _unclear(caller)
    return Route(fit[:1], Why.BARE if len(fit) > 1 else None)


def _unclear(caller: Caller) -> Route:
    """Words for a person to read, as long as anything is open that they may be about."""
    if not caller.recent:
        return Route()
    return Route((), Why.UNCLEAR if caller.asked else caller.standing, waits=True)


def acknowledges(meaning: Meaning, caller: Caller) -> Meaning:
    """Thanks or "received" of somebody on duty is their answer; of anybody else it is none."""
    on_duty = any(one.duty and one.told for one in caller.asked)
    if meaning.because is not Because.ACK or not on_duty:
        return meaning
    return Meaning(Meant.ANSWER, Because.ACK, AnswerWord.SEEN)
