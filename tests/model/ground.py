"""One hub under test with its notebook, from its first launch to its last delivery: what every
step begins from, and what must be true after it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.model.carrier import Call
from tests.model.house import HouseLoop
from tests.model.laws import at_the_end, check, witness
from tests.model.memory import Memory, Neighbour
from tests.model.town import RESIDENTS, Town

T = TypeVar("T")

ANY = st.integers(0, 30)


class Ground(RuleBasedStateMachine):
    """The hub, the notebook, and the laws."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = HouseLoop()
        self.objections: list[str] = []
        self.memory, self.feeds = Memory(), dict[int, Any]()
        self.residents = list(RESIDENTS)
        self.replies = 0
        self.town = Town(self.loop, self._witness)
        self.loop.run_until_complete(self._open())

    async def _witness(self, call: Call) -> None:
        await witness(self.town, self.memory, call, self.objections)

    async def _open(self) -> None:
        await self.town.open()
        await self._know()

    async def _know(self) -> None:
        """The notebook has the roster as it was brought in, with the ids people got."""
        named = {one.name: one for one in self.residents}
        asked = "SELECT id, kind, name, drill FROM recipients ORDER BY id"
        rows = await self.town.rows(asked)
        newest = {row.name: row.id for row in rows}  # who comes back is somebody new
        for row in rows:
            if row.kind != "resident":
                way = ("wecom", "group-3") if row.kind == "group" else ("sms", _number(row.id))
                building = "3" if row.kind == "group" else ""
                known = Neighbour(row.id, row.kind, building, {way}, drill=bool(row.drill))
                self.memory.people.setdefault(row.id, known)
            elif newest[row.name] == row.id and (one := named.get(row.name)):
                ways = {("sms", one.number)} if one.number else set()
                known = Neighbour(row.id, "resident", one.building, ways)
                self.memory.people[row.id] = known
            elif row.id in self.memory.people:
                self.memory.people[row.id].here = False
        self.memory.moved()

    def do(self, work: Awaitable[T]) -> T:
        """The work is done; time went on as far as it needed."""
        return self.loop.run_until_complete(self.loop.done(work))

    def _affair(self, which: int) -> Any:
        return list(self.memory.affairs.values())[which % len(self.memory.affairs)]

    def _answer_at_last(self) -> None:
        for carrier in self.town.carriers.values():
            carrier.answer_at_last()
        self.loop.run_until_complete(self.loop.quiet())

    # ── What must be true ──────────────────────────────────────────────────────────────────────

    @invariant()
    def the_laws_hold(self) -> None:
        found = self.loop.run_until_complete(check(self.town, self.memory, self.feeds))
        wrong = self.objections + found
        assert not wrong, "; ".join(wrong)

    def teardown(self) -> None:
        try:
            self.loop.run_until_complete(self._to_the_end())
            self.the_laws_hold()
            found = self.loop.run_until_complete(at_the_end(self.town, self.memory))
            assert not found, "; ".join(found)
        finally:
            self.loop.run_until_complete(self.town.close())
            self.loop.close()

    async def _to_the_end(self) -> None:
        """All is well from now on, and time passes until there is nothing left to do."""
        for carrier in self.town.carriers.values():
            carrier.script.clear()
            carrier.lies = ""
        for turn in range(120):
            for worker in self.town.workers:
                worker.grip.fault = ""
                worker.grip.thaw()
            for carrier in self.town.carriers.values():
                carrier.answer_at_last()
            await self.loop.quiet()
            await self.loop.done(self.town.doubts.once())
            await self.loop.done(self.town.sweep.once())
            await self.town.workers[turn % 2].drain()
            due = (await self.town.rows(_NEXT))[0][0]
            if due is None:
                break
            await self.loop.pass_by(max(0.0, (due + 1 - self.town.house.ms) / 1000))
        await self.loop.pass_by(601)
        last = self.town.sweeper()
        for _ in range(3):  # the first looks at lives and windows, the third at doors
            await self.loop.done(last.once())


_NEXT = """
SELECT min(at) FROM (
    SELECT min(due_at) AS at FROM deliveries WHERE state = 'planned'
    UNION ALL SELECT min(lease_until) FROM deliveries WHERE state IN ('sending', 'unsure')
    UNION ALL SELECT min(due_at) FROM waves WHERE state = 'waiting') AS due"""


def _number(staff: int) -> str:
    return f"+4477009000{90 + staff}"
