"""Every bench runs at a tiny size and says what it saw; no figure is ever judged here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench import (
    answers,
    curve,
    dispatch,
    fanout,
    hostile,
    planning,
    planning_postgres,
    sizes,
    urgent,
    workers,
)
from tests.bench.__main__ import main

pytestmark = [pytest.mark.bench, pytest.mark.timeout(180)]


def check(report: dict[str, Any], *ratios: str) -> None:
    """Well formed: every figure a positive number, minimum, median and maximum in order."""
    assert report["rounds"] == 1
    assert set(ratios) <= set(report["ratios"])
    figures = [*report["ratios"].values(), *report["limits"].values()]
    figures += [each for one in report["contenders"].values() for each in one.values()]
    assert figures
    for one in figures:
        assert 0 < one["min"] <= one["median"] <= one["max"]
    json.dumps(report)


async def test_planning_is_compared_with_the_same_rows() -> None:
    report = await planning.run(rounds=1, size=200, curve=False)
    check(report, "ours / bare by per_second")
    assert report["size"]["deliveries"] == 200


async def test_planning_on_postgresql_is_compared_with_copy(postgres: object) -> None:
    check(await planning_postgres.run(rounds=1, size=200), "ours / bare by per_second")


async def test_sizes_are_asked_of_both_databases(postgres: object) -> None:
    report = await sizes.run(size=2_000)
    for found in (report["sqlite"], report["postgresql"]):
        assert 50 < found["bytes_per_recipient"] < 5_000
        assert 200 < found["bytes_per_delivery"] < 20_000
        assert {"deliveries", "attempts", "receipts"} <= set(found["bytes_by_table"])


async def test_dispatch_is_compared_with_the_sdk_and_apprise() -> None:
    report = await dispatch.run(rounds=1, size=60)
    check(report, "ours / sdk by per_second", "ours / apprise by per_second")
    assert report["contenders"]["ours"]["sent"]["median"] == 60


async def test_fan_out_is_compared_with_a_send_loop() -> None:
    report = await fanout.run(rounds=1, size=30, frames=2)
    check(report, "ours / loop by ms_to_last", "ours / loop by cpu_us_each")


async def test_answers_are_compared_with_a_post_that_does_nothing() -> None:
    report = await answers.run(rounds=1, size=300, seconds=0.5)
    check(report, "ours / no_op by per_second")


async def test_an_urgent_launch_behind_routine_work_is_compared_with_an_idle_hub() -> None:
    report = await urgent.run(rounds=1, size=300, beside=20)
    check(report, "behind / idle by ms_to_first")


async def test_two_workers_are_compared_with_one(postgres: object) -> None:
    report = await workers.run(rounds=1, size=60, free=False)
    check(report, "two / one by per_second", "two / one by cpu_us_each")


async def test_a_delivery_has_its_price_at_a_size() -> None:
    report = await curve.run(rounds=1, size=30, smaller=())
    check(report)
    assert {"plan_us", "first_us", "last_us", "ms_to_first"} <= set(report["contenders"]["30"])


async def test_a_launch_under_attack_is_compared_with_one_in_peace() -> None:
    report = await hostile.run(rounds=1, size=1)
    check(report, "frames / idle by ms_to_first", "requests / idle by ms_to_first")


def test_the_command_prints_and_writes_one_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.json"
    assert main(["fanout", "--rounds", "1", "--size", "20", "--json", str(file)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads(file.read_text())
    assert [one["bench"] for one in said["benches"]] == ["fanout"]
    assert said["machine"]["cores"] >= 1
