"""Places as people write them, in commands and in the console.

The canon is `3/12/1203` (building, floor, flat; any shorter prefix), `3-1/12` for an entrance,
`riverside:3/12` with the site in front, and the explicit word `all`. Friendly forms such as
`3栋12层` and `Tower 3 floor 12` mean the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hub.errors import Problem, Refused
from hub.roster.cells import tidy
from hub.roster.floors import canonical_floor, floor_of_unit
from hub.roster.place_kinds import GROUP_HEAD, VILLA, WORDED, group_named
from hub.roster.place_sense import sense_of, settle, whole_unit
from hub.roster.place_words import read_written
from hub.roster.values import PlaceParts

WRITE = "write 3 (building), 3-1 (entrance), 3/12 (floor), 3/12/1203 (flat), or all (whole site)"
WRITE_ZH = "请写 3（楼栋）、3-1（单元）、3/12（楼层）、3/12/1203（房号），或 all（整个小区）"

_SITE = re.compile(r"[a-z][a-z0-9_-]{0,63}", re.IGNORECASE)
_WHOLE = frozenset({"all", "全部", "全小区", "整个小区", "全园区"})
_WORDED = "|".join(WORDED)
_HEAD = re.compile(
    rf"({GROUP_HEAD}?(?:\d{{1,3}}[A-Z]?|[A-Z]{{1,2}}\d{{0,3}}|{VILLA}[A-Z]?\d{{1,4}}[A-Z]?|{_WORDED}))"
    r"(?:-(\d{1,2}|[A-Z]))?"
)
_ALONE = re.compile(r"[A-Z]{1,2}\d{1,4}[A-Z]?|\d{1,4}[A-Z]?")  # a shop or villa: of no floor
_UNIT = re.compile(r"[0-9A-Z]{1,8}")
_SPOT = re.compile(r"[a-z]{3,16}(?:-[a-z0-9]{1,8}){0,3}")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """A place that was asked for. `site` is "" when none was named; `whole` is the word `all`.

    `spot` is a named thing inside the building, entrance, floor or site: `lobby`, `lift-1`; `group`
    several buildings: `东苑`, `1期`, `PHASE2`.
    """

    site: str = ""
    building: str = ""
    entrance: str = ""
    floor: str = ""
    unit: str = ""
    whole: bool = False
    spot: str = ""
    group: str = ""

    @property
    def path(self) -> str:
        """The path within the site as places are stored: "" for the whole site."""
        inner = PlaceParts(self.building, self.entrance, self.floor, self.unit).path or self.group
        return "/".join(p for p in (inner, self.spot) if p)

    def __str__(self) -> str:
        """The canonical way to write it: `all`, `3/12`, `riverside:3-1/12/1203`."""
        inner = "all" if self.whole else self.path
        return f"{self.site}:{inner}" if self.site else inner


def parse_place(text: str) -> PlaceQuery:
    """The place `text` names. Raises Refused (field `place`) that says what to write instead."""
    plain = tidy(text)
    if not plain or len(plain) > _LONGEST:
        if plain:
            raise _refused(plain, "it is too long for a place", code="place_long")
        raise _refused(plain, "no place was given", code="place_missing")
    site, colon, inner = plain.rpartition(":")
    if colon and not _SITE.fullmatch(site.strip()):
        raise _refused(plain, "what stands before the colon is no site key", code="place_site_key")
    site, inner = site.strip().lower(), inner.strip()
    if inner.lower() in _WHOLE:
        return PlaceQuery(site=site, whole=True)
    found = _canonical(inner) or _friendly(inner)
    if found is None and (group := group_named(inner)):
        return PlaceQuery(site=site, group=group)
    if found is None:
        raise _refused(plain, "it is no place", code="place_unread")
    return PlaceQuery(site, *found[0:4], spot=found[4])


def _canonical(text: str) -> tuple[str, str, str, str, str] | None:
    head, *rest = text.strip("/").split("/")
    if text.startswith("/") or len(rest) > 3:
        return None
    block = _HEAD.fullmatch(head.upper())
    if block is None:
        return (
            ("", "", "", "", head.lower()) if not rest and _SPOT.fullmatch(head.lower()) else None
        )
    building = block[1].lstrip("0") or block[1]
    entrance = (block[2] or "").lstrip("0") or (block[2] or "")
    inner = _inside(rest) or _of_no_floor(building, rest)
    return (building, entrance, *inner) if inner is not None else None


def _of_no_floor(building: str, rest: list[str]) -> tuple[str, str, str] | None:
    if len(rest) != 1 or not _ALONE.fullmatch(rest[0].upper()):
        return None
    worded = any(building.endswith(w) for w in WORDED) or rest[0][0].isalpha()
    return ("", rest[0].upper(), "") if worded else None


def _inside(rest: list[str]) -> tuple[str, str, str] | None:
    spot = rest[-1].lower() if rest and _SPOT.fullmatch(rest[-1].lower()) else ""
    rest = rest[:-1] if spot else rest
    if not rest:
        return "", "", spot
    floor, unit = canonical_floor(rest[0]), rest[1].upper() if len(rest) > 1 else ""
    if len(rest) == 1 and not floor:
        floor, unit = floor_of_unit(rest[0].upper()), rest[0].upper()
    if len(rest) > 2 or not floor or (unit and not _UNIT.fullmatch(unit)):
        return None
    return floor, whole_unit(unit.lstrip("0") or unit, floor=floor) if unit else "", spot


def _friendly(text: str) -> tuple[str, str, str, str, str] | None:
    written = read_written(text)
    if written.unread:
        return None
    parts = settle(written, sense_of([written]))
    if not isinstance(parts, PlaceParts):
        return None
    return (parts.building, parts.entrance, parts.floor, parts.unit, "")


def _refused(text: str, why: str, *, code: str) -> Refused:
    shown = text[:40]
    what = f"“{shown}”: {why}" if shown else why
    hint = f"{WRITE}; {WRITE_ZH}"
    problem = Problem("place", what, hint, code=code, params={"shown": shown})
    return Refused(f"{what}: {WRITE}", [problem], code="place")
