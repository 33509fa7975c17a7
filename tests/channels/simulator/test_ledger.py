"""The witness: on disk before anyone is told, readable after a crash."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.simulator.ledger import Entry, Ledger, read_ledger

ENTRIES = st.builds(
    Entry,
    kind=st.sampled_from(["sms", "wecom", "answer"]),
    ts=st.integers(1, 2**50),
    callback=st.text(),
    to=st.text(),
    detail=st.text(),
    accepted=st.booleans(),
    status=st.integers(0, 599),
)


async def _kept(path: Path, *entries: Entry) -> None:
    async with asyncio.TaskGroup() as tasks:
        ledger = Ledger(path)
        tasks.create_task(ledger.run())
        for entry in entries:
            ledger.note(entry)
        ledger.close()


@given(st.lists(ENTRIES, max_size=5))
async def test_what_is_written_is_read_back_in_order(entries: list[Entry]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deeper" / "ledger.jsonl"
        await _kept(path, *entries)
        assert read_ledger(path) == entries


async def test_a_write_returns_with_the_line_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "l"
    async with asyncio.TaskGroup() as tasks:
        ledger = Ledger(path)
        tasks.create_task(ledger.run())
        for number in range(5):
            await ledger.write(Entry("sms", sid=str(number)))
            assert read_ledger(path)[-1].sid == str(number)
        ledger.close()


async def test_a_writer_that_is_cancelled_takes_nothing_from_the_others(tmp_path: Path) -> None:
    path = tmp_path / "l"
    async with asyncio.TaskGroup() as tasks:
        ledger = Ledger(path)
        tasks.create_task(ledger.run())
        writes = [asyncio.create_task(ledger.write(Entry("sms", sid=str(n)))) for n in range(3)]
        await asyncio.sleep(0)
        writes[0].cancel()
        await asyncio.wait(writes)
        ledger.close()
    assert writes[0].cancelled()
    assert [writes[n].exception() for n in (1, 2)] == [None, None]
    assert len(read_ledger(path)) == 3


async def test_every_entry_has_the_time_it_was_appended(tmp_path: Path) -> None:
    await _kept(tmp_path / "l", Entry("sms"))
    assert read_ledger(tmp_path / "l")[0].ts > 1_700_000_000_000


async def test_it_goes_on_after_what_is_there(tmp_path: Path) -> None:
    await _kept(tmp_path / "l", Entry("sms", sid="1"))
    await _kept(tmp_path / "l", Entry("sms", sid="2"))
    assert [entry.sid for entry in read_ledger(tmp_path / "l")] == ["1", "2"]


async def test_a_line_torn_by_a_crash_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "l"
    await _kept(path, Entry("sms", sid="1"))
    with path.open("a") as file:
        file.write('{"ts":1,"kind":"sm')
    assert [entry.sid for entry in read_ledger(path)] == ["1"]


def test_no_file_is_an_empty_ledger(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("callback", "attempt"), [("17.mac", 17), ("", None), ("x.y", None), ("５.m", None)]
)
def test_the_attempt_is_read_from_the_callback(callback: str, attempt: int | None) -> None:
    assert Entry("sms", callback=callback).attempt == attempt


async def test_a_full_disk_is_told_to_whoever_waits(tmp_path: Path) -> None:
    """/dev/full takes a write and says there is no space."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OSError, match="No space"):
        async with asyncio.timeout(30):
            await _write_once(Path("/dev/full"))


async def _write_once(path: Path) -> None:
    ledger = Ledger(path)
    running = asyncio.create_task(ledger.run())
    try:
        await ledger.write(Entry("sms"))
    finally:
        ledger.close()
        await running
