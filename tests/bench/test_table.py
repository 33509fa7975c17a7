"""Measured documents become tables that can be read beside each other."""

from __future__ import annotations

from tests.bench.table import tables

RUN = {
    "bench": "race",
    "size": {"people": 3},
    "rounds": 2,
    "load_average": [0.5, 2.0],
    "ratios": {"a / b": {"min": 1, "median": 2, "max": 3.5, "target": ">= 2", "met": True}},
    "limits": {},
    "contenders": {"a": {"speed": {"min": 1, "median": 40, "max": 60}}},
}


def test_a_table_has_a_column_for_each_run_and_the_target_beside_it() -> None:
    text = tables([{"benches": [RUN]}, {"benches": [RUN]}])
    assert "### race (people 3)" in text
    assert "| a / b | >= 2 | 1 / **2** / 3.5 | 1 / **2** / 3.5 |" in text
    assert "| a | 40 |" in text
