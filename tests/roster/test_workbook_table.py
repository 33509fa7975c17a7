"""Excel workbooks: sheets, merged cells, and what must not be opened."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest

from hub.errors import Refused
from hub.roster import xlsx_scan
from hub.roster.problem_words import Code
from hub.roster.workbook_table import OLE, read_workbook
from tests.roster.files import rewritten, xlsx_bytes


def cells(data: bytes) -> list[list[Any]]:
    (table,) = read_workbook(data, name="f").tables
    return [list(c) for _, c in table.rows()]


def test_rows_and_columns_keep_the_numbers_the_sheet_shows() -> None:
    def write(book: Any) -> None:
        book.active["C4"] = "x"

    (table,) = read_workbook(xlsx_bytes([], change=write), name="f").tables
    assert [(n, list(c)) for n, c in table.rows()][-1] == (4, ["", "", "x"])


def test_ranges_merged_downwards_are_filled_and_sideways_ones_are_not() -> None:
    def merge(book: Any) -> None:
        book.active.merge_cells("A1:A3")
        book.active.merge_cells("B1:C1")

    data = xlsx_bytes([("a", "b", None), (None, 1, 2), (None, 3, 4)], change=merge)
    assert cells(data) == [["a", "b", ""], ["a", 1.0, 2.0], ["a", 3.0, 4.0]]


def test_hidden_sheets_are_named() -> None:
    def hide(book: Any) -> None:
        book.create_sheet("a").sheet_state = "hidden"
        book.create_sheet("b").sheet_state = "veryHidden"

    assert read_workbook(xlsx_bytes([("x",)], change=hide), name="f").hidden == ("a", "b")


def test_error_cells_and_formulas_without_a_result_are_found() -> None:
    def break_cells(book: Any) -> None:
        book.active["B1"] = "=A1"
        cell = book.active["C1"]
        cell.value, cell.data_type = "#REF!", "e"

    (table,) = read_workbook(xlsx_bytes([("a",)], change=break_cells), name="f").tables
    assert table.faults == {(1, 1): Code.FORMULA_EMPTY, (1, 2): Code.CELL_ERROR}


def test_a_formula_whose_result_is_the_empty_text_is_no_fault() -> None:
    def empty(path: str, content: bytes) -> bytes:
        if not path.endswith("sheet1.xml"):
            return content
        found = re.sub(
            rb'<c r="B1"[^>]*>.*?</c>', b'<c r="B1" t="str"><f>A1</f><v></v></c>', content
        )
        assert found != content
        return found

    data = rewritten(xlsx_bytes([("a", "=A1")]), empty)
    assert read_workbook(data, name="f").tables[0].faults == {}


@pytest.mark.parametrize("cell", ["XFD1", "A1048577", "CZ1048576", "ZZ100000"])
def test_a_stray_cell_far_away_is_refused_before_it_costs_memory(cell: str) -> None:
    def stray(path: str, content: bytes) -> bytes:
        if not path.endswith("sheet1.xml"):
            return content
        row = re.sub("[A-Z]", "", cell)
        added = f'<row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData>'
        return content.replace(b"</sheetData>", added.encode())

    with pytest.raises(Refused) as refusal:
        read_workbook(rewritten(xlsx_bytes([("a",)]), stray), name="f")
    assert refusal.value.code == "roster_too_wide"
    assert cell in refusal.value.what


def test_a_zip_bomb_is_refused_whatever_size_it_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_scan, "UNPACKED", 3_000_000)

    def swell(path: str, content: bytes) -> bytes:
        return content + b" " * 5_000_000 if path.endswith("sheet1.xml") else content

    data = bytearray(rewritten(xlsx_bytes([("a",)]), swell))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        true = next(m.file_size for m in archive.infolist() if m.filename.endswith("sheet1.xml"))
    lie = bytes(data).replace(true.to_bytes(4, "little"), (99).to_bytes(4, "little"))
    with pytest.raises(Refused) as refusal:
        read_workbook(lie, name="f")
    assert refusal.value.code == "roster_unpacked"


def test_other_archives_are_told_apart() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(Refused) as refusal:
        read_workbook(out.getvalue(), name="f")
    assert refusal.value.code == "roster_not_a_table"


def test_a_workbook_with_a_password_says_so() -> None:
    data = OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    with pytest.raises(Refused) as refusal:
        read_workbook(data, name="f")
    assert refusal.value.code == "roster_locked"


def test_a_sheet_that_is_no_xml_is_refused() -> None:
    def spoil(path: str, content: bytes) -> bytes:
        return b"<worksheet><sheetData><row" if path.endswith("sheet1.xml") else content

    with pytest.raises(Refused):
        cells(rewritten(xlsx_bytes([("a",)]), spoil))


def test_a_large_sheet_is_scanned_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_scan, "_CHUNK", 256)
    rows = [(n, f"=A{n}") for n in range(1, 60)]
    faults = xlsx_scan.scan_xlsx(xlsx_bytes(rows, title="a & b"), name="f")["a & b"].faults
    assert set(faults) == {(n, 1) for n in range(1, 60)}
