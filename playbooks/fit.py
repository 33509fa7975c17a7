"""Rules about lengths: SMS parts, provider limits, and what a screen shows without shrinking."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from hub.decide.fit import signed
from hub.decide.segments import count
from hub.decide.spoken import is_chinese
from hub.decide.texts import PAGE, SCREEN
from playbooks.case import Case, Finding, Needs, Said, Text

LINK_LENGTH = 48
"""Characters of a likely answer link: `https://notice.example.com/a/` and 24 of token, rounded."""

SIGNATURE = "滨江花园物业"
"""A signature as long as they usually are: counted with every Chinese text."""

SCREEN_ROOM: Mapping[str, tuple[float, int]] = {
    "headline": (12, 36),
    "action": (14, 48),
    "detail": (24, 52),
    "way": (16, 48),
}
"""Room of the parts of a screen: em of Chinese, characters of other scripts.

Worked out from the type sizes of the screen page (in hundredths of the short side) on 16:9, one
line in landscape, at most two in portrait: hazard line 13 on a column of 109, its English 5.6, what
to do 7.4 and 4.4, lifts line 4.2, and the panel of 54 with 4.6 and 3.6 over two lines.
"""

PAGE_ROOM: Mapping[str, tuple[float, int]] = {
    "title": (22, 60),
    "do": (22, 60),
    "facts": (120, 320),
}
"""The resident's page on a phone of 360 px: a title and a deed of two lines, ten lines of facts."""

OPERATOR_PARTS = frozenset({"detail", "facts"})
"""Parts that may hold what the operator adds: measured without it, as it wraps."""


def screens_have_room(case: Case) -> Iterator[Finding]:
    """Words fit the screen and the page at the sizes people can read from where they stand."""
    rooms = {SCREEN: SCREEN_ROOM, PAGE: PAGE_ROOM}
    for text in case.texts:
        for part, (wide, narrow) in rooms.get(text.channel, {}).items():
            lines = [said.parts.get(part, "") for said in _measured(case, text, part)]
            longest = max(lines, key=width, default="")
            chinese = is_chinese(text.language)
            size = width(longest) if chinese else float(len(longest))
            room = wide if chinese else narrow
            if size > room:
                unit = "characters wide" if chinese else "characters"
                what = f"takes {size:g} {unit}, {room:g} fit ({longest!r})"
                yield Finding((*text.path, part), what, "cut words; the type never shrinks")


def _measured(case: Case, text: Text, part: str) -> tuple[Said, ...]:
    if part in OPERATOR_PARTS and "text" in text.names:
        return case.rendered(text)[1:2]  # the bare variant
    return case.rendered(text)


def width(text: str) -> float:
    """How wide a line is in em: 1 for a Chinese character, a half for the rest."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.5 for c in text)


def texts_fit_their_channel(case: Case) -> Iterator[Finding]:
    """No text is longer than its channel takes, at its longest."""
    for text in case.texts:
        traits = case.traits.get(text.channel)
        if traits is None or text.channel in {SCREEN, PAGE}:
            continue
        size = max((_size(text, said.whole, traits) for said in case.rendered(text)), default=0)
        if size > traits.limit:
            what = f"takes up to {size} {traits.unit}, {traits.limit} fit"
            yield Finding(text.path, what, "cut words")


def _size(text: Text, said: str, traits: Needs) -> int:
    if traits.unit == "segments":
        if is_chinese(text.language):
            said = signed(said, SIGNATURE)
        return count(said, link_length=LINK_LENGTH, name_length=4).parts
    return len(said.encode()) if traits.unit == "bytes" else len(said)


RULES = (screens_have_room, texts_fit_their_channel)
