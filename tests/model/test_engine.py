"""Anything may happen to a hub, in any order; the laws hold after every step, and at the end
everything has come to one.

The real use-cases on a real SQLite file, with scripted providers, two workers that freeze and die,
and a clock that is moved by hand; beside them a notebook (`memory.py`) that knows nothing of the
hub's own code.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from hub.errors import Conflict
from hub.model import Kind, LaunchRequest
from tests.conftest import EXPLORE
from tests.launch_estate import STILL, WHO
from tests.model.carrier import SCRIPTS
from tests.model.ground import ANY
from tests.model.memory import LAST, Said
from tests.model.replies import Replies
from tests.model.town import Worker

FAULTS = ("", "", "claim_lost", "record_lost", "freeze_claimed", "freeze_sent")
WAITS = (0.6, 3.0, 6.0, 13.0, 16.0, 31.0, 61.0, 180.0, 300.0, 601.0, 1_801.0)


class Engine(Replies):
    """What people at the desk, workers and providers do."""

    @initialize(
        book=st.sampled_from(["fire", "fire", "power-outage"]),
        script=st.lists(st.sampled_from(SCRIPTS), max_size=6),
        fault=st.sampled_from(FAULTS),
    )
    def begins(self, book: str, script: list[str], fault: str) -> None:
        self._launch(book, "live", "key-0")
        self.drains(0, script, "sms_test", fault)

    @precondition(lambda self: len(self.memory.affairs) < 3)
    @rule(
        book=st.sampled_from(["fire", "power-outage"]),
        kind=st.sampled_from(["live", "live", "drill"]),
        key=st.sampled_from(["key-0", "key-1", "key-2", "key-3"]),
    )
    def launches(self, book: str, kind: str, key: str) -> None:
        self._launch(book, kind, key)

    def _launch(self, book: str, kind: str, key: str) -> None:
        known = self.memory.keys.get(key)
        request = LaunchRequest(book, "3/12", Kind(kind))

        async def twice() -> Sequence[Any]:
            start = self.town.launch.start
            clicks = [start(request, who=WHO, key=key) for _ in range(2)]
            return await asyncio.gather(*clicks, return_exceptions=True)

        found = self.do(twice())
        if known is not None and known[1] != (book, kind):
            assert all(isinstance(one, Conflict) for one in found), found
            return
        ids = {one.id for one in found}
        assert len(ids) == 1
        (number,) = ids
        if known is not None:
            assert number == known[0]
            return
        assert [one.repeated for one in found].count(True) == 1
        self.memory.keys[key] = (number, (book, kind))
        self.memory.launched(number, book, kind)
        self._heard_of(number)

    def _heard_of(self, affair: int) -> int:
        """The incident's newest notice is in the notebook; its id."""
        asked = "SELECT id, stage FROM notices WHERE incident_id = :i ORDER BY revision DESC"
        row = self.do(self.town.rows(asked, i=affair))[0]
        self.memory.notices[row.id] = Said(affair, row.stage, self.town.house.ms)
        return int(row.id)

    @rule(which=ANY, stage=st.sampled_from(["update", "all_clear", "all_clear", "correction"]))
    def says(self, which: int, stage: str) -> None:
        affair = self._affair(which)
        said = {n.stage for n in self.memory.notices.values() if n.affair == affair.id}
        may = affair.status != "closed" and "correction" not in said
        may = may and (affair.status != "cleared" or stage == "correction")
        try:
            told = self.do(self.town.say.notice(affair.id, stage, text=STILL, who=WHO, key=None))
        except Conflict:
            assert not may
            return
        assert may
        assert self._heard_of(affair.id) == told.notice
        if stage in LAST:
            affair.status = "cleared"
            affair.ends.append(self.town.house.ms)
            self._exactly_those_who_heard(affair.id, told.notice)

    def _exactly_those_who_heard(self, affair: int, notice: int) -> None:
        asked = "SELECT channel, address FROM deliveries WHERE notice_id = :n"
        planned = {tuple(row) for row in self.do(self.town.rows(asked, n=notice))}
        heard = self.memory.heard(affair, notice, self.town.calls)
        assert heard <= planned, f"heard, and not told the end: {heard - planned}"
        may = self.memory.may_have_heard(affair, notice, self.town.calls, self._lost(affair))
        assert planned <= may, f"told the end of what they never heard: {planned - may}"

    def _lost(self, affair: int) -> dict[int, Any]:
        """Attempts whose fate the hub cannot know, with the address they were for."""
        asked = (
            "SELECT a.id, d.channel, d.address FROM attempts a JOIN deliveries d"
            " ON d.id = a.delivery_id WHERE d.incident_id = :i"
        )
        rows = self.do(self.town.rows(asked, i=affair))
        return {r.id: (r.channel, r.address) for r in rows if r.id in self.town.touched}

    @rule(which=ANY)
    def stops(self, which: int) -> None:
        affair = self._affair(which)
        try:
            self.do(self.town.say.stop(affair.id, who=WHO))
        except Conflict:
            assert affair.status in {"cleared", "closed"}
            return
        assert affair.status in {"open", "stopped"}
        affair.status = "stopped"
        affair.ends.append(self.town.house.ms)

    @rule(which=ANY)
    def closes(self, which: int) -> None:
        affair = self._affair(which)
        try:
            self.do(self.town.say.close(affair.id, who=WHO))
        except Conflict:  # while the last word is still on its way
            assert affair.status == "cleared"
            return
        affair.status = "closed"
        affair.ends.append(self.town.house.ms)

    # ── What workers and providers do ──────────────────────────────────────────────────────────

    @rule(
        worker=st.integers(0, 1),
        script=st.lists(st.sampled_from(SCRIPTS), max_size=6),
        account=st.sampled_from(["sms_test", "sms_test", "voice_test", "wecom_test"]),
        fault=st.sampled_from(FAULTS),
    )
    def drains(self, worker: int, script: list[str], account: str, fault: str) -> None:
        self.town.carriers[account].script.extend(script)
        self.town.workers[worker].grip.fault = fault
        self.loop.run_until_complete(self.town.workers[worker].drain())

    @rule(worker=st.integers(0, 1))
    def thaws(self, worker: int) -> None:
        self.town.workers[worker].grip.thaw()
        self.loop.run_until_complete(self.loop.quiet())

    @rule()
    def hanging_calls_are_answered(self) -> None:
        self._answer_at_last()

    @rule(worker=st.integers(0, 1))
    def is_killed(self, worker: int) -> None:
        self.loop.run_until_complete(self.town.workers[worker].killed())
        self._replaced(worker)

    @rule(worker=st.integers(0, 1))
    def is_stopped(self, worker: int) -> None:
        self.town.workers[worker].grip.thaw()
        self.loop.run_until_complete(self.town.workers[worker].stopped())
        self._replaced(worker)

    @rule(
        worker=st.integers(0, 1),
        fault=st.sampled_from(["freeze_claimed", "freeze_sent"]),
        scripts=st.lists(st.lists(st.sampled_from(SCRIPTS), max_size=4), min_size=2, max_size=2),
        stops=st.booleans(),
    )
    def is_overtaken(
        self, worker: int, fault: str, scripts: list[list[str]], *, stops: bool
    ) -> None:
        """It freezes for so long that another does its work; then it goes on where it was."""
        self.drains(worker, scripts[0], "sms_test", fault)
        self.the_laws_hold()
        self.time_passes(16.0)
        self.is_swept()
        if stops:
            self.stops(0)
        self.time_passes(31.0)
        self.is_swept()
        self.drains(1 - worker, scripts[1], "sms_test", "")
        self.the_laws_hold()
        self.thaws(worker)

    def _replaced(self, worker: int) -> None:
        self.town.lost |= self.town.workers[worker].grip.touched
        self.town.workers[worker] = Worker(self.town)

    @rule(seconds=st.sampled_from(WAITS))
    def time_passes(self, seconds: float) -> None:
        self.loop.run_until_complete(self.loop.pass_by(seconds))

    @rule()
    def is_swept(self) -> None:
        swept = self.do(self.town.sweep.once())
        assert not swept.troubles, swept.troubles

    @rule(
        seconds=st.sampled_from(WAITS),
        script=st.lists(st.sampled_from(SCRIPTS), max_size=6),
        account=st.sampled_from(["sms_test", "voice_test"]),
    )
    def goes_on(self, seconds: float, script: list[str], account: str) -> None:
        """As a hub does where nothing is wrong but its providers."""
        self.time_passes(seconds)
        self.is_swept()
        for worker in (0, 1):
            self.drains(worker, script if worker == 0 else [], account, "")

    @rule(lies=st.sampled_from(["", "", "absent", "unknown"]))
    def providers_are_asked(self, lies: str) -> None:
        for carrier in self.town.carriers.values():
            carrier.lies = lies
        self.do(self.town.doubts.once())


@pytest.mark.timeout(86_400 if EXPLORE else 300)
def test_whatever_happens_to_a_hub_the_laws_hold_and_everything_comes_to_its_end() -> None:
    tries = settings(
        max_examples=2_000 if EXPLORE else 15,
        stateful_step_count=60 if EXPLORE else 30,
        # Explaining traces every line of the hub, which takes longer than running it.
        phases=[phase for phase in Phase if phase is not Phase.explain],
    )
    run_state_machine_as_test(Engine, settings=tries)
