"""Text files as other programs and property systems export them: each read right, or asked."""

from __future__ import annotations

import pytest

from hub.errors import Refused
from hub.roster.problem_words import Code
from hub.roster.reading import read_roster
from hub.roster.values import RosterReading, Severity
from tests.roster.files import named

ONE, TWO = "+8613800000001", "+8613800000002"
BOTH = {"张三": ("3/12/1203", (ONE,)), "李四": ("3/12/1204", (TWO,))}
TABLE = "楼栋\t房号\t姓名\t手机\r\n3栋\t1203\t张三\t13800000001\r\n3栋\t1204\t李四\t13800000002\r\n"
SYSTEM = """\ufeff"物业收费系统 V6.2",,,,
"导出时间：2026-11-30 14:22:08",,,,
"小区：滨江花园  操作员：admin",,,,
,,,,
"楼栋","房号","姓名","手机","欠费"
"3栋","1203","张三","13800000001\t","0.00"
"3栋","1204","李四","13800000002\t","128.50"
"小计","","2","","128.50"
"总计","","2","","128.50"
"""


def read(data: bytes, name: str) -> RosterReading:
    return read_roster(data, name=name)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        # Property systems name tab-separated text `.xls`, in the encoding of their Windows.
        ("住户.xls", TABLE.encode("gbk")),
        ("住户.xls", TABLE.encode("utf-16")),
        ("住户.xls", b"\xef\xbb\xbf" + TABLE.encode()),
        ("住户.et", TABLE.encode("gb18030")),
        # Excel: "sep=" before all, a text number kept by a formula.
        ("r.csv", ("sep=;\n" + TABLE.replace("\t", ";")).encode()),
        (
            "r.csv",
            '楼栋,房号,姓名,手机\n3栋,1203,张三,="13800000001"\n3栋,1204,李四,="13800000002"\n'.encode(),
        ),
        # Leading apostrophes, to keep digits.
        (
            "r.csv",
            "楼栋,房号,姓名,手机\n3栋,'1203,张三,'13800000001\n3栋,'1204,李四,'13800000002\n".encode(),
        ),
        # Google Sheets: no mark, CRLF, no line at the end; empty columns and rows are written.
        (
            "r.csv",
            "楼栋,房号,姓名,手机,,\r\n3栋,1203,张三,13800000001,,\r\n,,,,,\r\n"
            "3栋,1204,李四,13800000002,,".encode(),
        ),
        # Numbers: the table's name alone in the first line, semicolons where the comma is decimal.
        (
            "r.csv",
            "表格 1;;;\n楼栋;房号;姓名;手机\n3栋;1203;张三;13800000001\n"
            "3栋;1204;李四;13800000002\n".encode(),
        ),
        # Floats: pandas reads a column with an empty cell as such.
        (
            "r.csv",
            "楼栋,房号,姓名,手机\n3栋,1203.0,张三,13800000001.0\n3栋,1204.0,李四,13800000002.0\n".encode(),
        ),
        # Full width, NBSP, a soft hyphen, a zero-width blank.
        (
            "r.csv",
            "楼栋,房号,姓名,手机\n３栋,１２０３,张三\xad,１３８０００００００１\n"
            "3栋\xa0,1204,\u200b李四,138\xa00000\xa00002\n".encode(),
        ),
        ("物业导出.csv", SYSTEM.replace("\n", "\r\n").encode()),
    ],
)
def test_an_export_reads_as_people_see_it(name: str, data: bytes) -> None:
    found = read(data, name)
    assert named(found) == BOTH, [p.to_json() for p in found.problems]
    assert not [p for p in found.problems if p.severity is not Severity.NOTE]


def test_scientific_notation_is_read_where_exact_and_reported_where_digits_are_lost() -> None:
    rows = "楼栋,房号,姓名,手机\n3,1203,张三,1.3800000001E10\n3,1204,李四,1.38E+10\n"
    found = read(rows.encode(), "r.csv")
    assert named(found) == {"张三": ("3/12/1203", (ONE,)), "李四": ("3/12/1204", ())}
    (lost,) = [p for p in found.problems if p.severity is not Severity.NOTE]
    assert (lost.row, lost.code) == (3, Code.PHONE_DIGITS_LOST)


@pytest.mark.parametrize(
    "data", [b"<html><table><tr><td>", b"\xef\xbb\xbf<table>", b"<?xml version='1.0'?><Workbook>"]
)
def test_a_web_page_named_xls_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(data, "住户.xls")
    assert refused.value.code == "roster_markup"
