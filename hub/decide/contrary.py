"""Words that are added to a notice against what some of its readers are told to do.

An update goes to everybody. "Everyone may go back" reaches those who were told to stay out, and
"leave now" those who were told to stay in. It is shown before it is sent, never refused: whoever
is on the scene knows better than a list of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from hub.model import Wording, Words


class Told(StrEnum):
    """What people are told to do."""

    LEAVE = "leave"
    STAY = "stay"
    RETURN = "return"


_NOT: Final = (
    r"(?<!不)(?<!勿)(?<!不要)(?<!不必)(?<!不用)(?<!无需)"
    r"(?<!請勿)(?<!请勿)(?<!未)(?<!没)(?<!已)(?<!已经)"
)
_NOT_EN: Final = r"(?<!not )(?<!n't )(?<!never )(?<!not need to )"
_SAYS: Final[Mapping[Told, re.Pattern[str]]] = {
    Told.LEAVE: re.compile(
        rf"{_NOT}(?:撤离|撤離|疏散|撤到|撤出|下楼|下樓|离开(?:大楼|本楼|房间|家)|離開(?:大樓|本樓)|走楼梯到|走樓梯到)(?!的|后|後|完|人员)"
        rf"|\b{_NOT_EN}(?:leave(?!\s+(?:your|the)\s+(?:lights?|door|windows?|car|keys?))|evacuate\b|get\s+out|go\s+down"
        r"|take\s+the\s+stairs|come\s+out|move\s+out)\b",
        re.IGNORECASE,
    ),
    Told.STAY: re.compile(
        r"留在(?!原地等车)|待在|不要(?:离开|離開|外出|出门|出門|下楼)|请勿(?:离开|外出|出门|下楼)|不必撤离|不用撤离|无需撤离|暂不撤离"
        r"|\b(?:stay|remain|keep)\s+(?:in|inside|indoors|where\s+you\s+are|put|at\s+home)\b"
        r"|\b(?:do\s+not|don.?t|no\s+need\s+to|need\s+not|not\s+need\s+to)\s+(?:leave|evacuate|go\s+out|come\s+out)\b",
        re.IGNORECASE,
    ),
    Told.RETURN: re.compile(
        rf"{_NOT}(?:回家|返回|回屋|回到(?:家|屋|楼)|上楼|上樓|回楼|解除|恢复正常|恢復正常|危险已过|已经安全)(?!前|时请等|通知)"
        rf"|\b{_NOT_EN}(?:go|come|return|move)\s+(?:back\b|home\b|to\s+your\s+(?:homes?|flats?)"
        r"|inside\b)(?!\s+(?:only|when))"
        rf"|\b{_NOT_EN}return\s+(?:home|to)\b|\ball\s+clear\b|\bsafe\s+to\s+(?:return|enter|go)\b"
        r"|\b(?:is|it.s)\s+over\b",
        re.IGNORECASE,
    ),
}
HOLD: Final = "hold"
"""The band of those who are told to stay where they are."""


@dataclass(frozen=True, slots=True)
class Contrary:
    """A band that is told one thing, and would now read another."""

    band: str
    name: Words
    people: int
    told: Told
    says: Told

    def to_json(self) -> dict[str, Any]:
        """As the preview says it."""
        name, people = dict(self.name), self.people
        return {"band": self.band, "name": name, "people": people, "told": self.told} | {
            "says": self.says
        }


def says(words: str) -> frozenset[Told]:
    """What these words tell people to do."""
    return frozenset(told for told, pattern in _SAYS.items() if pattern.search(words))


def standing(words: Iterable[Wording]) -> dict[str, Told]:
    """Band -> what its own words tell it while nothing is added."""
    said: dict[str, set[Told]] = {}
    for one in words:
        said.setdefault(one.band, set()).update(says(" ".join(one.parts.values())))
    order = (Told.LEAVE, Told.STAY)
    found = {HOLD: Told.STAY} if HOLD in said else {}
    for band, told in said.items():
        if first := next((one for one in order if one in told), None):
            found.setdefault(band, first)
    return found


def contrary(
    added: Words, told: Mapping[str, Told], bands: Sequence[tuple[str, Words, int]]
) -> tuple[Contrary, ...]:
    """The bands with people in them for whom what was added says something else."""
    said = says(" ".join(added.values()))
    return tuple(
        Contrary(band, name, people, told[band], min(said))
        for band, name, people in bands
        if people and said and band in told and told[band] not in said
    )
