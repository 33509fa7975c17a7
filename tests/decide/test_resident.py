"""What a resident's page shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hub.decide.resident import Person, Real, ResidentPage, Said
from hub.model import Kind, Level, Stage
from hub.states import IncidentState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = {"zh-CN": {"headline": "火警"}, "en": {"headline": "Fire"}}
ALERT = Said(1, Stage.ALERT, 1, NOW, "", WORDS)
UPDATE = Said(2, Stage.UPDATE, 2, NOW, "East gate open", {})
PAGE = ResidentPage(
    incident=7,
    code="FIRE-0007",
    kind=Kind.LIVE,
    level=Level.P1,
    status=IncidentState.OPEN,
    playbook="fire",
    playbook_name={"en": "Fire"},
    place="3/12",
    place_spoken={"en": "Tower 3, floor 12"},
    launched_at=NOW,
    next_update_at=None,
    closed_at=None,
    language="en",
    persons=(Person(4, "Lin", "", None), Person(5, "Wu", "safe", NOW)),
    said=(UPDATE, ALERT),
    facts={},
    site={},
)


def test_people_on_duty_are_asked_whether_they_are_on_it_unless_a_resident_shares_the_link() -> (
    None
):
    staff, guest = Person(4, "Lin", "", None, kind="staff"), Person(5, "Wu", "", None)
    post = replace(PAGE, persons=(staff, replace(staff, id=6, kind="outside")))
    assert (post.duty, post.to_json()["answers"]) == (True, ["seen", "help", "away"])
    for persons in ((staff, guest), (guest,), ()):
        page = replace(PAGE, persons=persons)
        assert (page.duty, page.to_json()["answers"][0]) == (False, "safe")


def test_whom_to_call_is_the_playbooks_own_service_and_never_112_in_china() -> None:
    assert PAGE.number == "119"
    power = replace(PAGE, calls=("ambulance", "fire", "police"))
    assert power.number == "120"
    assert replace(power, site={"emergency": {"ambulance": "995"}}).number == "995"
    assert replace(PAGE, site={"emergency": {}}).number == "119"


def test_what_was_added_is_read_in_ones_own_language_or_announced() -> None:
    both = replace(UPDATE, texts={"zh-CN": "东门已开", "en": "East gate open"})
    assert (both.added("en"), both.added("zh-CN")) == ("East gate open", "东门已开")
    one = replace(UPDATE, texts={"zh-CN": "东门已开"})
    assert one.added("en") == "New information, in Chinese: 东门已开"
    assert UPDATE.added("zh-CN") == "East gate open"  # said before there were several


def test_the_newest_notice_leads_and_the_newest_words_are_shown() -> None:
    assert PAGE.now is UPDATE
    assert PAGE.words == WORDS
    empty = replace(PAGE, said=())
    assert (empty.now, empty.words, empty.languages) == (None, {}, ())


def test_the_persons_own_language_comes_first_if_there_are_words_in_it() -> None:
    assert PAGE.languages == ("en", "zh-CN")
    assert replace(PAGE, language="fr").languages == ("zh-CN", "en")


def test_a_drill_says_so_and_a_closed_incident_takes_no_answers() -> None:
    assert (PAGE.is_drill, PAGE.takes_answers) == (False, True)
    assert replace(PAGE, kind=Kind.TEST).is_drill
    assert not replace(PAGE, status=IncidentState.CLOSED).takes_answers


def test_its_json_is_this_households_alone() -> None:
    said = replace(PAGE, next_update_at=NOW).to_json()
    assert [one["id"] for one in said["persons"]] == [4, 5]
    assert said["persons"][0]["answered_at"] is None
    assert said["persons"][1]["answered_at"] == said["next_update_at"]
    assert said["said"][0]["text"] == "East gate open"
    assert not {"facts", "site"} & set(said)
    assert PAGE.to_json()["next_update_at"] is None


def test_a_drill_that_something_real_ended_says_what_and_whom_to_call_for_it() -> None:
    real = Real(8, "FIRE-0008", {"en": "Fire"}, {"en": "Tower 3"}, ("police",), mine=True)
    page = replace(PAGE, kind=Kind.DRILL, calls=("fire",), real=real)
    assert page.number == "110"
    assert page.to_json()["real"] == {
        "code": "FIRE-0008",
        "name": {"en": "Fire"},
        "place_spoken": {"en": "Tower 3"},
        "mine": True,
    }
    assert PAGE.to_json()["real"] is None
