"""Whether two places of one site share ground, by their paths, and what runs there already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.under_way import Standing

WHOLE = frozenset({"", "all"})


@dataclass(frozen=True, slots=True)
class _Path:
    """`3-1/12/1203` taken apart. Outdoors (`gate-2`) the name itself stands for the building."""

    building: str
    entrance: str
    rest: tuple[str, ...]


def overlaps(one: str, other: str) -> bool:
    """Whether some spot belongs to both: either is the whole site or contains the other, or they
    cross (floor 12 of every entrance, and one entrance with all its floors)."""
    if one in WHOLE or other in WHOLE or one == other:
        return True
    left, right = _apart(one), _apart(other)
    if left.building != right.building:
        return _groups(left, right) or _groups(right, left)
    if left.entrance and right.entrance and left.entrance != right.entrance:
        return False
    return all(mine == theirs for mine, theirs in zip(left.rest, right.rest, strict=False))


def same_ground(one: str, other: str) -> bool:
    """Whether two places of a site share a building. Floors and entrances of one building do: they
    share stairs, a roof and a forecourt, where a drill and a fire cannot be told apart."""
    if one in WHOLE or other in WHOLE:
        return True
    left, right = _apart(one).building, _apart(other).building
    return left == right or _holds(left, right) or _holds(right, left)


def running_at(place: str, running: Iterable[Standing]) -> tuple[Standing, ...]:
    """Of what runs on this site, what shares ground with a place: the same place first, then the
    newest."""
    found = [one for one in running if overlaps(one.place, place)]
    return tuple(sorted(found, key=lambda one: (one.place != place, -one.id)))


def is_spot(part: str) -> bool:
    """Whether a part of a path is a word (`gate-2`, `lobby`) and no number."""
    return part[:1].isascii() and part[:1].islower()


def _apart(path: str) -> _Path:
    head, *rest = path.split("/")
    if is_spot(head):
        return _Path(head, "", tuple(rest))
    building, _, entrance = head.partition("-")
    return _Path(building, entrance, tuple(rest))


def _groups(group: _Path, inside: _Path) -> bool:
    alone = not (group.entrance or group.rest)
    return alone and _holds(group.building, inside.building)


def _holds(group: str, building: str) -> bool:
    """Whether one is a phase, court or lane the other stands in: `1期` and `1期3`, `PHASE1` and
    `PHASE1.3`; `1期3` and `1期31` are two buildings."""
    after = building.removeprefix(group)
    return after != building and (after.startswith(".") or not group[-1].isascii())
