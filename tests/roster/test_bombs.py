"""Files made, or grown, to cost far more than they are: refused with a sentence, or read."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from hub.errors import Refused
from hub.roster.limits import UNPACKED
from hub.roster.reading import read_roster
from hub.roster.xlsx_scan import scan_xlsx
from tests.roster.files import HEADER, csv_bytes, people, rewritten, xlsx_bytes

MIB = 1024 * 1024
ROW = ("3栋", "1203", "王芳", "13800138000")
BLANK = b" " * MIB


def swollen(part: str, size: int) -> bytes:
    """A workbook with so many MiB of blanks at the end of one part."""

    def swell(path: str, content: bytes) -> bytes:
        return content + BLANK * size if path == part else content

    return rewritten(xlsx_bytes([HEADER, ROW]), swell)


def code_of(data: bytes, name: str = "r.xlsx") -> str:
    with pytest.raises(Refused) as refusal:
        read_roster(data, name=name)
    said = refusal.value
    assert said.problems[0].hint  # in Chinese as well
    return said.code


@pytest.mark.parametrize(
    ("part", "size"),
    [
        ("xl/worksheets/sheet1.xml", 500),
        ("xl/styles.xml", 65),
        ("xl/theme/theme1.xml", 65),
        ("docProps/core.xml", 65),
    ],
)
def test_half_a_gigabyte_in_half_a_megabyte_is_refused_after_64_mib(part: str, size: int) -> None:
    data = swollen(part, size)
    assert len(data) < MIB
    before = time.process_time()
    assert code_of(data) == "roster_unpacked"
    assert time.process_time() - before < 5


def test_parts_are_counted_together() -> None:
    def swell(path: str, content: bytes) -> bytes:
        return content + BLANK * 17 if path.endswith(".xml") and "/" in path else content

    assert code_of(rewritten(xlsx_bytes([HEADER, ROW]), swell)) == "roster_unpacked"


def test_shared_strings_that_nobody_uses_count() -> None:
    data = added(xlsx_bytes([HEADER, ROW]), {"xl/sharedStrings2.xml": b"<t/>" * 17 * MIB})
    assert code_of(data) == "roster_unpacked"


def test_a_picture_that_is_stored_as_it_is_counts() -> None:
    data = added(
        xlsx_bytes([HEADER, ROW]), {"xl/media/a.png": b"\0" * (UNPACKED + 1)}, packed=False
    )
    with pytest.raises(Refused) as refusal:
        scan_xlsx(data, name="r.xlsx")
    assert refusal.value.code == "roster_unpacked"


def test_a_part_that_is_there_twice_counts_twice() -> None:
    data = xlsx_bytes([HEADER, ROW])
    for _ in range(2):
        with pytest.warns(UserWarning, match="Duplicate"):
            data = added(data, {"xl/styles.xml": BLANK * 33})
    assert code_of(data) == "roster_unpacked"


def test_thousands_of_sheets_are_refused() -> None:
    parts = {f"xl/worksheets/s{n}.xml": b"<worksheet/>" for n in range(5000)}
    assert code_of(added(xlsx_bytes([HEADER, ROW]), parts)) == "roster_too_many_sheets"


def test_a_hundred_sheets_are_read() -> None:
    def more(book: object) -> None:
        for n in range(2, 100):
            sheet = book.create_sheet(f"{n}栋")  # type: ignore[attr-defined]
            sheet.append(list(HEADER))
            sheet.append([f"{n}栋", "101", f"王{n}", ""])

    reading = read_roster(xlsx_bytes([HEADER, ROW], change=more), name="r.xlsx")
    assert len(reading.people) == 99


def test_a_million_formatted_rows_and_all_columns_cost_nothing_when_they_are_empty() -> None:
    """Somebody has coloured the whole sheet: Excel then says that it reaches XFD1048576."""
    rows = b"".join(b'<row r="%d" s="1"/>' % n for n in range(3, 1_048_577, 2))
    last = b'<row r="1048576"><c r="XFC1048576" s="1"/><c r="XFD1048576" s="1"></c></row>'

    def colour(path: str, content: bytes) -> bytes:
        if not path.endswith("sheet1.xml"):
            return content
        content = content.replace(b"</sheetData>", rows + last + b"</sheetData>")
        return content.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"')

    data = rewritten(xlsx_bytes([HEADER, ROW]), colour)
    before = time.process_time()
    assert people(read_roster(data, name="r.xlsx")) == [("3/12/1203", "王芳", ("+8613800138000",))]
    assert time.process_time() - before < 10


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a" * 19 * MIB, "roster_long_cell"),
        (b'"' + b"a" * 19 * MIB, "roster_long_cell"),
        (b"," * 19 * MIB, "roster_too_many_columns"),
        ("楼,".encode() * 4 * MIB, "roster_too_many_columns"),
        (b"a,b\n" + b"x," * 2000, "roster_too_many_columns"),
        (b"\n" * 19 * MIB + b"x", "roster_too_many_rows"),
        (b"a" * 21 * MIB, "roster_too_large"),
    ],
    ids=["one line", "one quote", "commas", "chinese", "one wide row", "empty rows", "too large"],
)
def test_a_list_of_one_line_or_of_a_million_columns_is_refused_soon(data: bytes, code: str) -> None:
    before = time.process_time()
    assert code_of(data, "r.csv") == code
    assert time.process_time() - before < 10


def test_a_list_padded_by_a_program_to_a_thousand_columns_is_read() -> None:
    data = csv_bytes([[*HEADER, *[""] * 1000], [*ROW, *[""] * 1000]])
    assert len(read_roster(data, name="r.csv").people) == 1


def added(workbook: bytes, parts: dict[str, bytes], *, packed: bool = True) -> bytes:
    """The workbook with these parts more."""
    out = io.BytesIO(workbook)
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "a", kind) as archive:
        for path, content in parts.items():
            archive.writestr(path, content)
    return out.getvalue()
