"""The closed list of filters that templates may use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_CJK = "\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff"


def spaced(text: str) -> str:
    """The text with a blank between Chinese characters and figures, as on signs: `3 栋 12 层`."""
    text = re.sub(f"([{_CJK}])([0-9A-Za-z])", r"\1 \2", text)
    return re.sub(f"([0-9A-Za-z])([{_CJK}])", r"\1 \2", text)


def sentence(text: str) -> str:
    """The text with its first letter in capitals, to begin a sentence."""
    return text[:1].upper() + text[1:]


def period(text: str) -> str:
    """The text with a full stop of its script, unless it ends with a mark of its own."""
    if not text or text[-1] in "。！？；…":
        return text
    if re.search(f"[{_CJK}]", text):
        return f"{text.rstrip('.!?;')}。"
    return text if text[-1] in ".!?" else f"{text.rstrip(';,:')}."


FILTERS: Mapping[str, Callable[[str], str]] = {
    "spaced": spaced,
    "sentence": sentence,
    "period": period,
    "upper": str.upper,
    "lower": str.lower,
    "trim": str.strip,
}
