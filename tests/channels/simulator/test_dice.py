"""Chance follows from seed and key alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.simulator.dice import Dice


@given(st.integers(), st.text(), st.text())
def test_the_same_key_rolls_the_same_whatever_was_rolled_before(
    seed: int, key: str, name: str
) -> None:
    fresh, used = Dice(seed, key), Dice(seed, key)
    used.roll("something else")
    assert fresh.roll(name) == used.roll(name)
    assert 0 <= fresh.roll(name) < 1


def test_seed_key_and_name_all_matter() -> None:
    rolls = {
        Dice(1, "a").roll("x"),
        Dice(2, "a").roll("x"),
        Dice(1, "b").roll("x"),
        Dice(1, "a").roll("y"),
    }
    assert len(rolls) == 4


def test_keys_are_not_run_together() -> None:
    assert Dice(1, "ab", "c").roll("x") != Dice(1, "a", "bc").roll("x")


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 1.0])
def test_a_share_is_met_over_many_keys(share: float) -> None:
    hits = sum(Dice(1, n).chance("x", share) for n in range(4000))
    assert hits / 4000 == pytest.approx(share, abs=0.03)


def test_durations_are_around_their_median_and_never_negative() -> None:
    waits = sorted(Dice(1, n).around("x", 2.0) for n in range(2001))
    assert waits[0] > 0
    assert waits[1000] == pytest.approx(2.0, rel=0.1)


def test_choosing_keeps_to_the_shares_and_leaves_the_rest() -> None:
    shares = {"a": 0.2, "b": 0.3}
    chosen = [Dice(1, n).choose("x", shares) for n in range(4000)]
    assert chosen.count("a") / 4000 == pytest.approx(0.2, abs=0.03)
    assert chosen.count("") / 4000 == pytest.approx(0.5, abs=0.03)
