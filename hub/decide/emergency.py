"""Whom to call from outside the house: one list of numbers for texts, pages and calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model import Words

SERVICES = ("fire", "ambulance", "police")

CHINA: Mapping[str, str] = {"fire": "119", "ambulance": "120", "police": "110"}

NUMBERS: Mapping[str, Mapping[str, str]] = {
    "CN": CHINA,
    "HK": dict.fromkeys(SERVICES, "999"),
    "MO": dict.fromkeys(SERVICES, "999"),
    "TW": {"fire": "119", "ambulance": "119", "police": "110"},
    "JP": {"fire": "119", "ambulance": "119", "police": "110"},
    "KR": {"fire": "119", "ambulance": "119", "police": "112"},
    "SG": {"fire": "995", "ambulance": "995", "police": "999"},
    "GB": dict.fromkeys(SERVICES, "999"),
    "US": dict.fromkeys(SERVICES, "911"),
    "CA": dict.fromkeys(SERVICES, "911"),
    "AU": dict.fromkeys(SERVICES, "000"),
    "NZ": dict.fromkeys(SERVICES, "111"),
}
"""Emergency numbers by country, as their governments publish them; 112 works in most others, and
reaches nobody in mainland China."""


FIRMS: Mapping[str, Words] = {
    "lift": {"zh-CN": "电梯维保", "en": "Lift firm"},
    "gas": {"zh-CN": "燃气公司", "en": "Gas firm"},
    "power": {"zh-CN": "供电抢修", "en": "Power faults"},
    "water": {"zh-CN": "供水抢修", "en": "Water firm"},
}
"""Firms every estate needs, by the key of their number; others come with a name."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A number to call. `name`: by language, empty for a service everybody knows by its key."""

    key: str
    number: str
    name: Words


def usual_numbers(country: str) -> Mapping[str, str]:
    """The numbers of a country; those of mainland China where no country is named."""
    return NUMBERS.get(country, dict.fromkeys(SERVICES, "112")) if country else CHINA


def numbers_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """Every number of a site: its own, else its country's."""
    own = settings.get("emergency")
    own = own if isinstance(own, Mapping) else {}
    usual = usual_numbers(str(settings.get("country") or ""))
    return {key: str(own.get(key) or usual[key]) for key in SERVICES}


def contacts_of(settings: Mapping[str, Any]) -> tuple[Contact, ...]:
    """Every number of a site: the three services, then its firms in their order."""
    own = settings.get("emergency")
    own = own if isinstance(own, Mapping) else {}
    services = [Contact(key, number, {}) for key, number in numbers_of(settings).items()]
    firms = [_firm(key, said) for key, said in own.items() if key not in SERVICES]
    return (*services, *(one for one in firms if one.number))


def _firm(key: str, said: Any) -> Contact:
    if isinstance(said, Mapping):
        name = said.get("name") or FIRMS.get(key, {})
        return Contact(key, str(said.get("number") or ""), dict(name))
    return Contact(key, str(said or ""), dict(FIRMS.get(key, {})))


def number_for(calls: Sequence[str], settings: Mapping[str, Any]) -> str:
    """The number for somebody in danger: that of the first service the playbook names."""
    known = numbers_of(settings)
    return known[next((key for key in calls if key in known), SERVICES[0])]
