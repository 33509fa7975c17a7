"""Workbooks as real programs write them (`made/`, named after the program), and what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.entries import How
from hub.errors import Refused
from hub.roster.problem_words import Code
from hub.roster.reading import read_roster
from hub.roster.values import RosterReading, Severity
from tests.roster.files import named

MADE = Path(__file__).parent / "made"
ONE, TWO, THREE = "+8613800000001", "+8613800000002", "+8613800000003"
ZHANG, LI, WANG = ("3/12/1203", (ONE,)), ("3/12/1204", (TWO,)), ("5/1/101", (THREE,))
ALL = {"张三": ZHANG, "李四": LI, "王五": WANG}
APART = {"张三": ("3-1/3/301", (ONE,)), "李四": ("3-2/3/301", (TWO,))}
PHASES = {"张三": ("1期3/12/1203", (ONE,)), "李四": ("2期3/12/1203", (TWO,))}

Right = tuple[dict[str, tuple[str, tuple[str, ...]]], list[tuple[str, int, str, Code]]]

LOST = {"张三": ZHANG, "李四": ("3/12/1204", ()), "王五": WANG}
"""A number shown as 1.38E+10 is lost in a CSV, not in a workbook."""

# By LibreOffice 7.4.7.2, from one table each: phones as numbers with three formats, merged cells
# under a title and two lines of headers with subtotals, "3单元" by format, hidden and filtered
# rows, formulas, a sheet per phase, and odd signs (full width, NBSP, soft hyphen, direction marks).
LIBREOFFICE: dict[str, Right] = {
    **{
        f"libreoffice-{name}.{kind}": right
        for kind in ("xlsx", "xls")
        for name, right in {
            "plain": (ALL, []),
            "merged": (ALL, []),
            "formats": (APART, []),
            "hidden": ({"张三": ZHANG, "李四": LI}, [("stop", 0, "", Code.ROWS_HIDDEN)]),
            "filtered": ({"张三": ZHANG, "李四": LI}, [("stop", 0, "", Code.ROWS_HIDDEN)]),
            "formulas": (LOST, [("address", 3, "D", Code.CELL_ERROR)]),
            "sheets": (PHASES, []),
            "odd": (ALL, []),
        }.items()
    },
    "libreoffice-merged-utf8.csv": (
        {"张三": ZHANG, "王五": WANG},
        [("stop", 5, "B", Code.PLACE_NO_BUILDING)],
    ),
    "libreoffice-pipe.csv": (ALL, []),
    "libreoffice-quoted-raw.csv": (LOST, [("address", 3, "D", Code.PHONE_DIGITS_LOST)]),
    "libreoffice-semicolon-gb18030.csv": (LOST, [("address", 3, "D", Code.PHONE_DIGITS_LOST)]),
    "libreoffice-tab-utf16.csv": (APART, []),
}

RIGHT: dict[str, Right] = {
    "gnumeric-error.xlsx": (
        ALL | {"赵六": ("3/12/1205", ())},
        [("address", 5, "D", Code.CELL_ERROR)],
    ),
    "gnumeric-filtered.xls": ({"张三": ZHANG, "李四": LI}, [("stop", 0, "", Code.ROWS_HIDDEN)]),
    "gnumeric-formats.xls": (APART, []),
    "gnumeric-formats.xlsx": (APART, []),
    "gnumeric-hidden-column.xls": (ALL, []),
    "gnumeric-merged.xls": ({"张三": ZHANG, "李四": LI}, []),
    "gnumeric-phases.csv": (PHASES, [("stop", 4, "D", Code.NAME_IN_DOUBT)]),
    "openpyxl-family.xlsx": ({"张三": ZHANG, "许二": ("3/12/1203", (TWO,))}, []),
    "openpyxl-filtered.xlsx": ({"张三": ZHANG, "李四": LI}, [("stop", 0, "", Code.ROWS_HIDDEN)]),
    "openpyxl-flat-became-date.xlsx": ({"李四": LI}, [("stop", 2, "B", Code.PLACE_DATE)]),
    "openpyxl-hidden-sheet.xlsx": ({"张三": ZHANG}, []),
    "openpyxl-shops-and-cellars.xlsx": (
        {"张三": ("3/B1/B105", (ONE, TWO)), "李四": ("3/S07", (THREE,))},
        [("stop", 4, "B", Code.PLACE_JOINED)],
    ),
    "openpyxl-traditional.xlsx": ({"陳大文": ("3/12/12A", ("+85261234567",))}, []),
    "openpyxl-unknown-column.xlsx": (ALL, [("stop", 0, "E", Code.COLUMN_UNSURE)]),
    "xlsxwriter-formats.xlsx": (APART, []),
    "xlsxwriter-formulas.xlsx": (
        {"张三": ZHANG, "李四": ("3/12/1204", ())},
        [("address", 3, "D", Code.CELL_ERROR)],
    ),
    "xlsxwriter-hidden-column.xlsx": (ALL, []),
    "xlsxwriter-hidden-row.xlsx": (
        {"张三": ZHANG, "王五": WANG},
        [("stop", 0, "", Code.ROWS_HIDDEN)],
    ),
    "xlsxwriter-merged.xlsx": ({"张三": ZHANG, "李四": LI}, []),
    "xlsxwriter-rich-comment.xlsx": ({"张三": ZHANG}, []),
    "xlsxwriter-sheet-per-phase.xlsx": (PHASES, []),
    "xlsxwriter-table.xlsx": (
        {
            "Ann Smith": ("3/12/1203", ("+447700900123",)),
            "Bo O'Neil": ("3/12/1204", ("+447700900124",)),
        },
        [],
    ),
    "xlsxwriter-two-estates.xlsx": (
        {"张三": ("翡翠苑3/12/1203", (ONE,)), "李四": ("碧水苑3/12/1203", (TWO,))},
        [],
    ),
    "xlwt-error.xls": (
        ALL | {"赵六": ("3/12/1205", ())},
        [("address", 5, "D", Code.CELL_ERROR)],
    ),
    "xlwt-formats.xls": (APART, []),
    "xlwt-formula.et": (
        ALL | {"赵六": ("3/12/1205", ())},
        [("address", 5, "D", Code.FORMULA_EMPTY)],
    ),
    "xlwt-hidden-column.xls": (ALL, []),
    "xlwt-hidden-row.et": ({"张三": ZHANG, "王五": WANG}, [("stop", 0, "", Code.ROWS_HIDDEN)]),
    **LIBREOFFICE,
    "xlwt-phases.et": (PHASES, [("stop", 4, "D", Code.NAME_IN_DOUBT)]),
}
REFUSED = {
    "libreoffice-plain.ods": "roster_not_a_table",
    "libreoffice-html.xls": "roster_markup",
    "libreoffice-single-quotes.csv": "",
}
TAKEN = {
    "openpyxl-filtered.xlsx": 3, "xlsxwriter-hidden-row.xlsx": 3, "xlwt-hidden-row.et": 3,
}  # fmt: skip


def read(name: str, how: How) -> RosterReading:
    return read_roster(MADE / name, name=name, how=how)


@pytest.mark.parametrize("name", RIGHT)
def test_a_workbook_reads_as_people_see_it(name: str) -> None:
    people, wrong = RIGHT[name]
    found = read(name, How())
    assert named(found) == people
    assert [
        (p.severity.value, p.row, p.letter, p.code)
        for p in found.problems
        if p.severity is not Severity.NOTE
    ] == wrong
    assert all(p.sheet and p.words["en"] and p.words["zh-CN"] for p in found.problems)


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_hidden_is_read_when_it_belongs(name: str) -> None:
    found = read(name, How(hidden="take"))
    assert (len(found.people), found.stops) == (TAKEN[name], ())


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_right_is_refused_or_stops(name: str) -> None:
    code = REFUSED[name]
    if not code:
        assert read(name, How()).stops
        return
    with pytest.raises(Refused) as refused:
        read(name, How())
    assert refused.value.code == code


def test_every_file_here_has_its_right_values() -> None:
    assert {f.name for f in MADE.iterdir()} == {*RIGHT, *REFUSED}
    assert len(RIGHT) >= 20
