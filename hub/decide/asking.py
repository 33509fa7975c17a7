"""The digits a text asks for: found where it asks, and given a letter of its own.

Where two incidents ask the same number, "1" says nothing about which is meant: the later one's
texts say "B1". Digits of places, times and numbers to call are no answers and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from hub.decide.reply_words import BESIDE, SAYS

LETTERS = "BCDEFGHJKLMNPQRSTUVWXYZ"
"""What later incidents are given, in order; the first has none, and is A. No I, no O: they look
like digits."""
FIRST = "a"

_ASK = re.compile(
    r"(?:回复|回覆|答复|答覆)(?:数字|數字)?|返信|أجب|رد بـ?"
    r"|\b(?:reply|text back|answer|respond[ae]?|responder)(?:\s+with)?",
    re.IGNORECASE,
)
_END = re.compile(r"[。.!！?？;；\n]")
_DIGIT = re.compile(
    r"(?<![0-9][.:：/\-–])(?<![0-9A-Za-z+\-])[1-4](?![0-9])(?![.:：/\-–][0-9])"
    r"(?!\s*(?:栋|棟|号楼|號樓|楼|樓|层|層|室|单元|單元|座|点|點|分|时|時|小时|小時|月|日|号|號|人|户|戶|次|%"
    r"|hours?\b|h\b|min|people\b|persons?\b|floors?\b|st\b|nd\b|rd\b|th\b))"
)
_NAMED = re.compile(
    r"(?:tower|building|block|floor|flat|unit|apartment|apt|room|gate|lift|stair|exit|no\.?|第|号|號)\s*$",
    re.IGNORECASE,
)


def offered(text: str, letter: str = "") -> frozenset[str]:
    """The digits this text asks for, with its letter or without."""
    if letter:
        text = re.sub(rf"(?<![A-Za-z0-9]){letter}(?=[1-4](?![0-9]))", "", text)
    return frozenset(text[at] for at in _places(text))


def lettered(text: str, letter: str) -> str:
    """The text with the letter before each digit it asks for: "reply B1 safe, B2 need help"."""
    for at in reversed(list(_places(text))):
        text = text[:at] + letter + text[at:]
    return text


def asked_at(text: str) -> tuple[int, ...]:
    """Where the digits stand that this text asks for."""
    return tuple(_places(text))


def next_letter(taken: Collection[str]) -> str:
    """The letter of one more incident beside others; "" when all are in use."""
    return next((one for one in LETTERS if one not in taken), "")


def _places(text: str) -> Iterator[int]:
    """Where the digits stand that are asked for: in a sentence that asks, or beside a label once
    something was asked."""
    first = _ASK.search(text)
    if first is None:
        return
    asks = [(found.end(), _ends(text, found.end())) for found in _ASK.finditer(text)]
    for digit in _DIGIT.finditer(text, first.end()):
        at = digit.start()
        if _NAMED.search(text[:at]):
            continue
        if any(start <= at < end for start, end in asks) or _labelled(text, at):
            yield at


def _ends(text: str, start: int) -> int:
    found = _END.search(text, start)
    return found.start() if found else len(text)


_LABELS = frozenset(label for words in (*SAYS.values(), *BESIDE.values()) for label in words)
_LONGEST = max(map(len, _LABELS)) + 12  # with its blanks


def _labelled(text: str, at: int) -> bool:
    """Whether a label we know stands right before or behind the digit."""
    before = re.split(r"[,，、;；.。:：]", text[max(0, at - _LONGEST) : at])[-1]
    after = re.split(r"[,，、;；.。:：]", text[at + 1 : at + 1 + _LONGEST])[0]
    found = {re.sub(r"[\W_]+", "", part).casefold() for part in (before, after)}
    return bool(found & _LABELS)
