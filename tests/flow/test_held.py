"""What is said while nothing can be written down is heard afterwards, in order, and each once."""

from __future__ import annotations

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
