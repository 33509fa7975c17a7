"""Languages and countries as they are written (BCP 47, ISO 3166-1), and what was meant otherwise.

A tag that is only written oddly (`zh_CN`, `EN-gb`, `en-UK`) is put right; one that names another
language than people think (`cn`, `jp`) is refused with the right one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

LONGEST = 35


def tidy_tag(tag: str) -> str:
    """The tag as it is written: `zh_cn` → `zh-CN`, `zh-hant-hk` → `zh-Hant-HK`, `en-UK` → `en-GB`.

    Something that is no tag stays as it is.
    """
    parts = tag.strip().replace("_", "-").split("-")
    first, *rest = parts
    if not _FIRST.fullmatch(first) or not all(_FURTHER.fullmatch(part) for part in rest):
        return tag.strip()
    written = [first.casefold()]
    for part in rest:
        if len(part) == 4 and part.isalpha():
            written.append(part.title())
        elif len(part) == 2:
            written.append({"UK": "GB"}.get(part.upper(), part.upper()))
        else:
            written.append(part.casefold())
    return "-".join(written)


def tag_fault(tag: str) -> str | None:
    """What to write instead of a tag that is none; None for one that is fine as `tidy_tag` has it.

    Empty where nothing better can be said.
    """
    tidy = tidy_tag(tag)
    first, *rest = tidy.split("-")
    meant = _MEANT.get(tidy.casefold()) or _MEANT.get(first.casefold())
    if meant:
        return "-".join([meant, *rest]) if "-" not in meant and rest else meant
    if len(tidy) > LONGEST or not _FIRST.fullmatch(first):
        return ""
    if not all(_FURTHER.fullmatch(part) for part in rest):
        return ""
    regions = [part for part in rest if len(part) == 2]
    if any(part not in COUNTRIES for part in regions):
        return first
    return None if len(first) == 3 or first in _LANGUAGES else ""


def tidy_country(code: str) -> str:
    """A country's code in capitals."""
    return code.strip().upper()


def country_fault(code: str) -> str | None:
    """The code to write instead of what is none ("" where nobody knows); None for a code."""
    if tidy_country(code) in COUNTRIES:
        return None
    return _NAMED.get(code.strip().casefold().replace("_", " "), "")


_FIRST = re.compile(r"[A-Za-z]{2,3}")
_FURTHER = re.compile(r"[A-Za-z0-9]{2,8}")

_MEANT: Mapping[str, str] = {
    **dict.fromkeys(("cn", "chn", "chi", "zho", "chs", "chinese", "中文"), "zh-CN"),
    **dict.fromkeys(("cht", "zh-tc"), "zh-Hant"),
    **dict.fromkeys(("zh-sc",), "zh-CN"),
    **dict.fromkeys(("hk", "cantonese"), "zh-HK"),
    "tw": "zh-TW",
    **dict.fromkeys(("eng", "english", "gb", "us"), "en"),
    **dict.fromkeys(("jp", "jpn", "japanese"), "ja"),
    **dict.fromkeys(("kr", "kor", "korean"), "ko"),
    **dict.fromkeys(("ara", "arabic"), "ar"),
    **dict.fromkeys(("ger", "deu", "german"), "de"),
    **dict.fromkeys(("fre", "fra", "french"), "fr"),
    **dict.fromkeys(("spa", "spanish"), "es"),
    **dict.fromkeys(("rus", "russian"), "ru"),
    **dict.fromkeys(("por", "portuguese"), "pt"),
    **dict.fromkeys(("vn", "vie", "vietnamese"), "vi"),
    "ua": "uk",
}
"""What people write for a language: mostly a country. (`tw`, `cn` are languages of nobody here.)"""

_LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da"
    " de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy"
    " hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg"
    " li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or"
    " os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta"
    " te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)

COUNTRIES = frozenset(
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM "
        "BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX "
        "CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG "
        "GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
        "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV "
        "LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE "
        "NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO "
        "RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
        "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF "
        "WS YE YT ZA ZM ZW "
    ).split()
)

_NAMED: Mapping[str, str] = {
    **dict.fromkeys(("china", "chn", "prc", "中国", "中國", "86"), "CN"),
    **dict.fromkeys(("hong kong", "hongkong", "hkg", "香港"), "HK"),
    **dict.fromkeys(("macau", "macao", "mac", "澳门", "澳門"), "MO"),
    **dict.fromkeys(("taiwan", "twn", "台湾", "台灣", "臺灣"), "TW"),
    **dict.fromkeys(
        ("uk", "gbr", "england", "britain", "great britain", "united kingdom", "英国", "44"), "GB"
    ),
    **dict.fromkeys(("usa", "america", "united states", "美国"), "US"),
    **dict.fromkeys(("japan", "jpn", "日本"), "JP"),
    **dict.fromkeys(("korea", "south korea", "kor", "韩国"), "KR"),
    **dict.fromkeys(("singapore", "sgp", "新加坡"), "SG"),
    **dict.fromkeys(("germany", "deutschland", "deu", "德国"), "DE"),
    **dict.fromkeys(("france", "fra", "法国"), "FR"),
    **dict.fromkeys(("spain", "esp"), "ES"),
    **dict.fromkeys(("italy", "ita"), "IT"),
    **dict.fromkeys(("canada", "can", "加拿大"), "CA"),
    **dict.fromkeys(("australia", "aus", "澳大利亚"), "AU"),
    **dict.fromkeys(("new zealand", "nzl"), "NZ"),
    **dict.fromkeys(("malaysia", "mys", "马来西亚"), "MY"),
    **dict.fromkeys(("thailand", "tha", "泰国"), "TH"),
    **dict.fromkeys(("vietnam", "vnm", "越南"), "VN"),
    **dict.fromkeys(("india", "ind"), "IN"),
    **dict.fromkeys(("uae", "are", "emirates", "united arab emirates"), "AE"),
    **dict.fromkeys(("saudi arabia", "sau"), "SA"),
    **dict.fromkeys(("russia", "rus"), "RU"),
    **dict.fromkeys(("brazil", "bra"), "BR"),
    **dict.fromkeys(("ireland", "irl"), "IE"),
}


# ── Which of several languages is nearest to a person's own ────────────────────────────────────


def base(tag: str) -> str:
    """`zh` of `zh-CN`; dialects that share the writing of another count as that (`yue`: `zh`)."""
    first = tag.replace("_", "-").split("-")[0].casefold()
    return _SAME.get(first, first)


def nearest(wanted: str, available: Sequence[str]) -> str | None:
    """The tag of `available` in the same language that is nearest; None where there is none.

    The same tag, then the same script, then the same region, then one of no region.
    """
    folded = wanted.replace("_", "-").casefold()
    for tag in available:
        if tag.casefold() == folded:
            return tag
    same = [tag for tag in available if wanted and base(tag) == base(wanted)]
    return min(same, key=lambda tag: _far(wanted, tag), default=None)


def _far(wanted: str, tag: str) -> tuple[bool, int]:
    mine, other = _region(wanted), _region(tag)
    region = 0 if mine and mine == other else 1 if not other else 2
    return script(wanted) != script(tag), region


def script(tag: str) -> str:
    """The script a tag is written in, where that differs within a language: `Hant`, `Hans`."""
    written = next((p.title() for p in tag.split("-")[1:] if len(p) == 4 and p.isalpha()), "")
    if written or base(tag) != "zh":
        return written
    cantonese = tag.casefold().startswith("yue")
    return "Hant" if cantonese or _region(tag) in {"HK", "TW", "MO"} else "Hans"


def direction(tag: str) -> str:
    """`rtl` for a language that is written from the right, else `ltr`."""
    written = script(tag)
    if written:
        return "rtl" if written in {"Arab", "Hebr", "Thaa", "Syrc", "Nkoo"} else "ltr"
    return "rtl" if base(tag) in _FROM_THE_RIGHT else "ltr"


def _region(tag: str) -> str:
    parts = tag.replace("_", "-").split("-")[1:]
    return next((part.upper() for part in parts if len(part) == 2 and part.isalpha()), "")


_SAME: Mapping[str, str] = {
    **dict.fromkeys(("yue", "cmn"), "zh"),
    **dict.fromkeys(("nb", "nn"), "no"),
    "iw": "he",
    "in": "id",
    "fil": "tl",
}
_FROM_THE_RIGHT = frozenset(("ar", "he", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"))
