"""Whole files, as property managers have them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import Refused
from hub.model import RecipientKind
from hub.roster.limits import BYTES
from hub.roster.problem_words import Code
from hub.roster.reading import read_roster
from hub.roster.values import RosterReading, Severity
from tests.roster.files import (
    HEADER,
    csv_bytes,
    of,
    people,
    read_rows,
    read_sheet,
    rewritten,
    xlsx_bytes,
)

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
    assert whys == [(1, "title"), (2, "title"), (5, "total"), (6, "note"), (8, "total"), (7, "note")]
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


def test_numbers_typed_as_numbers_are_read_exactly() -> None:
    reading = read_sheet((3, 1203, "张三", 13800138000), (3.0, 1204.0, "李四", 13900139001.0))
    assert people(reading) == [
        ("3/12/1203", "张三", ("+8613800138000",)),
        ("3/12/1204", "李四", ("+8613900139001",)),
    ]


def test_a_rounded_number_is_a_problem_of_that_address_only() -> None:
    reading = read_rows(("3栋", "1203", "张三", "1.38E+10/13900139000"))
    assert people(reading) == [("3/12/1203", "张三", ("+8613900139000",))]
    (problem,) = of(reading, Severity.ADDRESS)
    assert (problem.row, problem.letter, problem.column) == (2, "D", "电话")
    assert problem.code is Code.PHONE_DIGITS_LOST
    assert not reading.stops


def test_a_rounded_number_saved_back_into_a_workbook_is_found_out() -> None:
    reading = read_sheet(("3栋", "1203", "张三", 13800000000))
    assert of(reading, Severity.ADDRESS)[0].code is Code.PHONE_DIGITS_LOST


def test_someone_without_any_address_is_no_problem() -> None:
    reading = read_rows(("3栋", "1203", "张三", ""))
    assert people(reading) == [("3/12/1203", "张三", ())]
    assert not reading.problems


def test_a_family_in_one_row_gets_its_numbers_in_order() -> None:
    reading = read_rows(("3栋", "1203", "张三/李四", "13800138000/13900139000"))
    assert people(reading) == [
        ("3/12/1203", "张三", ("+8613800138000",)),
        ("3/12/1203", "李四", ("+8613900139000",)),
    ]


def test_a_family_with_one_number_shares_it() -> None:
    reading = read_rows(("3栋", "1203", "张三、李四", "13800138000"))
    assert [p[2] for p in people(reading)] == [("+8613800138000",)] * 2


def test_a_family_whose_numbers_do_not_pair_up_shares_all_and_says_so() -> None:
    reading = read_rows(("3栋", "1203", "张三/李四/王五", "13800138000;13900139000"))
    assert all(len(p[2]) == 2 for p in people(reading))
    assert of(reading, Severity.NOTE)[0].code is Code.PHONES_SHARED


def test_a_family_over_numbered_columns_is_paired_by_number() -> None:
    header = ("楼栋", "房号", "姓名1", "姓名2", "电话1", "电话2")
    reading = read_rows(
        ("3栋", "1203", "张三", "李四", "13800138000", "13900139000"), header=header
    )
    assert [(p[1], p[2]) for p in people(reading)] == [
        ("张三", ("+8613800138000",)),
        ("李四", ("+8613900139000",)),
    ]


def test_an_owner_and_a_relative_in_columns_keep_their_own_numbers() -> None:
    header = ("楼栋", "房号", "业主姓名", "业主电话", "家属姓名", "家属电话")
    reading = read_rows(
        ("3栋", "1203", "张三", "13800138000", "李四", "13900139000"),
        ("3栋", "1204", "王五", "13700137000", "", ""),
        header=header,
    )
    assert [(p[1], p[2]) for p in people(reading)] == [
        ("张三", ("+8613800138000",)),
        ("李四", ("+8613900139000",)),
        ("王五", ("+8613700137000",)),
    ]


def test_the_same_person_twice_becomes_one_and_is_reported() -> None:
    reading = read_rows(ROW, ("3#", "12-1203", "张 三", "13900139000"))
    assert people(reading) == [("3/12/1203", "张三", ("+8613800138000", "+8613900139000"))]
    assert reading.people[0].rows == (2, 3)
    (note,) = of(reading, Severity.NOTE)
    assert (note.row, note.code, note.args) == (3, Code.SAME_PERSON, ("2",))


def test_different_people_may_share_a_number() -> None:
    reading = read_rows(ROW, ("3栋", "1203", "李四", "13800138000"))
    assert len(reading.people) == 2
    assert not reading.problems


def test_a_number_without_a_name_is_kept_under_the_flat() -> None:
    reading = read_rows(("3栋", "1203", "", "13800138000"))
    assert people(reading) == [("3/12/1203", "1203", ("+8613800138000",))]
    assert of(reading, Severity.NOTE)[0].code is Code.NAMED_BY_FLAT


def test_a_vacant_flat_is_a_place_without_people() -> None:
    reading = read_rows(ROW, ("3栋", "1204", "空置", ""), ("3栋", "1205", "", ""))
    assert [s.why for s in reading.skipped] == ["vacant", "vacant"]
    assert "3/12/1205" in [p.path for p in reading.places]


def test_formula_text_in_a_csv_is_never_evaluated() -> None:
    reading = read_rows(
        ("3栋", "1203", '=HYPERLINK("x")', "13800138000"),
        ("=1+2", "1203", "李四", "13800138000"),
        ("3栋", "1204", "王五", '="13800138000"'),
    )
    assert [(p.row, p.letter, p.code) for p in reading.stops] == [
        (2, "C", Code.FORMULA),
        (3, "A", Code.FORMULA),
    ]
    assert people(reading) == [("3/12/1204", "王五", ())]


def test_a_formula_with_a_stored_result_is_read_as_excel_shows_it() -> None:
    def store(path: str, content: bytes) -> bytes:
        if not path.endswith("sheet1.xml"):
            return content
        return content.replace(b"<f>1200+3</f><v></v>", b"<f>1200+3</f><v>1203</v>").replace(
            b"<f>1200+3</f><v />", b"<f>1200+3</f><v>1203</v>"
        )

    data = xlsx_bytes([HEADER, ("3栋", "=1200+3", "张三", "13800138000")])
    assert people(read_roster(rewritten(data, store), name="r.xlsx")) == TOLD


def test_a_formula_without_a_result_is_a_problem_with_its_cell() -> None:
    reading = read_sheet(("3栋", "=1200+3", "张三", "13800138000"), ("3栋", 1204, "李四", "=A1"))
    assert [(p.row, p.letter, p.code) for p in reading.stops] == [(2, "B", Code.FORMULA_EMPTY)]
    assert [(p.row, p.letter) for p in of(reading, Severity.ADDRESS)] == [(3, "D")]
    assert [p.name for p in reading.people] == ["李四"]


def test_an_error_cell_is_a_problem_and_not_an_empty_one() -> None:
    def break_cell(book: object) -> None:
        cell = book.active["B2"]  # type: ignore[attr-defined]
        cell.value, cell.data_type = "#N/A", "e"

    data = xlsx_bytes([HEADER, ("3栋", "x", "张三", "13800138000")], change=break_cell)
    reading = read_roster(data, name="r.xlsx")
    assert [(p.row, p.letter, p.code) for p in reading.stops] == [(2, "B", Code.CELL_ERROR)]


def test_a_flat_that_excel_made_a_date_is_a_problem() -> None:
    reading = read_sheet(("3栋", dt.date(2026, 3, 2), "张三", "13800138000"))
    assert [p.code for p in reading.stops] == [Code.PLACE_DATE]


def test_what_the_row_says_besides_is_read() -> None:
    header = (*HEADER, "邮箱", "语言", "特殊需求", "类别", "岗位", "参加演练", "编号")
    row = (*ROW, "z@Example.com", "English", "轮椅/听力", "业主", "", "是", "A-17")
    person = read_rows(row, header=header).people[0]
    assert person.addresses[1].value == "z@example.com"
    assert (person.language, person.needs) == ("en", ("wheelchair", "hearing"))
    assert (person.kind, person.drill, person.ref) == (RecipientKind.RESIDENT, True, "id:A-17")


def test_staff_come_by_their_post_and_need_no_place() -> None:
    header = ("姓名", "手机", "岗位", "楼栋")
    reading = read_rows(
        ("管家甲", "13800138000", "楼栋管家", "3栋"), ("经理乙", "", "值班经理", ""), header=header
    )
    assert [(p.kind, p.roles, p.place.path) for p in reading.people] == [
        (RecipientKind.STAFF, ("steward",), "3"),
        (RecipientKind.STAFF, ("duty_manager",), ""),
    ]


def test_a_diagnosis_is_neither_imported_nor_repeated() -> None:
    reading = read_rows((*ROW, "糖尿病"), header=(*HEADER, "特殊需求"))
    assert reading.people[0].needs == ()
    assert "糖尿病" not in str(reading.to_json())
    assert of(reading, Severity.NOTE)[0].code is Code.NEED_UNKNOWN


def test_columns_that_are_not_imported_are_named() -> None:
    reading = read_rows((*ROW, "x", "粤B"), header=(*HEADER, "身份证号", "宠物"))
    notes = [(p.letter, p.column, p.code) for p in of(reading, Severity.NOTE)]
    assert notes == [("E", "身份证号", Code.COLUMN_UNREAD), ("F", "宠物", Code.COLUMN_UNREAD)]


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


def test_json_shows_no_number_whole() -> None:
    reading = read_rows(ROW, ("??", "1", "王五", "13800138001"), ("3", "1204", "13800138002", ""))
    text = str(reading.to_json())
    assert "1380013" not in text.replace("138****", "")
    assert "138****8002" in text


def test_json_counts_and_cuts_aloud() -> None:
    reading = read_rows(*[("?", "1", f"坏{n}", "") for n in range(9)])
    form = reading.to_json(limit=4)
    assert form["counts"]["stop"] == 9
    assert (len(form["problems"]), form["problems_left_out"]) == (4, 5)
    assert set(form["problems"][0]["expected"]) == {"zh-CN", "en"}


# ── Properties ─────────────────────────────────────────────────────────────────────────────────

CELLS = st.one_of(
    st.sampled_from(
        ["", "3栋", "3#2单元", "三号楼", "1203", "12-1203", "3-2-1203", "张三", "张三/李四", "合计",
         "备注：x", "空置", "13800138000", "1.38E+10", "Total", "=A1", "姓名", "电话", "1203室", "-"]
    ),
    st.text(max_size=12),
    st.integers(0, 10**11).map(str),
)  # fmt: skip


def accounted(reading: RosterReading) -> set[int]:
    """Every row number that a person, a problem or a skipped entry speaks about."""
    return (
        {row for p in reading.people for row in p.rows}
        | {p.row for p in reading.problems}
        | {s.row for s in reading.skipped}
    )


@settings(max_examples=250, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_no_row_is_ever_lost(rows: list[tuple[str, str, str, str]]) -> None:
    clean = [tuple(c.replace("\x00", "").replace("\r", " ") for c in r) for r in rows]
    data = csv_bytes([HEADER, *clean], encoding="utf-8-sig") if _writes(clean) else b""
    if not data:
        return
    try:
        reading = read_roster(data, name="r.csv")
    except Refused as refusal:
        assert refusal.code in {"roster_no_rows", "roster_quotes"}
        return
    header = reading.sheets[0].header_row
    filled = {
        n
        for n, row in enumerate(clean, start=2)
        if n > header and any(c.strip(" \t\n\u00a0\u3000") for c in row)
    }
    lost = {n for n in filled - accounted(reading) if any(_seen(c) for c in clean[n - 2])}
    assert not lost


def _writes(rows: list[tuple[str, ...]]) -> bool:
    try:
        csv_bytes(rows)
    except UnicodeEncodeError:
        return False
    return True


def _seen(cell: str) -> bool:
    from hub.roster.cells import cell_text

    return bool(cell_text(cell))


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_roster(data, name="r.bin")
    except Refused as refusal:
        assert refusal.what


@settings(max_examples=150, deadline=None)
@given(
    tail=st.binary(max_size=300),
    head=st.sampled_from(["楼栋,房号,姓名,电话\n".encode(), "楼栋\t姓名\t电话\n".encode("gbk")]),
)
def test_any_bytes_below_a_header_are_read_or_refused(head: bytes, tail: bytes) -> None:
    try:
        read_roster(head + tail, name="r.csv")
    except Refused as refusal:
        assert refusal.what


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(WORKBOOK)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(whole) // 2, len(whole)))
    try:
        read_roster(bytes(whole[:cut]), name="r.xlsx")
    except Refused as refusal:
        assert refusal.what


WORKBOOK = xlsx_bytes([HEADER, ROW, ("3栋", "1204", "李四", "13900139000")])
