"""The marks that stand for personal parts of a text until it is sent.

They are private-use code points: input is cleaned of these (`plain`), so a mark in a rendered text
can only have come from a template that asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LINK = "\ue000"
"""Where the answer link goes."""

NAME = "\ue001"
"""Where the recipient's name goes."""

# Controls, line separators, bidirectional overrides, invisible fillers, surrogates, private use.
# The zero-width joiner U+200D stays: names and emoji need it.
_UNWANTED = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_BLANKS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]+")


def plain(value: str) -> str:
    """What a person typed, on one line, without controls, direction overrides and marks."""
    return _BLANKS.sub(" ", _UNWANTED.sub("", value)).strip()


def has_unwanted(text: str) -> bool:
    """Whether a text holds characters that must never come from outside."""
    return bool(_UNWANTED.search(text))


def fill(parts: Mapping[str, str], *, link: str, name: str) -> dict[str, str]:
    """The parts as they are sent to one recipient: no mark is left.

    A link is followed by a space or the end, so that phones find its end.
    """
    return {part: _filled(text, link, plain(name)) for part, text in parts.items()}


def _filled(text: str, link: str, name: str) -> str:
    if LINK in text:
        text = spaced_link(text).replace(LINK, link)
    return text.replace(NAME, name).strip() if NAME in text else text.strip()


def spaced_link(text: str) -> str:
    """The text with a blank on either side of each link mark, none at the ends."""
    return re.sub(f"[ \t]*{LINK}[ \t]*", f" {LINK} ", text).replace(" \n", "\n").strip(" ")
