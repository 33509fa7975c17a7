"""Whether two places of one site share ground, by their paths, and what runs there already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.under_way import Standing

WHOLE = "all"


@dataclass(frozen=True, slots=True)
class _Path:
    """`3-1/12/1203` taken apart. Outdoors (`gate-2`) the name itself stands for the building."""

    building: str
    entrance: str
    rest: tuple[str, ...]


def overlaps(one: str, other: str) -> bool:
    """Whether some spot belongs to both: either is the whole site or contains the other, or they
    cross (floor 12 of every entrance, and one entrance with all its floors)."""
    if WHOLE in {one, other} or one == other:
        return True
    left, right = _apart(one), _apart(other)
    if left.building != right.building:
        return _groups(left, right) or _groups(right, left)
    if left.entrance and right.entrance and left.entrance != right.entrance:
        return False
    return all(mine == theirs for mine, theirs in zip(left.rest, right.rest, strict=False))


def running_at(place: str, running: Iterable[Standing]) -> tuple[Standing, ...]:
    """Of what runs on this site, what shares ground with a place: the same place first, then the
    newest."""
    found = [one for one in running if overlaps(one.place, place)]
    return tuple(sorted(found, key=lambda one: (one.place != place, -one.id)))


def _apart(path: str) -> _Path:
    head, *rest = path.split("/")
    if head[:1].islower() and head[:1].isascii():
        return _Path(head, "", tuple(rest))
    building, _, entrance = head.partition("-")
    return _Path(building, entrance, tuple(rest))


def _groups(group: _Path, inside: _Path) -> bool:
    """Whether one is a phase, court or lane the other's building stands in: `1期` and `1期3`,
    `PHASE1` and `PHASE1.3`."""
    if group.entrance or group.rest or not inside.building.startswith(group.building):
        return False
    after = inside.building[len(group.building) :]
    return after.startswith(".") or not group.building[-1:].isascii()
