"""Texts as a voice must say them: figures that a machine reads wrongly, put into words.

A Chinese voice reads 119 as a hundred and nineteen, and people know the number as 幺幺九; it reads
02:41 digit by digit. Everything else stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hub.decide.spoken import base, is_chinese

_ZH = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))

_PARTS_OF_DAY = ((5, "凌晨"), (8, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
"""Until which hour a part of the day lasts."""

NOON = 12
TWO_FIGURES = 10

_TIME = re.compile(r"(?<!\d)(?<!\d[:：])([01]?\d|2[0-3])[:：]([0-5]\d)(?!\d|[:：]\d)")
_HOTLINE = re.compile(r"(?<![\d.,])(1(?:10|12|19|20|22)|9(?:11|99)|95\d{3}|12\d{3})(?![\d.,]?\d)")
_DIAL = re.compile(r"(?<![\d.,])\+?\d[\d-]{4,}\d(?![.,]?\d)")
_ROOM_ZH = re.compile(r"(\d{3,4})(?=(室|房|号房))")
_FULL_STOP = re.compile(r"\b([ap]\.m\.)\.")
_ROOM_EN = re.compile(r"\b(flat|room|unit|apartment) (\d{3,4})\b", re.IGNORECASE)


def aloud(text: str, language: str, *, numbers: Iterable[str] = ()) -> str:
    """The text as it is to be spoken. `numbers`: the site's own numbers, said digit by digit
    wherever they stand. Languages other than Chinese and English keep theirs as written."""
    if not (is_chinese(language) or base(language) == "en"):
        return text
    text = _TIME.sub(lambda at: clock_aloud(int(at[1]), int(at[2]), language), text)
    own = sorted({one for one in numbers if one.isdigit()}, key=len, reverse=True)
    for one in own:
        text = re.sub(rf"(?<![\d.,]){one}(?![.,]?\d)", digits_aloud(one, language), text)
    text = _HOTLINE.sub(lambda found: digits_aloud(found[0], language), text)
    text = _DIAL.sub(lambda found: digits_aloud(found[0], language), text)
    if is_chinese(language):
        return _ROOM_ZH.sub(lambda found: digits_aloud(found[1], language), text)
    text = _ROOM_EN.sub(lambda found: f"{found[1]} {digits_aloud(found[2], language)}", text)
    return _FULL_STOP.sub(r"\1", text)


def digits_aloud(number: str, language: str) -> str:
    """A number as people say one they dial: 幺幺九, `1 1 9`."""
    digits = [one for one in number if one.isdigit()]
    return "".join(_ZH[one] for one in digits) if is_chinese(language) else " ".join(digits)


def clock_aloud(hour: int, minute: int, language: str) -> str:
    """A time of day as people say it: 凌晨2点41分, `2:41 a.m.`."""
    if is_chinese(language):
        return _clock_zh(hour, minute)
    if minute == 0 and hour % 12 == 0:
        return "noon" if hour else "midnight"
    half = "a.m." if hour < NOON else "p.m."
    return (
        f"{hour % NOON or NOON}:{minute:02} {half}" if minute else f"{hour % NOON or NOON} {half}"
    )


def _clock_zh(hour: int, minute: int) -> str:
    part = next(name for until, name in _PARTS_OF_DAY if hour < until)
    said = (hour - NOON if hour > NOON else hour) or "零"
    if not minute:
        return f"{part}{said}点整"
    return f"{part}{said}点{'零' if minute < TWO_FIGURES else ''}{minute}分"
