"""Rows that are no people: totals, notes, section titles, headers printed again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hub.roster.columns import Header

_TOTAL = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|总户数|总人数|合计人数|合计户数"
    r"|(?:grand total|sub-?total|total|sum)"
    r"(?:\s+(?:residents|people|households|flats|units|rows))?)"
    r"\s*(?:[:：(（]|\d|人|户|$)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:备\s*注|注|说\s*明|填表说明|填表人|填表|制表人|制表|审核人|审核|编制"
    r"|更新日期|更新时间|统计日期|打印日期|日期"
    r"|notes?|remarks?|prepared by|printed|updated|last updated|source|p\.?s\.?)"
    r"\s*(?:[:：.。]|\d*[、.:：]|$)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?:[制填编录][表报制入]人|[审复][核批]人?|批准人?|经办人?|负责人|责任人|主管|经理|统计人?|核对人?|日\s*期"
    r"|制表日期|打印时间|物业(?:公司|服务中心)?|单位|prepared by|checked by"
    r"|approved by|signed|signature|date)\s*[:：]"
    r"|[(（](?:盖章|公章|签字|签章|签名|signature|stamp)[)）]",
    re.IGNORECASE,
)
_DIVIDER = re.compile(r"[-=*_—–#~·]{2,}.*|.*[-=*_—–~]{3,}|(?:以下|以上)[为是].{1,20}")
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_PHONE = re.compile(r"\d(?:[\s-]?\d){6,}")


def noise(texts: Sequence[str], header: Header) -> str:
    """`total`, `note` or `header` when the row is one of these, else "".

    A row that holds anything like a phone number is never noise, so nobody is lost to a word.
    """
    filled = [t for t in texts if t]
    if tuple(filled) == tuple(t for t in header.texts if t):
        return "header"
    if any(_PHONE.search(_DATE.sub("", t)) for t in filled[1:]):
        return ""
    return _kind(filled)


def _kind(filled: Sequence[str]) -> str:
    first = filled[0]
    if len(filled) == 1 and _DIVIDER.fullmatch(first):
        return "section"
    if _TOTAL.match(first) and all(_counts(t) for t in filled[1:]):
        return "total"
    if _PHONE.search(_DATE.sub("", first)):
        return ""
    noted = _NOTE.match(first) and len(set(filled)) <= 2
    return "note" if noted or all(_SIGNED.match(t) for t in filled) else ""


def _counts(text: str) -> bool:
    """True for what stands beside a total: a count, or another total word."""
    return bool(
        re.fullmatch(
            r"(?:共?\s*(?<![\d.,])\d[\d.,]*\s*"
            r"(?:户|人|套|间|栋|条|单元|households?|people|flats|rows)?[、/;；\s]*){0,6}",
            text,
        )
    ) or bool(_TOTAL.match(text))


def is_trailing_note(texts: Sequence[str]) -> bool:
    """True for a sentence alone in its row, without a number, as files end with."""
    filled = [t for t in texts if t]
    return (
        len(filled) == 1
        and len(filled[0]) >= 6
        and not _PHONE.search(filled[0])
        and (
            bool(re.search(r"[，。；：、:!！]|[一-鿿]{8,}", filled[0]))
            or len(filled[0].split()) >= 4
        )
    )
