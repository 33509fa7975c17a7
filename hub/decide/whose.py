"""Which of the sends a provider tells of is whose: never two doubts' the same, and none that is
known as another's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.decide.unsure import Found, found_by
from hub.model import Outcome


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider said of one call in doubt. `rival`: the same words are being sent to the
    same address just now; `before`: what it had said when it was asked this time."""

    attempt: int
    delivery: int
    outcome: Outcome
    rival: bool = False
    before: Found = Found.UNASKED


@dataclass(frozen=True, slots=True)
class Mine:
    """What that means for the call; `outcome` is the one of several that is its own."""

    told: Told
    found: Found
    outcome: Outcome


def whose(told: Sequence[Told], known: Mapping[str, int]) -> list[Mine]:
    """One for each, in their order: of several that fit the first that is nobody else's. `known`:
    reference -> the delivery it is known to be of."""
    owners = dict(known)
    return [_mine(one, owners) for one in told]


def _mine(told: Told, owners: dict[str, int]) -> Mine:
    fits = (told.outcome, *told.outcome.others)
    own = next((one for one in fits if _free(one, told.delivery, owners)), None)
    mine = own or told.outcome
    found = found_by(mine, taken=own is None, before=told.before)
    if found is Found.ACCEPTED and told.rival:  # it may be that send, whose answer is on its way
        found = Found.UNASKED
    if found is Found.ACCEPTED:
        owners[mine.provider_ref] = told.delivery
    return Mine(told, found, mine)


def _free(one: Outcome, delivery: int, owners: Mapping[str, int]) -> bool:
    return not one.provider_ref or owners.get(one.provider_ref, delivery) == delivery
