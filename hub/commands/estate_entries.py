"""The demo estate as entries of the register."""

from __future__ import annotations

from collections.abc import Sequence

from hub.entries import PlaceEntry, RecipientEntry, SiteEntry
from hub.roster.change import address_entry, place_entry
from hub.roster.demo import demo_estate
from hub.roster.demo_values import DemoRecipient


def demo_entries(
    people: int,
) -> tuple[SiteEntry, Sequence[PlaceEntry], Sequence[RecipientEntry]]:
    """Site, places and recipients of a demo estate of so many residents; the same every time."""
    estate = demo_estate(people)
    site = SiteEntry(estate.site.key, estate.site.name, estate.site.settings)
    return (
        site,
        [place_entry(row) for row in estate.places if row.path],
        [_entry(recipient) for recipient in estate.recipients],
    )


def _entry(found: DemoRecipient) -> RecipientEntry:
    return RecipientEntry(
        ref=found.ref,
        kind=found.kind,
        name=found.name,
        place=found.place,
        language=found.language,
        roles=found.roles,
        needs=found.needs,
        helpers=found.helpers,
        drill=found.drill,
        # a screen's address is its own id: it is given when a device is paired
        addresses=tuple(address_entry(a) for a in found.addresses if a.channel != "screen"),
        extra={"way": dict(found.way)} if found.way else {},
    )
