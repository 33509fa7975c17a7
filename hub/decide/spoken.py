"""Places, clocks and lengths of time as people say them; which language a person is told in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.model import Place, PlaceKind, Words
from hub.tags import base, nearest

_NUMBERED = re.compile(r"^(\d+[A-Za-z]?|[A-Za-z]\d*)$")
_NAMED_ZH = ("栋", "幢", "座", "楼", "号", "阁", "苑", "轩")


def choose_language(wanted: str, available: Sequence[str], site: Sequence[str] = ()) -> str:
    """The language of `available` for a person: theirs, its relative, English, the site's first.

    `available` must not be empty.
    """
    own = nearest(wanted, available)
    if own is not None:
        return own
    english = [tag for tag in available if base(tag) == "en"]
    by_fold = {tag.casefold(): tag for tag in reversed(available)}
    listed = [by_fold[tag.casefold()] for tag in site if tag.casefold() in by_fold]
    return (english + listed + list(available))[0]


def is_chinese(language: str) -> bool:
    """Whether a language is written in Chinese characters."""
    return base(language) == "zh"


def in_language(words: Words, language: str, fallback: str = "") -> str:
    """The text of `words` nearest to a language; `fallback` when there is none at all."""
    filled = [tag for tag, text in words.items() if text]
    return words[choose_language(language, filled)] if filled else fallback


def spoken_place(place: Place | None, language: str, *, building_name: Words | None = None) -> str:
    """The place as people say it: `3栋12层`, `Tower 3, floor 12`; None is the whole estate.

    `building_name` is the name of the building the place is in, where it has one of its own.
    """
    if place is None or place.kind is PlaceKind.SITE:
        return "小区" if is_chinese(language) else "the estate"
    own = {tag: text for tag, text in place.name.items() if text}
    if place.kind is PlaceKind.BUILDING:
        return spoken_building(place.building or place.path, language, own or building_name)
    building = spoken_building(place.building, language, building_name)
    inside = _inside(place, language, own)
    if is_chinese(language):
        return f"{building}{_entrance(place, language)}{inside}"
    return _english(place, building, _entrance(place, language), inside)


def _english(place: Place, building: str, entrance: str, inside: str) -> str:
    """`Tower 3 lobby`, but `Tower 3, entrance 1, floor 12`."""
    named = [part for part in (building, entrance) if part]
    if place.kind in {PlaceKind.LOBBY, PlaceKind.LIFT} and named:
        named[-1] = f"{named[-1]} {inside}"
        return ", ".join(named)
    return ", ".join([*named, inside] if inside else named)


def spoken_building(building: str, language: str, name: Words | None = None) -> str:
    """The building alone: `3栋`, `Tower 3`; a building with a name goes by it."""
    if name and any(name.values()):
        return in_language(name, language)
    if not building:
        return ""
    if is_chinese(language):
        return building if building.endswith(_NAMED_ZH) else f"{building}栋"
    return f"Tower {building}" if _NUMBERED.match(building) else building


def spoken_floor(floor: str, language: str) -> str:
    """The floor alone: `12层`, `floor 12`; basements `地下1层`, `basement 1`."""
    if not floor:
        return ""
    below = re.match(r"^(?:[Bb]|-)(\d+)$", floor)
    if is_chinese(language):
        return f"地下{below[1]}层" if below else f"{floor}层"
    return f"basement {below[1]}" if below else f"floor {floor}"


def _entrance(place: Place, language: str) -> str:
    number = place.entrance.rsplit("-", 1)[-1]
    if not number:
        return ""
    return f"{number}单元" if is_chinese(language) else f"entrance {number}"


def _inside(place: Place, language: str, own: Words) -> str:
    """What follows building and entrance."""
    if place.kind is PlaceKind.ENTRANCE:
        return ""
    if own:
        return in_language(own, language)
    if place.kind is PlaceKind.FLOOR:
        return spoken_floor(place.floor, language)
    tail = place.path.rsplit("/", 1)[-1]
    number = tail.rsplit("-", 1)[-1]
    words = {
        PlaceKind.UNIT: (f"{place.unit}室", f"flat {place.unit}"),
        PlaceKind.LOBBY: ("大堂", "lobby"),
        PlaceKind.LIFT: (f"{number}号梯", f"lift {number}"),
    }
    chinese, english = words.get(place.kind, (tail, tail))
    return chinese if is_chinese(language) else english


def spoken_clock(at: datetime | None, timezone: str) -> str:
    """`02:41` in the site's timezone; nothing for no time."""
    return f"{at.astimezone(ZoneInfo(timezone)):%H:%M}" if at is not None else ""


def spoken_minutes(minutes: str, language: str) -> str:
    """`40分钟`, `40 minutes`; anything that is not a number as it stands."""
    if not minutes.strip().isdigit():
        return minutes
    count = int(minutes)
    if is_chinese(language):
        return f"{count}分钟"
    return f"{count} minute" if count == 1 else f"{count} minutes"


def options_of(source: str, settings: Mapping[str, object]) -> list[tuple[str, Words]]:
    """The options a parameter takes from the site's settings, as (value, name)."""
    found = settings.get(source)
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    pairs = ((item.get("key"), item.get("name")) for item in found if isinstance(item, Mapping))
    return [(str(key), dict(name)) for key, name in pairs if key and isinstance(name, Mapping)]
