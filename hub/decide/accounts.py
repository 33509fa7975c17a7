"""Which of several provider accounts sends a delivery: order, weights, countries, who has failed.

The lowest order that is open and serves the number; among equals shares by weight; another than
the one that has just failed wherever there is one. An order is a preference, not an overflow: a
later account is used when no earlier one can, not when an earlier one is busy for a moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.model import Outcome, Verdict
from hub.states import Reason

_GOLDEN = 0.6180339887498949  # multiples of it fill the unit evenly, whatever the step
_UNBOUND = 1_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What an account is for. `order`: lower first; `weight`: its share among equals (> 0);
    `countries`: calling codes it serves (`+86`), none meaning all."""

    order: int = 0
    weight: float = 1.0
    countries: tuple[str, ...] = ()

    def serves(self, address: str) -> bool:
        """Whether it may send there: only numbers have countries."""
        if not self.countries or not address.startswith("+"):
            return True
        return address.startswith(self.countries)

    def covers(self, other: Terms) -> bool:
        """Whether it serves whatever the other serves."""
        if not self.countries:
            return True
        return bool(other.countries) and all(c.startswith(self.countries) for c in other.countries)


DEFAULT = Terms()


@dataclass(frozen=True, slots=True)
class Offer:
    """How an account stands in one process now. `room`: deliveries it takes at once; `open`: its
    provider is thought to work; `slow`: its oldest call hangs, so others go first; `lines`: calls
    that may be under way at once over all processes."""

    name: str
    terms: Terms = DEFAULT
    room: int = _UNBOUND
    open: bool = True
    slow: bool = False
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A delivery that is to be sent. `spread`: any number of its own; `failed`: accounts that
    failed it, the last one last; `refused`: those that said no to it."""

    address: str
    spread: int
    failed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The account that sends it; none now if `account` is empty, none at all if not `ever`."""

    account: str = ""
    ever: bool = True


LATER = Choice()
NEVER = Choice(ever=False)


def assign(offers: Sequence[Offer], wanted: Iterable[Wanted]) -> list[Choice]:
    """A choice for each, in order; no account gets more than its room."""
    room = {offer.name: offer.room for offer in offers}
    found = []
    for one in wanted:
        choice = choose(offers, one, room)
        if choice.account:
            room[choice.account] -= 1
        found.append(choice)
    return found


def choose(offers: Sequence[Offer], wanted: Wanted, room: dict[str, int]) -> Choice:
    """The account for one delivery; `room`: places left of each."""
    serving = [o for o in offers if o.name not in wanted.refused and o.terms.serves(wanted.address)]
    if not serving:
        return NEVER
    ready = [o for o in serving if o.open]
    if not ready:
        return LATER
    last = wanted.failed[-1] if wanted.failed else ""
    best = min(_rank(o, last) for o in ready)
    equals = [o for o in ready if _rank(o, last) == best and room[o.name] > 0]
    return Choice(_share(equals, wanted.spread)) if equals else LATER


def most(offers: Sequence[Offer]) -> int:
    """How many deliveries to claim at once: the places of every account that is the first choice
    for some number."""
    return sum(offer.room for offer in first_choices(offers))


def first_choices(offers: Iterable[Offer]) -> list[Offer]:
    """The open accounts that are the first choice for some number."""
    ready = [o for o in offers if o.open]
    return [o for o in ready if not any(_hides(other, o) for other in ready)]


def elsewhere(offers: Iterable[Offer], wanted: Wanted, outcome: Outcome) -> bool:
    """Whether a delivery that has just failed (`failed` and `refused` hold who did) goes on to
    another account at once. Nobody is asked twice at once, and a refusal is taken elsewhere only
    once. Never in doubt: that would double."""
    others = [o for o in offers if o.name not in wanted.failed and o.terms.serves(wanted.address)]
    if outcome.verdict is Verdict.RETRY:
        return any(o.open for o in others)
    its_own_fault = outcome.verdict is Verdict.REFUSED and outcome.reason is Reason.MISCONFIGURED
    return its_own_fault and len(wanted.refused) == 1 and bool(others)


def _rank(offer: Offer, last: str) -> tuple[bool, bool, int]:
    return offer.name == last, offer.slow, offer.terms.order


def _hides(one: Offer, other: Offer) -> bool:
    return _rank(one, "") < _rank(other, "") and one.terms.covers(other.terms)


def _share(equals: Sequence[Offer], spread: int) -> str:
    """The one whose share of the unit the number falls into."""
    if len(equals) == 1:
        return equals[0].name
    point = spread * _GOLDEN % 1.0 * sum(o.terms.weight for o in equals)
    for offer in equals[:-1]:
        point -= offer.terms.weight
        if point < 0:
            return offer.name
    return equals[-1].name
