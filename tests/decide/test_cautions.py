"""What is said before launching; nothing is said where nothing is amiss."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hub.decide.cautions import Sight, cautions
from hub.decide.unserved import Unserved
from hub.model import Kind
from hub.under_way import UnderWay
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


def test_numbers_that_cannot_answer_a_text_are_counted():
    said = dict(cautions(complete(), Kind.LIVE, Sight(5, 0, 0, one_way=4)))
    assert set(said) == {"one_way"}
    assert all("4" in text for text in said["one_way"].values())


def test_a_live_launch_says_which_drills_it_ends_and_a_drill_says_nothing() -> None:
    made = complete()
    others = tuple(
        UnderWay(number, f"FIRE-000{number}", "drill", status, "3/12")
        for number, status in ((1, "open"), (2, "stopped"), (3, "cleared"))
    )
    made = replace(made, estate=replace(made.estate, under_way=others))
    ((code, words),) = cautions(made, Kind.LIVE, Sight(people=5, unreachable=0, offline=0))
    assert code == "drill_ends"
    assert words["en"].endswith(": FIRE-0001, FIRE-0002.")
    assert words["zh-CN"].endswith("：FIRE-0001、FIRE-0002。")
    said = cautions(made, Kind.DRILL, Sight(people=5, unreachable=0, offline=0))
    assert "drill_ends" not in dict(said)


def test_what_nobody_has_said_of_the_site_is_named_in_both_languages():
    made = complete()
    made = replace(made, estate=replace(made.estate, name={}, settings={}))
    said = dict(cautions(made, Kind.LIVE, Sight(people=5, unreachable=0, offline=0)))
    assert "the estate's name" in said["site_defaults"]["en"]
    assert "小区名称" in said["site_defaults"]["zh-CN"]


def test_a_drill_says_how_many_it_leaves_out_for_something_real() -> None:
    made = complete()
    made = replace(made, audience=replace(made.audience, spared=4))
    said = dict(cautions(made, Kind.DRILL, Sight(people=5, unreachable=0, offline=0)))
    assert set(said) == {"drill_spares"}
    assert all("4" in text for text in said["drill_spares"].values())
