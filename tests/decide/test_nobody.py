"""A launch that would reach no person, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.decide.nobody import Nobody, nobody
from hub.decide.plan import ways_of
from hub.decide.preview import preview
from hub.model import Kind
from tests.decide.test_draft import PEOPLE, REACHED, SENDERS, make

GROUP = (15, "group", None, "zh-CN", "[]", False, False)
ROBOT = (15, "wecom", "robot")


def found(media: set[str], reached: Any = REACHED, people: Any = PEOPLE, reachable: int = 0) -> str:
    made = make(estate={"people": people, "reached": reached})
    made = replace(made, media=frozenset(media))
    told = made.audience.told
    lost = [row for row in told if not (row.kind == "group" and "wecom" in media)]
    return nobody(made, ways_of(reached, told), lost=lost, reachable=reachable)


@pytest.mark.parametrize(
    ("media", "reached", "why"),
    [
        (set(), REACHED, Nobody.ACCOUNTS),
        ({"screen"}, REACHED, Nobody.ACCOUNTS),
        (set(), (), Nobody.ACCOUNTS),
        ({"sms"}, REACHED, Nobody.ACCOUNTS),  # there are numbers, and none is reached
        ({"sms", "screen"}, REACHED[3:], Nobody.ADDRESSES),
    ],
)
def test_nobody_is_reached(media: set[str], reached: Any, why: Nobody) -> None:
    assert found(media, reached) == why


def test_somebody_is_reached_by_number_or_in_a_group() -> None:
    assert found({"sms"}, reachable=1) == Nobody.NONE
    assert found({"wecom"}, [*REACHED, ROBOT], [*PEOPLE, GROUP]) == Nobody.NONE
    assert found({"sms"}, [*REACHED, ROBOT], [*PEOPLE, GROUP]) == Nobody.ACCOUNTS


def test_the_preview_says_it_first_and_in_both_languages() -> None:
    seen = preview(replace(make(), media=frozenset({"screen"})), kind=Kind.LIVE, accounts=[])
    code, text = seen.warnings[0]
    assert (code, seen.reachable) == ("nobody_accounts", 0)
    assert "MUSTER_TWILIO" in text["zh-CN"]
    assert "MUSTER_TWILIO" in text["en"]


def test_nothing_is_said_where_somebody_is_reached() -> None:
    seen = preview(make(), kind=Kind.LIVE, accounts=SENDERS)
    assert seen.reachable == 3
    assert not {code for code, _ in seen.warnings} & set(Nobody)
