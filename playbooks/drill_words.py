"""How each language says that something is a drill, and that it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hub.tags import base

SAYS_DRILL: Mapping[str, tuple[str, ...]] = {
    "zh": ("演练", "演習", "演練", "演习"),
    "en": ("drill",),
    "ja": ("訓練",),  # also 避難訓練, 防災訓練
    "ko": ("훈련",),
    "ar": ("تدريب", "تمرين"),
    "he": ("תרגיל", "תרגול"),
    "fa": ("مانور", "تمرین"),
    "ur": ("مشق",),
    "hi": ("अभ्यास", "ड्रिल"),
    "bn": ("মহড়া",),
    "th": ("ซ้อม", "ฝึก"),
    "vi": ("diễn tập",),
    "id": ("latihan", "simulasi"),
    "ms": ("latihan",),
    "tl": ("drill", "pagsasanay"),
    "fr": ("exercice",),
    "de": ("übung",),
    "es": ("simulacro",),
    "pt": ("simulacro", "simulado", "exercício"),
    "it": ("esercitazione",),
    "nl": ("oefening",),
    "pl": ("ćwiczenia", "ćwiczenie"),
    "tr": ("tatbikat",),
    "ru": ("учени", "тренировк"),
    "uk": ("навчання", "тренування"),
}
"""How a language says that this is a drill; one not listed must say it in English or Chinese."""

EITHER = ("drill", "演练")


def drill_words(language: str) -> tuple[str, ...]:
    """One of these stands in the first part of every drill text in this language."""
    return SAYS_DRILL.get(base(language), EITHER)


DENIES = re.compile(
    r"(不是|並非|并非|絕非|绝非|不屬於|不属于|不為|不为|非)(一次|一場|一场|在)?\s*"
    r"(消防|火警|停電|停电|應急|应急|疏散|防災|避難)?\s*(演練|演习|演習|演练)"
    r"|訓練(では|じゃ)(あり|な)"
    r"|훈련이?\s*(아닙니다|아니|아님)"
    r"|(ليس|ليست|لا\s+يعد)\s+(هذا\s+|هذه\s+)?(مجرد\s+)?(تدريب|تمرين)"
    r"|\bce n.est pas un exercice|\bkeine? übung|\bno es un simulacro|\bnon è un.esercitazione"
    r"|\bnão é um (simulacro|simulado|exercício)|\bэто не (учени|учебн)"
)
"""A drill text must never say one of these."""

_ANYWHERE = r"演练|演习|\bdrills?\b|\bexercise\b"
_LIVE: Mapping[str, str] = {
    "zh": r"演練|演習",
    "ja": r"(避難|防災|消防|消火)訓練|訓練です|【訓練】",
    "ko": r"훈련",
    "ar": r"تدريب",
    "fr": r"\bexercice\b",
    "de": r"\bübung",
    "es": r"\bsimulacro\b",
}


def speaks_of_drill(language: str, said: str) -> bool:
    """Whether a live text would be taken for a drill; `said` is folded."""
    patterns = (_ANYWHERE, _LIVE.get(base(language), _ANYWHERE))
    return any(re.search(pattern, said) for pattern in patterns)


MARKS = re.compile(
    r"這是(一次)?(消防|停電)?(演練|演習)|演練|演習|これは(避難|防災|消防)?訓練です|(避難|防災)?訓練"
    r"|훈련입니다|훈련|هذا تدريب|تدريب"
)
"""What only marks a text as a drill: no words of its own."""
