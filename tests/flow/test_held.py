"""What is said while nothing can be written down is heard afterwards, in order, and each once."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from hub.errors import Conflict, DiskFull, Unready
from hub.flow.held import Held


class _Paper:
    """Somewhere to write, full at first."""

    def __init__(self) -> None:
        self.full = True
        self.lines: list[str] = []

    async def write(self, line: str) -> str:
        if self.full:
            raise DiskFull("no room", fault="full")
        if line == "wrong":
            raise Conflict("no such thing")
        self.lines.append(line)
        return line


async def _say(held: Held, paper: _Paper, line: str) -> None:
    async def work() -> str:
        return await paper.write(line)

    with pytest.raises(DiskFull):
        await held.do(work)


async def test_what_came_meanwhile_is_heard_in_order_and_once() -> None:
    held, paper = Held(), _Paper()
    for line in ("a", "wrong", "b"):
        await _say(held, paper, line)
    assert await held.settle() == 0
    assert len(held) == 3
    paper.full = False
    assert await held.settle() == 3
    assert await held.settle() == 0
    assert paper.lines == ["a", "b"]


async def test_a_database_that_is_away_is_waited_for_but_nothing_that_is_refused() -> None:
    held = Held()

    async def away() -> None:
        raise Unready("away")

    async def wrong() -> None:
        raise Conflict("no such thing")

    with pytest.raises(Unready):
        await held.do(away)
    with pytest.raises(Conflict):
        await held.do(wrong)
    assert len(held) == 1


async def test_what_is_kept_is_bounded_and_receipts_leave_room_for_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub.flow.held.MOST", 3)
    monkeypatch.setattr("hub.flow.held.FOR_PEOPLE", 2)
    held, paper = Held(), _Paper()
    for line in ("a", "b"):
        with pytest.raises(DiskFull):
            await held.do(partial(paper.write, line), words=False)
    assert len(held) == 1
    for line in ("c", "d", "e"):
        await _say(held, paper, line)
    assert len(held) == 3
    paper.full = False
    await held.settle()
    assert paper.lines == ["a", "c", "d"]


async def test_what_waits_goes_before_what_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old "safe" that was held is never written after the cry that came when all was well."""
    held, paper = Held(), _Paper()
    await _say(held, paper, "safe")
    paper.full = False
    monkeypatch.setattr("hub.flow.held.EVERY", 0)  # the next try is due
    assert await held.do(partial(paper.write, "help")) == "help"
    assert paper.lines == ["safe", "help"]
    assert len(held) == 0


async def test_a_crowd_waits_for_one_try_and_not_for_one_each() -> None:
    held, tries = Held(), 0

    async def away() -> None:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0)
        raise Unready("away")

    with pytest.raises(Unready):
        await held.do(away)
    tries = 0
    found = await asyncio.gather(*(held.do(away) for _ in range(50)), return_exceptions=True)
    assert all(isinstance(one, Unready) for one in found)
    assert tries <= 50 + 1  # their own, and one for what waited
    assert len(held) == 51
