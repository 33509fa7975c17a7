"""Whether a text fits its channel, signature and all."""

from __future__ import annotations

import re
from typing import Protocol

from hub.decide.marks import plain
from hub.decide.texts import PAGE, SCREEN
from hub.errors import Problem
from hub.model import Wording

_HAN = re.compile(r"[㐀-鿿]")

DRILL_MARKS = ("【演练】", "【演練】", "【演習】", "【演习】")
"""What every Chinese drill text begins with, in one script or the other, before the sender's
signature."""


DRILL_WORD = "DRILL. "
"""The same in English."""


class Fit(Protocol):
    """What a channel takes (`hub.ports.Traits` is one)."""

    @property
    def limit(self) -> int: ...

    @property
    def unit(self) -> str: ...


def signed(text: str, signature: str) -> str:
    """A Chinese text with the sender's 【signature】 in front; 【演练】 stays before it."""
    name = plain(signature).strip("【】[] ")
    if not name or not text:
        return text
    mark = next((one for one in DRILL_MARKS if text.startswith(one)), "")
    return f"{mark}【{name}】{text.removeprefix(mark)}"


def headed(text: str, signature: str) -> str:
    """A text of another language with the sender's name in front; `DRILL.` stays before it."""
    name = plain(signature).strip(":： ")
    if not name or not text:
        return text
    mark = DRILL_WORD if text.startswith(DRILL_WORD) else ""
    return f"{mark}{name}: {text.removeprefix(mark)}"


LONGER = 4
"""Segments more that providers take in one text, at most: ten in all."""


def overflow(wording: Wording, fit: Fit | None, *, names: bool = False) -> Problem | None:
    """What is wrong if a text does not fit its channel. Screens wrap: no launch fails for them.

    `names`: shortened as far as can be. Then one in another script may go on to `LONGER` where
    a Chinese name of a place halves what a segment holds: nobody at a launch can mend that.
    """
    if fit is None or wording.channel in {SCREEN, PAGE}:
        return None
    whole = "\n".join(wording.parts.values())
    sizes = {"segments": wording.segments, "bytes": len(whole.encode()), "chars": len(whole)}
    size = sizes.get(fit.unit, len(whole))
    foreign = names and not wording.language.startswith("zh") and _HAN.search(whole)
    longer = LONGER if foreign and fit.unit == "segments" else 0
    if size <= fit.limit + longer:
        return None
    what = f"takes {size} {fit.unit}, {fit.limit} fit"
    hint = "shorten what you added, or the words of the playbook"
    counts = {"size": str(size), "limit": str(fit.limit)}
    return Problem("text", what, hint, code=f"fit_{fit.unit}", params=counts)
