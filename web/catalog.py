"""The words of every page: two catalogues with the same keys, and how a page picks one.

A text may hold `{name}` (an argument) and `{name|one|many}` (a word that depends on a count).
Numbers are grouped by thousands, alike in both languages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from starlette.requests import Request

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("zh-CN", "en")
COOKIE = "muster_lang"
MARK = re.compile(r"\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every text of one language by its key: the console's, which scripts read too, and the
    resident's, which must not weigh on a phone."""
    words: dict[str, str] = {}
    for name in (f"{language}.json", f"resident.{language}.json"):
        words |= json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return words


def speak(language: str, key: str, **args: object) -> str:
    """The text of `key` in `language`, arguments filled in; KeyError names what is missing."""
    return filled(catalogue(language)[key], args)


def filled(text: str, args: Mapping[str, object]) -> str:
    """A text with its arguments in it."""

    def fill(mark: re.Match[str]) -> str:
        value = args[mark[1]]
        if mark[2] is None:
            return f"{value:,}" if isinstance(value, int) else str(value)
        return mark[2] if value == 1 else mark[3]

    return MARK.sub(fill, text)


def known(tag: str) -> str | None:
    """Our language for a BCP 47 tag (`zh`, `zh-Hans-CN`, `en-GB`), or None."""
    first = tag.strip().lower().split("-")[0]
    return next((own for own in LANGUAGES if own.lower().split("-")[0] == first), None)


def accepted(header: str) -> str | None:
    """The language an Accept-Language header likes best among ours, or None."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        tag, _, rest = part.partition(";")
        own = known(tag)
        if own:
            wishes.append((-weight(rest), place, own))
    return min(wishes)[2] if wishes and min(wishes)[0] < 0 else None


def weight(rest: str) -> float:
    """What stands behind a language in an Accept-Language header, as a number from 0 to 1."""
    name, _, value = rest.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def language_of(request: Request, site: Sequence[str] = LANGUAGES) -> str:
    """Which language a page speaks: `?lang=`, then the cookie, then the browser, then the site."""
    asked = known(request.query_params.get("lang", ""))
    kept = known(request.cookies.get(COOKIE, ""))
    liked = accepted(request.headers.get("accept-language", ""))
    default = next((own for tag in site if (own := known(tag))), LANGUAGES[0])
    return asked or kept or liked or default
