"""Values that are written to, and listed from, the estate's register of places and people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.model import PlaceKind, RecipientKind, Words


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A site to be kept: found by its key."""

    key: str
    name: Words
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A place to be kept: found by its path; `parent` is a path, None for the site itself."""

    path: str
    parent: str | None
    kind: PlaceKind
    building: str = ""
    entrance: str = ""
    floor: str = ""
    level: int | None = None
    unit: str = ""
    name: Words = field(default_factory=dict)
    sort: int = 0


@dataclass(frozen=True, slots=True)
class AddressEntry:
    """One way to reach somebody; an unusable one keeps what was written and says why."""

    channel: str
    value: str
    usable: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecipientEntry:
    """A recipient to be kept. `place` is a path within the site ("" none).

    `ref` finds the same one at the next import; `helpers` are refs of the same write.
    """

    ref: str
    kind: RecipientKind
    name: str
    place: str
    language: str
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    drill: bool = False
    addresses: tuple[AddressEntry, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)  # screens: way


@dataclass(frozen=True, slots=True)
class RecipientView:
    """A recipient as stored, with its addresses in order of use."""

    id: int
    ref: str | None
    kind: RecipientKind
    name: str
    place: str
    language: str
    roles: tuple[str, ...]
    needs: tuple[str, ...]
    drill: bool
    version: int
    addresses: tuple[AddressEntry, ...]


@dataclass(frozen=True, slots=True)
class RosterWrite:
    """What one import changes, in one transaction: nobody else is touched.

    `changed`, `removed` and `refs` (new refs of people found otherwise) are by recipient id. `rev`
    is the roster's revision the difference was computed on: another one means somebody changed
    the roster meanwhile, and nothing is written. Each collection may make its values as it is
    walked, anew every time: those who write take them a page at a time.
    """

    rev: int
    places: Collection[PlaceEntry]
    added: Collection[RecipientEntry]
    changed: Collection[tuple[int, RecipientEntry]]
    removed: Collection[int]
    refs: Collection[tuple[int, str]] = ()
