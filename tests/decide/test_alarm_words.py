from __future__ import annotations

import re

import pytest

from hub.decide.alarm_facts import (
    Backlog,
    Chain,
    Crowd,
    Cry,
    Facts,
    Gap,
    Gone,
    LateWave,
    Living,
    Need,
    Passed,
    Receipted,
    Served,
    Stuck,
    Tried,
)
from hub.decide.alarm_words import span, words
from hub.decide.alarms import AlarmKind, alarms
from hub.decide.breaker import Stand
from hub.decide.chain import Broken
from hub.decide.disk import DiskNow, Fault
from hub.decide.resting import Stood
from hub.entries import TextFault

CHINESE = re.compile(r"[\u4e00-\u9fff]")

EVERYTHING = alarms(
    Facts(
        watched_s=100,
        current=False,
        waves=(LateWave(1, 1, "F-1", "call", 70),),
        backlogs=(Backlog("urgent", "sms", 9, 70, 0),),
        due_lanes=("urgent", "routine"),
        leases=Stuck(1, 40),
        doubts=Stuck(1, 400),
        processes=(Living("a", "web", "one", 500, 40, None, stopped=False),),
        receipts=(Receipted("twilio", 40, 1),),
        tries=(Tried("twilio", 40, 40, 0),),
        screens=(Gone(1, "river", 3, 1, 200),),
        cries=(Cry(7, "sms", None),),
        live=Passed(polling=12, sockets=0, stripped=True),
        gaps=(Gap(1, "F-1", 9),),
        stood=(Stood("caller", Stand.OPEN, 40, 1), Stood("spare", Stand.OPEN, 40, 1)),
        crowds=(Crowd("a", 900, 900, 7, 1.0, "203.0.113.7", 336, 1.0),),
        text_faults=(
            TextFault("fire", "f.yaml", "f.yaml:3:1", "is wrong", "mend", "kept", "7", more=2),
            TextFault("gas", "g.yaml", "g.yaml", "is gone", used="kept", version="1", gone=True),
        ),
        disks=(DiskNow("data", low=True, free_mb=3), DiskNow("database", Fault.FULL)),
        chain=Chain(Broken.END, 41),
        clock_jumped_s=10,
        clock_jumped_by_s=-7200,
    ),
    served=[Served("caller", "voice")],
    needs=[Need("fire", ("sms", "odd"))],
)


def test_there_is_an_alarm_of_every_kind_here() -> None:
    assert {alarm.kind for alarm in EVERYTHING} == set(AlarmKind)


@pytest.mark.parametrize("alarm", EVERYTHING, ids=lambda alarm: alarm.kind)
def test_every_alarm_says_what_is_so_and_what_to_do_in_both_languages(alarm) -> None:
    said = words(alarm.kind, alarm.data)

    assert set(said) == {"zh-CN", "en"}
    for tag, text in said.items():
        for part in (text["what"], text["do"]):
            assert part
            assert not re.search(r"[{}–]|None", part), part
            assert bool(CHINESE.search(part)) is (tag == "zh-CN")


def test_what_is_missing_shows_as_a_dash_and_never_breaks_the_page() -> None:
    for kind in AlarmKind:
        words(kind, {})
    assert words("overdue_wave", {})["en"]["what"].startswith("A wave of incident –")


def test_a_kind_of_another_release_is_said_as_such() -> None:
    assert "moon" in words("moon", {})["en"]["what"]


def test_no_worker_without_a_past_says_so_plainly() -> None:
    said = words("no_worker", {"lanes": [], "since_s": None})

    assert said["en"]["what"] == "No worker is at work. Nothing is being sent."
    assert said["zh-CN"]["what"] == "没有发送进程在工作。现在不会发出任何通知。"


@pytest.mark.parametrize(
    ("seconds", "english"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (-7200, "2 h"), (None, "–")],
)
def test_lengths_of_time_are_said_in_the_unit_that_fits(seconds, english: str) -> None:
    assert span("en", seconds) == english
