"""By which channels an update goes to each band: those its alert went by first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple


class Begun(NamedTuple):
    """A started wave of the alert. `started_at` in milliseconds."""

    no: int
    started_at: int
    spec: Mapping[str, Any]


def update_routes(begun: Iterable[Begun]) -> list[dict[str, Any]]:
    """Wave specs that tell every band once by the channels of the first wave that told it.

    Later waves escalate (a call to those who did not answer); an update does not: it goes to
    everyone, answered or not. Whom only a later wave could tell (a landline alone, or the first
    wave was for a few of the band) is `missed` so far, and gets it as that wave told them.
    """
    first: dict[str, int] = {}
    routes: list[dict[str, Any]] = []
    for wave in sorted(begun, key=lambda wave: (wave.started_at, wave.no)):
        at = wave.started_at
        new = [band for band in wave.spec["bands"] if first.setdefault(band, at) == at]
        seen = [band for band in wave.spec["bands"] if band not in new]
        routes += [_route(wave, new, missed=False), _route(wave, seen, missed=True)]
    return sorted((route for route in routes if route["bands"]), key=itemgetter("missed"))


def onward(routes: Iterable[Mapping[str, Any]], channel: str) -> list[dict[str, Any]]:
    """Wave specs for those an update did not reach by this channel: of the route they were told by,
    if its channels go one after another, those that come later."""
    told: set[str] = set()
    found: list[dict[str, Any]] = []
    for route in routes:
        channels = list(route["channels"])
        if channel not in channels:
            continue
        bands = [band for band in route["bands"] if band not in told]
        if not (route.get("needs") or route.get("roles")):  # else it told only some of the band
            told.update(bands)
        later = channels[channels.index(channel) + 1 :]
        if bands and later and route.get("mode") == "first":
            found.append({**route, "bands": bands, "channels": later, "missed": False})
    return found


def _route(wave: Begun, bands: list[str], *, missed: bool) -> dict[str, Any]:
    return dict(wave.spec) | {"bands": bands, "until": "none", "fill": 0, "missed": missed}
