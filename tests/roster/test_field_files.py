"""The field cases of whole files: old workbooks, encodings, what is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.entries import How
from hub.errors import Refused
from hub.roster.problem_words import Code
from hub.roster.reading import read_roster
from hub.roster.values import Severity
from tests.roster.files import field, field_folder, named


@pytest.mark.parametrize(
    ("name", "row", "code"),
    [
        ("09-error-cell.xls", 3, Code.CELL_ERROR),
        ("09b-formula-without-result.xls", 2, Code.FORMULA_EMPTY),
    ],
)
def test_cells_an_old_workbook_lost_are_named(name: str, row: int, code: Code) -> None:
    found = field(name)
    said = [(p.severity, p.row, p.letter, p.column, p.code) for p in found.problems]
    assert said == [(Severity.ADDRESS, row, "D", "手机", code)]
    assert [p.reachable for p in found.people] == [row != 2, row != 3]


def test_an_encoding_that_only_looks_like_chinese_is_asked_for() -> None:
    with pytest.raises(Refused) as refused:
        field("10-windows-1252.csv")
    assert refused.value.code == "roster_encoding_unsure"
    assert "Choose its encoding" in refused.value.what
    (person,) = field("10-windows-1252.csv", How(encoding="cp1252")).people
    assert person.name == "Jürgen Müller"


@pytest.mark.parametrize("encoding", ["big5", "cp1252", "gb18030"])
def test_a_named_encoding_is_the_one_used(encoding: str) -> None:
    name = {"big5": "陳大文", "cp1252": "Zoë Müller", "gb18030": "張三豐"}[encoding]
    data = f"Building,Flat,Name,Mobile\n3,1203,{name},+447700900123\n".encode(encoding)
    with pytest.raises(Refused, match="encoding"):
        read_roster(data, name="r.csv")
    (person,) = read_roster(data, name="r.csv", how=How(encoding=encoding)).people
    assert person.name == name


@pytest.mark.parametrize(("encoding", "code"), [("utf-8", "wrong"), ("klingon", "unknown")])
def test_a_wrong_encoding_is_refused(encoding: str, code: str) -> None:
    data = "楼栋,房号,姓名\n3,1203,张三".encode("gbk")
    with pytest.raises(Refused) as refused:
        read_roster(data, name="r.csv", how=How(encoding=encoding))
    assert refused.value.code == f"roster_encoding_{code}"


@pytest.mark.parametrize("text", ["楼栋,房号,姓名\n3,1203,朱镕基", "樓棟,房號,姓名\n3,1203,張三豐"])
def test_true_gbk_is_read_without_asking(text: str) -> None:
    found = read_roster(text.encode("gbk"), name="r.csv")
    assert found.people[0].name == text[-3:]


def test_rows_hidden_by_a_filter_are_counted_and_asked_about() -> None:
    asked = field("11-filtered-rows.xlsx")
    (stop,) = asked.stops
    assert (stop.code, stop.row, stop.args) == (Code.ROWS_HIDDEN, 0, ("2",))
    assert [p.name for p in asked.people] == ["甲某", "乙某"]
    assert [(s.row, s.why) for s in asked.skipped] == [(4, "hidden"), (5, "hidden")]
    left = field("11-filtered-rows.xlsx", How(hidden="leave"))
    assert (len(left.people), left.stops) == (2, ())
    taken = field("11-filtered-rows.xlsx", How(hidden="take"))
    assert (len(taken.people), taken.problems) == (4, ())


def test_a_hidden_column_is_read_only_when_asked_for() -> None:
    seen = field("11b-hidden-column.xlsx")
    assert named(seen)["张三"][1] == ("+8613800000002",)
    assert [(p.code, p.letter) for p in seen.problems] == [(Code.COLUMN_HIDDEN, "D")]
    taken = field("11b-hidden-column.xlsx", How(hidden="take"))
    assert named(taken)["张三"][1] == ("+8613800000001", "+8613800000002")


def test_every_field_case_has_its_test() -> None:
    tested = "".join(f.read_text("utf-8") for f in Path(__file__).parent.glob("test_field*.py"))
    assert [f.name for f in field_folder().iterdir() if f.name not in tested] == []
