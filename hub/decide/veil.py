"""What those see who only look (role `viewer`): how it goes, never what somebody needs.

Everything here takes JSON as the board, its frames and the lists say it, and leaves out needs,
notes about people, telephone numbers, and ids that would tell by their waves who has a need.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hub.decide.byhand import outcome_word

JsonMap = Mapping[str, Any]

HIDDEN = "···"
_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){6,}")
"""A telephone number; 119 and its like stay."""

_WHO = ("told", "delivered", "read", "unreachable")
"""Lists of people in events: a wave for those with needs alone would name them."""


def frame(said: JsonMap) -> dict[str, Any]:
    """A frame of the board (`snapshot`, `progress`, `event`) as a viewer is told it."""
    return {key: _SHOWN[key](value) if key in _SHOWN else value for key, value in said.items()}


def incident(said: JsonMap) -> dict[str, Any]:
    """An incident without the count of those with needs: for one flat it would tell."""
    return dict(said) | ({"tally": tally(said["tally"])} if "tally" in said else {})


def tally(counts: JsonMap) -> dict[str, Any]:
    """Counts without that of those with needs."""
    return {name: value for name, value in counts.items() if name != "vulnerable"}


def event(said: JsonMap) -> dict[str, Any]:
    """One event of a list, a timeline or a frame."""
    shown = {name: _fact(name, value) for name, value in said["data"].items() if name not in _WHO}
    text = {tag: unnumbered(words) for tag, words in said.get("text", {}).items()}
    return {**said, "data": shown, "text": text}


def delivery(said: JsonMap) -> dict[str, Any]:
    """A delivery that belongs to nobody by name or id."""
    return {**said, "recipient": None}


def unnumbered(words: str) -> str:
    """The words without any telephone number."""
    return _NUMBER.sub(HIDDEN, words)


def _fact(name: str, value: Any) -> Any:
    if name == "outcome":
        return outcome_word(str(value))
    return unnumbered(value) if isinstance(value, str) else value


def _events(lines: Iterable[JsonMap]) -> list[dict[str, Any]]:
    return [event(one) for one in lines]


def _help(rows: Iterable[JsonMap]) -> list[dict[str, Any]]:
    return [{**row, "needs": [], "assigned": unnumbered(row["assigned"])} for row in rows]


def _tasks(rows: Iterable[JsonMap]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "outcome": outcome_word(row["outcome"]),
            "assigned": unnumbered(row["assigned"]),
        }
        for row in rows
    ]


def _calls(made: JsonMap) -> dict[str, Any]:
    return {unnumbered(number): at for number, at in made.items()}


_SHOWN: Mapping[str, Callable[[Any], Any]] = {
    "incident": incident,
    "tally": tally,
    "event": event,
    "timeline": _events,
    "help": _help,
    "tasks": _tasks,
    "calls": _calls,
}
