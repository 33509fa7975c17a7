"""What the written parts of a place mean, decided per building.

`2-1203` in building 3 is entrance 2 if the building's flats carry different numbers in front, and
nothing but the building or floor repeated when every flat of that building agrees with that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.roster.cells import LOST_WORDS
from hub.roster.floors import canonical_floor, floor_of_unit
from hub.roster.place_kinds import house, is_joined
from hub.roster.place_words import NOTHING, Written
from hub.roster.problem_words import Code
from hub.roster.values import PlaceParts

_KEYS = (
    "building", "entrance", "floor", "unit", "lead", "middle", "estate", "group", "use", "unread",
)  # fmt: skip

_NUMBER = re.compile(r"[0-9A-Z]+$")  # of a building, without its group


@dataclass(frozen=True, slots=True)
class Sense:
    """Per building: what a number in front of (`lead`) or before (`middle`) a flat stands for."""

    lead: dict[str, str]
    middle: dict[str, str]


def join(parts: Iterable[Written]) -> Written | Code:
    """Several cells of one row as one place, or why they do not fit together."""
    joined: dict[str, str] = {}
    for part in parts:
        if part.unread:
            return why_unread(part.unread)
        for key in _KEYS:
            value = getattr(part, key)
            if value and joined.setdefault(key, value) != value:
                return Code.PLACE_MISMATCH
    return Written(**joined) if joined else NOTHING


def why_unread(text: str) -> Code:
    """Two flats in a cell, an error a program left there, or what cannot be read."""
    if is_joined(text):
        return Code.PLACE_JOINED
    return Code.CELL_ERROR if LOST_WORDS.fullmatch(text) else Code.PLACE_UNREAD


def sense_of(places: Iterable[Written]) -> Sense:
    """The meaning of leading and middle numbers in each building."""
    leads: dict[str, set[tuple[str, str]]] = defaultdict(set)
    middles: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for place in places:
        floor = place.floor or floor_of_unit(place.unit)
        at = house(place.group, place.building)
        if place.lead and place.building:
            leads[at].add((place.lead, floor))
        if place.middle:
            middles[at].add((place.middle, floor))
    return Sense(
        lead={b: _lead_meaning(b, pairs) for b, pairs in leads.items()},
        middle={b: _middle_meaning(pairs) for b, pairs in middles.items()},
    )


def _lead_meaning(building: str, pairs: set[tuple[str, str]]) -> str:
    own = _NUMBER.search(building)
    if all(lead == (own[0] if own else building) for lead, _ in pairs):
        return "building"
    if all(canonical_floor(lead) == floor or (lead and not floor) for lead, floor in pairs):
        return "floor"
    return "entrance"


def _middle_meaning(pairs: set[tuple[str, str]]) -> str:
    same = all(canonical_floor(middle) == floor for middle, floor in pairs)
    many = len({m for m, _ in pairs}) > 1 or any(m.isdigit() and int(m) > 9 for m, _ in pairs)
    return "floor" if same and many else "entrance"


def settle(place: Written, sense: Sense) -> PlaceParts | Code:
    """Building, entrance, floor and flat of a written place, or what is missing to know them."""
    known = _use_numbers(place, sense)
    if isinstance(known, Code):
        return known
    if not known.building and not known.use:
        return Code.PLACE_NO_BUILDING
    building = house(known.group, known.building or known.use)
    if not known.unit:
        return PlaceParts(building, known.entrance, known.floor)
    derived = floor_of_unit(known.unit)
    floor = known.floor or derived
    if known.use:
        return PlaceParts(building, known.entrance, known.floor, known.unit)
    if not floor:
        return Code.PLACE_NO_FLOOR
    return PlaceParts(building, known.entrance, floor, whole_unit(known.unit, floor=floor))


def _use_numbers(place: Written, sense: Sense) -> Written | Code:
    if place.lead:
        if not place.building:
            return replace(place, building=place.lead, lead="")
        meaning = sense.lead.get(house(place.group, place.building), "entrance")
        return _apply(place, meaning, place.lead)
    if place.middle:
        return _apply(
            place, sense.middle.get(house(place.group, place.building), "entrance"), place.middle
        )
    return place


def _apply(place: Written, meaning: str, number: str) -> Written | Code:
    if meaning == "building":
        return place
    value = canonical_floor(number) if meaning == "floor" else number
    before = getattr(place, meaning)
    if not value or (before and before != value):
        return Code.PLACE_MISMATCH
    return replace(place, floor=value) if meaning == "floor" else replace(place, entrance=value)


def whole_unit(unit: str, *, floor: str) -> str:
    """`3` on floor 12 is flat 1203, `A` is 12A: what people there call it."""
    if unit.isdigit() and len(unit) <= 2:
        return f"{floor}{int(unit):02d}"
    return floor + unit if len(unit) == 1 and unit.isalpha() else unit
