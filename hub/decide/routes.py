"""By which channels an update goes to each band: those its alert went by first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Begun(NamedTuple):
    """A started wave of the alert. `started_at` in milliseconds."""

    no: int
    started_at: int
    spec: Mapping[str, Any]


def update_routes(begun: Iterable[Begun]) -> list[dict[str, Any]]:
    """Wave specs that tell every band once by the channels of the first wave that told it.

    Later waves escalate (a call to those who did not answer); an update does not: it goes to
    everyone, answered or not.
    """
    first: dict[str, int] = {}
    routes: list[dict[str, Any]] = []
    for wave in sorted(begun, key=lambda wave: (wave.started_at, wave.no)):
        bands = [
            b for b in wave.spec["bands"] if first.setdefault(b, wave.started_at) == wave.started_at
        ]
        if bands:
            routes.append(dict(wave.spec) | {"bands": bands, "until": "none", "fill": 0})
    return routes
