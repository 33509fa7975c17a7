"""A recipient as the API says it, and where a screen of one stands."""

from __future__ import annotations

from typing import Any

from hub.entries import PlaceEntry, RecipientEntry, RecipientView
from hub.flow.screen_fields import entry_for, read_screen_place
from hub.model import RecipientKind
from hub.roster.cells import masked


def spot_of(entry: RecipientEntry) -> PlaceEntry | None:
    """The lobby, lift or gate a screen stands at, to be made where it is not there yet."""
    if entry.kind is not RecipientKind.SCREEN or not entry.place:
        return None
    asked = read_screen_place(entry.place)
    return entry_for(asked) if asked is not None else None


def person_json(view: RecipientView, *, clear: bool = False) -> dict[str, Any]:
    """A recipient as the API says it; numbers masked unless `clear`."""
    return {
        "id": view.id,
        "kind": view.kind.value,
        "name": view.name,
        "place": view.place,
        "homes": list(view.homes),
        "language": view.language,
        "roles": list(view.roles),
        "needs": list(view.needs),
        "drill": view.drill,
        "no_drill": view.no_drill,
        **({"way": dict(view.extra.get("way") or {})} if view.kind == "screen" else {}),
        "version": view.version,
        "addresses": [
            {
                "channel": a.channel,
                "value": a.value if clear else masked(a.value),
                "usable": a.usable,
                "reason": a.reason,
            }
            for a in view.addresses
            if a.channel != "screen"
        ],
    }
