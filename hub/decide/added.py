"""What an operator adds to a notice, by language: and what the readers of another one are told.

The most important sentence of an update is one that nobody translated in advance. Who reads a
language it was not written in is told so, in their own, before the words; a voice does not try to
pronounce them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from hub.decide.marks import LINK, plain
from hub.decide.spoken import base, is_chinese
from hub.errors import Problem
from hub.model import Words

_NAMES: Mapping[str, tuple[str, str]] = {
    "zh": ("中文", "Chinese"),
    "yue": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "ja": ("日文", "Japanese"),
    "ko": ("韩文", "Korean"),
    "fr": ("法文", "French"),
    "de": ("德文", "German"),
    "es": ("西班牙文", "Spanish"),
    "ru": ("俄文", "Russian"),
}

_OWN: Mapping[str, str] = {
    "zh": "中文",
    "yue": "中文",
    "en": "English",
    "ja": "日本語",
    "ko": "한국어",
    "fr": "français",
    "de": "Deutsch",
    "es": "español",
    "ru": "русский",
    "ar": "العربية",
}
"""What languages call themselves: who reads a refusal may read either of ours."""


def by_language(text: str | Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """What was typed, cleaned, without the empty ones. A text alone is in the site's first
    language."""
    typed = {languages[0]: text} if isinstance(text, str) else text
    return {tag: said for tag, words in typed.items() if (said := plain(words))}


def in_own(added: Words, language: str) -> str:
    """What was added in this language or a relative of it (zh-HK reads zh-CN); "" if nothing."""
    if language in added:
        return added[language]
    return next((text for tag, text in added.items() if base(tag) == base(language)), "")


def shown(added: Words, language: str) -> str:
    """What somebody who reads `language` is shown: the words, or that they are in another one."""
    own = in_own(added, language)
    if own or not added:
        return own
    tag, text = next(iter(added.items()))
    if is_chinese(language):
        return f"最新情况（{name_of(tag, language)}）：{text}"
    return f"New information, in {name_of(tag, language)}: {text}"


def heard(added: Words, language: str) -> str:
    """What a voice says of it: the words, or to read them."""
    own = in_own(added, language)
    if own or not added:
        return own
    if is_chinese(language):
        return "有新的情况，请看短信。"
    return "There is new information. Please read the text message."


def brief(added: Words, language: str) -> str:
    """What stands where the words of another language do not fit: that they are at the link."""
    own = in_own(added, language)
    if own or not added:
        return own
    name = name_of(next(iter(added)), language)
    if is_chinese(language):
        return f"有新的情况（{name}），请点链接查看"
    return f"There is new information in {name}: see the link."


_ASKS = re.compile(
    r"(?:回复|回覆|答复|答覆)(?:数字|數字)?|返信|أجب|رد بـ?|请?点链接|请?按\s?[1-4]"
    r"|\b(?:reply|text back|answer|respond[ae]?|responder|press|tap)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[。！？!?\n])|(?<=\.)(?=\s)")


def behind(text: str, words: str) -> str:
    """The text with more words behind its own sentences; what it asks for, and the link, stay
    last."""
    sentences = [one for one in _SENTENCE.split(text) if one]
    at = len(sentences)
    while at and (LINK in sentences[at - 1] or _ASKS.search(sentences[at - 1])):
        at -= 1
    own, asks = "".join(sentences[:at]), "".join(sentences[at:])
    if not own:  # one sentence that says and asks: before its link
        own, link, rest = text.partition(LINK)
        asks = link + rest
    return " ".join(part for part in (own.strip(), words, asks.strip()) if part)


def name_of(tag: str, language: str) -> str:
    """The name of a language, in Chinese or English; its tag where we have none."""
    chinese, english = _NAMES.get(base(tag), (tag, tag))
    return chinese if is_chinese(language) else english


def unwritten(added: Words, languages: Iterable[str]) -> tuple[str, ...]:
    """The languages nothing was written in, each once."""
    return tuple(tag for tag in dict.fromkeys(languages) if not in_own(added, tag))


def lacks_words(
    added: Words, readers: Mapping[str, int], *, untranslated: bool = False
) -> Problem | None:
    """Why an update cannot go out: nothing was written, or nothing in a language that somebody is
    told in. `untranslated`: left out on purpose, and these people are told so."""
    if not added:
        hint = "write what has changed, in each language"
        return Problem("text", "is missing", hint, code="update_empty")
    left = unwritten(added, readers)
    if not left or untranslated:
        return None
    counts = {
        "languages": ", ".join(f"{_OWN.get(base(tag), tag)} ({tag})" for tag in left),
        "people": str(sum(readers[tag] for tag in left)),
    }
    what = f"is missing in {counts['languages']}, which {counts['people']} people read"
    hint = "write it in each language, or say that it is left untranslated"
    return Problem("text", what, hint, code="update_language", params=counts)


def first(added: Words, languages: Collection[str]) -> str:
    """The one text to keep where only one can stand: of the site's first language that has one."""
    return next((said for tag in languages if (said := in_own(added, tag))), "") or next(
        iter(added.values()), ""
    )
