"""Floors: how they are written and which comes above which."""

from __future__ import annotations

import re
from functools import lru_cache

from hub.roster.numerals import plain_number

_NAMED = {"G": 1, "GF": 1, "UG": 1, "LG": -1, "M": 1, "R": 99, "RF": 99}
_ORDER = {"G": 0, "GF": 0, "UG": 1, "M": 2}
"""Floors below the one called 1 where a building counts from the ground (G, UG, M, 1, 2)."""

_BELOW = re.compile(r"(?:B|-)0*([1-9])F?")
_NUMBERED = re.compile(r"0*([1-9]\d?)([A-D]?)F?")


@lru_cache(maxsize=8192)
def canonical_floor(text: str) -> str:
    """A floor as paths write it (`12`, `12A`, `B1`, `G`), or "" when `text` is no floor."""
    text = text.upper()
    text = text.removesuffix("/F") if len(text) > 2 else text
    if text in _NAMED:
        return text
    if below := _BELOW.fullmatch(text):
        return "B" + below[1]
    if numbered := _NUMBERED.fullmatch(plain_number(text)):
        return numbered[1] + numbered[2]
    return ""


@lru_cache(maxsize=8192)
def level_of(floor: str) -> int | None:
    """The floor as a number: ground is 1, basements are below 0, None for no floor.

    A letter stands for the floors that skip an unlucky number: 12A is the 13th, 12B the 14th.
    """
    if floor in _NAMED:
        return _NAMED[floor]
    if below := _BELOW.fullmatch(floor):
        return -int(below[1])
    numbered = _NUMBERED.fullmatch(floor)
    if numbered is None:
        return None
    return int(numbered[1]) + (ord(numbered[2]) - 64 if numbered[2] else 0)


def order_of(floor: str) -> int:
    """What comes first among floors of one level: G, UG, M, then the numbered one."""
    return _ORDER.get(floor, 3)


_UNIT = re.compile(r"0*([1-9]\d?|[BG]|B[1-9])(\d\d)([A-Z]?)")
_MIXED = re.compile(r"0*([1-9]\d?)([A-D])(\d\d)")
_LETTERED = re.compile(r"0*([1-9]\d?)([A-Z])")


@lru_cache(maxsize=8192)
def floor_of_unit(unit: str) -> str:
    """The floor a flat's number names (1203 → 12, 12A03 → 12A, B101 → B1), or ""."""
    if mixed := _MIXED.fullmatch(unit):
        return mixed[1] + mixed[2]
    if plain := _UNIT.fullmatch(unit):
        return "B1" if plain[1] == "B" else plain[1]
    if lettered := _LETTERED.fullmatch(unit):
        return lettered[1]
    return ""
