"""One sheet as people, problems and skipped rows: every row that holds anything is one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hub.model import RecipientKind
from hub.roster.cells import Cell, cell_text, clipped, column_letter, has_lost_text
from hub.roster.columns import Column, Header, NameGroup, name_groups
from hub.roster.header_words import PLACES
from hub.roster.noise import is_trailing_note, noise
from hub.roster.people import Named, Traits, person_ref, read_people, read_remarks, read_traits
from hub.roster.place_columns import PlaceColumns, PlaceFound
from hub.roster.place_kinds import take_group
from hub.roster.place_words import read_written
from hub.roster.problem_words import Code
from hub.roster.samples import Samples
from hub.roster.table import Table
from hub.roster.values import SITE, PersonRow, PlaceParts, RowProblem, Severity, SheetRead, Skipped

_TRAITS = ("roles", "kind", "language", "needs", "drill", "ref")
_EMPTY = ("", None)
_MAYBE = re.compile(
    r"\s*[合总小共备注说填制审编更统打日录复批经负责主核物单以(（gstnrpulcadb=*_—–~#-]|\s+$",
    re.IGNORECASE,
)
"""How every total and note begins: other rows are people's and cost no second look."""

_LOOKS = {"phone": ("号码", "numbers"), "unit": ("房号", "flats"), "name": ("姓名", "names")}
_ONCE = frozenset({Code.ESTATE_LEFT_OUT})


@dataclass(slots=True)
class SheetFound:
    """What a sheet gives, in the order of its rows."""

    people: list[PersonRow] = field(default_factory=list)
    places: dict[str, PlaceParts] = field(default_factory=dict)  # by path
    problems: list[RowProblem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    rows: int = 0


@dataclass(slots=True)
class SheetReader:
    """Reads one sheet by its header. `strict_width`: extra cells break the row (CSV)."""

    table: Table
    header: Header
    country: str
    languages: Sequence[str]
    strict_width: bool
    hidden: str = "ask"  # rows nobody sees: ask, take or leave
    found: SheetFound = field(default_factory=SheetFound)
    groups: tuple[NameGroup, ...] = ()
    traits: dict[str, Column] = field(default_factory=dict)
    by_index: dict[int, Column] = field(default_factory=dict)
    remarks: tuple[Column, ...] = ()
    places: PlaceColumns = field(init=False)
    samples: Samples = field(init=False)
    _first: str = ""
    _width: int = 0
    _untitled: tuple[int, ...] = ()
    _row: int = 0
    _stopped: bool = False
    _once: set[tuple[Code, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.groups = name_groups(self.header)
        columns = {f: self.header.first(f) for f in _TRAITS}
        self.traits = {f: c for f, c in columns.items() if c is not None}
        self.remarks = self.header.all("remarks")
        self.by_index = {c.index: c for c in self.header.columns}
        self.places = PlaceColumns(self.header)
        self.samples = Samples(self.header.columns)
        self._width = max(self.by_index) + 1
        self._untitled = tuple(i for i in range(self._width) if i not in self.by_index)
        self._first = next((t for t in self.header.texts if t), "")

    def learn(self) -> None:
        """The places of the sheet; call it before `read`."""
        self.places.group = take_group(self.table.name.upper())[0]
        self.places.learn((c, building) for _, c, why, building in self._walk() if not why)

    def read(self) -> SheetRead:
        """Everything into `found`; returns how the sheet was understood."""
        self._note_columns()
        hidden = () if self.hidden == "take" else self.table.hidden_rows
        left = 0
        for number, cells, why, building in self._walk():
            self._row, self._stopped = number, False
            self.found.rows += 1
            if number in hidden:
                self._skip("hidden", cells)
                left += 1
            elif why:
                self._skip(why, cells)
            else:
                self._read_row(cells, building)
        if left:
            self._row = 0
            severity = Severity.STOP if self.hidden == "ask" else Severity.NOTE
            self._problem(severity, Code.ROWS_HIDDEN, None, args=(str(left),))
        self._lost_rows()
        self._trailing_notes()
        self._ask_columns()
        columns = tuple((c.letter, c.header, c.field) for c in self.header.columns)
        shown = tuple(self.samples.shown(c) for c in self.header.columns)
        return SheetRead(self.table.name, self.header.row, columns, self.found.rows, shown)

    def _ask_columns(self) -> None:
        """A column that nobody understands, and that holds people's numbers, names or flats."""
        self._row = 0
        for column in self.header.columns:
            looks = (
                "" if column.field or self._is_repeated(column) else self.samples.looks_like(column)
            )
            if looks:
                zh, en = _LOOKS[looks]
                args = (zh, column.header, looks, en)
                shown = ", ".join(self.samples.shown(column))
                self._problem(Severity.STOP, Code.COLUMN_UNSURE, column, shown, args)

    def _walk(self) -> Iterator[tuple[int, Sequence[Cell], str, str]]:
        """(row, cells, why it is no data or "", building of its section) of rows below."""
        sections = not self.places.names_building
        building = self._sheet_building() if sections else ""
        for number, cells in self.table.rows():
            if number <= self.header.last_row:
                continue
            filled = [c for c in cells if c not in _EMPTY]
            if not filled:
                continue
            why = ""
            if len(filled) < 3 or _MAYBE.match(str(filled[0])) or filled[0] == self._first:
                texts = _texts(cells)
                if not any(texts):
                    continue
                why = noise(texts, self.header)
                if sections and not why and (section := _section(texts)):
                    building, why = section, "section"
            yield number, cells, why, building

    def _sheet_building(self) -> str:
        return _section([self.table.name])

    def _note_columns(self) -> None:
        if not self.places.names_building and (building := self._sheet_building()):
            self._problem(Severity.NOTE, Code.BUILDING_FROM, None, args=(self.table.name,))
            self._once.add((Code.BUILDING_FROM, building))
        for column in self.header.columns:
            if column.field == "remarks":
                self._problem(Severity.NOTE, Code.REMARKS_FOR_NEEDS, column, column.header)
            if column.field in {"", "ignored"} and not self._is_repeated(column):
                self._problem(Severity.NOTE, Code.COLUMN_UNREAD, column, column.header)
        for column, first in self.header.repeated:
            args = (first.letter,)
            self._problem(Severity.NOTE, Code.COLUMN_REPEATED, column, column.header, args)

    def _is_repeated(self, column: Column) -> bool:
        return any(c.index == column.index for c, _ in self.header.repeated)

    def _skip(self, why: str, cells: Sequence[Cell]) -> None:
        shown = clipped(" ".join(t for t in _texts(cells) if t))
        self.found.skipped.append(Skipped(self.table.name, self._row, why, shown))

    def _problem(
        self,
        severity: Severity,
        code: Code,
        column: Column | None,
        found: str = "",
        args: tuple[str, ...] = (),
    ) -> None:
        if severity is Severity.STOP:
            self._stopped = True
        if code in _ONCE:
            if (code, args[0]) in self._once:
                return
            self._once.add((code, args[0]))
        header, letter = (column.header, column.letter) if column else ("", "")
        self.found.problems.append(
            RowProblem(
                severity, code, self.table.name, self._row, header, letter, clipped(found), args
            )
        )

    def _read_row(self, cells: Sequence[Cell], building: str) -> None:
        if self._row in self.table.bad_rows:
            self._problem(Severity.STOP, self.table.bad_rows[self._row], None)
            return
        self._check_cells(cells)
        if self.samples.looking:
            self.samples.take(cells)
        place = self.places.find(cells, building)
        traits = read_traits(cells, self.traits, languages=self.languages, tell=self._problem)
        if self.remarks:
            stopped = self._stopped
            read_remarks(cells, self.remarks, traits, tell=self._problem)
            self._stopped = stopped  # nobody is left out for a remark
        named = read_people(cells, self.groups, country=self.country, tell=self._problem)
        self._check_place(place, traits, cells, people=bool(named.people))
        if self._stopped:
            return
        if not named.people:
            self._nobody(place, cells)
            return
        if place.place != SITE:
            self.found.places[place.path] = place.place
        for person in named.people:
            self._add(person, place, traits)

    def _check_cells(self, cells: Sequence[Cell]) -> None:
        """Notes damaged cells: in a place or a name they stop the row, in a number only that."""
        if self.table.faults:
            for index, column in self.by_index.items():
                if code := self.table.faults.get((self._row, index)):
                    self._problem(_weight(column), code, column)
        for index in (*self._untitled, *range(self._width, len(cells))):
            if index < len(cells):
                self._stray(index, cells[index])
        self._check_place_cells(cells)

    def _check_place_cells(self, cells: Sequence[Cell]) -> None:
        for column in self.places.columns:
            value = cells[column.index] if column.index < len(cells) else ""
            if not isinstance(value, str) or value.isalnum():
                continue
            if value.lstrip().startswith("="):
                self._problem(Severity.STOP, Code.FORMULA, column, value)
            elif has_lost_text(value):
                self._problem(Severity.STOP, Code.TEXT_LOST, column, value)

    def _stray(self, index: int, value: Cell) -> None:
        if value in ("", None):
            return
        column = Column(index, "", "")
        if self.strict_width and index >= self._width:
            self._problem(Severity.STOP, Code.TOO_MANY_CELLS, column, cell_text(value))
        elif (Code.COLUMN_UNREAD, column_letter(index)) not in self._once:
            self._once.add((Code.COLUMN_UNREAD, column_letter(index)))
            self._problem(Severity.NOTE, Code.COLUMN_UNREAD, column, cell_text(value))

    def _check_place(
        self, place: PlaceFound, traits: Traits, cells: Sequence[Cell], *, people: bool
    ) -> None:
        if place.problem is not None and not self._stopped:
            column = place.column
            shown = cell_text(cells[column.index]) if column else ""
            self._problem(Severity.STOP, place.problem, column, shown)
        for code, arg in place.notes:
            self._problem(Severity.NOTE, code, place.column, arg, (arg,))
        if place.empty and people and traits.kind is RecipientKind.RESIDENT and not self._stopped:
            column = self.places.columns[0] if self.places.columns else None
            self._problem(Severity.STOP, Code.PLACE_MISSING, column)

    def _nobody(self, place: PlaceFound, cells: Sequence[Cell]) -> None:
        if place.place.unit or place.place.building:
            self.found.places[place.path] = place.place
            self._skip("vacant", cells)
        else:
            column = self.groups[0].name or next(iter(self.header.columns))
            shown = " ".join(t for t in _texts(cells) if t)
            self._problem(Severity.STOP, Code.NAME_MISSING, column, shown)

    def _add(self, named: Named, found: PlaceFound, traits: Traits) -> None:
        place = found.place
        first = named.addresses[0].value if named.addresses else ""
        name = named.name or place.unit or place.path or "?"
        if not named.name:
            self._problem(Severity.NOTE, Code.NAMED_BY_FLAT, self.groups[0].name, "", (name,))
        self.found.people.append(
            PersonRow(
                ref=person_ref(found.path, named.name, first=first, own=traits.ref),
                place=place,
                name=name,
                language=traits.language,
                kind=traits.kind,
                addresses=named.addresses,
                roles=traits.roles,
                needs=traits.needs,
                drill=traits.drill,
                rows=(self._row,),
                sheet=self.table.name,
                named=bool(named.name),
            )
        )

    def _lost_rows(self) -> None:
        """Rows that look empty only because everything in them was lost."""
        told = {p.row for p in self.found.problems} | {s.row for s in self.found.skipped}
        for row, index in sorted(self.table.faults):
            if row <= self.header.last_row or row in told:
                continue
            column = self.by_index.get(index, Column(index, "", ""))
            self._row = row
            self._problem(_weight(column), self.table.faults[row, index], column)

    def _trailing_notes(self) -> None:
        """Sentences alone in their row below the last person are notes, not broken rows."""
        last = max((p.rows[-1] for p in self.found.people), default=0)
        below = {p.row for p in self.found.problems if p.row > last}
        if not below:
            return
        kept: list[RowProblem] = []
        texts = {n: _texts(c) for n, c, why, _ in self._walk() if n in below and not why}
        for problem in self.found.problems:
            trailing = problem.row > last and is_trailing_note(texts.get(problem.row, ()))
            if not trailing:
                kept.append(problem)
            elif not any(s.row == problem.row for s in self.found.skipped):
                shown = clipped(" ".join(texts[problem.row]).strip())
                self.found.skipped.append(Skipped(self.table.name, problem.row, "note", shown))
        self.found.problems = kept


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [cell_text(c) for c in cells]


def _weight(column: Column) -> Severity:
    if column.field in PLACES or column.field == "name":
        return Severity.STOP
    return Severity.ADDRESS if column.field in {"phone", "email"} else Severity.NOTE


def _section(texts: Sequence[str]) -> str:
    """The building a title such as `3栋` or `Tower 3` names, when it stands alone; else ""."""
    filled = [t for t in texts if t]
    if len(filled) != 1 or filled[0].isdigit() or len(filled[0]) > 20:
        return ""
    written = read_written(filled[0])
    alone = written.building and not (written.unit or written.floor or written.unread)
    return written.building if alone and not written.lead else ""
