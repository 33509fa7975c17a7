"""Any file at all: read with every row accounted for, or refused."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import Refused
from hub.roster.cells import cell_text
from hub.roster.reading import read_roster
from hub.roster.values import RosterReading
from tests.roster.files import HEADER, csv_bytes, xlsx_bytes

ROW = ("3栋", "1203", "张三", "13800138000")
WORKBOOK = xlsx_bytes([HEADER, ROW, ("3栋", "1204", "李四", "13900139000")])

CELLS = st.one_of(
    st.sampled_from(
        ["", "3栋", "3#2单元", "三号楼", "1203", "12-1203", "3-2-1203", "张三", "张三/李四",
         "备注：x", "空置", "13800138000", "1.38E+10", "Total", "=A1", "姓名", "1203室", "-"]
    ),
    st.text(max_size=12),
    st.integers(0, 10**11).map(str),
)  # fmt: skip


def read_or_refusal(data: bytes) -> RosterReading | Refused:
    """What reading gives; anything else that is raised fails the test."""
    try:
        return read_roster(data, name="r")
    except Refused as refusal:
        return refusal


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
    reading = read_or_refusal(data)
    if isinstance(reading, Refused):
        assert reading.code == "roster_no_rows"
        return
    header = reading.sheets[0].header_row
    filled = {
        n
        for n, row in enumerate(clean, start=2)
        if n > header and any(c.strip(" \t\n\u00a0\u3000") for c in row)
    }
    lost = {n for n in filled - accounted(reading) if any(cell_text(c) for c in clean[n - 2])}
    assert not lost


def _writes(rows: list[tuple[str, ...]]) -> bool:
    try:
        csv_bytes(rows)
    except UnicodeEncodeError:
        return False
    return True


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert isinstance(read_or_refusal(data), RosterReading | Refused)


@settings(max_examples=150, deadline=None)
@given(
    tail=st.binary(max_size=300),
    head=st.sampled_from(["楼栋,房号,姓名,电话\n".encode(), "楼栋\t姓名\t电话\n".encode("gbk")]),
)
def test_any_bytes_below_a_header_are_read_or_refused(head: bytes, tail: bytes) -> None:
    assert isinstance(read_or_refusal(head + tail), RosterReading | Refused)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(WORKBOOK)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(whole) // 2, len(whole)))
    assert isinstance(read_or_refusal(bytes(whole[:cut])), RosterReading | Refused)
