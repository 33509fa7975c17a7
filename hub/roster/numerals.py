"""Chinese numerals as residents' files write them: 三, 十二, 二十, 一百零二."""

from __future__ import annotations

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_TENS = {"十": 10, "百": 100}

NUMERALS = "".join(_DIGITS) + "".join(_TENS)
"""Every character that can be part of a numeral."""


def chinese_number(text: str) -> int | None:
    """The number written (below 1000), or None when `text` is no numeral."""
    if not text or any(c not in NUMERALS for c in text):
        return None
    if not any(c in _TENS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if len(text) <= 4 else None
    return _with_units(text)


def _with_units(text: str) -> int | None:
    total, digit, last = 0, None, 1000
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            continue
        unit = _TENS[char]
        if unit >= last:
            return None
        total += unit * (1 if digit is None else digit)
        digit, last = None, unit
    return total + (digit or 0)


def plain_number(text: str) -> str:
    """`text` with a Chinese numeral turned into digits and leading zeros taken away."""
    number = chinese_number(text)
    if number is not None:
        return str(number)
    return text.lstrip("0") or text[-1:]
