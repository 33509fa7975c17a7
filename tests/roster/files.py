"""Residents' files as property managers have them. The numbers are parser input only."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from hub.entries import HOW, How
from hub.roster.reading import read_roster
from hub.roster.values import RosterReading, RowProblem, Severity

HEADER = ("楼栋", "房号", "姓名", "电话")


def csv_bytes(
    rows: Sequence[Sequence[object]], *, encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    """The rows as a CSV file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_bytes(
    rows: Sequence[Sequence[Any]],
    *,
    title: str = "住户",
    change: Callable[[Any], None] | None = None,
) -> bytes:
    """The rows as a workbook with one sheet; `change` may alter the workbook before saving."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(workbook: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with every member passed through `change(path, content)`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as before, zipfile.ZipFile(out, "w") as after:
        for member in before.infolist():
            content = change(member.filename, before.read(member))
            after.writestr(member.filename, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read_rows(*rows: Sequence[object], header: Sequence[object] = HEADER) -> RosterReading:
    """What a CSV of these rows says."""
    return read_roster(csv_bytes([header, *rows]), name="r.csv")


def read_sheet(*rows: Sequence[Any], header: Sequence[object] = HEADER) -> RosterReading:
    """What a workbook of these rows says."""
    return read_roster(xlsx_bytes([header, *rows]), name="r.xlsx")


def people(reading: RosterReading) -> list[tuple[str, str, tuple[str, ...]]]:
    """(path, name, usable addresses) of everyone."""
    return [
        (p.place.path, p.name, tuple(a.value for a in p.addresses if a.usable))
        for p in reading.people
    ]


def of(reading: RosterReading, severity: Severity) -> list[RowProblem]:
    """The problems of one severity."""
    return [p for p in reading.problems if p.severity is severity]


def field_folder() -> Path:
    """Where the field cases lie; skips the test where they are not."""
    tail = Path("shared") / "conformance" / "field" / "rosters"
    above = (folder / tail for folder in Path(__file__).resolve().parents)
    found = next((folder for folder in above if folder.is_dir()), None)
    if found is None:
        pytest.skip("the field cases (../shared/conformance/field/rosters) are not here")
    return found


def field(name: str, how: How = HOW) -> RosterReading:
    """What a field case says."""
    return read_roster(field_folder() / name, name=name, how=how)


def named(reading: RosterReading) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Place and usable addresses of everyone by name."""
    return {name: (place, ways) for place, name, ways in people(reading)}
