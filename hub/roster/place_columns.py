"""The place of each row of a sheet: cells read once, then settled building by building."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from hub.roster.cells import Cell, cell_text, is_date
from hub.roster.columns import Column, Header
from hub.roster.floors import floor_of_unit
from hub.roster.place_sense import Sense, join, sense_of, settle
from hub.roster.place_words import NOTHING, Written, read_group, read_written
from hub.roster.problem_words import Code
from hub.roster.values import SITE, PlaceParts

Key = tuple[Cell, ...]
Texts = tuple[str, ...]

_ORDER = ("group", "building", "entrance", "floor", "unit", "place")


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A row's place, or why there is none and in which column; notes worth showing."""

    place: PlaceParts
    path: str = ""
    problem: Code | None = None
    column: Column | None = None
    notes: tuple[tuple[Code, str], ...] = ()
    empty: bool = False


@dataclass(slots=True)
class PlaceColumns:
    """Reads the place columns of one sheet. Equal cells are read once."""

    header: Header
    columns: tuple[Column, ...] = ()
    group: str = ""  # of the whole sheet, by its name
    _indexes: tuple[int, ...] = ()
    _written: dict[Key, Written | Code] = field(default_factory=dict)
    _found: dict[Key, PlaceFound] = field(default_factory=dict)
    _sense: Sense = field(default_factory=lambda: Sense({}, {}))

    def __post_init__(self) -> None:
        found = (self.header.first(f) for f in _ORDER)
        self.columns = tuple(c for c in found if c is not None)
        self._indexes = tuple(c.index for c in self.columns)

    @property
    def names_building(self) -> bool:
        """True when a column can say which building a row is in."""
        return any(c.field in {"building", "place"} for c in self.columns)

    def key(self, cells: Sequence[Cell], building: str) -> Key:
        """The place cells of a row as they are, and the building its section stands for."""
        width = len(cells)
        raw = [cells[i] if i < width else "" for i in self._indexes]
        # True equals 1 as a key, but does not read like it.
        return (building, *(cell_text(v) if type(v) is bool else v for v in raw))

    def learn(self, rows: Iterable[tuple[Sequence[Cell], str]]) -> None:
        """Afterwards numbers in front of flats mean what they mean in their building."""
        for cells, building in rows:
            key = self.key(cells, building)
            if key not in self._written:
                self._written[key] = self._read(_texts(key))
        self._take_courts()
        self._know()

    def _take_courts(self) -> None:
        """In a column of groups a court beside phases (一期, 二期, 听涛苑) is a group as they are,
        no estate's name: nothing stands in it with that name in front."""
        found = [w for w in self._written.values() if isinstance(w, Written)]
        if not self.header.first("group") or not any(w.group and not w.estate for w in found):
            return
        around = {w.estate for w in found if w.estate and w.group}
        for key, w in self._written.items():
            if isinstance(w, Written) and w.estate and not w.group and w.estate not in around:
                self._written[key] = replace(w, group=w.estate, estate="")

    def _know(self) -> None:
        self._sense = sense_of(w for w in self._written.values() if isinstance(w, Written))

    @property
    def estates(self) -> frozenset[str]:
        """The names of estates that stand before buildings."""
        return frozenset(
            w.estate for w in self._written.values() if isinstance(w, Written) and w.estate
        )

    @property
    def grouped(self) -> frozenset[str]:
        """The numbers of buildings that stand in a group."""
        return frozenset(
            w.building or w.lead
            for w in self._written.values()
            if isinstance(w, Written) and w.group
        )

    def tell_estates_apart(self) -> None:
        """From now on the names of estates are groups of buildings: the file has several."""
        for key, written in self._written.items():
            if isinstance(written, Written) and written.estate:
                self._written[key] = replace(
                    written, group=written.estate + written.group, estate=""
                )
        self._know()

    def ask_where_grouped(self, grouped: frozenset[str]) -> None:
        """From now on a building that also stands in a group is asked about without one."""
        for key, written in self._written.items():
            if isinstance(written, Code) or written.group:
                continue
            if (written.building or written.lead) in grouped:
                self._written[key] = Code.PLACE_NO_GROUP

    def _read(self, key: Texts) -> Written | Code:
        parts = [_cell(column, text) for column, text in zip(self.columns, key[1:], strict=True)]
        whole = join(parts)
        if isinstance(whole, Code) or whole == NOTHING:
            return whole
        if key[0] and not whole.building and not whole.use:
            whole = replace(whole, building=key[0])
        return whole if whole.group or not self.group else replace(whole, group=self.group)

    def find(self, cells: Sequence[Cell], building: str) -> PlaceFound:
        """The place of a row. Call `learn` with every row's key first."""
        key = self.key(cells, building)
        if key not in self._found:
            self._found[key] = self._settle(key)
        return self._found[key]

    def _settle(self, raw: Key) -> PlaceFound:
        for column, value in zip(self.columns, raw[1:], strict=True):
            if is_date(value):
                return PlaceFound(SITE, "", Code.PLACE_DATE, column)
        key = _texts(raw)
        written = self._written.get(raw) or self._read(key)
        if written == NOTHING:
            return PlaceFound(SITE, empty=True)
        place = written if isinstance(written, Code) else settle(written, self._sense)
        if isinstance(place, Code) or isinstance(written, Code):
            code = place if isinstance(place, Code) else Code.PLACE_UNREAD
            return PlaceFound(SITE, "", code, self._blamed(key, code))
        return PlaceFound(place, place.path, notes=_notes(written, place))

    def _blamed(self, key: Texts, code: Code) -> Column | None:
        """The column a problem is shown at: the unreadable one, else the innermost filled."""
        pairs = [(c, t) for c, t in zip(self.columns, key[1:], strict=True) if t]
        if code in {Code.PLACE_UNREAD, Code.PLACE_JOINED, Code.CELL_ERROR}:
            for column, text in pairs:
                if _cell(column, text).unread:
                    return column
        return pairs[-1][0] if pairs else None


def _cell(column: Column, text: str) -> Written:
    if column.field == "group":
        return read_group(text, column.header)
    return read_written(text, column=column.field)


def _texts(key: Key) -> Texts:
    return tuple(cell_text(v) for v in key)


def _notes(written: Written, place: PlaceParts) -> tuple[tuple[Code, str], ...]:
    notes: list[tuple[Code, str]] = []
    derived = floor_of_unit(place.unit)
    if written.floor and derived and derived != place.floor and written.unit[:1].isdigit():
        notes.append((Code.FLOOR_DIFFERS, place.floor))
    if written.estate:
        notes.append((Code.ESTATE_LEFT_OUT, written.estate))
    return tuple(notes)
