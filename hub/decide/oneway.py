"""Texts to numbers that cannot answer them: the link alone is asked for, never a digit.

A name as sender ("MUSTER") cannot be texted back, and from some countries no reply comes through a
provider's border. Somebody who sends 2 there believes that help comes. A delivery may move from
one account to another until it is sent: it asks for digits only if every account that serves its
number takes replies from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from hub.decide.asking import asked_at
from hub.decide.marks import LINK
from hub.decide.queue import Sender
from hub.ports import Traits

LINK_ONLY = "link_only"
"""The part of a wording that is sent as its body where no reply can come in."""

REPLIES = "replies"
"""The variable texts ask by: `{% if replies %}Reply 1 … {% endif %}{{link}}`."""

YES = "yes"

_SENTENCE = re.compile(r".*?(?:[。！？!?；;\n]+|\.(?=\s|$)|$)", re.DOTALL)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def takes_replies(traits: Traits, address: str) -> bool:
    """Whether somebody at this number can answer what this account sends."""
    return traits.answers and not address.startswith(traits.one_way)


def answerable(senders: Iterable[Sender], address: str) -> bool:
    """Whether every account that may send there takes replies from there."""
    serving = (one for one in senders if one.terms.serves(address))
    return all(takes_replies(one.traits, address) for one in serving)


def one_way(addresses: Iterable[str], senders: Sequence[Sender]) -> int:
    """How many of these numbers cannot answer."""
    return sum(1 for address in set(addresses) if not answerable(senders, address))


def as_sent(parts: Mapping[str, str], *, replies: bool) -> dict[str, str]:
    """The parts a channel is given: of the two bodies the one that is right for this number."""
    sent = {part: text for part, text in parts.items() if part != LINK_ONLY}
    if LINK_ONLY in parts and not replies:
        sent["body"] = parts[LINK_ONLY]
    return sent


def unasked(text: str) -> str:
    """The text without the sentences that ask for a digit; its link stays, and is asked for.

    For texts that ask whoever reads them: the shipped ones say `{% if replies %}`."""
    asked = asked_at(text)
    if not asked:
        return text
    kept = [
        found[0]
        for found in _SENTENCE.finditer(text)
        if not any(found.start() <= at < found.end() for at in asked)
    ]
    left = "".join(kept).strip()
    if LINK not in text or LINK in left:
        return left
    chinese = _HAN.search(text) is not None
    return f"{left}请点链接回复： {LINK}" if chinese else f"{left} Answer by the link: {LINK}"
