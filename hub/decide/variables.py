"""What a text may say of an incident: the variables of its templates, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from hub.decide.added import brief, heard, in_own, shown
from hub.decide.emergency import numbers_of
from hub.decide.meeting import OWN, meets, met, number_of
from hub.decide.phrases import phrases
from hub.decide.spoken import (
    in_language,
    is_chinese,
    options_of,
    spoken_building,
    spoken_floor,
    spoken_minutes,
    spoken_place,
)
from hub.decide.told import Facts, shortened, times, typed_clock
from hub.model import Parameter, Place, PlaceKind, Playbook, Words
from hub.zones import zone_of

__all__ = [
    "AFTER",
    "ASSEMBLY",
    "BRIEF",
    "BUILT_IN",
    "HEARD",
    "SOURCE",
    "Facts",
    "meeting_by_band",
    "public_place",
    "sample",
    "shorter",
    "variables",
    "variables_by_language",
]

BUILT_IN: Mapping[str, str] = {
    "place": "where it is, as people say it: 3栋12层 / Tower 3, floor 12",
    "building": "the building alone: 3栋 / Tower 3; empty for the whole estate",
    "floor": "the floor alone: 12层 / floor 12; empty if none was named",
    "issued": "when this text was issued: 02:41",
    "next_update": "when the next one comes: 02:51",
    "source": "who says so: the site's own words",
    "text": "what the operator added in this language; empty if nothing",
    "code": "the incident's code",
    "fire_number": "the number of the fire brigade, from the site's settings (119)",
    "ambulance_number": "the number of the ambulance (120)",
    "police_number": "the number of the police (110)",
    "time_of_original": "when the first alert was issued (all clear, correction)",
    "replies": "yes where a text can be answered by a digit; empty where its account takes none",
    "link": "the answer link, filled in for each person",
    "name": "the recipient's name, filled in for each person",
}
"""Every variable there is besides the playbook's own parameters, and what it says."""

AFTER, HEARD, BRIEF = "text_after", "text_heard", "text_brief"
"""What was added in a language the reader does not read: marked as such, behind the playbook's own
sentences, which speak as if nothing had been added. As a voice says it; and where it does not fit
the channel, that it is there."""

SOURCE: Words = {
    "zh-CN": "小区物业值班经理",
    "en": "the estate duty manager",
    "zh-Hant": "管理處值班經理",
    "ja": "管理事務所当直責任者",
    "ko": "관리사무소 당직 책임자",
    "ar": "المدير المناوب، إدارة المجمّع",
}
"""Who says so, on a site that has not set its own words."""

ASSEMBLY: Words = {
    "zh-CN": "楼外空旷处",
    "en": "the open ground outside",
    "zh-Hant": "樓外空曠處",
    "ja": "建物の外の広い場所",
    "ko": "건물 밖 넓은 곳",
    "ar": "المكان المفتوح خارج المبنى",
}
"""Where to meet, on a site that has not named its assembly points."""


_INSIDE: Mapping[str, frozenset[PlaceKind]] = {
    "unit": frozenset(),
    "floor": frozenset({PlaceKind.UNIT}),
    "building": frozenset({PlaceKind.UNIT, PlaceKind.FLOOR}),
    "site": frozenset({PlaceKind.UNIT, PlaceKind.FLOOR}),
}
"""Places too small to be spoken of, by the depth of a playbook."""


def variables(playbook: Playbook, facts: Facts, *, language: str) -> dict[str, str]:
    """Every variable of the playbook's templates in one language (link and name are marks).

    A choice gives its name as `scope` and its value as `scope_value`, for `{% if %}`.
    """
    place = public_place(facts.place, playbook.place_depth)
    zone = zone_of(str(facts.settings.get("timezone") or facts.timezone), facts.timezone)
    source = facts.settings.get("source")
    values = {
        "place": spoken_place(
            place, language, building_name=facts.building_name, site_name=facts.site_name
        ),
        "building": _building(place, facts, language),
        "floor": spoken_floor(place.floor if place else "", language),
        "source": in_language(source if isinstance(source, Mapping) else SOURCE, language),
        **_added(facts.text, language),
        "code": facts.code,
        "replies": "yes",
        **times(facts, zone, language),
    }
    values |= _numbers(facts.settings)
    for parameter in playbook.parameters:
        values.update(_parameter(parameter, facts, zone, language))
    return values


def _added(text: str | Words, language: str) -> dict[str, str]:
    """What the operator added: in this language where the playbook has its place for it, in
    another one for behind its own sentences."""
    own = text if isinstance(text, str) else in_own(text, language)
    if own or isinstance(text, str):
        return {"text": own}
    return {
        "text": "",
        AFTER: shown(text, language),
        HEARD: heard(text, language),
        BRIEF: brief(text, language),
    }


def _numbers(settings: Mapping[str, Any]) -> dict[str, str]:
    return {f"{key}_number": number for key, number in numbers_of(settings).items()}


def variables_by_language(
    playbook: Playbook, facts: Facts, *, languages: Iterable[str]
) -> dict[str, dict[str, str]]:
    """`variables` for each language."""
    return {tag: variables(playbook, facts, language=tag) for tag in languages}


def shorter(values: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The values in fewer words: first without the days of times, which are worth less than the
    alert; then with what was added in another language only announced."""
    plain = shortened(values)
    yield plain
    if BRIEF in values:
        yield {**plain, AFTER: values[BRIEF]}


def public_place(place: Place | None, depth: str) -> Place | None:
    """The place as far down as a playbook speaks of it: a fire is on a floor, not in a flat.

    Whose flat it is stays out of what everyone reads.
    """
    if place is None or place.kind not in _INSIDE[depth]:
        return place
    if depth == "floor":
        return replace(place, kind=PlaceKind.FLOOR, unit="", name={})
    kind = PlaceKind.ENTRANCE if place.entrance else PlaceKind.BUILDING
    return replace(place, kind=kind, floor="", unit="", name={})


def _building(place: Place | None, facts: Facts, language: str) -> str:
    if place is None or not place.building:
        return ""
    name = place.name if place.kind is PlaceKind.BUILDING and place.name else facts.building_name
    return spoken_building(place.building, language, name)


def _parameter(parameter: Parameter, facts: Facts, zone: ZoneInfo, language: str) -> dict[str, str]:
    value = facts.params.get(parameter.key, "") or parameter.default
    if parameter.kind == "choice":
        return _choice(parameter, value, facts, language)
    if parameter.kind == "minutes":
        value = spoken_minutes(value, language)
    if parameter.kind == "clock":
        return typed_clock(parameter.key, value, facts, zone=zone, language=language)
    return {parameter.key: value}


def _choice(parameter: Parameter, value: str, facts: Facts, language: str) -> dict[str, str]:
    options = [(option.value, option.name) for option in parameter.options]
    options += options_of(parameter.source, facts.settings) if parameter.source else []
    names: dict[str, Words] = dict(options)
    if not value and options:
        value = options[0][0]
    if meets(parameter):
        return _meeting(parameter, value, names, facts, language)
    spoken = in_language(names.get(value, {}), language)
    return {parameter.key: spoken or value, f"{parameter.key}_value": value}


def _meeting(
    parameter: Parameter, value: str, names: Mapping[str, Words], facts: Facts, language: str
) -> dict[str, str]:
    """Where people meet; all the points, where each building has its own."""
    keys = list(met(parameter.key, facts.params).values()) if value == OWN else [value]
    said = [in_language(names.get(key, {}), language) for key in keys]
    spoken = phrases(language).either.join(dict.fromkeys(filter(None, said)))
    unnamed = "" if value == OWN else value
    return {
        parameter.key: spoken or unnamed or in_language(ASSEMBLY, language),
        f"{parameter.key}_value": value,
    }


def meeting_by_band(
    playbook: Playbook, facts: Facts, *, languages: Iterable[str]
) -> dict[str, dict[str, dict[str, str]]]:
    """By divided band and language: the variables that say where its people meet."""
    wanted = tuple(languages)
    found: dict[str, dict[str, dict[str, str]]] = {}
    for parameter in filter(meets, playbook.parameters):
        names: dict[str, Words] = dict(options_of(parameter.source, facts.settings))
        points = met(parameter.key, facts.params)
        for band in playbook.bands:
            point = points.get(number_of(band.key), "")
            for tag in wanted if point else ():
                said = _meeting(parameter, point, names, facts, tag)
                found.setdefault(band.key, {}).setdefault(tag, {}).update(said)
    return found


def sample(playbook: Playbook, *, language: str, text: str = "") -> dict[str, str]:
    """Likely, rather long values for every variable: what texts are measured with."""
    building, floor = spoken_building("12", language), spoken_floor("28", language)
    values = {
        "place": phrases(language).joint.join((building, floor)),
        "building": building,
        "floor": floor,
        "source": in_language(SOURCE, language),
        "text": text,
        "code": "F-0231",
        "replies": "yes",
    }
    values |= {"issued": "02:41", "next_update": "02:51", "time_of_original": "02:36"}
    values |= _numbers({})
    for parameter in playbook.parameters:
        values.update(_sample_of(parameter, language))
    return values


def _sample_of(parameter: Parameter, language: str) -> dict[str, str]:
    if parameter.kind == "choice":
        names = [in_language(option.name, language) for option in parameter.options]
        spot = "南草坪，2号门旁" if is_chinese(language) else "the south lawn, by gate 2"
        longest = max(names, key=len, default=spot)
        value = parameter.default or (parameter.options[0].value if parameter.options else "x")
        return {parameter.key: longest, f"{parameter.key}_value": value}
    if parameter.kind == "minutes":
        return {parameter.key: spoken_minutes("40", language)}
    text = "设备故障，正在查" if is_chinese(language) else "a fault in the substation"
    return {parameter.key: "14:30" if parameter.kind == "clock" else text[: parameter.limit]}
