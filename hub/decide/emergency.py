"""Whom to call from outside the house: one list of numbers for texts, pages and calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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


def usual_numbers(country: str) -> Mapping[str, str]:
    """The numbers of a country; those of mainland China where no country is named."""
    return NUMBERS.get(country, dict.fromkeys(SERVICES, "112")) if country else CHINA


def numbers_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """Every number of a site: its own, else its country's."""
    own = settings.get("emergency")
    own = own if isinstance(own, Mapping) else {}
    usual = usual_numbers(str(settings.get("country") or ""))
    return {key: str(own.get(key) or usual[key]) for key in SERVICES}


def number_for(calls: Sequence[str], settings: Mapping[str, Any]) -> str:
    """The number for somebody in danger: that of the first service the playbook names."""
    known = numbers_of(settings)
    return known[next((key for key in calls if key in known), SERVICES[0])]
