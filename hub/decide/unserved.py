"""Numbers no provider account serves, though there is an account for their channel.

An account may be for some countries only; what none is for ends as refused (`no_account`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.decide.plan import Ways
from hub.decide.queue import Sender
from hub.model import PEOPLE
from hub.plans import Told


@dataclass(frozen=True, slots=True)
class Unserved:
    """`numbers`: by channel; `people`: who have no other way that can be used."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    people: int = 0


def unserved(
    told: Sequence[Told], ways: Ways, accounts: Mapping[str, Sequence[Sender]]
) -> Unserved:
    """What of the audience's addresses no account serves. `accounts`: by channel."""
    if not any(one.terms.countries for group in accounts.values() for one in group):
        return Unserved()
    numbers: dict[str, set[str]] = {}
    people = 0
    for row in told:
        mine = [way for way in ways.get(row.recipient, ()) if way[0] in accounts]
        lost = [way for way in mine if not _served(way, accounts)]
        for channel, value in lost:
            numbers.setdefault(channel, set()).add(value)
        people += row.kind in PEOPLE and bool(mine) and len(lost) == len(mine)
    return Unserved({channel: len(found) for channel, found in sorted(numbers.items())}, people)


def _served(way: tuple[str, str], accounts: Mapping[str, Sequence[Sender]]) -> bool:
    channel, value = way
    return any(one.terms.serves(value) for one in accounts[channel])
