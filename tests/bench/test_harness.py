"""The harness compares inside a round, in turn, and says what it saw."""

from __future__ import annotations

import pytest

from tests.bench.harness import Bench, Contender, Limit, Ratio, measure, percentile, spread


def contender(name: str, values: list[float], order: list[str]) -> Contender:
    async def run() -> dict[str, float]:
        order.append(name)
        return {"speed": values.pop(0)}

    return Contender(name, run)


async def test_contenders_take_turns_and_ratios_are_of_the_same_round() -> None:
    order: list[str] = []
    bench = Bench(
        "race",
        [contender("a", [10, 40, 90], order), contender("b", [10, 20, 30], order)],
        [Ratio("a", "b", "speed", at_least=2)],
    )
    report = await measure(bench, rounds=3)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert report["ratios"]["a / b by speed"] == {
        "min": 1, "median": 2, "max": 3, "target": ">= 2", "met": True,
    }  # fmt: skip
    assert report["contenders"]["a"]["speed"] == {"min": 10, "median": 40, "max": 90}


async def test_an_inverse_ratio_is_above_one_for_the_smaller_figure() -> None:
    bench = Bench(
        "race",
        [contender("a", [10], []), contender("b", [30], [])],
        [Ratio("a", "b", "speed", inverse=True)],
    )
    report = await measure(bench, rounds=1)
    assert report["ratios"]["a / b by speed"]["median"] == 3


async def test_a_limit_that_is_missed_is_said_and_does_not_fail() -> None:
    bench = Bench("one", [contender("a", [7], [])], limits=[Limit("a", "speed", 5)])
    found = (await measure(bench, rounds=1))["limits"]["a: speed"]
    assert found["met"] is False
    assert found["target"] == "<= 5"


async def test_a_bench_out_of_time_stops_after_a_whole_round() -> None:
    order: list[str] = []
    bench = Bench("late", [contender("a", [1, 1], order), contender("b", [1, 1], order)], seconds=0)
    assert (await measure(bench, rounds=2))["rounds"] == 1
    assert order == ["a", "b"]


def test_a_spread_keeps_four_digits() -> None:
    assert spread([1.23456, 2, 123456]) == {"min": 1.235, "median": 2, "max": 123500}


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100), (0.001, 1)]
)
def test_a_percentile_is_a_value_that_was_seen(share: float, value: int) -> None:
    assert percentile(list(range(1, 101)), share) == value
