"""The demo estate as plain values: everything refers to places by path and to people by ref."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.model import RecipientKind, Words
from hub.roster.values import AddressRow, PlaceRow


@dataclass(frozen=True, slots=True)
class DemoSite:
    """What `sites` holds: key, name and settings (keys as in `hub.model.Site`)."""

    key: str
    name: Words
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DemoRecipient:
    """A resident, staff member, screen or chat group.

    `ref` is unique in the estate and stable for a seed. `place` is a path ("" is the site).
    `helpers` are refs of residents or staff. A screen's address has the channel `screen` and the
    screen's ref as value: whoever stores it writes the recipient's own id there instead.
    `way` is a screen's exit hint {arrow, door: Words, metres, assembly}, empty for others.
    """

    ref: str
    kind: RecipientKind
    name: str
    place: str
    language: str
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    drill: bool = True
    addresses: tuple[AddressRow, ...] = ()
    way: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estate:
    """A whole estate, in the order to insert: places parents first (the site is places[0])."""

    site: DemoSite
    places: tuple[PlaceRow, ...]
    recipients: tuple[DemoRecipient, ...]

    def of(self, kind: RecipientKind) -> tuple[DemoRecipient, ...]:
        """The recipients of one kind, in order."""
        return tuple(r for r in self.recipients if r.kind is kind)

    def counts(self) -> Mapping[str, int]:
        """How many of each, and how many different handsets texts would go to."""
        people = [r for r in self.recipients if r.kind is RecipientKind.RESIDENT]
        handsets = {a.value for r in people for a in r.addresses if a.channel == "sms" and a.usable}
        silent = [r for r in people if not any(a.usable for a in r.addresses)]
        return {
            "places": len(self.places),
            "residents": len(people),
            "households": len({r.place for r in people}),
            "handsets": len(handsets),
            "vulnerable": sum(bool(r.needs) for r in people),
            "unreachable": len(silent),
            "unreachable_flats": len({r.place for r in silent}),
            "staff": len(self.of(RecipientKind.STAFF)),
            "screens": len(self.of(RecipientKind.SCREEN)),
            "groups": len(self.of(RecipientKind.GROUP)),
        }
