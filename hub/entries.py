"""Values that are written to, and listed from, the estate's register of places and people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.model import PlaceKind, RecipientKind, Words

ROSTER_COLUMNS = "roster_columns"
"""The setting of a site that says what people said its rosters' columns are."""


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
    """A recipient to be kept. `place` is a path within the site ("" none), `homes` are those of
    further homes.

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
    no_drill: bool = False  # said no to drills
    addresses: tuple[AddressEntry, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)  # screens: way
    homes: tuple[str, ...] = ()


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
    no_drill: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)  # screens: way
    site: int = 0
    homes: tuple[str, ...] = ()


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
    columns: Mapping[str, str] | None = None  # what a person said each column is, to be kept


@dataclass(frozen=True, slots=True)
class KeptText:
    """The last good version of a file of the site's own. `key`: a playbook's, or `words/TAG`."""

    key: str
    file: str
    hash: str
    text: str


@dataclass(frozen=True, slots=True)
class TextFault:
    """A file of the site's own that cannot be used, and what stands in for it.

    `where` is `file:line:column`; `used`: `kept` (its last good version), `shipped`, `other` (a
    good file has the same key), `none`; `gone`: the file is not there any more.
    """

    key: str
    file: str
    where: str
    what: str
    hint: str = ""
    used: str = "none"
    version: str = ""
    more: int = 0
    gone: bool = False

    def said(self) -> str:
        """The fault and what is in use, in a sentence for operators."""
        version = f" (version {self.version})" if self.version else ""
        used = {
            "kept": f"the last good version of {self.key}{version} stays in use",
            "shipped": f"{self.key} is the one that ships",
            "other": f"{self.key} is that of another file",
        }.get(self.used, f"there is no {self.key}" if self.key else "nothing of it is in use")
        hint = f" ({self.hint})" if self.hint else ""
        more = f" and {self.more} more" if self.more else ""
        return f"{self.where}: {self.what}{hint}{more}; {used}."


@dataclass(frozen=True, slots=True)
class How:
    """What a person said of a residents' file that it does not say itself.

    `encoding` of a CSV; `hidden`: whether hidden rows and columns belong (ask, take, leave);
    `columns`: the field of a column by its title, where it is not what it looks like.
    """

    encoding: str = ""
    hidden: str = "ask"
    columns: Mapping[str, str] = field(default_factory=dict)
    asked: Sequence[str] = ()  # titles the person named just now: they have to be there
    missing: str = "remove"  # those the file does not name: remove, keep


HOW = How()
