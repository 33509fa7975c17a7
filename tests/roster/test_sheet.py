"""Rows: people, families, problems by row and column, and what is left aside."""

from __future__ import annotations

import datetime as dt

from hub.model import RecipientKind
from hub.roster.problem_words import Code
from hub.roster.reading import read_roster
from hub.roster.values import Severity
from tests.roster.files import HEADER, of, people, read_rows, read_sheet, rewritten, xlsx_bytes

ROW = ("3栋", "1203", "张三", "13800138000")
TOLD = [("3/12/1203", "张三", ("+8613800138000",))]


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
    assert people(reading) == [("3/12/1204", "王五", ("+8613800138000",))]


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


def test_a_row_that_holds_nothing_but_a_lost_formula_is_reported() -> None:
    reading = read_sheet(ROW, (None, "=A1", None, None), ROW[:3], (None, None, None, "=A1"))
    assert [(p.row, p.letter) for p in reading.stops] == [(3, "B")]
    assert [(p.row, p.letter) for p in of(reading, Severity.ADDRESS)] == [(5, "D")]
