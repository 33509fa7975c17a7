"""Where a screen stands and where it points: a lobby, a lift or a gate, and the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hub.decide.spoken import spoken_place
from hub.entries import PlaceEntry
from hub.errors import Problem, Refused
from hub.flow.site_texts import only, read_words
from hub.flow.site_words import problem
from hub.model import Place, PlaceId, PlaceKind, SiteId
from hub.roster.place_path import PlaceQuery, parse_place

ARROWS: Mapping[str, tuple[str, ...]] = {
    "left": ("左", "左侧", "向左", "往左", "to the left"),
    "right": ("右", "右侧", "向右", "往右", "to the right"),
    "ahead": ("straight", "straight ahead", "forward", "前", "前方", "直行", "向前", "往前"),
    "back": ("behind", "behind you", "后", "身后", "后方", "向后", "往后"),
    "up": ("upstairs", "up the stairs", "上", "上楼", "向上"),
    "down": ("downstairs", "down the stairs", "下", "下楼", "向下"),
}
"""Which way to turn, and the words people write for it."""

_TURNS = {word: key for key, words in ARROWS.items() for word in (key, *words)}
MOST_METRES = 999
DOOR_LIMIT, WORDS_LIMIT = 24, 40

_KINDS = {"lobby": PlaceKind.LOBBY, "lift": PlaceKind.LIFT}
_LOBBY = r"(?:大堂|门厅|入户厅|lobby)"
_LIFT = (
    r"(?:(?P<a>[A-Za-z]|\d{1,2})\s*(?:号|號|#)?\s*(?:电梯|電梯|梯)"
    r"|(?:电梯|電梯|lift|elevator)[\s-]*(?P<b>[A-Za-z]|\d{1,2})?)"
)
_SPOT = rf"(?:(?P<lobby>{_LOBBY})|{_LIFT})"
_AFTER = re.compile(rf"(?P<rest>.+?)[\s,，/的]*{_SPOT}", re.IGNORECASE)
_BEFORE = re.compile(rf"{_SPOT}\s*(?:of|in|,|，)\s*(?P<rest>.+)", re.IGNORECASE)


def read_screen_place(written: str) -> PlaceQuery | None:
    """The place as it is meant: `3-1/lobby`, `3栋1单元大堂`, `lift A of building 3`; None for
    none."""
    text = written.strip()
    try:
        return parse_place(text)
    except Refused:
        pass
    for pattern in (_AFTER, _BEFORE):
        found = pattern.fullmatch(text)
        if found is None:
            continue
        spot = "lobby" if found["lobby"] else _lift(found["a"] or found["b"] or "1")
        try:
            rest = parse_place(found["rest"])
        except Refused:
            continue
        return PlaceQuery(rest.site, rest.building, rest.entrance, rest.floor, "", spot=spot)
    return None


def _lift(number: str) -> str:
    return f"lift-{number.lower().lstrip('0') or '0'}"


def entry_for(asked: PlaceQuery) -> PlaceEntry | None:
    """The place as it is made where it is not there yet: only a spot, never a flat or a floor."""
    if not asked.spot:
        return None
    kind = _KINDS.get(asked.spot.partition("-")[0], PlaceKind.SPOT)
    parent = PlaceQuery("", asked.building, asked.entrance, asked.floor).path
    place = Place(
        id=PlaceId(0),
        site=SiteId(0),
        parent=None,
        kind=kind,
        path=asked.path.upper() if kind is PlaceKind.LIFT else asked.path,
        building=asked.building,
        entrance=asked.entrance,
        floor=asked.floor,
    )
    names = {tag: spoken_place(place, tag) for tag in ("zh-CN", "en")}
    if kind is PlaceKind.LIFT:  # 3号梯, but A梯
        names["zh-CN"] = re.sub(r"([A-Z])号梯", r"\1梯", names["zh-CN"])
    return PlaceEntry(
        path=asked.path,
        parent=parent,
        kind=kind,
        building=asked.building,
        entrance=asked.entrance,
        floor=asked.floor,
        name=names if kind is not PlaceKind.SPOT else {},
    )


_STEPS = frozenset({"arrow", "door", "metres"})


def read_way(given: Any, known: Mapping[str, Any], out: list[Problem]) -> dict[str, Any]:
    """The way out with the named parts in their place; null takes a part, or all of it, away."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        right = '{"arrow": "left", "door": {"zh-CN": "…", "en": "…"}, "metres": 20}'
        out.append(problem("way", "object", right=right))
        return dict(known)
    only("way", given, ("arrow", "door", "metres", "words", "assembly"), out)
    way = dict(known)
    new = {part for part, said in given.items() if said}
    if bool(new & _STEPS) != ("words" in new):  # words stand in the others' stead
        way = {k: v for k, v in way.items() if k not in (_STEPS if "words" in new else {"words"})}
    for part, said in given.items():
        if said is None or said == "":
            way.pop(part, None)
        elif part == "arrow":
            way["arrow"] = _turn(said, out)
        elif part in {"door", "words"}:
            limit = DOOR_LIMIT if part == "door" else WORDS_LIMIT
            way[part] = read_words(f"way.{part}", said, way.get(part, {}), out, limit=limit)
        elif part == "metres":
            way["metres"] = _metres(said, out)
        elif part == "assembly":
            way["assembly"] = str(said)[:40]
    return way


def _turn(said: Any, out: list[Problem]) -> str:
    key = _TURNS.get(said.strip().lower(), "") if isinstance(said, str) else ""
    if not key:
        out.append(problem("way.arrow", "choice", value=repr(said)[:40], right=", ".join(ARROWS)))
    return key


def _metres(said: Any, out: list[Problem]) -> int:
    fine = isinstance(said, int) and not isinstance(said, bool) and 0 < said <= MOST_METRES
    if not fine:
        out.append(problem("way.metres", "metres", limit=str(MOST_METRES)))
    return int(said) if fine else 0
