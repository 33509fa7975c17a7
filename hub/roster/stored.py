"""People as the register has them, and what an import changes of one."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model import RecipientId, RecipientKind
from hub.roster.values import PersonRow


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A resident or staff member as stored. `place` is a path, "" for the site.

    `addresses` are (channel, value) of every address not removed, in order.
    """

    ref: str
    recipient: RecipientId
    place: str
    name: str
    kind: RecipientKind = RecipientKind.RESIDENT
    language: str = ""
    addresses: tuple[tuple[str, str], ...] = ()
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    drill: bool = False
    no_drill: bool = False
    homes: tuple[str, ...] = ()  # further ones

    @property
    def takes_part(self) -> str:
        """Whether they said so of drills: True, False, or nothing."""
        return str(self.drill) if self.drill or self.no_drill else ""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every home of theirs."""
        return (self.place, *self.homes)


def needs_after(stored: StoredPerson, row: PersonRow, fields: frozenset[str]) -> tuple[str, ...]:
    """A column of needs says all of them; remarks can only add to what is known."""
    known = () if "needs" in fields else stored.needs
    return tuple(dict.fromkeys((*known, *row.needs)))


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; addresses as `channel value`."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored person whom the file describes differently. A moved one has a change of `place`;
    `places` are their homes from now on, the first first."""

    stored: StoredPerson
    row: PersonRow
    fields: tuple[FieldChange, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A stored person who is in no flat of the file's buildings any more, but lives elsewhere."""

    stored: StoredPerson
    fields: tuple[FieldChange, ...]
    places: tuple[str, ...]
