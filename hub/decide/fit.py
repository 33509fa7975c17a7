"""Whether a text fits its channel, signature and all."""

from __future__ import annotations

from typing import Protocol

from hub.decide.marks import plain
from hub.decide.texts import PAGE, SCREEN
from hub.errors import Problem
from hub.model import Wording

DRILL_MARKS = ("【演练】", "【演練】", "【演習】", "【演习】")
"""What every Chinese drill text begins with, in one script or the other, before the sender's
signature."""


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


def overflow(wording: Wording, fit: Fit | None) -> Problem | None:
    """What is wrong if a text does not fit its channel. Screens wrap: no launch fails for them."""
    if fit is None or wording.channel in {SCREEN, PAGE}:
        return None
    whole = "\n".join(wording.parts.values())
    sizes = {"segments": wording.segments, "bytes": len(whole.encode()), "chars": len(whole)}
    size = sizes.get(fit.unit, len(whole))
    if size <= fit.limit:
        return None
    what = f"takes {size} {fit.unit}, {fit.limit} fit"
    hint = "shorten what you added, or the words of the playbook"
    counts = {"size": str(size), "limit": str(fit.limit)}
    return Problem("text", what, hint, code=f"fit_{fit.unit}", params=counts)
