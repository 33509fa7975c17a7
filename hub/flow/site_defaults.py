"""What a site is before anybody has said more: enough to launch every shipped playbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.decide.emergency import Contact, contacts_of, numbers_of, usual_numbers
from hub.decide.meeting import OWN, OWN_NAME, by_building, points_of
from hub.decide.site import ASSEMBLY, ASSEMBLY_KEY, NAME, POINTS, SIGNATURE, SOURCE, spoken_in
from hub.decide.spoken import options_of
from hub.entries import SiteEntry
from hub.model import Words

FIRST = "site"
"""The key of the site a fresh hub starts with, unless its configuration names one."""


def first_site(country: str, languages: Sequence[str], *, key: str = FIRST) -> SiteEntry:
    """The site a fresh hub starts with; every value can be changed later."""
    settings: dict[str, Any] = {
        "country": country,
        "languages": list(languages),
        "sms_signature": SIGNATURE,
        "source": spoken_in(SOURCE, languages),
        POINTS: [{"key": ASSEMBLY_KEY, "name": spoken_in(ASSEMBLY, languages)}],
        "emergency": {},
    }
    return SiteEntry(key, dict(NAME), settings)


def offered_by(source: str, settings: Mapping[str, Any]) -> list[tuple[str, Words]]:
    """The choices a parameter takes from a site, the usual one first: where people of different
    buildings meet at different points, each building its own."""
    found = options_of(source, settings) if source else []
    apart = source == POINTS and by_building(points_of(settings))
    return [(OWN, OWN_NAME), *found] if apart else found


__all__ = [
    "FIRST",
    "Contact",
    "contacts_of",
    "first_site",
    "numbers_of",
    "offered_by",
    "usual_numbers",
]
"""What the web may ask of emergency numbers stands here: it imports no decisions."""
