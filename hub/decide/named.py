"""The place somebody names in their words: "5栋1601", "Tower 3, floor 12", "3-1-502"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Named:
    """A place as it was said; what was not said is empty."""

    building: str = ""
    entrance: str = ""
    floor: str = ""
    unit: str = ""


_BUILDING = r"(?P<building>[a-z]?\d{1,3}|[a-z])"
_SAID = (
    # 5栋2单元1601室, 5栋12层
    (
        rf"{_BUILDING}\s*(?:栋|棟|幢|座|号楼|號樓|#楼|#)\s*(?:(?P<entrance>\d{{1,2}})\s*(?:单元|單元|门|門))?\s*"
        r"(?:(?P<unit>\d{3,4})(?!\d)|(?P<floor>-?\d{1,2})\s*(?:楼|樓|层|層))?"
    ),
    # 3-1-502, 5-1601, 5/1601
    r"(?<![\d-])(?P<building>\d{1,3})\s*[-–/]\s*(?:(?P<entrance>\d{1,2})\s*[-–/]\s*)?(?P<unit>\d{3,4})(?![\d-])",
    # Tower 3, floor 12; building 5 flat 1601; flat 1601, tower 5
    (
        rf"\b(?:tower|building|bldg|block|blk)\s*{_BUILDING}\b\W*(?:(?:flat|unit|apt|apartment|room|no|#)?\W*"
        r"(?P<unit>\d{3,4})(?!\d)|(?:floor|fl|level)\W*(?P<floor>-?\d{1,2})|(?P<nth>\d{1,2})(?:st|nd|rd|th)\s+floor)?"
    ),
    (
        rf"\b(?:flat|unit|apt|apartment|room)\W*(?P<unit>\d{{3,4}})\W*(?:in\s+|of\s+)?(?:tower|building|bldg|block|blk)"
        rf"\s*{_BUILDING}\b"
    ),
    # a flat alone: good where only one has this number
    r"(?<![\d-])(?P<unit>\d{3,4})\s*(?:室|房|号|號)|\b(?:flat|unit|apt|apartment|room)\W*(?P<alone>\d{3,4})\b",
    r"(?<![\d.:+-])(?P<unit>\d{4})(?![\d.:-])",
)
_ENDS = ("期", "区", "弄")
_COUNT = "一二三四五六七八九"
_GROUP = re.compile(rf"(\d{{1,4}}|[{_COUNT}])\s*(期|区|弄)|\b(phase)\s*(\d{{1,2}})\b")
_PATTERNS = tuple(re.compile(said) for said in _SAID)


def named_places(words: str) -> tuple[Named, ...]:
    """The places these words may name, the most exact first; nothing is looked up here."""
    flat = unicodedata.normalize("NFKC", words[:400]).casefold()
    found = [_named(match) for pattern in _PATTERNS for match in pattern.finditer(flat)]
    exact = sorted(dict.fromkeys(found), key=lambda one: -sum(map(bool, _parts(one))))
    grouped = [replace(one, building=g + one.building) for one in exact for g in _groups(flat)]
    named = [one for one in grouped if not one.building.endswith((".", *_ENDS))]
    return tuple(one for one in (*named, *exact) if any(_parts(one)))[:6]


def _groups(flat: str) -> list[str]:
    """What stands before the number of a building in the one phase, zone or lane that is named:
    `1期`, and `phase1.` where its paths are in English."""
    said = {(m[1] or m[4], m[2] or "期") for m in _GROUP.finditer(flat)}
    if len(said) != 1:
        return []
    number, end = said.pop()
    number = str(_COUNT.find(number) + 1) if number in _COUNT else number
    english = {"期": "phase", "区": "zone", "弄": "lane"}[end]
    return [number + end, f"{english}{number}."]


def _parts(one: Named) -> tuple[str, ...]:
    return one.building, one.entrance, one.floor, one.unit


def _named(match: re.Match[str]) -> Named:
    said = match.groupdict()
    return Named(
        building=said.get("building") or "",
        entrance=said.get("entrance") or "",
        floor=said.get("floor") or said.get("nth") or "",
        unit=said.get("unit") or said.get("alone") or "",
    )
