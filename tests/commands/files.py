"""Files a person hands to a command."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]

HEADER = ("楼栋", "房号", "姓名", "电话", "语言")
ROWS = (
    ("3", "1203", "张三", "+447700900101", "中文"),
    ("3", "1204", "Ann", "+447700900102", "English"),
    ("3栋", "1205", "李四", "", "中文"),
    ("4#", "0101", "王五", "+447700900103", "中文"),
)
BROKEN = ("5", "0101", "赵六", "no number at all", "中文")


def gbk(folder: Path, *more: tuple[str, ...]) -> Path:
    """The rows as Excel in China saves a CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *ROWS, *more])
    file = folder / "住户.csv"
    file.write_bytes(text.getvalue().encode("gb18030"))
    return file


def xlsx(folder: Path) -> Path:
    """The same rows as a workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, *ROWS):
        sheet.append(list(row))
    file = folder / "residents.xlsx"
    book.save(file)
    return file
