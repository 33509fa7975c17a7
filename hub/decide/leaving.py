"""Who leaves in a fire: the plan agreed for each building."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.model import Parameter, Place

ALL_OUT, PHASED, STAY = "all_out", "phased", "stay"
PLANS = (ALL_OUT, PHASED, STAY)

EVACUATION = "evacuation"
"""The setting, and the `source` of the playbook's parameter that follows it."""

BY_PLAN = "site_plan"
"""The choice that stands for what the building's plan says."""

SCOPES: Mapping[str, str] = {ALL_OUT: "building", PHASED: "phased", STAY: "floor"}
"""What a plan comes to, as playbooks and texts know it."""


def plan_of(settings: Mapping[str, Any], building: str, entrance: str = "") -> str:
    """The plan of a building: the entrance's own, the building's, the site's; else in phases."""
    said = settings.get(EVACUATION)
    if not isinstance(said, Mapping):
        return PHASED
    own = said.get("buildings")
    own = own if isinstance(own, Mapping) else {}
    named = (own.get(f"{building}-{entrance}") if entrance else None) or own.get(building)
    plan = str(named or said.get("plan") or PHASED)
    return plan if plan in PLANS else PHASED


def settle_scope(
    parameters: tuple[Parameter, ...],
    values: Mapping[str, str],
    settings: Mapping[str, Any],
    place: Place | None,
) -> dict[str, str]:
    """The values with `site_plan` as what the plan of this place says: frozen at the launch, so
    that what is said later means the same floors."""
    building, entrance = (place.building, place.entrance) if place else ("", "")
    scope = SCOPES[plan_of(settings, building, entrance)]
    follow = {one.key for one in parameters if one.source == EVACUATION}
    return {
        key: scope if key in follow and value == BY_PLAN else value for key, value in values.items()
    }
