"""Places and lengths of time as people say them; which language a person is told in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hub.decide.phrases import BOOK, Phrases, phrases
from hub.decide.site import own_name
from hub.model import Place, PlaceKind, Words
from hub.tags import base, nearest, script

__all__ = [
    "base",
    "choose_language",
    "in_language",
    "is_chinese",
    "options_of",
    "spoken_building",
    "spoken_floor",
    "spoken_minutes",
    "spoken_place",
]

_HAN = re.compile(r"[㐀-鿿]")
_WORDED = ("商铺", "别墅", "车库", "Shop", "Villa", "Garage")
_NUMBERED = re.compile(r"^(\d+[A-Za-z]?|[A-Za-z]\d*)$")


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


def spoken_place(
    place: Place | None,
    language: str,
    *,
    building_name: Words | None = None,
    site_name: Words | None = None,
) -> str:
    """The place as people say it: `3栋12层`, `Tower 3, floor 12`; None is the whole estate.

    `building_name` is the name of the building the place is in, where it has one of its own;
    `site_name` that of the estate, said where it has words in this language.
    """
    say = phrases(language)
    if place is None or place.kind is PlaceKind.SITE:
        called = own_name(site_name or {})
        there = nearest(language, [tag for tag, text in called.items() if text])
        return called[there] if there is not None else say.estate
    own = {tag: text for tag, text in place.name.items() if text}
    if place.kind is PlaceKind.BUILDING:
        return spoken_building(place.building or place.path, language, own or building_name)
    building = spoken_building(place.building, language, building_name)
    inside = _inside(place, language, own)
    named = [part for part in (building, _entrance(place, say)) if part]
    if place.kind in {PlaceKind.LOBBY, PlaceKind.LIFT} and named:
        if own and inside.startswith(named[0]):
            return inside  # a name of its own that says the building, too
        # `Tower 3 lobby`, but `Tower 3, entrance 1, floor 12`.
        named[-1] = f"{named[-1]}{say.spot}{inside}"
        return say.joint.join(named)
    if place.kind is PlaceKind.UNIT and named and (kept := _before(named[-1], inside)) is not None:
        return f"{say.joint.join([*named[:-1], kept] if kept else named[:-1])}{inside}"
    return say.joint.join([*named, inside] if inside else named)


def _before(building: str, inside: str) -> str | None:
    """What stands before a shop, a villa or a garage whose own name says what it is: nothing in
    front of 商铺S03 in 商铺, `Phase 1, ` in front of Shop S03 in Phase 1, Shops; else None."""
    for held in (building, building.removesuffix("s")):
        for word in _WORDED:
            if inside.startswith(word) and held.endswith(word):
                return held.removesuffix(word)
    return None


def spoken_building(building: str, language: str, name: Words | None = None) -> str:
    """The building alone: `3栋`, `Tower 3`; a building with a name goes by it."""
    say = phrases(language)
    if name and any(name.values()) and not _only_numbered(name, building, language):
        return in_language(name, language)
    if not building:
        return ""
    if name and not is_chinese(language) and _HAN.search(building):
        return in_language(name, language)  # 1期1: English says what it is, Phase 1, Building 1
    numbered = not building.endswith(say.named) if say.named else _NUMBERED.match(building)
    return say.building.format(n=building) if numbered else building


def _only_numbered(name: Words, number: str, language: str) -> bool:
    """Whether a name says no more than the number, in other languages than this one: an import
    names flat 1203 `1203室` and `Flat 1203`, and a third language has words of its own for it."""
    there = nearest(language, [tag for tag, text in name.items() if text])
    if there is not None and script(there) == script(language):
        return False
    say, plain = BOOK["zh-CN"], number.removeprefix("B")
    usual = (say.building, say.floor, say.basement, say.unit, say.entrance)
    return name.get("zh-CN") in {one.format(n=plain) for one in usual}


def spoken_floor(floor: str, language: str) -> str:
    """The floor alone: `12层`, `floor 12`; basements `地下1层`, `basement 1`."""
    if not floor:
        return ""
    say = phrases(language)
    below = re.match(r"^(?:[Bb]|-)(\d+)$", floor)
    return say.basement.format(n=below[1]) if below else say.floor.format(n=floor)


def _entrance(place: Place, say: Phrases) -> str:
    number = place.entrance.rsplit("-", 1)[-1]
    return say.entrance.format(n=number) if number else ""


def _inside(place: Place, language: str, own: Words) -> str:
    """What follows building and entrance."""
    if place.kind is PlaceKind.ENTRANCE:
        return ""
    if own and not _only_numbered(own, place.unit or place.floor, language):
        return in_language(own, language)
    if place.kind is PlaceKind.FLOOR:
        return spoken_floor(place.floor, language)
    say = phrases(language)
    tail = place.path.rsplit("/", 1)[-1]
    words = {
        PlaceKind.UNIT: say.unit.format(n=place.unit),
        PlaceKind.LOBBY: say.lobby,
        PlaceKind.LIFT: say.lift.format(n=tail.rsplit("-", 1)[-1]),
    }
    return words.get(place.kind, tail)


def spoken_minutes(minutes: str, language: str) -> str:
    """`40分钟`, `40 minutes`; anything that is not a number as it stands."""
    if not minutes.strip().isdigit():
        return minutes
    count, say = int(minutes), phrases(language)
    few = say.few if 3 <= count <= 10 else ""
    return (few or (say.minute if count == 1 else say.minutes)).format(n=count)


def options_of(source: str, settings: Mapping[str, object]) -> list[tuple[str, Words]]:
    """The options a parameter takes from the site's settings, as (value, name)."""
    found = settings.get(source)
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    pairs = ((item.get("key"), item.get("name")) for item in found if isinstance(item, Mapping))
    return [(str(key), dict(name)) for key, name in pairs if key and isinstance(name, Mapping)]
