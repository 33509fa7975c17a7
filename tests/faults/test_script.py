"""A trial follows from its seed, and its line says how to make it again."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.faults.__main__ import SMALL, Sum, main
from tests.faults.actions import ACTIONS, ASKED_FOR
from tests.faults.estates import STAFF, roster
from tests.faults.script import script
from tests.faults.trial import Result, report
from tests.faults.witness import Violation


def test_the_same_seed_makes_the_same_trial() -> None:
    assert script(41) == script(41)
    assert script(41) != script(42)


def test_narrowing_a_trial_leaves_everything_else_as_the_seed_has_it() -> None:
    whole, narrow = script(7), script(7, setup="sqlite", only="roll")
    assert narrow.setup == "sqlite"
    assert {name for _, name in narrow.faults} == {"roll"}
    assert [at for at, _ in narrow.faults] == [at for at, _ in whole.faults]
    assert (narrow.people, narrow.begins) == (whole.people, whole.begins)


def test_random_trials_come_to_every_fault_both_setups_and_both_moods() -> None:
    plans = [script(seed) for seed in range(300)]
    assert {name for plan in plans for _, name in plan.faults} == set(ACTIONS) - ASKED_FOR
    assert {plan.setup for plan in plans} == {"sqlite", "postgres"}
    assert {plan.mood for plan in plans} == {"calm", "nasty"}
    begins = [begin for plan in plans for begin in plan.begins]
    assert any(begin.stop_after is not None for begin in begins)
    assert any(begin.times > 1 for begin in begins)
    assert any(len(plan.begins) > 1 for plan in plans)


def test_every_place_of_a_trial_is_there_however_few_people_live_there() -> None:
    for seed in range(200):
        plan = script(seed, people=(10, 60))
        lines = roster(plan.people, seed=seed).decode().splitlines()[1:-STAFF]
        there = {(row[0], row[1][:-2]) for row in (line.split(",") for line in lines)}
        for begin in plan.begins:
            building, _, floor = begin.place.partition("/")
            assert not floor or (building, floor) in there, (plan.people, begin)


def test_the_fixed_trials_name_faults_that_exist() -> None:
    assert {fault for _, _, fault in SMALL} <= set(ACTIONS)


def test_a_violation_is_shown_with_its_rows_and_the_way_to_replay_it() -> None:
    plan = script(5, setup="sqlite", only="roll", people=(60, 90))
    bad = Result(plan, [Violation("no loss", "1 deliveries have no end", ("the row",))])
    said = report(bad)
    assert "! no loss: 1 deliveries have no end\n    the row" in said
    assert "--seed 5 --people 60-90 --setup sqlite --only roll" in said
    assert str(plan) in said


def test_the_sum_counts_losses_and_doubles_apart() -> None:
    whole = Sum()
    figures = {"doubles": 2, "faults": {"roll": 1}, "recovery": 4.5}
    whole.add(Result(script(1), figures=figures))
    broken = [Violation("no loss", "x"), Violation("at most one extra copy", "y")]
    whole.add(Result(script(2), broken, figures={"faults": {"roll": 1}}))
    whole.add(Result(script(3), trouble="a process did not start"))
    said = whole.to_json()
    assert (said["trials"], said["trials_with_violations"]) == (3, [2])
    assert said["trials_not_finished"] == [3]
    assert (said["losses"], said["doubles_against_the_promise"], said["doubles"]) == (1, 1, 2)
    assert (said["faults"], said["recovery_seconds_max"]) == ({"roll": 2}, 4.5)


@pytest.mark.parametrize("people", ["x", "9", "90-60", "5-"])
def test_a_number_of_people_that_makes_no_sense_is_refused(people: str) -> None:
    answer = CliRunner().invoke(main, ["--people", people])
    assert answer.exit_code == 2
    assert "200-600" in answer.output
