"""Anything may happen to a hub, in any order; the laws hold after every step, and at the end
everything has come to one.

The real use-cases on a real SQLite file, with scripted providers, two workers that freeze and die,
and a clock that is moved by hand; beside them a notebook (`memory.py`) that knows nothing of the
hub's own code.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
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


_HELP = "tasks WHERE incident_id = :i AND key = 'help' AND state <> 'done'"
_CRIES = f"""
SELECT DISTINCT coalesce(nullif(sender, ''), CAST(recipient_id AS TEXT), CAST(id AS TEXT))
FROM replies WHERE cry AND settled_at IS NULL
AND (incident_id = :i OR (SELECT kind = 'live' AND status <> 'closed' FROM incidents WHERE id = :i))
AND NOT EXISTS (SELECT 1 FROM {_HELP} AND tasks.recipient_id = replies.recipient_id)"""


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
        again=st.booleans(),
    )
    def launches(self, book: str, kind: str, key: str, again: bool) -> None:
        self._launch(book, kind, key, again=again)

    def _launch(self, book: str, kind: str, key: str, *, again: bool = False) -> None:
        known = self.memory.keys.get(key)
        request = LaunchRequest(book, "3/12", Kind(kind), again=again)

        async def twice() -> Sequence[Any]:
            start = self.town.launch.start
            clicks = [start(request, who=WHO, key=key) for _ in range(2)]
            return await asyncio.gather(*clicks, return_exceptions=True)

        found = self.do(twice())
        asked = (book, kind, again)
        beside = known is None and not again and self._runs(book, kind)
        if (known is not None and known[1] != asked) or beside:
            assert all(isinstance(one, Conflict) for one in found), found
            return
        if known is None and kind == "drill" and self._real():
            assert {one.code for one in found} == {"live_open"}
            return
        ids = {one.id for one in found}
        assert len(ids) == 1
        (number,) = ids
        if known is not None:
            assert number == known[0]
            return
        assert [one.repeated for one in found].count(True) == 1
        self.memory.keys[key] = (number, asked)
        self.memory.launched(number, book, kind)
        self._heard_of(number)
        if kind == "live":
            self._ends_drills(number)

    def _real(self) -> bool:
        """Whether something real is under way: everything of this town is at one place."""
        every = self.memory.affairs.values()
        return any(one.kind == "live" and one.status != "closed" for one in every)

    def _ends_drills(self, real: int) -> None:
        """Every drill that runs is ended; one that is over, if its last word was still to go."""
        asked = "SELECT id FROM incidents WHERE ended_by = :i"
        ended = {int(row.id) for row in self.do(self.town.rows(asked, i=real))}
        for one in self.memory.affairs.values():
            if one.kind == "drill" and one.status in {"open", "stopped"}:
                assert one.id in ended
                one.status = "stopped"
            if one.id in ended:
                assert one.kind == "drill"
                one.ended = True
                one.ends.append(self.town.house.ms)

    def _runs(self, book: str, kind: str) -> bool:
        """The same is open there already."""
        same = [n for n, asked in self.memory.keys.values() if asked[:2] == (book, kind)]
        return any(self.memory.affairs[number].status == "open" for number in same)

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
        late = affair.status == "closed" and not said & LAST and stage in LAST
        may = (late or affair.status != "closed") and "correction" not in said
        may = may and (affair.status != "cleared" or stage == "correction") and not affair.ended
        try:
            told = self._confirmed(
                affair.id,
                lambda help_open: self.town.say.notice(
                    affair.id, stage, text=STILL, confirm_help=help_open, who=WHO, key=None
                ),
            )
        except Conflict:
            assert not may
            return
        assert may
        assert self._heard_of(affair.id) == told.notice
        if stage in LAST:
            affair.status = "cleared"
            affair.ends.append(self.town.house.ms)
            self._exactly_those_who_heard(affair.id, told.notice)

    def _confirmed(self, affair: int, ask: Callable[[int | None], Any]) -> Any:
        """Asked as it is; where people need help, once more with exactly their number."""
        try:
            return self.do(ask(None))
        except Conflict as refused:
            if refused.code != "help_open":
                raise
            said = refused.facts["help"]
        people = self.do(self.town.rows(f"SELECT DISTINCT recipient_id FROM {_HELP}", i=affair))
        cries = self.do(self.town.rows(_CRIES, i=affair))
        assert said == len(people) + len(cries) > 0
        return self.do(ask(said))

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
            self._confirmed(
                affair.id,
                lambda help_open: self.town.say.close(affair.id, confirm_help=help_open, who=WHO),
            )
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
