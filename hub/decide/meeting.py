"""Where people of each building meet: one point for all, or each building its own.

A launch that reaches buildings with different points divides the bands that go there: a band for
each point, with the same words, and the point's own name in them. The divided playbook is what the
incident keeps, so its later notices send everybody to the same point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hub.decide.drills import is_among
from hub.decide.site import POINTS
from hub.model import Band, Parameter, Place, PlaceKind, Playbook, RecipientKind, Wave, Words
from hub.plans import Spot

_GOING = frozenset({RecipientKind.RESIDENT, RecipientKind.SCREEN, RecipientKind.GROUP})
"""Who has a building of their own to leave: staff and outside parties are told of all points."""

OWN = "own"
"""The choice that stands for the own point of each building."""

OWN_NAME: Words = {"zh-CN": "各楼栋自己的集合点", "en": "Each building's own"}

_APART = "__"
"""Between a band's key and the point's number in the key of a divided one."""


def base_band(key: str) -> str:
    """The band of the playbook a divided one was made of."""
    return key.partition(_APART)[0]


def by_building(points: Iterable[Mapping[str, Any]]) -> bool:
    """Whether people of different buildings go to different points."""
    return any(one.get("places") for one in points)


def points_of(settings: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The site's points with a key, in order."""
    found = settings.get(POINTS)
    listed = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
    return [one for one in listed if isinstance(one, Mapping) and one.get("key")]


def point_for(points: Iterable[Mapping[str, Any]], building: str, entrance: str = "") -> str:
    """The key of the point for a building: one that names its entrance, one that names it, the
    first that is for all; "" where there is none."""
    shared = ""
    whole = ""
    for point in points:
        heads = heads_of(point)
        if entrance and f"{building}-{entrance}" in heads:
            return str(point["key"])
        if building in heads:
            whole = whole or str(point["key"])
        if not heads:
            shared = shared or str(point["key"])
    return whole or shared


def heads_of(point: Mapping[str, Any]) -> frozenset[str]:
    """The buildings and entrances a point is for; none: all."""
    return frozenset(map(str, point.get("places") or ()))


def meets(parameter: Parameter) -> bool:
    """Whether a parameter says where people meet."""
    return parameter.source == POINTS


def reached(
    points: Sequence[Mapping[str, Any]], spots: Iterable[Spot], place: Place | None
) -> list[str]:
    """The points of the buildings a place takes in, in the site's order. Of a building with
    entrances always all of them: fire spreads, and its bands reach the neighbour's stairs."""
    building = place.building if place is not None else ""
    heads = {
        (spot.building, spot.entrance)
        for spot in spots
        if spot.building and building in {"", spot.building} and spot.kind in _HOMES
    }
    if building and not heads:
        heads = {(building, "")}
    keys = {point_for(points, *head) for head in heads}
    return [key for one in points if (key := str(one["key"])) in keys]


_HOMES = frozenset({PlaceKind.UNIT, PlaceKind.FLOOR})


def divided(
    playbook: Playbook, points: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> Playbook:
    """The playbook with a band for each of these points where one goes there."""
    if len(keys) < 2:
        return playbook
    numbers = {key: number for number, key in enumerate(keys, start=1)}
    by_key = {str(point["key"]): point for point in points}
    apart: dict[str, list[Band]] = {}
    for band in playbook.bands:
        if band.kinds <= _GOING:
            apart[band.key] = [_for_point(band, by_key[key], points, numbers[key]) for key in keys]
    bands = tuple(one for band in playbook.bands for one in (*apart.get(band.key, ()), band))
    waves = tuple(replace(wave, bands=_all_of(wave, apart)) for wave in playbook.waves)
    words = _words(playbook.words, {k: [one.key for one in v] for k, v in apart.items()})
    return replace(
        playbook,
        bands=bands,
        waves=waves,
        words=words,
        source=_source(playbook.source, bands, waves, apart),
    )


def _for_point(
    band: Band, point: Mapping[str, Any], points: Sequence[Mapping[str, Any]], number: int
) -> Band:
    """The part of a band that meets there: the point's own buildings, or, for a point of all,
    every building without one. Entrances with a point of their own stay out of their building's."""
    own = heads_of(point)
    others = frozenset().union(*(heads_of(one) for one in points)) - own
    name = {
        tag: f"{text} · {point['name'].get(tag) or next(iter(point['name'].values()))}"
        for tag, text in band.name.items()
    }
    return replace(
        band,
        key=f"{band.key}{_APART}{number}",
        name=name,
        inside=own,
        outside=others,
        meet=str(point["key"]),
    )


def takes_place(band: Band, building: str, entrance: str) -> bool:
    """Whether a place is among the buildings of a divided band. The nearest name counts: an
    entrance's own before its building's."""
    if not band.meet:
        return True
    if not building:
        return False
    exact = f"{building}-{entrance}" if entrance else building
    if exact in band.inside:
        return True
    if exact in band.outside:
        return False
    if band.inside:
        return is_among(band.inside, building, "")
    return not is_among(band.outside, building, "")


def _all_of(wave: Wave, apart: Mapping[str, Sequence[Band]]) -> tuple[str, ...]:
    return tuple(key for band in wave.bands for key in _with(band, apart))


def _with(key: str, apart: Mapping[str, Sequence[Band]]) -> Iterator[str]:
    yield from (one.key for one in apart.get(key, ()))
    yield key


def _words(words: Mapping[str, Any], keys: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A divided band says what its own did."""
    made: dict[str, Any] = {}
    for kind, stages in words.items():
        made[kind] = {}
        for stage, by_band in stages.items():
            whole = dict(by_band)
            for band, said in by_band.items():
                whole |= dict.fromkeys(keys.get(band, ()), said)
            made[kind][stage] = whole
    return made


def _source(
    source: Mapping[str, Any],
    bands: Sequence[Band],
    waves: Sequence[Wave],
    apart: Mapping[str, Sequence[Band]],
) -> dict[str, Any]:
    """The document of the divided playbook, as its incident keeps it."""
    known = {one["key"]: one for one in source["bands"]}
    written = [
        {**known[base_band(band.key)], "key": band.key, "name": dict(band.name)} for band in bands
    ]
    listed = {wave.key: list(wave.bands) for wave in waves}
    return {
        **source,
        "bands": written,
        "waves": [{**one, "bands": listed[one["key"]]} for one in source["waves"]],
        "words": _words(source["words"], {k: [one.key for one in v] for k, v in apart.items()}),
    }


def settle_meeting(
    playbook: Playbook,
    values: Mapping[str, str],
    settings: Mapping[str, Any],
    spots: Iterable[Spot],
    place: Place | None,
) -> tuple[Playbook, dict[str, str]]:
    """The playbook and its values once it is known where the people of this place meet."""
    points, found = points_of(settings), dict(values)
    ours = [one.key for one in playbook.parameters if meets(one) and values.get(one.key) == OWN]
    if not ours:
        return playbook, found
    keys = reached(points, spots, place) or [str(one["key"]) for one in points[:1]]
    if len(keys) == 1:
        return playbook, found | dict.fromkeys(ours, keys[0])
    for number, key in enumerate(keys, start=1):
        found |= {f"{name}{_APART}{number}": key for name in ours}
    return divided(playbook, points, keys), found


def met(parameter: str, params: Mapping[str, str]) -> dict[str, str]:
    """The point of each divided band of an incident, by the number in the band's key."""
    begins = f"{parameter}{_APART}"
    return {key.removeprefix(begins): v for key, v in params.items() if key.startswith(begins)}


def number_of(band: str) -> str:
    """The number in the key of a divided band; "" in any other."""
    return band.partition(_APART)[2]


def used_points(parameters: Iterable[Mapping[str, Any]], params: Mapping[str, str]) -> set[str]:
    """The points an incident sends people to, by the frozen document of its parameters."""
    ours = [str(one.get("key")) for one in parameters if one.get("source") == POINTS]
    return {
        value for name in ours for value in (params.get(name, ""), *met(name, params).values())
    } - {"", OWN}
