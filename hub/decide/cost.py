"""What a notice costs, and how long until the last of it is handed over."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from hub.ports import Traits

ROUND_TRIP = 0.25
"""Seconds one send takes at a provider without a pace of its own: what we saw, rounded up."""

_CURRENCY: Mapping[str, str] = {
    "CN": "CNY",
    "HK": "HKD",
    "MO": "MOP",
    "TW": "TWD",
    "SG": "SGD",
    "GB": "GBP",
    "US": "USD",
    "AU": "AUD",
    "CA": "CAD",
    "JP": "JPY",
    "DE": "EUR",
    "FR": "EUR",
    "NL": "EUR",
}


def by_medium(accounts: Iterable[Traits]) -> dict[str, list[Traits]]:
    """The accounts of each channel."""
    found: dict[str, list[Traits]] = {}
    for traits in accounts:
        found.setdefault(traits.channel, []).append(traits)
    return found


def cost(units: int, accounts: Sequence[Traits]) -> float:
    """Price of so many units (segments, calls) on the dearest account, to four places."""
    return round(units * max((traits.cost for traits in accounts), default=0.0), 4)


def seconds(sends: int, units: int, accounts: Sequence[Traits]) -> int:
    """Whole seconds until the last send is handed over when all accounts share the work.

    A pace that binds each address alone (chat robots) never queues one group behind another.
    """
    if not sends or not accounts:
        return 0
    lanes = sum(traits.parallel for traits in accounts)
    flight = math.ceil(sends / max(1, lanes)) * ROUND_TRIP
    paces = [t.pace for t in accounts if t.per == "account"]
    if not paces or any(pace is None for pace in paces):
        return math.ceil(flight)
    pace = sum(pace for pace in paces if pace)
    return math.ceil(max(flight, units / pace if pace else 0.0))


def currency(country: str, chosen: object = None) -> str:
    """The currency of a site: its own setting, else its country's, else USD."""
    if isinstance(chosen, str) and chosen:
        return chosen
    return _CURRENCY.get(country.upper(), "USD")
