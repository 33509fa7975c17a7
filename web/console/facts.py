"""What a page must know before its scripts run: how to name an incident, whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.errors import Unknown
from web.house import House
from web.render import say_in

CALLS = ("fire", "ambulance", "police")


async def numbers(hub: House, wanted: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The site's emergency numbers as (what, number): those a playbook names, or the usual."""
    try:
        site = await hub.estate.site()
    except Unknown:
        return []
    known: Mapping[str, str] = site.settings.get("emergency", {})
    return [(key, str(known[key])) for key in wanted or CALLS if known.get(key)]


def titled(incident: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The incident with its two names: as a heading, and short for tab and history."""
    name = said(incident.get("playbook_name"), language) or str(incident["playbook"])
    place = said(incident.get("place_spoken"), language) or str(incident["place"])
    return {
        **incident,
        "title": f"{place}{name}" if language.startswith("zh") else f"{name}, {place}",
        "title_short": f"{name} {incident['place']}",
    }


def said(words: object, language: str) -> str:
    """A text per language, or a plain one, as text."""
    if isinstance(words, Mapping):
        return say_in({str(k): str(v) for k, v in words.items()}, language)
    return str(words or "")
