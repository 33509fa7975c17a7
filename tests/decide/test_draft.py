from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.decide.draft import (
    Terms,
    draft,
    incident_code,
    languages_of,
    milliseconds,
    task_plans,
    wave_plans,
)
from hub.decide.oneway import LINK_ONLY
from hub.decide.preview import preview
from hub.decide.queue import Sender
from hub.decide.target import find_target
from hub.errors import Problem, Refused
from hub.model import Kind, LaunchRequest, Stage
from hub.plans import Estate, Spot
from hub.ports import Traits
from hub.roster.place_path import parse_place
from hub.under_way import Standing, UnderWay
from tests.launch_estate import NOW, SETTINGS, shipped

SPOTS = [
    Spot(1, "building", "3", "3", "", "", None),
    Spot(2, "floor", "3/12", "3", "", "12", 12),
    Spot(3, "unit", "3/12/1201", "3", "", "12", 12),
    Spot(4, "floor", "3/2", "3", "", "2", 2),
    Spot(5, "unit", "3/2/201", "3", "", "2", 2),
]
PEOPLE = [
    (10, "resident", 3, "zh-CN", "[]", False, False),
    (11, "resident", 3, "en", "[]", True, True),
    (12, "resident", 5, "zh-CN", "[]", False, False),
    (13, "staff", None, "en", '["security"]', False, True),
    (14, "screen", 1, "zh-CN", "[]", False, False),
]
REACHED = [
    (10, "sms", "+15550100010"),
    (11, "sms", "+15550100010"),
    (13, "sms", "+15550100013"),
    (14, "screen", "14"),
]
SMS = Traits("sms", (), 10, unit="segments", pace=1.0, cost=0.05)
ACCOUNTS = [SMS, Traits("screen", (), 5_000)]
SENDERS = [Sender(one.channel, one) for one in ACCOUNTS]
FIRE = shipped().get("fire")


def estate(**more: Any) -> Estate:
    made: dict[str, Any] = {
        "site": 1,
        "key": "main",
        "name": {"en": "Riverside East"},
        "settings": SETTINGS,
        "roster_rev": 1,
        "next_number": 17,
        "spots": SPOTS,
        "names": {},
        "people": PEOPLE,
        "reached": REACHED,
        "offline": frozenset({14}),
    }
    return Estate(**(made | more))


def make(place: str = "3/12", kind: Kind = Kind.LIVE, **more: Any) -> Any:
    here = estate(**more.pop("estate", {}))
    target = find_target(parse_place(place), here.spots, here.names, site=1)
    terms = Terms({a.channel: a for a in ACCOUNTS}, wave_speed=more.pop("wave_speed", 1.0))
    request = LaunchRequest("fire", place, kind, **more)
    assert FIRE is not None
    return draft(request, FIRE, here, target=target, terms=terms, now=NOW)


def test_the_code_can_be_said_aloud() -> None:
    assert incident_code("fire", 17) == "FIRE-0017"
    assert incident_code("power-outage", 12345) == "POWER-12345"


def test_times_are_whole_milliseconds() -> None:
    assert milliseconds(timedelta(seconds=1.5)) == 1500


def test_texts_are_there_for_each_language_of_the_playbook() -> None:
    assert FIRE is not None
    assert set(languages_of(FIRE, Kind.LIVE)) == {"zh-CN", "en"}
    assert set(languages_of(FIRE, Kind.TEST, Stage.UPDATE)) == {"zh-CN", "en"}


def test_a_rehearsal_divides_every_wait_of_the_waves_and_nothing_else() -> None:
    assert FIRE is not None
    slow, fast = wave_plans(FIRE.waves, speed=1.0), wave_plans(FIRE.waves, speed=60.0)

    assert [w.after_ms for w in fast] == [w.after_ms // 60 for w in slow]
    again = next(w for w in fast if w.key == "again")
    assert (again.spec["every_ms"], again.spec["repeat"]) == (4_000, 1)


def test_the_checklist_is_that_of_the_kind() -> None:
    assert FIRE is not None
    live = {task.key for task in task_plans(FIRE, Kind.LIVE)}
    drill = {task.key for task in task_plans(FIRE, Kind.DRILL)}

    assert drill != live, "nobody calls the fire brigade for a drill"
    assert {task.key for task in task_plans(FIRE, Kind.TEST)} == drill


def test_everything_wrong_with_a_request_is_said_at_once() -> None:
    assert FIRE is not None
    request = LaunchRequest("fire", "9", params={"x": "y", "assembly_point": "moon"})
    with pytest.raises(Refused) as refused:
        draft(request, FIRE, estate(), target=Problem("place", "is none"), terms=Terms({}), now=NOW)

    assert {p.where for p in refused.value.problems} == {
        "place",
        "params.x",
        "params.assembly_point",
    }


def test_a_head_count_that_is_not_the_one_is_refused_with_the_one() -> None:
    with pytest.raises(Refused) as refused:
        make(confirm_people=3)

    assert "4 would be told" in refused.value.problems[0].what
    assert make(confirm_people=4).audience.people == 4


def test_an_empty_audience_is_refused() -> None:
    with pytest.raises(Refused, match="nobody would be told"):
        make(estate={"people": []})
    with pytest.raises(Refused, match="takes part in drills"):
        make(kind=Kind.DRILL, estate={"people": PEOPLE[:1]})


def test_the_preview_counts_people_sends_money_and_time() -> None:
    seen = preview(make(), kind=Kind.LIVE, accounts=SENDERS)
    sms = next(one for one in seen.channels if one.channel == "sms")

    assert (seen.people, seen.households, seen.vulnerable, seen.confirm) == (4, 2, 1, 4)
    assert (seen.unreachable, seen.unreachable_households) == (1, 1)
    assert seen.listed_at_once == 1, "told to stay, and nothing reaches them: their door"
    assert (seen.screens, seen.screens_offline, seen.groups) == (1, 1, 0)
    assert (sms.sends, sms.people) == (2, 3)
    assert sms.seconds == sms.segments == seen.seconds
    assert sms.cost == pytest.approx(sms.segments * 0.05)
    assert (seen.cost, seen.currency) == (sms.cost, "CNY")


def test_the_preview_shows_each_text_with_those_who_read_it() -> None:
    said = preview(make(), kind=Kind.LIVE, accounts=SENDERS).to_json()["words"]
    read = {(w["band"], w["channel"], w["language"]): w["people"] for w in said}

    assert read["evacuate", "sms", "en"] == 2, "two share the number of the one told first"
    assert read["evacuate", "page", "zh-CN"] == 1
    assert read["hold", "page", "zh-CN"] == 1
    assert ("groups", "wecom", "zh-CN") not in read, "no such band, no such account"


def test_nobody_is_unable_to_answer_where_no_text_asks_for_a_digit() -> None:
    made = make()
    plain = [
        replace(one, parts={part: text for part, text in one.parts.items() if part != LINK_ONLY})
        for one in made.wordings
    ]
    assert any(LINK_ONLY in one.parts for one in made.wordings)
    seen = preview(replace(made, wordings=tuple(plain)), kind=Kind.LIVE, accounts={})
    assert seen.one_way == 0


def test_the_preview_names_what_is_missing_in_both_languages() -> None:
    seen = preview(make(), kind=Kind.LIVE, accounts=SENDERS)
    said = dict(seen.warnings)

    assert {"unreachable", "no_account", "role_unfilled", "screens_offline"} <= set(said)
    assert "语音电话" in said["no_account"]["zh-CN"]
    assert "voice calls" in said["no_account"]["en"]
    assert "security" not in said["role_unfilled"]["en"]
    assert "no_residents" not in said


def test_a_place_without_residents_is_worth_a_warning() -> None:
    seen = preview(make(estate={"people": PEOPLE[3:]}), kind=Kind.LIVE, accounts=SENDERS)

    assert "no_residents" in dict(seen.warnings)


def test_every_wave_is_shown_as_if_nobody_answered() -> None:
    waves = {w.key: w for w in preview(make(), kind=Kind.LIVE, accounts=SENDERS).waves}

    assert (waves["now"].after, waves["now"].deliveries) == (0, 3)
    assert (waves["again"].after, waves["again"].deliveries, waves["again"].people) == (180, 1, 2)
    assert waves["call"].deliveries == 0, "there is no voice account"


def test_the_whole_site_is_spoken_of_as_such() -> None:
    seen = preview(make("all"), kind=Kind.LIVE, accounts=SENDERS)

    assert (seen.place, seen.spoken) == ("all", {"zh-CN": "小区", "en": "Riverside East"})


def test_the_preview_names_what_runs_there_already() -> None:
    runs = Standing(7, "FIRE-0007", "3", "live", "fire", 1_000, {"en": "Tower 3"})
    seen = preview(make(), kind=Kind.LIVE, accounts=SENDERS, standing=[runs]).to_json()
    assert seen["already_open"] == [
        {
            "id": 7,
            "code": "FIRE-0007",
            "kind": "live",
            "playbook": "fire",
            "place": "3",
            "place_spoken": {"en": "Tower 3"},
            "launched_at": "1970-01-01T00:00:01.000Z",
        }
    ]


def test_who_lives_where_something_real_is_open_is_told_by_it_alone() -> None:
    """A drill at one of their homes leaves them out; another real incident does not."""
    real = (UnderWay(1, "FIRE-0001", "live", "open", "8"),)
    people = [(*one[:6], 1) for one in PEOPLE]
    other_home = next((10, *one[1:2], 88, *one[3:]) for one in people if one[0] == 10)
    spots = [*SPOTS, Spot(88, "unit", "8/1/101", "8", "", "1", 1)]
    given = {"people": [*people, other_home], "spots": spots, "under_way": real}
    drill = make("3", Kind.DRILL, estate=given).audience
    live = make("3", Kind.LIVE, estate=given).audience
    assert (drill.spared, live.spared) == (1, 0)
    assert {one.recipient for one in live.told} - {one.recipient for one in drill.told} == {10}


def two_homes() -> dict[str, Any]:
    """An estate whose only resident has a flat where a drill may be, and one in a real fire."""
    return {
        "people": [(10, "resident", place, "en", "[]", False, 1) for place in (5, 88)],
        "spots": [*SPOTS, Spot(88, "unit", "8/1/101", "8", "", "1", 1)],
        "under_way": (UnderWay(1, "FIRE-0001", "live", "open", "8"),),
    }


def test_a_drill_for_nobody_else_says_that_it_is_for_something_real() -> None:
    """Not that nobody takes part: that would be mended by marking people."""
    given = two_homes()
    with pytest.raises(Refused) as refused:
        make("3", Kind.DRILL, estate=given)
    assert [one.code for one in refused.value.problems] == ["nobody_spared"]
    refusing = [(*one[:6], -1) for one in given["people"]]
    with pytest.raises(Refused) as refused:
        make("3", Kind.DRILL, estate=given | {"people": refusing})
    assert [one.code for one in refused.value.problems] == ["nobody_drills"]
