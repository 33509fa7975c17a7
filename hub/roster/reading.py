"""Reading a residents' file: bytes in, one value out, nothing dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hub.entries import HOW, How
from hub.roster.cells import Cell, cell_text, clipped, column_letter
from hub.roster.columns import IGNORE, SEARCHED, Header, find_header, title_key
from hub.roster.csv_table import read_csv
from hub.roster.header_words import FIELDS
from hub.roster.limits import BYTES, refused
from hub.roster.merge import merge_people
from hub.roster.place_tree import place_tree
from hub.roster.problem_words import Code
from hub.roster.sheet import SheetReader
from hub.roster.table import Rows, Table, Tables, head
from hub.roster.values import (
    PersonRow,
    PlaceParts,
    RosterReading,
    RowProblem,
    Severity,
    SheetRead,
    Skipped,
)
from hub.roster.workbook_table import OLE, ZIP, read_workbook

_NO_TABLES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"\xef\xbb\xbf<")
_CTRL_Z = b"\x1a"
_NUMBER = re.compile(r"\d(?:[\s-]?\d){9,}")


def read_roster(
    data: bytes | Path,
    *,
    name: str,
    country: str = "CN",
    languages: Sequence[str] = ("zh-CN", "en"),
    how: How = HOW,
) -> RosterReading:
    """Everyone the file names, and everything in it that could not be read.

    `name` is the file's name as shown; `country` reads numbers without a country code; the first
    of `languages` is given to people without one. Raises Refused only for a file that is no
    readable table at all; single rows never raise, they are `problems`.
    """
    _check_how(how, name=name)
    tables = _open(_bytes(data, name=name), how, name=name)
    problems: list[RowProblem] = [_sheet_note(h, Code.SHEET_HIDDEN) for h in tables.hidden]
    people: list[PersonRow] = []
    places: dict[str, PlaceParts] = {}
    skipped: list[Skipped] = []
    sheets: list[SheetRead] = []
    fields: set[str] = set()
    readers = [
        SheetReader(table, header, country, languages, tables.format == "csv", how.hidden)
        for table, header in _headed(tables, how, problems, name=name)
    ]
    _check_asked(how, readers, name=name)
    _learn(readers)
    for reader in readers:
        table, header = reader.table, reader.header
        sheets.append(reader.read())
        people += reader.found.people
        places |= reader.found.places
        problems += reader.found.problems
        skipped += [*_titles(table, header), *reader.found.skipped]
        fields |= {c.field for c in header.columns} - {"", "ignored"}
    if not any(s.rows for s in sheets):
        raise refused("no_rows", file=name)
    merged = merge_people(people, problem=problems.append)
    return RosterReading(
        name=name,
        format=tables.format,
        encoding=tables.encoding,
        delimiter=tables.delimiter,
        sheets=tuple(sheets),
        people=merged,
        places=place_tree(places.values()),
        problems=tuple(problems),
        skipped=tuple(skipped),
        fields=frozenset(fields),
    )


def _check_how(how: How, *, name: str) -> None:
    known = sorted((*FIELDS, IGNORE))
    for title, wanted in how.columns.items():
        if wanted not in known:
            raise refused("map_field", file=name, title=title, field=wanted, known=", ".join(known))
    if how.hidden not in {"ask", "take", "leave"}:
        raise refused("hidden", file=name, said=how.hidden[:20])
    if how.missing not in {"remove", "keep"}:
        raise refused("missing", file=name, said=how.missing[:20])


def _check_asked(how: How, readers: Sequence[SheetReader], *, name: str) -> None:
    there = {t for r in readers for c in r.header.columns for t in (title_key(c.header), c.letter)}
    for title in how.asked:
        if title_key(title) not in there and title not in there:
            raise refused("map_title", file=name, title=title)


def _learn(readers: Sequence[SheetReader]) -> None:
    """What places mean is known only from all sheets: one estate's name is left out, of several
    each is a group of buildings."""
    for reader in readers:
        reader.learn()
    if len(frozenset[str]().union(*(r.places.estates for r in readers))) > 1:
        for reader in readers:
            reader.places.tell_estates_apart()
    grouped = frozenset[str]().union(*(r.places.grouped for r in readers)) - {""}
    if grouped:
        for reader in readers:
            reader.places.ask_where_grouped(grouped)


def _bytes(data: bytes | Path, *, name: str) -> bytes:
    try:
        if isinstance(data, Path):
            if data.stat().st_size > BYTES:
                raise refused("too_large", file=name)
            data = data.read_bytes()
    except OSError as fault:
        raise refused("unreadable", file=name, why=fault.strerror or str(fault)) from fault
    if len(data) > BYTES:
        raise refused("too_large", file=name)
    if not data.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise refused("empty", file=name)
    return data.rstrip(_CTRL_Z) if not data.startswith((ZIP, OLE)) else data


def _open(data: bytes, how: How, *, name: str) -> Tables:
    if data.startswith((ZIP, OLE)):
        return read_workbook(data, name=name)
    if data[:200].lstrip().lower().startswith(_MARKUP):
        raise refused("markup", file=name)
    if data.startswith(_NO_TABLES):
        raise refused("not_a_table", file=name)
    return read_csv(data, name=name, encoding=how.encoding)


def _headed(
    tables: Tables, how: How, problems: list[RowProblem], *, name: str
) -> list[tuple[Table, Header]]:
    """Every table with a header. Sheets without one are noted; none at all is Refused."""
    found: list[tuple[Table, Header]] = []
    for whole in tables.tables:
        table = whole if how.hidden == "take" else _seen(whole, problems)
        rows = head(table, SEARCHED)
        header = find_header(rows, how.columns)
        if header is not None:
            found.append((table, header))
        elif rows:
            problems.append(_unread(table.name, rows))
    if not found:
        if not any(head(t, 1) for t in tables.tables):
            raise refused("empty", file=name)
        raise refused("no_header", file=name)
    return found


def _seen(table: Table, problems: list[RowProblem]) -> Table:
    """The table without what its hidden columns hold."""
    hidden = sorted(table.hidden_columns)
    if not hidden:
        return table

    def rows() -> Rows:
        for number, cells in table.rows():
            kept = [*cells]
            for column in hidden:
                if column < len(kept):
                    kept[column] = ""
            yield number, kept

    filled = {i for _, cells in head(table, SEARCHED) for i, c in enumerate(cells) if c != ""}
    problems += [
        RowProblem(Severity.NOTE, Code.COLUMN_HIDDEN, table.name, 0, letter=column_letter(column))
        for column in hidden
        if column in filled
    ]
    faults = {at: code for at, code in table.faults.items() if at[1] not in table.hidden_columns}
    return replace(table, rows=rows, faults=faults)


def _unread(sheet: str, rows: Sequence[tuple[int, Sequence[Cell]]]) -> RowProblem:
    """A sheet of words is worth a note; one that holds numbers may hold people and stops."""
    holds = any(_NUMBER.search(cell_text(c)) for _, cells in rows for c in cells)
    severity = Severity.STOP if holds else Severity.NOTE
    return RowProblem(severity, Code.SHEET_UNREAD, sheet, 0)


def _sheet_note(sheet: str, code: Code) -> RowProblem:
    return RowProblem(Severity.NOTE, code, sheet, 0)


def _titles(table: Table, header: Header) -> list[Skipped]:
    """The title lines above the header, and the header itself is in the sheet's description."""
    above: list[Skipped] = []
    for number, cells in table.rows():
        if number >= header.row:
            break
        text = " ".join(t for c in cells if (t := cell_text(c)))
        if text:
            above.append(Skipped(table.name, number, "title", clipped(text)))
    return above
