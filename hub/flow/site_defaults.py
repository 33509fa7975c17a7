"""What a site is before anybody has said more: enough to launch every shipped playbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.decide.emergency import usual_numbers as usual_numbers  # noqa: PLC0414 for the web
from hub.entries import SiteEntry
from hub.model import Words
from hub.tags import nearest

_SOURCE: Words = {
    "zh-CN": "物业值班经理",
    "en": "the estate duty manager",
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
        "emergency": dict(usual_numbers(country)),
        "evacuation": "site_plan",
    }
    return SiteEntry(key, {"zh-CN": "本小区", "en": "This estate"}, settings)
