"""What a page must know before its scripts run: how to name an incident, whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.errors import Unknown
from hub.flow.site_defaults import Contact, contacts_of
from web.house import House
from web.render import say_in

CALLS = ("fire", "ambulance", "police")


async def numbers(
    hub: House, wanted: tuple[str, ...] = (), *, site: str = "", firms: bool = False
) -> list[Contact]:
    """The site's emergency numbers: those a playbook names, or the usual; then those of its
    firms."""
    try:
        found = await hub.estate.site(site)
    except Unknown:
        return []
    known = {one.key: one for one in contacts_of(found.settings)}
    first = [known[key] for key in wanted or CALLS if key in known]
    others = [one for one in known.values() if one.key not in CALLS and one not in first]
    return [*first, *others] if firms else first


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
