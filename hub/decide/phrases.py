"""How each language names the parts of an estate, and a number of minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.tags import nearest


@dataclass(frozen=True, slots=True)
class Phrases:
    """`{n}` is the number. `named`: endings of a building's own name, which is not numbered then
    (none: whatever does not look like a number is a name). `joint`: between the parts of a place;
    `spot`: before a lobby or a lift."""

    estate: str
    building: str
    floor: str
    basement: str
    entrance: str
    unit: str
    lobby: str
    lift: str
    minute: str
    minutes: str
    joint: str = ""
    spot: str = ""
    named: tuple[str, ...] = ()
    few: str = ""  # of 3 to 10 minutes, where that differs
    either: str = " / "  # between two places of which one is meant


_HANT = Phrases(
    "社區",
    "{n}棟",
    "{n}樓",
    "地下{n}樓",
    "{n}單元",
    "{n}室",
    "大廳",
    "{n}號電梯",
    "{n}分鐘",
    "{n}分鐘",
    named=("棟", "幢", "座", "樓", "號", "閣", "苑", "軒", "臺", "台", "廈", "舍"),
    either="或",
)

BOOK: Mapping[str, Phrases] = {
    "zh-CN": Phrases(
        "小区",
        "{n}栋",
        "{n}层",
        "地下{n}层",
        "{n}单元",
        "{n}室",
        "大堂",
        "{n}号梯",
        "{n}分钟",
        "{n}分钟",
        named=("栋", "幢", "座", "楼", "号", "阁", "苑", "轩"),
        either="或",
    ),
    "en": Phrases(
        "the estate",
        "Tower {n}",
        "floor {n}",
        "basement {n}",
        "entrance {n}",
        "flat {n}",
        "lobby",
        "lift {n}",
        "{n} minute",
        "{n} minutes",
        joint=", ",
        spot=" ",
        either=" or ",
    ),
    "zh-Hant": _HANT,
    "zh-HK": Phrases(
        "屋苑",
        "{n}座",
        "{n}樓",
        "地庫{n}樓",
        "{n}號入口",
        "{n}室",
        "大堂",
        "{n}號升降機",
        "{n}分鐘",
        "{n}分鐘",
        named=_HANT.named,
        either="或",
    ),
    "ja": Phrases(
        "敷地内",
        "{n}号棟",
        "{n}階",
        "地下{n}階",
        "{n}番入口",
        "{n}号室",
        "ロビー",
        "エレベーター{n}号機",
        "{n}分",
        "{n}分",
        spot="の",
        either="または",
    ),
    "ko": Phrases(
        "단지",
        "{n}동",
        "{n}층",
        "지하 {n}층",
        "{n}번 출입구",
        "{n}호",
        "로비",
        "승강기 {n}호기",
        "{n}분",
        "{n}분",
        joint=" ",
        spot=" ",
        either=" 또는 ",
    ),
    "ar": Phrases(
        "المجمّع السكني",
        "البرج {n}",
        "الطابق {n}",
        "القبو {n}",
        "المدخل {n}",
        "الشقة {n}",
        "البهو",
        "المصعد {n}",
        "دقيقة واحدة",
        "{n} دقيقة",
        joint="، ",
        spot="، ",
        few="{n} دقائق",
        either=" أو ",
    ),
}
"""A language that is not here names places as English does."""


def phrases(language: str) -> Phrases:
    """Those of the language, or of the nearest."""
    return BOOK[nearest(language, tuple(BOOK)) or "en"]
