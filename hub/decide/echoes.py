"""Our own words coming back: reactions, quotes and forwards are not what the person says.

What was sent to a number is looked for in what comes from it, letters and digits alone: phones
change quotation marks, break lines and cut the end off.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from hub.decide.marks import LINK, NAME
from hub.decide.reply_words import FORWARDED, REACTION

LEAST = 16  # weight of words in common that nobody types by chance; a Chinese sign weighs two
QUOTED = 6  # the same between quotation marks, or of a whole text of ours
_QUOTES = re.compile(r"[“\"„«「『]([^“”\"„«»「」『』]{2,})[”\"“»」』]?")
_CITED = re.compile(r"^[ \t]*>[ \t]*(.{12,})$", re.MULTILINE)
_URL = re.compile(r"https?://[^\s“”\"«»「」『』]+")


@dataclass(frozen=True, slots=True)
class Own:
    """What is left of a text when our own words are out of it. `echo`: whether any were in it, and
    nothing of the person's beside them."""

    words: str
    echo: bool


def may_echo(text: str) -> bool:
    """Whether a text is long enough to hold words of ours at all; most replies are one digit."""
    return len(text) > QUOTED


def own_words(text: str, sent: Sequence[str]) -> Own:
    """What the person says. `sent`: what went to this number last, marks still in it."""
    ours = [squeezed for one in sent for squeezed in _pieces(one)]
    rest, found = _unquoted(_URL.sub(" ", text), ours)
    for one in ours:
        rest, more = _without(rest, one)
        found = found or more
    if not found:
        return Own(text, echo=False)
    left = FORWARDED.sub("", _folded(rest))
    return Own(left, echo=bool(REACTION.match(left)))


def _pieces(sent: str) -> Iterable[str]:
    """A text of ours between its marks, as it is compared."""
    for piece in re.split(f"[{LINK}{NAME}]", sent):
        squeezed = "".join(sign for sign, _ in _squeezed(piece))
        if _weight(squeezed) >= QUOTED:
            yield squeezed


def _unquoted(text: str, ours: Sequence[str]) -> tuple[str, bool]:
    """The text without what it quotes: what stands behind `>`, and quotations that are ours or
    that a reaction is about."""
    found = False

    def quoted(match: re.Match[str]) -> str:
        nonlocal found
        inside = "".join(sign for sign, _ in _squeezed(match[1]))
        around = _folded(text[: match.start()] + " " + text[match.end() :])
        mine = _weight(inside) >= QUOTED and any(inside in one or one in inside for one in ours)
        if mine or (around and REACTION.match(around)):
            found = True
            return " "
        return match[0]

    def cited(_match: re.Match[str]) -> str:
        nonlocal found
        found = True
        return " "

    return _CITED.sub(cited, _QUOTES.sub(quoted, text)), found


def _without(text: str, ours: str) -> tuple[str, bool]:
    """The text without the longest run of words it has in common with a text of ours."""
    signs = list(_squeezed(text))
    squeezed = "".join(sign for sign, _ in signs)
    if not squeezed:
        return text, False
    match = SequenceMatcher(None, ours, squeezed, autojunk=False).find_longest_match()
    common = squeezed[match.b : match.b + match.size]
    whole = common == ours and _weight(common) >= QUOTED
    if not whole and _weight(common) < LEAST:
        return text, False
    first, last = signs[match.b][1], signs[match.b + match.size - 1][1]
    return text[:first] + " " + text[last + 1 :], True


def _squeezed(text: str) -> Iterable[tuple[str, int]]:
    """Letters and digits of a text, folded, and where each stands in it."""
    for at, sign in enumerate(text):
        for folded in unicodedata.normalize("NFKC", sign).casefold():
            if folded.isalnum():
                yield folded, at


def _weight(squeezed: str) -> int:
    return sum(2 if sign >= "\u2e80" else 1 for sign in squeezed)


def _folded(text: str) -> str:
    flat = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"^[\W_]+|[\W_]+$", "", re.sub(r"\s+", " ", flat))
