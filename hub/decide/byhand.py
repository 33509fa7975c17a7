"""Waves that people carry out: which channels they have, and what may come of a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.model import AnswerWord, Stage

BY_HAND = ("door", "phone")
"""Channels that are no sending: staff knock, or call, and say what came of it."""

ANSWERS = (AnswerWord.SAFE, AnswerWord.HELP, AnswerWord.EVACUATED, AnswerWord.AWAY)
"""Outcomes that say how the household is: they become its answer."""

OUTCOMES = (*(str(word) for word in ANSWERS), "not_home", "refused", "no_access", "other")
"""All a person may say came of it. A note may follow a colon: `other: moved out last week`."""

HEARD = ("safe", "help", "evacuated", "refused", "other")
"""Outcomes after which somebody there has heard what was to be told, or may have."""

LAST_WORD: Mapping[Stage, Mapping[str, str]] = {
    Stage.ALL_CLEAR: {"zh-CN": "人工告知解除警报", "en": "All-clear by hand"},
    Stage.CORRECTION: {"zh-CN": "人工告知更正", "en": "Correction by hand"},
}
"""What it is called when those who were told by hand are told the last word by hand."""

DOUBTED: Mapping[str, str] = {
    "zh-CN": "人工告知：无法确认是否收到",
    "en": "Tell by hand: nobody knows whether it arrived",
}
"""What it is called when nobody can say whether what was sent has arrived."""

BEYOND = "beyond"
"""The key of the wave that has the homes no message can reach and no other wave goes to."""

UNREACHED: Mapping[str, str] = {
    "zh-CN": "消息无法送达的住户：上门告知（遇险退回）",
    "en": "Homes no message can reach: tell them at the door (turn back at danger)",
}
"""What it is called."""

ANSWERED = "answered"  # the hub's own: the household answered by itself meanwhile
STOPPED = "stopped"  # the hub's own: nothing is knocked at any more

DUE = 900_000  # ms in which a household should have been seen to


def by_hand(channels: Iterable[str]) -> list[str]:
    """Those of a wave's channels that people carry out, in its order."""
    return [channel for channel in channels if channel in BY_HAND]


def outcome_word(outcome: str) -> str:
    """The word of the closed list an outcome begins with; "" if it is none of them."""
    word = outcome.partition(":")[0].strip()
    return word if word in OUTCOMES else ""


def answer_of(outcome: str) -> AnswerWord | None:
    """The answer an outcome stands for; None if it says nothing of how people are."""
    word = outcome_word(outcome)
    return AnswerWord(word) if word in ANSWERS else None
