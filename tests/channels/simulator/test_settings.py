"""Settings: frozen, calm or nasty, changed only to what makes sense."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from channels.simulator.settings import PROFILES, Fault, Settings, calm, change, nasty
from hub.errors import Refused


def test_a_calm_world_has_no_faults() -> None:
    assert calm().faults == {}


def test_a_nasty_world_has_every_fault_and_still_mostly_works() -> None:
    faults = nasty().faults
    assert set(faults) == set(Fault)
    assert sum(faults.values()) < 0.25


def test_profiles_take_changes() -> None:
    assert {name: make(seed=7).seed for name, make in PROFILES.items()} == {"calm": 7, "nasty": 7}


def test_settings_are_frozen_and_hide_the_token() -> None:
    with pytest.raises(FrozenInstanceError):
        calm().seed = 2  # type: ignore[misc]
    assert "hush" not in repr(Settings(auth_token="hush"))


def test_a_patch_is_taken_with_its_types() -> None:
    changed = change(calm(), {"speed": 5, "faults": {"crash": 0.5}, "wecom_keys": ["k"]})
    assert (changed.speed, changed.faults, changed.wecom_keys) == (5.0, {"crash": 0.5}, ("k",))


@pytest.mark.parametrize(
    "patch",
    [
        {"nothing": 1},
        {"speed": "fast"},
        {"speed": -1},
        {"speed": True},
        {"faults": {"meteor": 1}},
        {"faults": [1]},
        {"seed": 1.5},
        {"hub_url": None},
    ],
)
def test_a_patch_that_makes_no_sense_is_refused_by_name(patch: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        change(calm(), patch)
    assert caught.value.problems[0].where == next(iter(patch))
