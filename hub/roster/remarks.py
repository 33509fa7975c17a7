"""Needs that stand among remarks: taken where they are clear, asked about where they are not.

A remark may be a diagnosis or gossip: of its words nothing is kept or shown but the category, or
the one word that is asked about.
"""

from __future__ import annotations

import re

from hub.roster.vocabulary import NEEDS

_PARTS = re.compile(
    r"[,，;；、/|。.!！\n()（）:：]+|\s{2,}|\s(?=[㐀-鿿])|(?<=[㐀-鿿])\s|\band\b|\bwith\b"
)
_FILL = re.compile(
    r"(?:家里?|家中|屋内|室内|户内|本人|业主|住户|户主|有|是|为|系|需|需要|使用|用|乘坐|坐|出行|老人|长者|老年人"
    r"|父亲|母亲|奶奶|爷爷|外婆|外公|妻子|丈夫|太太|先生|女士|小孩|孩子|儿子|女儿|一|1|位|名|个|的|人|者|人士|者居住"
    r"|患者|残疾|残障|行走|出入|依赖|长期|常年|居家|设备|在家|居住|住|请|注意|重点|关注|关照|照顾|协助|优先|疏散|时"
    r"|\d{1,3}岁(?:以上)?|高龄|双耳|左耳|右耳|双目|严重|轻度|重度|一级|二级|三级|四级)*"
)
_FILL_EN = re.compile(
    r"(?:\b(?:uses?|using|in|on|a|an|the|is|has|needs?|requires?|at|home|user|bound|person|people|"
    r"resident|elderly|old|lady|man|woman|mother|father|grandmother|grandfather|wife|husband|son|"
    r"daughter|child|machine|concentrator|bottle|cylinder|therapy|very|partially|severely|both|ears?|"
    r"eyes?|please|help|assist(?:ance)?|evacuate|first|priority|he|she|they|lives?|alone|aged?|"
    r"years?|months?|months|week|weeks|\d{1,3}|of)\b|[\s'-])*"
)
_NOT = re.compile(
    r"不需|无需|無需|不用|没有|無|无(?!法)|未(?!成年)|非|曾|已(?:康复|搬|去世|故)|拒绝|取消|借|坡道|通道|停放|维修|送货"
    r"|\b(?:no|not|without|former|formerly|ex|was|ramp|sold|returned|refused|declined|recovered)\b|n't\b"
)
_GONE = re.compile(
    r"已(?:搬|康复|去世|故|离)|搬走|去世|不再|moved out|passed away|deceased|no longer"
)
_ALIVE = sorted(
    ((word, need) for need, words in NEEDS.items() for word in words), key=lambda p: -len(p[0])
)


def needs_in(text: str) -> tuple[tuple[str, ...], str]:
    """(the needs a remark says clearly, the first word that may be one without saying so)."""
    found: list[str] = []
    unsure = ""
    for part in filter(None, (p.strip() for p in _PARTS.split(text.lower()))):
        needs, word = _part(part)
        found += needs
        unsure = unsure or word
    if found and _GONE.search(text.lower()):
        return (), unsure or _first(text.lower())
    return tuple(dict.fromkeys(found)), unsure


def _first(text: str) -> str:
    return next(word for word, _ in _ALIVE if _has(text, word))


def _part(part: str) -> tuple[list[str], str]:
    rest, needs, first = part, list[str](), ""
    for word, need in _ALIVE:
        if _has(rest, word):
            needs.append(need)
            first = first or word
            rest = rest.replace(word, " ")
    if not needs:
        return [], ""
    clear = not _NOT.search(part) and _is_filling(rest)
    return (needs, "") if clear else ([], first)


def _has(text: str, word: str) -> bool:
    return bool(re.search(rf"\b{re.escape(word)}\b", text)) if word.isascii() else word in text


def _is_filling(rest: str) -> bool:
    chinese = "".join(re.findall(r"[㐀-鿿0-9]+", rest))
    return bool(_FILL.fullmatch(chinese)) and bool(
        _FILL_EN.fullmatch(re.sub(r"[㐀-鿿]+", " ", rest))
    )
