"""What a site is before anybody has said more: enough to launch every shipped playbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.entries import SiteEntry
from hub.model import Words
from hub.tags import nearest

_CHINA = {"fire": "119", "ambulance": "120", "police": "110"}
_NUMBERS: Mapping[str, Mapping[str, str]] = {
    "CN": _CHINA,
    "HK": dict.fromkeys(_CHINA, "999"),
    "MO": dict.fromkeys(_CHINA, "999"),
    "TW": {"fire": "119", "ambulance": "119", "police": "110"},
    "JP": {"fire": "119", "ambulance": "119", "police": "110"},
    "KR": {"fire": "119", "ambulance": "119", "police": "112"},
    "SG": {"fire": "995", "ambulance": "995", "police": "999"},
    "GB": dict.fromkeys(_CHINA, "999"),
    "US": dict.fromkeys(_CHINA, "911"),
    "CA": dict.fromkeys(_CHINA, "911"),
    "AU": dict.fromkeys(_CHINA, "000"),
    "NZ": dict.fromkeys(_CHINA, "111"),
}
"""Emergency numbers by country, as their governments publish them; 112 works in most others."""


_SOURCE: Words = {
    "zh-CN": "物业值班经理",
    "en": "Duty manager, estate office",
    "zh-Hant": "管理處值班經理",
    "ja": "管理事務所 当直責任者",
    "ko": "관리사무소 당직 책임자",
    "ar": "المدير المناوب، مكتب الإدارة",
}
_ASSEMBLY: Words = {
    "zh-CN": "室外集合点",
    "en": "the assembly point outside",
    "zh-Hant": "室外集合點",
    "ja": "屋外の集合場所",
    "ko": "건물 밖 집결지",
    "ar": "نقطة التجمع في الخارج",
}


def _spoken(words: Words, languages: Sequence[str]) -> dict[str, str]:
    """The words in Chinese and English, and in each language of the site there are any in."""
    wanted = {nearest(tag, tuple(words)) for tag in languages}
    return {tag: said for tag, said in words.items() if tag in {"zh-CN", "en"} | wanted}


def first_site(country: str, languages: Sequence[str], *, key: str = "site") -> SiteEntry:
    """The site a fresh hub starts with; every value can be changed later."""
    settings: dict[str, Any] = {
        "country": country,
        "languages": list(languages),
        "sms_signature": "物业",
        "source": _spoken(_SOURCE, languages),
        "assembly_points": [{"key": "assembly", "name": _spoken(_ASSEMBLY, languages)}],
        "emergency": dict(_NUMBERS.get(country, dict.fromkeys(_CHINA, "112"))),
        "evacuation": "site_plan",
    }
    return SiteEntry(key, {"zh-CN": "本小区", "en": "This estate"}, settings)
