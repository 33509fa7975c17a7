"""What readers would miss of a site: what nobody has said yet, and in which language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.decide.emergency import contacts_of
from hub.decide.meeting import by_building, point_for, points_of
from hub.decide.site import POINTS, still_default
from hub.model import Words
from hub.tags import base

Caution = tuple[str, Words]

_HOW: Words = {
    "zh-CN": "请用 muster site set 文件 或 PATCH /api/v1/sites/{key} 填写。",
    "en": "Set it with `muster site set FILE` or PATCH /api/v1/sites/{key}.",
}
_DEFAULT: Mapping[str, Words] = {
    "name": {
        "zh-CN": "小区还没有名称，住户看到的是“本小区”。",
        "en": "The estate has no name yet: people read “This estate”.",
    },
    "sms_signature": {
        "zh-CN": "短信签名还是默认的【物业】，运营商未必审核通过。",
        "en": "Chinese texts still begin with 【物业】, which your provider may not have approved.",
    },
    POINTS: {
        "zh-CN": "还没有填写集合点，火警通知只会说“室外集合点”。",
        "en": "No assembly point is named yet: a fire notice says “the assembly point outside”.",
    },
}
_LACKS: Words = {
    "zh-CN": "{what}没有 {tag} 的写法，读这种语言的人看到的是另一种语言。",
    "en": "{what} has no words in {tag}: people who read it see another language.",
}
_UNCOVERED: Words = {
    "zh-CN": "这些楼栋没有自己的集合点：{listed}。",
    "en": "These buildings have no assembly point of their own: {listed}.",
}
_NO_GAS: Words = {
    "zh-CN": "燃气泄漏时，看板上没有可拨打的燃气公司电话。",
    "en": "In a gas leak the board has no gas firm to call.",
}
_WHAT: Mapping[str, Words] = {
    "name": {"zh-CN": "小区名称", "en": "The name of the estate"},
    "source": {"zh-CN": "来源", "en": "The source line"},
    POINTS: {"zh-CN": "集合点“{name}”", "en": "The assembly point “{name}”"},
}
_FIELDS: Mapping[str, Words] = {
    "name": {"zh-CN": "小区名称", "en": "the estate's name"},
    "sms_signature": {"zh-CN": "短信签名", "en": "the SMS signature"},
    POINTS: {"zh-CN": "集合点", "en": "the assembly points"},
}
_PLACEHOLDERS: Words = {
    "zh-CN": "还是默认内容：{listed}。",
    "en": "Still placeholders: {listed}.",
}


def site_cautions(
    key: str,
    name: Words,
    settings: Mapping[str, Any],
    *,
    languages: Sequence[str],
    heads: Sequence[tuple[str, str]] = (),
) -> tuple[Caution, ...]:
    """(code, text) of everything worth filling in, the gravest first. `heads`: the building and
    entrance of every front door."""
    return tuple(_found(key, name, settings, languages, heads))


def _found(
    key: str,
    name: Words,
    settings: Mapping[str, Any],
    languages: Sequence[str],
    heads: Sequence[tuple[str, str]],
) -> Iterator[Caution]:
    defaults = [field for field in still_default(name, settings) if field in _DEFAULT]
    for field in defaults:
        yield f"default_{field}", _how(_DEFAULT[field], key)
    named: list[tuple[str, Words]] = [("name", name), ("source", settings.get("source") or {})]
    named = [(field, words) for field, words in named if words and field not in defaults]
    points = points_of(settings)
    if POINTS not in defaults:
        named += [(POINTS, one.get("name") or {}) for one in points]
    for field, words in named:
        yield from _lacking(field, words, languages)
    bare = [_head(*head) for head in heads if by_building(points) and not point_for(points, *head)]
    if bare:
        yield "buildings_without_point", _filled(_UNCOVERED, listed=", ".join(bare))
    if all(one.key != "gas" for one in contacts_of(settings)):
        yield "no_gas_firm", _NO_GAS


def _lacking(field: str, words: Words, languages: Sequence[str]) -> Iterator[Caution]:
    there = {base(tag) for tag, text in words.items() if text}
    shown = next((text for text in words.values() if text), "")
    for tag in languages:
        if base(tag) not in there:
            said = {
                language: text.format(what=_WHAT[field][language].format(name=shown), tag=tag)
                for language, text in _LACKS.items()
            }
            yield f"{field}_language", said


def _head(building: str, entrance: str) -> str:
    return f"{building}-{entrance}" if entrance else building


def _how(words: Words, key: str) -> Words:
    joint = {"zh-CN": ""}
    return {
        tag: text + joint.get(tag, " ") + _HOW[tag].format(key=key) for tag, text in words.items()
    }


def _filled(words: Words, **params: str) -> Words:
    return {tag: text.format(**params) for tag, text in words.items()}


def placeholders(
    key: str, name: Words, settings: Mapping[str, Any], *, wanted: Sequence[str]
) -> Words | None:
    """One sentence that names what is still a placeholder of `wanted`; None for nothing."""
    found = [field for field in still_default(name, settings) if field in wanted]
    if not found:
        return None
    listed = {
        "zh-CN": "、".join(_FIELDS[field]["zh-CN"] for field in found),
        "en": ", ".join(_FIELDS[field]["en"] for field in found),
    }
    said = {tag: text.format(listed=listed[tag]) for tag, text in _PLACEHOLDERS.items()}
    return _how(said, key)


PLACEHOLDERS = tuple(_FIELDS)
"""The fields people meet as placeholders."""
