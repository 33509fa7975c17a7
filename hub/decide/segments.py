"""How many SMS parts a text takes, counted as the networks do (3GPP TS 23.038, 23.040)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.decide.marks import LINK, NAME

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Characters that cost one septet (the escape itself is no character)."""

GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Characters that cost two septets: escape and code."""


class Encoding(StrEnum):
    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


SINGLE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
"""Units in a text of one part."""

JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}
"""Units in each part of a longer text: six octets go to the header that joins them."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Septets (GSM-7) or UTF-16 code units (UCS-2) of a text, and the parts they fill."""

    encoding: Encoding
    units: int
    parts: int


def count(text: str, *, link_length: int = 0, name_length: int = 0) -> Segments:
    """The parts a text takes once its marks are filled in; nothing sent takes none.

    A link is plain ASCII of `link_length` characters. A name may be Chinese, so its mark alone
    makes a text UCS-2: an honest count is the dearest that can happen.
    """
    encoding = Encoding.GSM7 if _is_gsm(text) else Encoding.UCS2
    costs = _costs(text, encoding, link_length, name_length)
    units = sum(costs)
    if units <= SINGLE[encoding]:
        return Segments(encoding, units, 1 if units else 0)
    return Segments(encoding, units, _parts(costs, JOINED[encoding]))


def _is_gsm(text: str) -> bool:
    return all(c in GSM_BASIC or c in GSM_EXTENSION or c == LINK for c in text)


def _costs(text: str, encoding: Encoding, link_length: int, name_length: int) -> list[int]:
    """What each character costs, marks replaced by single characters of their stand-in."""
    costs: list[int] = []
    for character in text:
        if character == LINK:
            costs.extend([1] * link_length)
        elif character == NAME:
            costs.extend([1] * name_length)
        else:
            costs.append(_cost(character, encoding))
    return costs


def _cost(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if character in GSM_EXTENSION else 1
    return len(character.encode("utf-16-le", "surrogatepass")) // 2


def _parts(costs: list[int], room: int) -> int:
    """Parts needed when a pair (escape, surrogates) is never cut in two."""
    parts, used = 1, 0
    for cost in costs:
        if used + cost > room:
            parts, used = parts + 1, 0
        used += cost
    return parts
