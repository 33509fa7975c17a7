"""Reading one written place: `3栋2单元1203室`, `Tower 3, Flat 1203`, `3-2-1203`, `12-1203`.

The result keeps what is ambiguous apart (`lead`, `middle`): `place_sense` decides it by looking at
the whole building.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hub.roster.cells import EMPTY_WORDS, LOST_WORDS, tidy
from hub.roster.floors import canonical_floor
from hub.roster.numerals import NUMERALS, plain_number
from hub.roster.place_kinds import ESTATE_END, group_of, is_joined, special, take_group

_ZH = f"[{NUMERALS}]{{1,5}}"
_NUM = rf"(?:\d{{1,3}}|{_ZH})"
_SIDE = "[甲乙丙丁戊己东西南北中]"
_BLOCK = rf"(?:\d{{1,3}}[A-Z]?|[A-Z]{{1,2}}\d{{0,3}}|{_ZH}|{_SIDE})"
_STAIR = rf"(?:\d{{1,2}}|[A-Z]|{_ZH}|{_SIDE})"
_STOREY = rf"(?:(?:(?<!\S)-)?\d{{1,2}}[A-D]?|{_ZH})"

_START = "(?<![0-9A-Z])"

_TOKENS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "building",
        re.compile(rf"{_START}第?({_BLOCK})\s*(?:号楼|號樓|#楼|#樓|号栋|#栋|栋|棟|幢|座|#)"),
    ),
    (
        "building",
        re.compile(rf"{_START}({_NUM})\s*[号號](?=\s*(?:\d{{3}}|{_NUM}\s*(?:单元|單元)))"),
    ),
    (
        "building",
        re.compile(rf"\b(?:BUILDING|BLDG|TOWER|BLOCK|BLK)\b\.?\s*(?:NO\.?)?\s*#?\s*({_BLOCK})\b"),
    ),
    ("entrance", re.compile(rf"{_START}第?({_STAIR})\s*(?:单元|單元|门洞|梯口)")),
    (
        "entrance",
        re.compile(r"\b(?:ENTRANCE|ENTR|STAIRCASE|STAIRWELL|STAIR)\b\.?\s*#?\s*(\d{1,2}|[A-Z])\b"),
    ),
    ("below", re.compile(rf"(?:地下|负|負)\s*({_NUM})\s*(?:层|層|楼|樓)?|\bBASEMENT\s*(\d)\b")),
    ("floor", re.compile(rf"{_START}第?({_STOREY})\s*(?:层|層|楼|樓|/F\b|F\b)")),
    ("floor", re.compile(r"\b(?:FLOOR|FLR|FL|LEVEL|LVL)\b\.?\s*(-?\d{1,2}[A-D]?|B\d|L?G|UG)\b")),
    ("floor", re.compile(r"\b(\d{1,2})(?:ST|ND|RD|TH)\s+(?:FLOOR|FL)\b\.?")),
    ("floor", re.compile(r"\b(G)(?:ROUND)\s+FLOOR\b|\b(F\d{1,2})\b")),
)
_UNIT_WORD = re.compile(r"\b(?:FLAT|APARTMENT|APT|ROOM|RM|SUITE|UNIT|NO)\b\.?\s*(?:NO\.?)?\s*#?\s*")
_UNIT_SUFFIX = re.compile(r"(?<=[0-9A-Z])\s*(?:号房|號房|室|房|号|號|户)(?![一-鿿])")
_ESTATE = re.compile(
    rf"[一-鿿A-Z·]*(?:{ESTATE_END})"
    r"|(?:[A-Z']+ )*(?:GARDENS?|ESTATES?|COURT|RESIDENCES?|PARK|VILLAS?|MANSIONS?|PLAZA|VILLAGE|HEIGHTS)"
)
# In 3栋-1层 the stroke may part building and floor, or mean the basement.
_FIRST_OR_BELOW = re.compile(r"[栋棟幢座樓楼元#]-[1-6]\s*[层層楼樓F]$")
_POINT_ZERO = re.compile(r"(?<=^\d)\.0$|(?<=^\d\d)\.0$|(?<=^\d{3})\.0$|(?<=^\d{4})\.0$")
_DASHES = re.compile(r"\s*[-‐‑‒–—−~]\s*")
_BARE_BLOCK = re.compile(rf"#?(?:第)?({_BLOCK})(?:[号號楼樓#])?")
_FLAT = re.compile(r"[A-Z]{0,2}\d{1,5}[A-Z]?\d{0,2}[A-Z]?|[A-Z]")


@dataclass(frozen=True, slots=True)
class Written:
    """What one or several cells say about a place.

    `lead` is a number in front of a flat that may be building, entrance or floor; `middle` one
    between building and flat that may be entrance or floor. `unread` is the text that made no
    sense, `estate` the estate's name found in front, `group` a part of the estate (一期, 东苑), `use`
    what stands for a building where a shop, villa or garage is in none.
    """

    building: str = ""
    entrance: str = ""
    floor: str = ""
    unit: str = ""
    lead: str = ""
    middle: str = ""
    estate: str = ""
    group: str = ""
    use: str = ""
    unread: str = ""


NOTHING = Written()


@lru_cache(maxsize=16_384)
def read_written(text: str, *, column: str = "place") -> Written:
    """What `text` says; bare numbers mean what the `column` holds.

    `column` is `place` (anything), `building`, `entrance`, `floor` or `unit`.
    """
    text = _POINT_ZERO.sub("", tidy(text).upper().replace("\n", " "))
    if not text or set(text) <= set("-/\\."):
        return NOTHING
    if (alone := _alone(text, column=column)) is not None:
        return alone
    group, text = take_group(text)
    parts, rest, estate = _take_tokens(text, column=column)
    if parts is None:
        return Written(unread=text)
    if group:
        parts["group"] = group
    bare = _basement(_read_bare(rest, column=column, parts=parts) if rest else {}, parts)
    if bare is None or any(parts.get(k, v) != v for k, v in bare.items()):
        return Written(unread=text)
    return Written(**(parts | bare), estate=estate)


def read_group(text: str, header: str) -> Written:
    """What a cell of a column of phases, courts, lanes or estates says."""
    plain = tidy(text).upper().replace("\n", " ")
    return Written(**group_of(plain, header.upper())) if plain else NOTHING


def _alone(text: str, *, column: str) -> Written | None:
    """What needs no taking apart: a bare floor or flat, and what has two meanings."""
    if text.lower() in EMPTY_WORDS:
        return NOTHING
    if is_joined(text) or LOST_WORDS.fullmatch(text):
        return Written(unread=text)
    if column != "floor" and (parts := special(text, column=column)) is not None:
        return Written(**parts)
    if column == "floor" and (floor := canonical_floor(text)):
        return Written(floor=floor)
    if column == "unit" and _FLAT.fullmatch(text):
        return Written(unit=_unit(text))
    return Written(unread=text) if _FIRST_OR_BELOW.search(text) else None


def _take_tokens(text: str, *, column: str) -> tuple[dict[str, str] | None, str, str]:
    parts: dict[str, str] = {}
    if column == "building" and re.fullmatch(rf"第?{_NUM}[楼樓]", text):
        return parts, text, ""
    for name, pattern in _TOKENS:
        found = pattern.search(text)
        if found is None or (name == "floor" and "floor" in parts):
            continue
        key, value = _token(name, next(g for g in found.groups() if g))
        if not value or (key in parts and parts[key] != value):
            return None, "", ""
        parts[key] = value
        text = text[: found.start()] + " |" + text[found.end() :]
    text = _UNIT_SUFFIX.sub(" ", _UNIT_WORD.sub(" ", text))
    pieces = [p.strip(" .-/") for p in re.split(r"[|,，、;]", text)]
    pieces = [p for p in pieces if p]
    estate = next((p for p in pieces if _ESTATE.fullmatch(p)), "")
    return parts, " ".join(p for p in pieces if p != estate), estate


def _token(name: str, value: str) -> tuple[str, str]:
    if name == "below":
        return "floor", canonical_floor("B" + plain_number(value))
    if name == "floor":
        return "floor", canonical_floor(plain_number(value.removeprefix("F")))
    return name, plain_number(value)


def _read_bare(rest: str, *, column: str, parts: dict[str, str]) -> dict[str, str] | None:
    if column in {"building", "entrance", "floor"} and column not in parts:
        return _read_column(rest, column=column)
    if "/" in rest:
        return _read_path(rest)
    if " " in rest and not re.search(r"\s[-‐‑‒–—−~]|[-‐‑‒–—−~]\s", rest):
        return None
    pieces = _DASHES.split(rest.lstrip("#"))
    if not all(_FLAT.fullmatch(p) for p in pieces) or len(pieces) > 4:
        return None
    return _by_position([p.lstrip("0") or p for p in pieces[:-1]] + pieces[-1:])


def _basement(bare: dict[str, str] | None, parts: dict[str, str]) -> dict[str, str] | None:
    """B2-033 in a building that is named: a floor and what is on it, no entrance B2."""
    if not bare or "building" not in parts or not re.fullmatch(r"B[1-9]", bare.get("lead", "")):
        return bare
    return {"floor": bare["lead"], **{k: v for k, v in bare.items() if k != "lead"}}


def _unit(text: str) -> str:
    return text.lstrip("0") if len(text) > 2 and text.strip("0") else text


def _by_position(pieces: list[str]) -> dict[str, str] | None:
    *front, unit = pieces
    found = {"unit": _unit(unit)}
    if any(len(p) > 3 for p in front):
        return None
    if len(front) == 1:
        return found | {"lead": front[0]}
    if len(front) == 2:
        return found | {"building": front[0], "middle": front[1]}
    if len(front) == 3:
        floor = canonical_floor(front[2])
        return (
            found | {"building": front[0], "entrance": front[1], "floor": floor} if floor else None
        )
    return found


def _read_column(rest: str, *, column: str) -> dict[str, str] | None:
    if column == "floor":
        floor = canonical_floor(rest)
        return {"floor": floor} if floor else None
    if column == "entrance":
        entrance = plain_number(rest.strip("#"))
        return {"entrance": entrance} if re.fullmatch(_STAIR, entrance) else None
    pieces = [_BARE_BLOCK.fullmatch(p) for p in _DASHES.split(rest)]
    if len(pieces) > 2 or not all(pieces):
        return None
    names = [plain_number(p[1]) for p in pieces if p]
    return dict(zip(("building", "entrance"), names, strict=False))


def _read_path(rest: str) -> dict[str, str] | None:
    head, *others = [p.strip() for p in rest.split("/")]
    found = _read_column(head, column="building")
    if found is None or len(others) > 2:
        return None
    if len(others) == 2:
        floor, unit = canonical_floor(others[0]), others[1]
        return found | {"floor": floor, "unit": unit} if floor and _FLAT.fullmatch(unit) else None
    if floor := canonical_floor(others[0]):
        return found | {"floor": floor}
    return found | {"unit": others[0]} if _FLAT.fullmatch(others[0]) else None
