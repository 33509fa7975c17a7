"""Who takes part in drills: as the site says, building by building, and as each person says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.model import RecipientKind

EVERYBODY, STAFF, CHOSEN = "everybody", "staff", "chosen"
WHO = (STAFF, CHOSEN, EVERYBODY)

_INSIDE = frozenset({RecipientKind.RESIDENT, RecipientKind.SCREEN, RecipientKind.GROUP})
"""Who belongs to a building that takes part. Outside parties are only told if marked."""


@dataclass(frozen=True, slots=True)
class Drills:
    """The site's rule. `chosen`: staff, whom the roster marks, and these buildings."""

    who: str = CHOSEN
    buildings: frozenset[str] = frozenset()


def drills_of(settings: Mapping[str, Any]) -> Drills:
    """The rule of a site; without one, whoever is marked (staff are from the start)."""
    said = settings.get("drills")
    if not isinstance(said, Mapping) or said.get("who") not in WHO:
        return Drills()
    return Drills(str(said["who"]), frozenset(map(str, said.get("buildings") or ())))


def takes_part(
    kind: str, rule: Drills, *, said: int, building: str = "", entrance: str = ""
) -> bool:
    """Whether a drill tells this recipient. `said`: 1 that they take part, -1 that they do not.
    Whoever said no is never told; residents are told by no drill where the rule is staff alone."""
    if said < 0:
        return False
    if rule.who == STAFF:
        return said > 0 and kind != RecipientKind.RESIDENT
    if said > 0:
        return True
    if rule.who == EVERYBODY:
        return kind != RecipientKind.OUTSIDE
    return kind in _INSIDE and is_among(rule.buildings, building, entrance)


def is_among(heads: frozenset[str], building: str, entrance: str) -> bool:
    """Whether a place belongs to one of these, written as places are: `3`, `3-1`."""
    return bool(building) and bool(heads & {building, f"{building}-{entrance}"})
