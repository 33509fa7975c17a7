"""Places that are no flats of a building: groups of buildings, shops, villas, garages, cellars."""

from __future__ import annotations

import re
from functools import lru_cache

from hub.roster.numerals import NUMERALS, plain_number

SHOP, VILLA, GARAGE = "商铺", "别墅", "车库"
WORDED = {SHOP: "Shop", VILLA: "Villa", GARAGE: "Garage"}
"""What stands in a building's place where a shop, a villa or a garage belongs to none."""

_END = "期|区|區|弄|苑|院|组团|組團"
_ZH = f"[{NUMERALS}]{{1,5}}"
_GROUP = re.compile(
    rf"第?(\d{{1,4}}|{_ZH})\s*({_END})(?!号)"
    rf"|(?<![一-鿿])([A-Z]|[东西南北中東])({_END})"
    r"|\b(PHASE|LANE|ZONE|PRECINCT|SECTION|STAGE)\b\.?\s*(\d{1,4}|[A-Z]|[IVX]{1,4})\b"
)
_ALIKE = str.maketrans("區組團東", "区组团东")
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6"}

ESTATE_END = "花园|花園|小区|家园|苑|城|府|里|庄|湾|郡|公寓|大厦|广场|社区|村|园|居|庭|邸|墅|国际"
GROUP_HEAD = (
    rf"(?:[㐀-鿿A-Z0-9]{{0,20}}(?:期|区|弄|院|组团|{ESTATE_END})"
    rf"|[A-Z0-9]{{1,24}}\.)"
)
"""What may stand in front of a building's number in a path: 东苑3, 1期3, GREENCOURT.3."""

_SHOP = re.compile(
    r"(?:商铺|商舖|底商|门面房?|店铺|店面|SHOP|RETAIL|STORE)"
    r"\s*(?:NO\.?)?\s*#?([A-Z]{0,2})[- ]?(\d{1,4}[A-Z]?)[号號]?"
)
_VILLA = re.compile(
    r"(?:别墅|別墅|独栋|联排|VILLA|HOUSE)\s*(?:NO\.?)?\s*#?([A-Z]?\d{1,4}[A-Z]?)[号號栋幢#]?"
    r"|([A-Z]?\d{1,3}[A-Z]?)[号號栋幢#]?(?:别墅|別墅)"
)
_GARAGE = re.compile(
    r"(?:地下)?(?:车库|車庫|车位|車位|车房|储藏室|储藏间|地下室|GARAGE|PARKING|STORAGE|CARPARK)"
    r"\s*(?:NO\.?)?\s*#?(B[1-9])?[- ]?([A-Z]?\d{1,4})[号號]?"
)
_BELOW = re.compile(r"(?:B|-|负|負)([1-9])[-层層](\d{2,3})")
_BELOW_SHORT = re.compile(r"(?:-|负|負)([1-9])(\d{2})")
_JOINED = re.compile(
    r"(?:.*[^0-9A-Z])?(\d{3,5})[A-Z]?室?\s*[-~、,，/&+至和]\s*(\d{3,5})[A-Z]?室?"
    r"|\d{1,2}\s*[-~至、]\s*\d{1,2}\s*[层層楼樓F]|\d{1,3}\s*[~至、]\s*\d{1,3}\s*[栋棟幢座]"
)

Parts = dict[str, str]


def take_group(text: str) -> tuple[str, str]:
    """(group, what is left): `一期3栋` is 1期 and 3栋, `PHASE 2 TOWER 3` is PHASE2 and TOWER 3."""
    found = _GROUP.search(text)
    if found is None:
        return "", text
    left = text[: found.start()] + " |" + text[found.end() :]
    number, end, side, side_end, word, of = found.groups()
    if word:
        return word + _ROMAN.get(of, of), left
    return (plain_number(number) + end if number else side + side_end).translate(_ALIKE), left


def group_of(text: str, header: str) -> Parts:
    """What a cell of a column of groups says: a number takes the word from the column's title."""
    if re.fullmatch(rf"\d{{1,4}}|{_ZH}|[A-Z]", text):
        end = next((c for c in "期区弄苑院" if c in header), "期")
        return {"group": plain_number(text) + end}
    group, left = take_group(text)
    estate = left.replace("|", "").strip()
    return ({"group": group} if group else {}) | ({"estate": estate} if estate else {})


def house(group: str, building: str) -> str:
    """A building as paths write it, with its group in front."""
    plain = group.replace(" ", "").replace("'", "")
    if not building or not plain:
        return building
    return f"{plain}.{building}" if plain.isascii() else plain + building


_ALONE = re.compile(rf"[㐀-鿿A-Z0-9]{{1,20}}(?:期|区|弄|院|组团|{ESTATE_END})")
_WRITTEN = re.compile(
    r"[A-Z]{0,24}(?:PHASE|LANE|ZONE|PRECINCT|SECTION|STAGE)[0-9A-Z]{1,4}|[A-Z]{3,40}"
)
_COURT = re.compile(r"[A-Z][A-Z']*(?: [A-Z][A-Z']*){1,5}")


def group_named(text: str) -> str:
    """The group of buildings this is the name of, as paths write it: 东苑, 1期, PHASE2, or ""."""
    plain = text.upper()
    if _WRITTEN.fullmatch(plain):
        return plain
    group, left = take_group(plain)
    left = left.replace("|", "").strip()
    if group and not re.search(r"[0-9]", left):
        return (left + group).replace(" ", "").replace("'", "")
    if group or not (_ALONE.fullmatch(plain) or _COURT.fullmatch(plain)):
        return ""
    return plain.replace(" ", "").replace("'", "")


@lru_cache(maxsize=4096)
def groups_of(building: str) -> tuple[str, ...]:
    """The groups a building's number begins with, the widest first: 翡翠苑1期3 is in two."""
    ascii_group, dot, _ = building.rpartition(".")
    if dot:
        return (ascii_group,)
    heads = (building[:end] for end in range(1, len(building)))
    return tuple(
        head
        for head in heads
        if _ALONE.fullmatch(head)
        and not head.endswith(tuple(WORDED))
        and re.match(rf"[0-9A-Z]|{'|'.join(WORDED)}", building[len(head) :])
    )


_ENDS = {"期": "Phase", "区": "Zone", "弄": "Lane", "苑": "Court", "院": "Court", "组团": "Cluster"}
_WORDS = {
    "PHASE": "期",
    "STAGE": "期",
    "LANE": "弄",
    "ZONE": "区",
    "PRECINCT": "区",
    "SECTION": "区",
}


def group_name(group: str) -> dict[str, str]:
    """What people call it in Chinese and English: 1期 and Phase 1."""
    for end, word in _ENDS.items():
        number = group.removesuffix(end)
        if number != group and re.fullmatch(r"\d+|[A-Z]", number):
            return {"zh-CN": group, "en": f"{word} {number}"}
    for word, end in _WORDS.items():
        number = group.removeprefix(word)
        if number != group and re.fullmatch(r"\d+|[A-Z]", number):
            return {"zh-CN": number + end, "en": f"{word.capitalize()} {number}"}
    if (wider := groups_of(group + "1")[:-1]) and group.startswith(wider[-1]):
        inner = group_name(group.removeprefix(wider[-1]))["en"]
        return {"zh-CN": group, "en": f"{group_name(wider[-1])['en']} {inner}"}
    return {"zh-CN": group, "en": group.title() if group.isascii() else group}


def special(text: str, *, column: str) -> Parts | None:
    """A shop, a villa, a garage or a flat below the ground, or None."""
    if found := _SHOP.fullmatch(text):
        return {"use": SHOP, "unit": found[1] + found[2]}
    if found := _VILLA.fullmatch(text):
        number = (found[1] or found[2]).lstrip("0")
        return {"building": VILLA + number} if column == "building" else _villa(number)
    if found := _GARAGE.fullmatch(text):
        floor = found[1] or ""
        return {"use": GARAGE, "unit": floor + found[2]} | ({"floor": floor} if floor else {})
    return _below(text, column=column)


def _villa(number: str) -> Parts:
    return {"use": VILLA, "unit": number}


def _below(text: str, *, column: str) -> Parts | None:
    found = _BELOW.fullmatch(text) or (_BELOW_SHORT.fullmatch(text) if column == "unit" else None)
    if found is None or (column != "unit" and (len(found[2]) > 2 or column != "place")):
        return None
    return {"floor": "B" + found[1], "unit": f"B{found[1]}{found[2]}", "use": GARAGE}


def is_joined(text: str) -> bool:
    """True for two flats or a span of floors in one cell: 101-102, 1201/1202, 1-2层."""
    found = _JOINED.fullmatch(text)
    return found is not None and (not found[1] or len(found[1]) == len(found[2]))
