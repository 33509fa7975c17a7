"""Facts of a notice, and its times as a text says them: with the day where that is another one.

A text is read for hours after it was issued, so a day is said by its date, never as "tomorrow".
Beside each value stands a short one, for a text that would not fit otherwise, and a whole one with
its date in any case, for the page, which is opened on any day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.model import Place, Words
from hub.times import aside, clock_of, told

SHORT, WHOLE = "short:", "whole:"
"""Before the name of a variable: its value in fewest words, and with its date in any case. No
template can name them."""

PAST = timedelta(hours=1)
"""A time typed for today that is past by no more than this is still today's."""

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a notice is written. `settings` are the site's; times are aware UTC;
    `text` by language, or one for all."""

    place: Place | None
    params: Mapping[str, str]
    settings: Mapping[str, Any]
    issued_at: datetime
    code: str
    building_name: Words = field(default_factory=dict)
    next_update_at: datetime | None = None
    original_at: datetime | None = None
    text: str | Words = ""
    timezone: str = "Asia/Shanghai"
    site_name: Words = field(default_factory=dict)


def times(facts: Facts, zone: ZoneInfo, language: str) -> dict[str, str]:
    """`issued`, `next_update` and `time_of_original`, each also short and whole."""
    named = {
        "issued": facts.issued_at,
        "next_update": facts.next_update_at,
        "time_of_original": facts.original_at or facts.issued_at,
    }
    found: dict[str, str] = {}
    for name, at in named.items():
        found |= _three(name, at, facts.issued_at, zone=zone, language=language)
    return found


def _three(
    name: str, at: datetime | None, issued: datetime, *, zone: ZoneInfo, language: str
) -> dict[str, str]:
    if at is None:
        return dict.fromkeys((name, SHORT + name, WHOLE + name), "")
    say = aside if name == "time_of_original" else told
    return {
        name: say(at, zone, language=language, now=issued),
        SHORT + name: clock_of(at, zone, language=language),
        WHOLE + name: say(at, zone, language=language, now=None),
    }


def typed_clock(
    name: str, value: str, facts: Facts, *, zone: ZoneInfo, language: str
) -> dict[str, str]:
    """A time somebody typed as `05:26`: the next one after the launch, with its day if that is
    not the day this is issued on. Anything else as it stands."""
    found = _CLOCK.fullmatch(value.strip())
    if found is None:
        return {name: value}
    launched = (facts.original_at or facts.issued_at).astimezone(zone)
    due = launched.replace(hour=int(found[1]), minute=int(found[2]), second=0, fold=0)
    if due.replace(tzinfo=None) < launched.replace(tzinfo=None) - PAST:
        due += timedelta(days=1)
    clock = value.strip()
    if due.date() == facts.issued_at.astimezone(zone).date():
        plain = clock
    else:
        plain = _typed(due, clock, zone=zone, language=language)
    return {
        name: plain,
        SHORT + name: clock,
        WHOLE + name: _typed(due, clock, zone=zone, language=language),
    }


def _typed(due: datetime, clock: str, *, zone: ZoneInfo, language: str) -> str:
    """Its day with the clock as it was typed: in the night of a change nobody knows which of two
    hours was meant, and one the clocks leap over must not become another."""
    noon = due.replace(hour=12, minute=0)
    return told(noon, zone, language=language, now=None).replace("12:00", clock)


def shortened(values: Mapping[str, str]) -> dict[str, str]:
    """The values with every time in its fewest words."""
    return _with(values, SHORT)


def whole(values: Mapping[str, str]) -> dict[str, str]:
    """The values with every time and its date."""
    return _with(values, WHOLE)


def _with(values: Mapping[str, str], prefix: str) -> dict[str, str]:
    found = {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}
    return {**values, **found}
