"""The real thing before a drill: where a real incident is under way no drill begins, and a drill
that runs there ends when one begins."""

from __future__ import annotations

from collections.abc import Iterable

from hub.decide.overlap import is_spot, same_ground
from hub.errors import Conflict, Problem
from hub.model import Kind
from hub.states import IncidentState
from hub.under_way import UnderWay


def real_at(place: str, under_way: Iterable[UnderWay]) -> UnderWay | None:
    """The real incident that keeps a drill at this place from beginning: the newest there that is
    not closed. One that was stopped or all-cleared counts, too: people are still being told, called
    and helped, and the first words of a drill would read as if it had flared up again."""
    return max(_of(place, under_way, live=True), key=lambda one: one.id, default=None)


def drills_at(place: str, under_way: Iterable[UnderWay]) -> tuple[UnderWay, ...]:
    """The drills and tests at this place that a real incident ends when it begins."""
    return tuple(sorted(_of(place, under_way, live=False), key=lambda one: one.id))


def refuse_drill(place: str, under_way: Iterable[UnderWay]) -> None:
    """Conflict (`live_open`, with `incident`) if something real is under way there."""
    real = real_at(place, under_way)
    if real is None:
        return
    cleared = real.status == IncidentState.CLEARED
    hint = (
        "its all-clear was said: close it, then start the drill"
        if cleared
        else "see to it first; a drill can start once it is closed"
    )
    code = "live_cleared" if cleared else "live_open"
    what = f"the real incident {real.code} is open there"
    raise Conflict(
        f"No drill can start: the real incident {real.code} is open there.",
        [Problem("place", what, hint, code=code, params={"code": real.code})],
        code="live_open",
        facts={"incident": real.id},
    )


def drill_ended(real: UnderWay | None) -> Conflict:
    """Nothing more is said in a drill that something real ended, or began where it was: it would
    be taken for that."""
    return Conflict(
        "Something real has begun and ended this drill. Nothing more is said in it: close it.",
        code="drill_ended",
        facts={"incident": real.id} if real else {},
    )


def public_path(path: str, depth: str) -> str:
    """A path as far down as everybody may read of it, by the depth of its playbook: of a flat, its
    floor or its building. A lobby or a lift is nobody's flat."""
    head, *rest = path.split("/")
    inside = [part for part in rest if not is_spot(part)]
    if depth == "unit" or not inside:
        return path
    return f"{head}/{inside[0]}" if depth == "floor" else head


def _of(place: str, under_way: Iterable[UnderWay], *, live: bool) -> Iterable[UnderWay]:
    return (
        one
        for one in under_way
        if (one.kind == Kind.LIVE) is live
        and one.status != IncidentState.CLOSED
        and same_ground(place, one.place)
    )
