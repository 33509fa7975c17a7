"""What a resident's page says is what counts now: nothing that was said before it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.decide.resident import Person, ResidentPage, Said
from hub.model import Kind, Level, Stage
from hub.states import IncidentState
from playbooks.vocabulary import NOBODY_COMES, promises
from web.catalog import LANGUAGES
from web.resident.view import view_of
from web.tongues import tongue

START = datetime(2026, 5, 1, 2, 41, tzinfo=UTC)


def said(stage: Stage, minute: int, text: str = "") -> Said:
    words = {"en": {"title": stage.value, "do": "Do it"}}
    return Said(minute, stage, minute, START + timedelta(minutes=minute), text, words)


def page(
    *notices: Said,
    kind: Kind = Kind.LIVE,
    band: str = "",
    persons: tuple[Person, ...] = (Person(7, "A", "", None),),
    calls: tuple[str, ...] = ("fire",),
    language: str = "en",
) -> dict[str, Any]:
    """The view of these notices, the newest first."""
    seen = ResidentPage(
        incident=1,
        code="FIRE-0001",
        kind=kind,
        level=Level.P1,
        status=IncidentState.OPEN,
        playbook="fire",
        playbook_name={"en": "Fire"},
        place="3/12",
        place_spoken={"en": "Tower 3, Floor 12"},
        launched_at=START,
        next_update_at=None,
        closed_at=None,
        language="en",
        persons=persons,
        said=notices,
        facts={},
        site={},
        band=band,
        calls=calls,
    )
    now = notices[0].issued_at if notices else START
    speech = tongue("en", {}, around=language)
    return view_of(seen, tongue=speech, timezone="Asia/Shanghai", now=now)


ALERT = said(Stage.ALERT, 0)
UPDATE = said(Stage.UPDATE, 5, "Stair A has smoke, use stair B")


def test_the_newest_addition_stands_above_the_answers() -> None:
    assert page(UPDATE, ALERT)["news"] == {"time": "10:46", "text": UPDATE.text}
    assert page(said(Stage.UPDATE, 9), UPDATE, ALERT)["news"]["text"] == UPDATE.text


@pytest.mark.parametrize("stage", [Stage.ALL_CLEAR, Stage.CORRECTION])
def test_what_was_said_before_the_end_no_longer_counts(stage: Stage) -> None:
    over = page(said(stage, 20), UPDATE, ALERT)

    assert over["news"] is None
    assert over["over"]
    assert [one["text"] for one in over["older"]] == [UPDATE.text, ""]


def test_what_the_end_itself_adds_is_said() -> None:
    over = page(said(Stage.ALL_CLEAR, 20, "Stair A stays closed"), UPDATE, ALERT)

    assert over["news"]["text"] == "Stair A stays closed"


@pytest.mark.parametrize(
    ("language", "alone", "both"),
    [("en", "10:41", "10:41, updated 10:46"), ("zh-CN", "10:41", "10:41，10:46 更新")],
)
def test_the_first_time_stays_and_the_newest_stands_beside_it(
    language: str, alone: str, both: str
) -> None:
    assert page(ALERT, language=language)["issued"] == alone
    assert page(UPDATE, ALERT, language=language)["issued"] == both


HELPED = (Person(7, "A", "help", START, help_open=True),)
DRILL_HELP = "Help is real in a drill too"


def test_help_in_a_drill_is_as_real_as_in_a_fire() -> None:
    for kind in (Kind.LIVE, Kind.DRILL, Kind.TEST):
        said_then = page(ALERT, kind=kind, persons=HELPED)["answered"]["then"]
        assert said_then.startswith("We have your call for help and are telling the duty team.")
        assert "call 119 now" in said_then
        assert (DRILL_HELP in said_then) == (kind is not Kind.LIVE)


def test_help_that_was_seen_to_is_not_said_to_be_passed_on() -> None:
    done = (replace(HELPED[0], help_open=False),)
    said_then = page(ALERT, persons=done)["answered"]["then"]
    assert said_then.startswith("Your call for help is marked as seen to.")
    assert "119" in said_then


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [Kind.LIVE, Kind.DRILL])
@pytest.mark.parametrize("assigned", ["", "Lin"])
def test_no_answer_to_a_call_for_help_promises_that_somebody_comes(
    language: str, kind: Kind, assigned: str
) -> None:
    who = (replace(HELPED[0], help_assigned=assigned),)
    seen = page(ALERT, kind=kind, persons=who, language=language)["answered"]["then"]
    assert not promises(seen, language)
    assert not NOBODY_COMES["zh" if language == "zh-CN" else "en"].search(seen)
    assert "119" in seen
    assert assigned in seen


def test_a_power_outage_offers_the_ambulance_first() -> None:
    calls = ("ambulance", "fire", "police")
    seen = page(ALERT, persons=HELPED, calls=calls)
    assert seen["call"]["number"] == "120"
    assert "call 120 now" in seen["answered"]["then"]


def test_an_update_in_another_language_says_so() -> None:
    update = replace(UPDATE, texts={"zh-CN": "请走B梯"})
    news = page(update, ALERT)["news"]
    assert news["text"] == "New information, in Chinese: 请走B梯"
    assert page(update, ALERT, language="zh-CN")["news"]["text"] == "请走B梯"


def test_a_drill_that_runs_is_not_over() -> None:
    running = page(ALERT, kind=Kind.DRILL)

    assert (running["look"], running["over"]) == ("drill", False)


def test_those_who_are_to_stay_are_not_hurried_out() -> None:
    assert page(ALERT, band="evacuate")["band"] == "Danger. Act now"
    assert page(ALERT, band="hold")["band"] == "Danger nearby. Stay inside"
    assert page(said(Stage.ALL_CLEAR, 9), ALERT, band="hold")["band"] == "Safe. All clear"
