"""What reading a residents' file gives: people, places, problems, and what was left aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.model import PlaceKind, RecipientKind, Words
from hub.roster.problem_words import Code, problem_words
from hub.states import Reason


class Severity(StrEnum):
    """How much a problem matters."""

    STOP = "stop"  # the row cannot be understood: stops the import unless problems are skipped
    ADDRESS = "address"  # one number is unusable: the person comes in, unreachable by it
    NOTE = "note"  # something was left aside or decided: worth a look


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong or worth knowing. `found` is what stood there; `row` is the sheet's own.

    `row` 0 means the whole sheet. `column` is the header as written, `letter` its column letter.
    """

    severity: Severity
    code: Code
    sheet: str
    row: int
    column: str = ""
    letter: str = ""
    found: str = ""
    args: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        """What is wrong and what was expected, in every language of the product."""
        return problem_words(self.code, args=self.args)

    def to_json(self) -> dict[str, Any]:
        """The problem as JSON; `expected` holds a text per language."""
        return {
            "severity": self.severity.value,
            "code": self.code.value,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "letter": self.letter,
            "found": self.found,
            "expected": dict(self.words),
            "fits": self.args[2] if self.code is Code.COLUMN_UNSURE else "",
        }


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row known to be no person. `why`: title, header, total, note, section, vacant, hidden."""

    sheet: str
    row: int
    why: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One way to reach a person as the file gives it. Unusable ones keep what was written.

    `code` says why a number is unusable, in words; `reason` is the closed list of the deliveries.
    """

    channel: str
    value: str
    usable: bool = True
    reason: Reason = Reason.NONE
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class PlaceParts:
    """A place within a site, from the building inwards; empty parts are not named."""

    building: str = ""
    entrance: str = ""
    floor: str = ""
    unit: str = ""

    @property
    def path(self) -> str:
        """The place as written everywhere: `3`, `3-1`, `3/12`, `3-1/12/1203`; "" is the site."""
        head = f"{self.building}-{self.entrance}" if self.entrance else self.building
        return "/".join(p for p in (head, self.floor, self.unit) if p)


SITE = PlaceParts()


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A node of the site's tree, ready to be stored; `parent` is a path, None for the site."""

    path: str
    parent: str | None
    kind: PlaceKind
    building: str
    entrance: str
    floor: str
    level: int | None
    unit: str
    name: Words
    sort: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the file. `ref` finds the same person at the next import."""

    ref: str
    place: PlaceParts
    name: str
    language: str
    kind: RecipientKind = RecipientKind.RESIDENT
    addresses: tuple[AddressRow, ...] = ()
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    drill: bool | None = None  # None: the file does not say
    rows: tuple[int, ...] = ()
    sheet: str = ""
    homes: tuple[PlaceParts, ...] = ()  # further ones
    named: bool = True  # False: the file gives no name, and the flat stands for one

    @property
    def paths(self) -> tuple[str, ...]:
        """Every home the file gives."""
        return (self.place.path, *(home.path for home in self.homes))

    @property
    def reachable(self) -> bool:
        """True when at least one address can be used."""
        return any(a.usable for a in self.addresses)


@dataclass(frozen=True, slots=True)
class SheetRead:
    """How one table was understood. `columns`: (letter, header as written, field or "")."""

    name: str
    header_row: int
    columns: tuple[tuple[str, str, str], ...]
    rows: int  # data rows that are not blank
    examples: tuple[tuple[str, ...], ...]  # of each column, masked


@dataclass(frozen=True, slots=True)
class RosterReading:
    """Everything a file says. Nothing is lost: each row is a person, a problem or skipped."""

    name: str
    format: str  # csv | xlsx | xls
    encoding: str  # of a CSV: utf-8, utf-8-sig, gb18030, utf-16
    delimiter: str
    sheets: tuple[SheetRead, ...]
    people: tuple[PersonRow, ...]
    places: tuple[PlaceRow, ...]
    problems: tuple[RowProblem, ...]
    skipped: tuple[Skipped, ...]
    fields: frozenset[str] = frozenset()  # what the file speaks about: language, needs, roles …

    @property
    def stops(self) -> tuple[RowProblem, ...]:
        """The problems that stop an import unless they are skipped."""
        return tuple(p for p in self.problems if p.severity is Severity.STOP)

    def to_json(self, *, limit: int = 500) -> dict[str, Any]:
        """Counts, how the file was understood, and up to `limit` problems and skipped rows."""
        return {
            "file": self.name,
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheets": [_sheet_json(s) for s in self.sheets],
            "counts": self.counts(),
            "problems": [p.to_json() for p in self.problems[:limit]],
            "problems_left_out": max(0, len(self.problems) - limit),
            "skipped": [
                {"sheet": s.sheet, "row": s.row, "why": s.why, "found": s.found}
                for s in self.skipped[:limit]
            ],
            "skipped_left_out": max(0, len(self.skipped) - limit),
        }

    def counts(self) -> Mapping[str, int]:
        """How many of each: rows, people, households, addresses, problems by severity."""
        severities = [p.severity for p in self.problems]
        flats = {h.path for p in self.people for h in (p.place, *p.homes) if h.unit}
        return {
            "rows": sum(s.rows for s in self.sheets),
            "people": len(self.people),
            "residents": sum(p.kind is RecipientKind.RESIDENT for p in self.people),
            "staff": sum(p.kind is RecipientKind.STAFF for p in self.people),
            "households": len(flats),
            "places": len(self.places),
            "addresses": sum(len(p.addresses) for p in self.people),
            "unusable": sum(not a.usable for p in self.people for a in p.addresses),
            "unreachable": sum(not p.reachable for p in self.people),
            "stop": severities.count(Severity.STOP),
            "address": severities.count(Severity.ADDRESS),
            "note": severities.count(Severity.NOTE),
            "skipped": len(self.skipped),
        }


def _sheet_json(sheet: SheetRead) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "header_row": sheet.header_row,
        "rows": sheet.rows,
        "columns": [
            {"letter": a, "header": h, "field": f, "examples": list(shown)}
            for (a, h, f), shown in zip(sheet.columns, sheet.examples, strict=True)
        ],
    }
