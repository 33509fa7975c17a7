"""The fixed words of a resident's page in every language there are any: those that ship, and the
site's own (`resident.TAG.json` beside its playbooks)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from hub.errors import Problem, Refused
from hub.tags import base, direction, nearest, script, tag_fault
from web.catalog import FOLDER, LANGUAGES, MARK, catalogue, filled

SHIPPED = ("zh-CN", "en", "zh-Hant", "ja", "ko", "ar")
OURS = ("res.", "answer.")
LONGEST = 400  # characters of one text

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tongue:
    """A page's language: `tag` of what the playbook says, `fixed` of the words around it; `reads`:
    the one that was asked for."""

    tag: str
    fixed: str
    words: Words
    reads: str = ""

    @property
    def dir(self) -> str:
        return direction(self.tag)

    @property
    def fixed_dir(self) -> str:
        return direction(self.fixed)

    @property
    def mixed(self) -> bool:
        """Whether the words around it are in another language, or another script."""
        same = base(self.tag) == base(self.fixed)
        return not (same and script(self.tag) == script(self.fixed))

    def t(self, key: str, **args: object) -> str:
        """The text of `key` with its arguments filled in; that of English where it is missing."""
        return filled(self.words.get(key) or shipped("en")[key], args)


NAMES: Mapping[str, str] = {
    "ar": "العربية", "bn": "বাংলা", "de": "Deutsch", "el": "Ελληνικά", "en": "English",
    "es": "Español", "fa": "فارسی", "fr": "Français", "he": "עברית", "hi": "हिन्दी",
    "id": "Indonesia", "it": "Italiano", "ja": "日本語", "km": "ខ្មែរ", "ko": "한국어",
    "lo": "ລາວ", "mn": "Монгол", "ms": "Melayu", "my": "မြန်မာ", "ne": "नेपाली",
    "nl": "Nederlands", "no": "Norsk", "pl": "Polski", "pt": "Português", "ru": "Русский",
    "sv": "Svenska", "ta": "தமிழ்", "th": "ไทย", "tl": "Filipino", "tr": "Türkçe",
    "uk": "Українська", "ur": "اردو", "vi": "Tiếng Việt", "zh": "中文",
}  # fmt: skip
"""What each language is called by those who read it."""


def named(tag: str, others: Iterable[str]) -> str:
    """The name of a language, told apart from `others` where they are the same one."""
    if base(tag) == "zh" and any(base(one) == "zh" and one != tag for one in others):
        return "繁體中文" if script(tag) == "Hant" else "简体中文"
    return NAMES.get(base(tag), tag)


def tongue(tag: str, own: Mapping[str, Words], *, around: str = "") -> Tongue:
    """How a page in this language speaks: the site's own words, over those that ship, of the same
    tag; else the nearest of both; else English.

    `around`: another language for the words around what the playbook says, if there are any."""
    there = [*own, *SHIPPED]
    found = nearest(around, there) or nearest(tag, there) or "en"
    below = nearest(found, SHIPPED) or "en"
    words = {**shipped(below), **own.get(found, {})}
    return Tongue(tag, found, words, reads=around or tag)


@cache
def shipped(tag: str) -> Words:
    """The words that ship in one language."""
    if tag in LANGUAGES:
        return {key: said for key, said in catalogue(tag).items() if key.startswith(OURS)}
    text = (FOLDER / f"resident.{tag}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def words_in(text: str, *, name: str, tag: str) -> Words:
    """The words in a file of the site's own; Refused with `file:line:column` for what is wrong.

    A language that ships may be changed in part; another one has to be whole.
    """
    problems = [] if tag_fault(tag) is None else [Problem(name, f"{tag!r} is no language tag")]
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{name}:{error.lineno}:{error.colno}"
        raise _refused(name, [Problem(where, f"is not JSON: {error.msg}")]) from None
    except RecursionError:
        raise _refused(name, [Problem(f"{name}:1:1", "is nested too deeply")]) from None
    if not isinstance(found, dict):
        raise _refused(name, [Problem(f"{name}:1:1", 'is no object of "key": "text"')])
    for key, said in found.items():
        what = _fault(str(key), said)
        if what:
            problems.append(Problem(_where(name, text, str(key)), f"{key}: {what}"))
    whole = any(base(tag) == base(one) for one in SHIPPED)
    missing = [] if whole else [key for key in shipped("en") if key not in found]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        what = f"lacks {', '.join(missing[:3])}{more}"
        problems.append(Problem(f"{name}:1:1", what, "a language that does not ship is whole"))
    if problems:
        raise _refused(name, problems)
    return {str(key): str(said) for key, said in found.items()}


def _fault(key: str, said: object) -> str:
    model = shipped("en").get(key)
    if model is None:
        return "is no key of a resident's page"
    if not isinstance(said, str) or not said.strip():
        return "must be text"
    if len(said) > LONGEST:
        return f"is longer than {LONGEST} characters"
    needed, there = (frozenset(mark[1] for mark in MARK.finditer(text)) for text in (model, said))
    may = needed | {"number"} if key.startswith("res.help_") else needed
    return "" if needed <= there <= may else f"must hold the same {{names}} as {model!r}"


def _where(name: str, text: str, key: str) -> str:
    """The line a key stands on."""
    at = max(text.find(json.dumps(key, ensure_ascii=False)), 0)
    return f"{name}:{text[:at].count(chr(10)) + 1}:1"


def _refused(name: str, problems: list[Problem]) -> Refused:
    return Refused(f"The words in {name} cannot be used.", problems, code="bad_words")
