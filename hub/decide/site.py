"""What a site is before anybody has said more, and which of it is still so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.model import Words
from hub.tags import base, nearest

NAME: Words = {"zh-CN": "本小区", "en": "This estate"}
SIGNATURE = "物业"
SOURCE: Words = {
    "zh-CN": "物业值班经理",
    "en": "the estate duty manager",
    "zh-Hant": "管理處值班經理",
    "ja": "管理事務所 当直責任者",
    "ko": "관리사무소 당직 책임자",
    "ar": "المدير المناوب، مكتب الإدارة",
}
ASSEMBLY: Words = {
    "zh-CN": "室外集合点",
    "en": "the assembly point outside",
    "zh-Hant": "室外集合點",
    "ja": "屋外の集合場所",
    "ko": "건물 밖 집결지",
    "ar": "نقطة التجمع في الخارج",
}
ASSEMBLY_KEY = "assembly"

POINTS = "assembly_points"
"""The setting that lists them, and the `source` of a playbook's parameter that offers them."""


def spoken_in(words: Words, languages: Sequence[str]) -> dict[str, str]:
    """The words in Chinese and English, and in each language of the site there are any in."""
    wanted = {nearest(tag, tuple(words)) for tag in languages}
    return {tag: said for tag, said in words.items() if tag in {"zh-CN", "en"} | wanted}


def still_default(name: Words, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """What readers meet of this site that nobody has said yet, by field."""
    points = settings.get(POINTS) or ()
    found = {
        "name": not name or _same(name, NAME),
        "sms_signature": settings.get("sms_signature") == SIGNATURE,
        "source": _same(settings.get("source"), SOURCE),
        POINTS: not points or (len(points) == 1 and _same(points[0].get("name"), ASSEMBLY)),
    }
    return tuple(field for field, is_so in found.items() if is_so)


def _same(said: object, usual: Words) -> bool:
    """Whether nothing is said but what is usual, in whatever languages."""
    if not isinstance(said, Mapping):
        return True
    return all(text == usual.get(tag) for tag, text in said.items())


def own_name(name: Words) -> dict[str, str]:
    """The name people gave the site; nothing while it has none but the usual one."""
    return {} if _same(name, NAME) else dict(name)


def signatures(settings: Mapping[str, Any]) -> dict[str, str]:
    """The signature of texts by language; `zh-CN` stands for every Chinese."""
    own = settings.get("sms_signatures")
    found = {str(tag): str(text) for tag, text in own.items()} if isinstance(own, Mapping) else {}
    chinese = str(settings.get("sms_signature") or "")
    return {**found, **({"zh-CN": chinese} if chinese else {})}


def signature_in(signed: Words, language: str) -> str:
    """The signature a text of this language begins with; none in another language's words."""
    tag = nearest(language, [one for one in signed if base(one) == base(language)])
    return signed[tag] if tag is not None else ""
