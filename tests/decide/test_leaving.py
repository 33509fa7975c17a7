"""Who leaves: the plan of the building that was named."""

from __future__ import annotations

import pytest

from hub.decide.leaving import plan_of, settle_scope
from hub.model import Parameter, Place, PlaceId, PlaceKind, SiteId

SCOPE = Parameter("scope", {}, "choice", "site_plan", source="evacuation")
PLANS = {"evacuation": {"plan": "stay", "buildings": {"3": "all_out", "5-1": "phased"}}}


def at(building: str, entrance: str = "") -> Place:
    return Place(
        PlaceId(1), SiteId(1), None, PlaceKind.FLOOR, "x", building=building, entrance=entrance
    )


@pytest.mark.parametrize(
    ("settings", "building", "entrance", "plan"),
    [
        (PLANS, "3", "", "all_out"),
        (PLANS, "3", "2", "all_out"),
        (PLANS, "5", "1", "phased"),
        (PLANS, "5", "2", "stay"),
        (PLANS, "9", "", "stay"),
        ({}, "3", "", "phased"),
        ({"evacuation": "site_plan"}, "3", "", "phased"),
        ({"evacuation": {"plan": "moon", "buildings": []}}, "3", "", "phased"),
        ({"evacuation": {"buildings": {}}}, "3", "", "phased"),
    ],
)
def test_the_nearest_plan_counts(
    settings: dict[str, object], building: str, entrance: str, plan: str
) -> None:
    assert plan_of(settings, building, entrance) == plan


def test_the_plan_is_settled_at_the_launch_and_a_choice_of_ones_own_stays() -> None:
    said = {"scope": "site_plan", "cause": "site_plan"}
    assert settle_scope((SCOPE,), said, PLANS, at("3")) == {
        "scope": "building", "cause": "site_plan",
    }  # fmt: skip
    assert settle_scope((SCOPE,), said, PLANS, at("5", "1"))["scope"] == "phased"
    assert settle_scope((SCOPE,), said, PLANS, at("9"))["scope"] == "floor"
    assert settle_scope((SCOPE,), said, PLANS, None)["scope"] == "floor"
    assert settle_scope((SCOPE,), {"scope": "phased"}, PLANS, at("3"))["scope"] == "phased"
