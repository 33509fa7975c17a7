"""Reading away from the event loop: what a process of its own refuses, and what it leaves alone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from hub.entries import RosterWrite
from hub.errors import Defect, Refused, Unready
from hub.flow import roster_reader
from hub.flow.roster_reader import Turns, read_apart
from hub.roster.packing import packed
from tests.roster.files import HEADER, csv_bytes, rewritten, xlsx_bytes
from tests.roster.xls_file import SECTOR, xls_bytes

ROW = ("3栋", "1203", "王芳", "13800138000")
KNOWN = [7, "3/12/1203|王芳", "resident", "王芳", "3/12/1203", "zh-CN", [], [], False, False,
         [["sms", "+8613800138001", False, "bad_address"]], []]  # fmt: skip


async def compared(
    data: bytes, name: str = "r.xlsx", views: Sequence[bytes] = ()
) -> tuple[dict[str, int], RosterWrite]:
    asked = read_apart(data, name=name, country="CN", languages=("zh-CN", "en"))
    async with asked as reader:
        found, change = await reader.compare(1, views, write=True)
    return found["counts"], change


async def refusal(data: bytes, name: str = "r.xlsx") -> Refused:
    with pytest.raises(Refused) as found:
        await compared(data, name)
    assert found.value.problems[0].hint
    return found.value


@pytest.mark.parametrize("kind", ["csv", "large csv", "xlsx", "xls"])
async def test_every_kind_of_file_gives_the_same_change(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "large csv":
        monkeypatch.setattr(roster_reader, "SMALL", 0)
    made = {"xlsx": xlsx_bytes([HEADER, ROW]), "xls": xls_bytes([("一", [HEADER, ROW])])}
    data = made.get(kind, csv_bytes([HEADER, ROW]))
    counts, change = await compared(data, views=[packed([KNOWN])])
    assert (counts["changed"], counts["added"]) == (1, 0)
    ((number, entry),) = change.changed
    assert (number, [a.value for a in entry.addresses]) == (7, ["+8613800138000"])
    assert len(change.changed) == 1
    assert list(change.changed) == list(change.changed)  # it can be walked again

    counts, change = await compared(data)
    assert (counts["added"], [e.name for e in change.added]) == (1, ["王芳"])
    assert [p.path for p in change.places] == ["3", "3/12", "3/12/1203"]


def chained_in_a_circle(data: bytes) -> bytes:
    """The workbook's first sector says that it is followed by itself."""
    place = struct.unpack_from("<I", data, 0x4C)[0]
    at = SECTOR * (place + 1)
    return data[:at] + struct.pack("<I", 0) + data[at + 4 :]


async def test_a_circle_of_sectors_ends_its_reader_and_nothing_else() -> None:
    data = xls_bytes([("一", [HEADER, *[ROW] * 500])])
    said = await refusal(chained_in_a_circle(data), "r.xls")
    assert said.code in {"roster_memory", "roster_broken_workbook"}
    assert children() == set()


async def test_a_cell_in_the_last_row_and_column_of_an_old_workbook_is_refused() -> None:
    far = [HEADER, ROW, *[()] * 65_000, [""] * 255 + ["x"]]
    code = (await refusal(xls_bytes([("一", far)]), "r.xls")).code
    assert code in {"roster_memory", "roster_too_wide"}


async def test_cells_that_do_not_say_where_they_stand_are_bounded_all_the_same() -> None:
    """One row of a million cells beside a hundred thousand rows: a rectangle of 10^11 cells."""
    cells = b"<row>" + b"<c><v>1</v></c>" * 1_000_000 + b"</row>"
    cells += b"<row><c><v>1</v></c></row>" * 100_000

    def fill(path: str, content: bytes) -> bytes:
        done = content.replace(b"</sheetData>", cells + b"</sheetData>")
        return done if path.endswith("sheet1.xml") else content

    said = await refusal(rewritten(xlsx_bytes([HEADER, ROW]), fill))
    assert said.code in {"roster_memory", "roster_too_wide"}


async def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_reader, "DEADLINE", 0.01)
    assert (await refusal(xlsx_bytes([HEADER, ROW]))).code == "roster_slow"
    assert children() == set()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, "roster_memory"), (signal.SIGXCPU, "roster_slow")]
)
async def test_a_reader_that_the_system_ends_is_a_refusal_with_a_reason(
    number: int, code: str
) -> None:
    asked = read_apart(xlsx_bytes([HEADER, ROW]), name="r", country="CN", languages=("en",))
    async with asked as reader:
        (child,) = children()
        os.kill(child, number)
        with pytest.raises(Refused) as found:
            await reader.compare(1, (), write=True)
    assert found.value.code == code
    assert children() == set()


async def test_a_fault_of_ours_in_the_reader_is_called_one() -> None:
    asked = read_apart(xlsx_bytes([HEADER, ROW]), name="r", country="CN", languages=("en",))
    async with asked as reader:
        with pytest.raises(Defect, match=r"at change\.py"):
            await reader.compare(1, [json.dumps([[1]]).encode()], write=True)


async def test_a_caller_who_leaves_takes_the_reader_along() -> None:
    asked = read_apart(xlsx_bytes([HEADER, ROW]), name="r", country="CN", languages=("en",))
    async with asked:
        assert len(children()) == 1
    assert children() == set()


async def test_imports_go_one_at_a_time_and_few_wait() -> None:
    turns, inside = Turns(), []
    leave = asyncio.Event()

    async def one() -> None:
        async with turns.turn():
            inside.append(1)
            assert len(inside) == 1
            await leave.wait()
            inside.pop()

    async with asyncio.TaskGroup() as group:
        for _ in range(1 + roster_reader.WAITING):
            group.create_task(one())
        await asyncio.sleep(0.01)
        with pytest.raises(Unready):
            await one()
        leave.set()


def children() -> set[int]:
    """The readers that live."""
    found: set[int] = set()
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        for pid in (task / "children").read_text().split():
            if b"hub.roster.apart" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(int(pid))
    return found
