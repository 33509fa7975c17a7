from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from hub.decide.alarm_facts import Facts, Living, Stuck
from hub.decide.alarms import Alarm, AlarmKind
from hub.errors import Unready
from hub.flow.auditor import Auditor
from hub.store.alarms import AlarmLedger, Settled
from tests.flow.stage import Doorbell, Stage

WELL = Facts(100.0, processes=(Living("a", "serve", "h", 100, 1, 1, stopped=False),))
BAD = Facts(0.0, leases=Stuck(1, 60))


class Sight:
    """What is seen, audit by audit; an exception is what the database does."""

    def __init__(self, *facts: Facts | Exception):
        self.facts_ = list(facts)
        self.watched: list[float] = []

    async def facts(self, watched_s: float) -> Facts:
        self.watched.append(watched_s)
        found = self.facts_.pop(0) if len(self.facts_) > 1 else self.facts_[0]
        if isinstance(found, Exception):
            raise found
        return found


class Board:
    """Whose turn it is is given; what is settled is kept."""

    def __init__(self, *turns: bool):
        self.turns = list(turns)
        self.settled: list[list[AlarmKind]] = []

    async def turn(self, _every_ms: int) -> bool:
        return self.turns.pop(0) if self.turns else True

    async def settle(self, found: Sequence[Alarm]) -> Settled:
        self.settled.append([alarm.kind for alarm in found])
        return Settled(raised=tuple(alarm.key for alarm in found))


class Passed:
    count = 0

    async def __call__(self) -> None:
        self.count += 1


def auditor(sight: Sight, board: Board, passed: Passed) -> Auditor:
    return Auditor(ledger=sight, alarms=board, wake=Doorbell(), served=(), needs=(), passed=passed)


async def test_what_is_found_is_settled_and_passing_is_told_only_when_nothing_is_critical() -> None:
    sight, board, passed = Sight(BAD, WELL), Board(), Passed()
    one = auditor(sight, board, passed)

    await one.turn(100.0)
    assert passed.count == 0
    await one.turn(100.0)

    assert board.settled == [[AlarmKind.LEASE_OVER], []]
    assert passed.count == 1


async def test_out_of_turn_nothing_is_looked_at_and_nothing_is_told() -> None:
    sight, board, passed = Sight(WELL), Board(False), Passed()

    assert await auditor(sight, board, passed).turn(100.0) is None
    assert (sight.watched, board.settled, passed.count) == ([], [], 0)


async def test_a_look_settles_nothing() -> None:
    board = Board()

    found = await auditor(Sight(BAD), board, Passed()).look()

    assert [alarm.kind for alarm in found] == [AlarmKind.LEASE_OVER]
    assert board.settled == []


async def test_a_database_that_is_away_passes_no_audit_and_ends_no_auditor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub.flow.auditor.ASK", 0.001)
    sight, board, passed = Sight(Unready("away"), WELL), Board(), Passed()
    task = asyncio.create_task(auditor(sight, board, passed).run())
    async with asyncio.timeout(30):
        while not passed.count:
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait([task])

    assert len(sight.watched) > 1
    assert board.settled[0] == []


async def test_a_change_is_told_and_a_standstill_is_not(stage: Stage) -> None:
    await stage.set_up(people=1)
    bell = Doorbell()
    one = Auditor(
        ledger=Sight(BAD), alarms=AlarmLedger(stage.db), wake=bell, served=(), needs=(), every_ms=0
    )

    await one.once(100.0)
    await one.once(100.0)

    assert bell.told == [("alarms", 0)]
