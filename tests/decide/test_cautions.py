"""What is said before launching; nothing is said where nothing is amiss."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hub.decide.cautions import Sight, cautions
from hub.decide.unserved import Unserved
from hub.model import Kind
from tests.decide.test_draft import PEOPLE, make

ROLES = [
    "duty_manager", "control_room", "security", "engineering", "customer_service", "steward",
    "project_manager", "deputy", "region",
]  # fmt: skip


def complete() -> Any:
    staff = (20, "staff", None, "en", json.dumps(ROLES), False, False)
    made = make(estate={"people": [*PEOPLE, staff]})
    return replace(made, media=frozenset({word.channel for word in made.wordings}))


def test_nothing_is_said_where_nothing_is_amiss() -> None:
    assert cautions(complete(), Kind.LIVE, Sight(people=5, unreachable=0, offline=0)) == ()


def test_what_is_amiss_is_counted_in_both_languages() -> None:
    said = dict(cautions(complete(), Kind.LIVE, Sight(people=5, unreachable=3, offline=2)))
    assert set(said) == {"unreachable", "screens_offline"}
    assert all("3" in text for text in said["unreachable"].values())
    assert all("2" in text for text in said["screens_offline"].values())


def test_numbers_no_account_serves_are_counted_by_channel_and_with_their_people():
    lost = Unserved({"sms": 3, "voice": 2}, people=1)
    said = dict(cautions(complete(), Kind.LIVE, Sight(5, 0, 0, lost)))
    assert set(said) == {"unserved", "cut_off"}
    assert "SMS 3, voice calls 2" in said["unserved"]["en"]
    assert "短信 3、语音电话 2" in said["unserved"]["zh-CN"]
    assert all("1" in text for text in said["cut_off"].values())
