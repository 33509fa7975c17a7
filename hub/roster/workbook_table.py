"""An Excel workbook as tables: its visible sheets, merged cells filled, values as Excel shows."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import python_calamine as calamine

from hub.roster.cells import Cell
from hub.roster.limits import ROWS, refused
from hub.roster.number_format import Shown
from hub.roster.table import Facts, Rows, Table, Tables
from hub.roster.xls_scan import scan_xls
from hub.roster.xlsx_scan import scan_xlsx

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

Spans = Mapping[int, Sequence[tuple[int, int]]]
"""Row where a merged range begins → (last row, column), all from 0."""


def read_workbook(data: bytes, *, name: str) -> Tables:
    """Every visible sheet of an XLSX or XLS. Raises Refused for what cannot be opened."""
    if data.startswith(OLE) and _ENCRYPTED in data:
        raise refused("locked", file=name)
    facts = scan_xlsx(data, name=name) if data.startswith(ZIP) else scan_xls(data)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [m for m in book.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
        hidden = [m.name for m in sheets if m.visible != calamine.SheetVisibleEnum.Visible]
        seen = [book.get_sheet_by_name(m.name) for m in sheets if m.name not in hidden]
        tables = tuple(_table(sheet, facts.get(sheet.name, Facts()), name=name) for sheet in seen)
    except calamine.PasswordError as fault:
        raise refused("locked", file=name) from fault
    except calamine.CalamineError as fault:
        raise refused("broken_workbook", file=name) from fault
    except MemoryError:
        raise
    except BaseException as fault:
        # The reader is Rust: a damaged file can end in a panic, which is no Exception.
        if type(fault).__name__ != "PanicException" and not isinstance(fault, Exception):
            raise
        raise refused("broken_workbook", file=name) from fault
    if not tables:
        raise refused("no_sheet", file=name)
    return Tables("xlsx" if data.startswith(ZIP) else "xls", tables, tuple(hidden))


def _table(sheet: calamine.CalamineSheet, facts: Facts, *, name: str) -> Table:
    spans = _spans(sheet)
    left = sheet.start[1] if sheet.start else 0

    def rows() -> Rows:
        if sheet.start is None:
            return
        for number, cells in enumerate(_filled(_padded(sheet, left), spans), start=1):
            if number > ROWS + 48_576:
                raise refused("too_many_rows", file=name)
            if number in facts.shown:
                _show(cells, facts.shown[number])
            yield number, cells

    return Table(
        sheet.name,
        rows,
        facts.faults,
        hidden_rows=facts.hidden_rows,
        hidden_columns=facts.hidden_columns,
    )


def _show(cells: list[Cell], shown: Mapping[int, Shown]) -> None:
    """What the number formats make of the cells of a row."""
    for column, how in shown.items():
        if column < len(cells):
            cells[column] = how.text(cells[column])


def _padded(sheet: calamine.CalamineSheet, left: int) -> Iterator[list[Cell]]:
    padding: list[Cell] = [""] * left
    for cells in sheet.iter_rows():
        yield [*padding, *cells]


def _spans(sheet: calamine.CalamineSheet) -> Spans:
    """Ranges merged over several rows. Those over columns only are titles and totals."""
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top:
            spans[top].append((bottom, left))
    return spans


def _filled(rows: Iterator[list[Cell]], spans: Spans) -> Iterator[list[Cell]]:
    """Rows with the value of a range merged downwards in each of its rows."""
    held: list[tuple[int, int, Cell]] = []
    for index, cells in enumerate(rows):
        held = [h for h in held if h[0] >= index]
        for bottom, left in spans.get(index, ()):
            if left < len(cells) and cells[left] != "":
                held.append((bottom, left, cells[left]))
        for _, left, value in held:
            if cells[left] == "":
                cells[left] = value
        yield cells
