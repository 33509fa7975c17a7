"""What a notice costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hub.decide.queue import Sender

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


def by_medium(accounts: Iterable[Sender]) -> dict[str, list[Sender]]:
    """The accounts of each channel."""
    found: dict[str, list[Sender]] = {}
    for one in accounts:
        found.setdefault(one.traits.channel, []).append(one)
    return found


def cost(units: int, accounts: Sequence[Sender]) -> float:
    """Price of so many units (segments, calls) on the dearest account, to four places."""
    return round(units * max((one.traits.cost for one in accounts), default=0.0), 4)


def currency(country: str, chosen: object = None) -> str:
    """The currency of a site: its own setting, else its country's, else USD."""
    if isinstance(chosen, str) and chosen:
        return chosen
    return _CURRENCY.get(country.upper(), "USD")
