"""Where a running incident is, in the words of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from hub.decide.target import Target, find_target
from hub.model import Place, PlaceId, PlaceKind, SiteId
from hub.plans import Running, Spot
from hub.roster.place_path import PlaceQuery, parse_place


class SpotLedger(Protocol):
    """The places of a site."""

    async def spots(
        self, site: int, building: str
    ) -> tuple[Sequence[Spot], Mapping[int, Mapping[str, str]]]: ...


async def target_of(ledger: SpotLedger, running: Running) -> Target:
    """Its place as it is now; what the path says if the place has gone."""
    asked = parse_place(running.place)
    if asked.whole:
        return Target(None, running.place, {})
    spots, names = await ledger.spots(running.site, asked.building)
    found = find_target(asked, spots, names, site=running.site)
    return found if isinstance(found, Target) else _by_path(asked, running)


def _by_path(asked: PlaceQuery, running: Running) -> Target:
    kind = PlaceKind.BUILDING
    if asked.spot:
        kind = PlaceKind.SPOT
    elif asked.unit:
        kind = PlaceKind.UNIT
    elif asked.floor:
        kind = PlaceKind.FLOOR
    elif asked.entrance:
        kind = PlaceKind.ENTRANCE
    place = Place(
        id=PlaceId(0),
        site=SiteId(running.site),
        parent=None,
        kind=kind,
        path=asked.path,
        building=asked.building,
        entrance=asked.entrance,
        floor=asked.floor,
        unit=asked.unit,
    )
    return Target(place, running.place, {})
