"""Whole files, as property managers have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import Refused
from hub.roster.limits import BYTES
from hub.roster.problem_words import Code
from hub.roster.reading import read_roster
from hub.roster.values import Severity
from tests.roster.files import HEADER, csv_bytes, of, people, read_rows, read_sheet, xlsx_bytes

ROW = ("3栋", "1203", "张三", "13800138000")
TOLD = [("3/12/1203", "张三", ("+8613800138000",))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_reads_the_same(encoding: str, delimiter: str) -> None:
    data = csv_bytes([HEADER, ROW], encoding=encoding, delimiter=delimiter)
    reading = read_roster(data, name="r.csv")
    assert people(reading) == TOLD
    assert reading.delimiter == delimiter


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf16_of_both_byte_orders_is_read(order: str) -> None:
    mark = b"\xff\xfe" if order == "le" else b"\xfe\xff"
    data = mark + csv_bytes([HEADER, ROW], encoding=f"utf-16-{order}")
    assert people(read_roster(data, name="r.csv")) == TOLD


def test_a_rare_character_of_gb18030_is_kept() -> None:
    data = csv_bytes([HEADER, ("3栋", "1203", "李㛃", "13800138000")], encoding="gb18030")
    assert read_roster(data, name="r.csv").people[0].name == "李㛃"


def test_a_path_is_read_like_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "r.xlsx"
    file.write_bytes(xlsx_bytes([HEADER, ROW]))
    assert people(read_roster(file, name=file.name)) == TOLD


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        read_roster(tmp_path / "none.csv", name="none.csv")
    assert refusal.value.code == "roster_unreadable"


@pytest.mark.parametrize(
    "header",
    [
        ("Building", "Flat", "Name", "Phone"),
        ("楼号", "室号", "业主姓名", "手机号码(必填)"),
        ("*楼栋", "房间号", "姓名 Name", "联系电话/Mobile"),
        ("Tower No.", "Unit No.", "Full name", "Mobile number"),
        ("樓棟", "單位", "姓名", "電話"),
    ],
)
def test_headers_in_either_language_are_known(header: tuple[str, ...]) -> None:
    assert people(read_rows(ROW, header=header)) == TOLD


def test_columns_may_stand_in_any_order() -> None:
    header = ("电话", "备注", "姓名", "楼栋", "房号")
    assert people(read_rows(("13800138000", "x", "张三", "3栋", "1203"), header=header)) == TOLD


def test_a_combined_place_cell_is_read() -> None:
    header = ("住址", "姓名", "电话")
    reading = read_rows(("3栋2单元1203室", "张三", "13800138000"), header=header)
    assert reading.people[0].place.path == "3-2/12/1203"


def test_titles_above_and_totals_and_notes_below_are_reported_not_read() -> None:
    data = csv_bytes(
        [
            ("滨江花园住户名册",),
            ("更新日期：2026-01-01",),
            HEADER,
            ROW,
            ("合计", "", "", "1人"),
            ("备注：仅供内部使用",),
            ("以上信息由客服中心提供，请勿外传",),
            ("Total", "1"),
        ]
    )
    reading = read_roster(data, name="r.csv")
    assert people(reading) == TOLD
    whys = [(s.row, s.why) for s in reading.skipped]
    assert whys == [
        (1, "title"),
        (2, "title"),
        (5, "total"),
        (6, "note"),
        (8, "total"),
        (7, "note"),
    ]
    assert not reading.stops


def test_a_person_called_like_a_total_word_is_not_lost() -> None:
    reading = read_rows(("注", "1203", "注音", "13800138000"), ("3栋", "1204", "Sum Ting", ""))
    assert [p.name for p in reading.people] == ["Sum Ting"]
    assert [p.row for p in reading.stops] == [2]


def test_a_header_printed_again_is_skipped() -> None:
    reading = read_rows(ROW, HEADER, ("3栋", "1204", "李四", ""))
    assert [s.why for s in reading.skipped] == ["header"]
    assert len(reading.people) == 2


def test_a_two_line_header_of_merged_cells_is_read() -> None:
    def merge(book: object) -> None:
        sheet = book.active  # type: ignore[attr-defined]
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("C1:D1")

    rows = [("房产信息", None, "住户信息", None), ("楼栋", "房号", "姓名", "电话"), ROW]
    reading = read_roster(xlsx_bytes(rows, change=merge), name="r.xlsx")
    assert people(reading) == TOLD


def test_a_header_merged_downwards_beside_a_group_is_read() -> None:
    def merge(book: object) -> None:
        sheet = book.active  # type: ignore[attr-defined]
        for cells in ("A1:A2", "B1:B2", "C1:D1"):
            sheet.merge_cells(cells)

    rows = [("楼栋", "房号", "住户", None), (None, None, "姓名", "电话"), ROW]
    reading = read_roster(xlsx_bytes(rows, change=merge), name="r.xlsx")
    assert people(reading) == TOLD
    assert reading.sheets[0].columns[2] == ("C", "姓名", "name")


def test_a_flat_merged_over_a_family_is_everyones_flat() -> None:
    def merge(book: object) -> None:
        sheet = book.active  # type: ignore[attr-defined]
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:B3")

    rows = [HEADER, ROW, (None, None, "李四", "13900139000"), ("3栋", "1204", "王五", None)]
    reading = read_roster(xlsx_bytes(rows, change=merge), name="r.xlsx")
    assert [p.place.path for p in reading.people] == ["3/12/1203", "3/12/1203", "3/12/1204"]


def test_a_flat_left_empty_in_a_csv_is_not_guessed() -> None:
    reading = read_rows(ROW, ("", "", "李四", "13900139000"))
    assert [(p.row, p.code) for p in reading.stops] == [(3, Code.PLACE_MISSING)]


def test_hidden_sheets_are_named_and_not_read() -> None:
    def hide(book: object) -> None:
        other = book.create_sheet("旧名册")  # type: ignore[attr-defined]
        other.append(list(HEADER))
        other.append(["9栋", "101", "旧人", "13800138009"])
        other.sheet_state = "hidden"

    reading = read_roster(xlsx_bytes([HEADER, ROW], change=hide), name="r.xlsx")
    assert people(reading) == TOLD
    assert [(p.sheet, p.code) for p in of(reading, Severity.NOTE)] == [
        ("旧名册", Code.SHEET_HIDDEN)
    ]


def test_a_sheet_per_building_gives_the_building() -> None:
    def add(book: object) -> None:
        other = book.create_sheet("5栋")  # type: ignore[attr-defined]
        other.append(["房号", "姓名", "电话"])
        other.append(["1203", "李四", "13900139000"])
        book.create_sheet("说明").append(["请勿外传"])  # type: ignore[attr-defined]

    rows = [("房号", "姓名", "电话"), ("1203", "张三", "13800138000")]
    reading = read_roster(xlsx_bytes(rows, title="3栋", change=add), name="r.xlsx")
    assert [p.place.path for p in reading.people] == ["3/12/1203", "5/12/1203"]
    codes = [p.code for p in of(reading, Severity.NOTE)]
    assert codes.count(Code.BUILDING_FROM) == 2
    assert Code.SHEET_UNREAD in codes


def test_a_building_heading_a_block_of_rows_gives_the_building() -> None:
    header = ("房号", "姓名", "电话")
    reading = read_rows(
        ("3栋", "", ""), ("1203", "张三", "1"), ("5栋", "", ""), ("1203", "李四", ""), header=header
    )
    assert [p.place.path for p in reading.people] == ["3/12/1203", "5/12/1203"]
    assert [s.why for s in reading.skipped] == ["section", "section"]


def test_a_row_with_more_cells_than_the_header_is_not_guessed_at() -> None:
    data = "楼栋,房号,姓名,电话\n3栋,1203,张三,李四,13800138000\n".encode()
    assert [p.code for p in read_roster(data, name="r.csv").stops] == [Code.TOO_MANY_CELLS]


def test_a_row_in_another_encoding_is_named() -> None:
    rows = [",".join(r) for r in (HEADER, ROW, ("3栋", "1204", "李晓明", "13900139000"))]
    data = b"\n".join([rows[0].encode("gbk"), rows[1].encode("gbk"), rows[2].encode()])
    reading = read_roster(data, name="r.csv")
    assert [(p.row, p.code) for p in reading.stops] == [(3, Code.ENCODING_MIXED)]
    assert people(reading) == TOLD


def test_characters_lost_before_are_a_problem() -> None:
    reading = read_rows(("3栋", "1203", "张\ufffd", "13800138000"))
    assert [p.code for p in reading.stops] == [Code.TEXT_LOST]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "roster_empty"),
        (b"\xef\xbb\xbf\r\n", "roster_empty"),
        (b"a,b\x00c\n", "roster_nul_bytes"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "roster_not_a_table"),
        (b"\r\n<HTML><table><tr><td>x", "roster_markup"),
        (b'<?xml version="1.0"?><Workbook/>', "roster_markup"),
        (b"PK\x03\x04" + b"junk" * 40, "roster_broken_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "roster_broken_workbook"),
        (b"\xe9\xff\xfe,\xff\xff\n", "roster_encoding"),
        ("甲,乙,丙\n1,2,3\n".encode(), "roster_no_header"),
        (csv_bytes([HEADER]), "roster_no_rows"),
        (xlsx_bytes([HEADER]), "roster_no_rows"),
        (xlsx_bytes([]), "roster_empty"),
        ('楼栋,房号,姓名,电话\n3栋,1203,"张三,138\n3栋,1204,李四,\n'.encode(), "roster_quotes"),
        (b"x" * (BYTES + 1), "roster_too_large"),
        ("楼栋,房号,姓名\n3,1203,".encode() + b"x" * 200_000, "roster_long_cell"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_in_both_languages(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_roster(data, name="住户.csv")
    assert refusal.value.code == code
    (problem, *_) = refusal.value.problems
    assert "住户.csv" in problem.what
    assert "住户.csv" in problem.hint


def test_problems_say_what_stood_there_and_all_else_masks_numbers() -> None:
    """Whoever gets the problems has the file: a number they cannot read they cannot put right."""
    rows = (ROW, ("??", "1", "王五", "13800138001"), ("3", "1204", "13800138002 2026-03-01", ""))
    reading = read_rows(*rows)
    form = reading.to_json()
    assert "13800138002 2026-03-01" in [p["found"] for p in form["problems"]]
    assert "1380013" not in str({k: v for k, v in form.items() if k != "problems"})
    text = str(form["sheets"])
    assert "138****8001" in text


def test_json_counts_and_cuts_aloud() -> None:
    reading = read_rows(*[("?", "1", f"坏{n}", "") for n in range(9)])
    form = reading.to_json(limit=4)
    assert form["counts"]["stop"] == 9
    assert (len(form["problems"]), form["problems_left_out"]) == (4, 5)
    assert set(form["problems"][0]["expected"]) == {"zh-CN", "en"}


def test_a_sheet_without_a_header_that_holds_numbers_stops_the_import() -> None:
    def add(book: object) -> None:
        other = book.create_sheet("续页")  # type: ignore[attr-defined]
        other.append(["3栋", "1301", "赵六", 13700137000])

    reading = read_roster(xlsx_bytes([HEADER, ROW], change=add), name="r.xlsx")
    assert [(p.sheet, p.code) for p in reading.stops] == [("续页", Code.SHEET_UNREAD)]


def test_numbers_written_by_programs_lose_their_point_zero() -> None:
    reading = read_rows(("3.0", "1203.0", "张三", "13800138000.0"))
    assert people(reading) == TOLD


def test_a_total_that_is_a_formula_without_a_result_is_still_a_total() -> None:
    reading = read_sheet(ROW, ("合计", None, "=COUNTA(C2:C2)", None))
    assert [s.why for s in reading.skipped] == ["total"]
    assert not reading.stops
