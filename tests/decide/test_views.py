"""Rows as the API says them."""

from __future__ import annotations

import pytest

from hub.decide.answers import Answered, Given
from hub.decide.claim import Claimed, Release
from hub.decide.views import Loaded, Since, incident_json, masked, moment
from hub.model import AnswerWord
from hub.under_way import UnderWay

ROW = {
    "id": 7, "code": "FIRE-0007", "kind": "live", "playbook": "fire", "level": "P1", "place": "3",
    "status": "open", "launched_at": 1_700_000_000_000, "launched_by": "user:1",
    "next_update_at": None, "stopped_at": None, "closed_at": None, "people": 5, "households": 2,
}  # fmt: skip


def test_a_time_is_rfc_3339_and_none_stays_none() -> None:
    assert moment(1_700_000_000_000) == "2023-11-14T22:13:20.000Z"
    assert moment(None) is None


def test_an_incident_names_its_playbook_where_the_recipe_is_known() -> None:
    spoken = {"en": "Tower 3"}
    said = incident_json(ROW, recipe={"name": {"en": "Fire"}}, spoken=spoken)
    assert (said["playbook_name"], said["place_spoken"]) == ({"en": "Fire"}, spoken)
    assert incident_json(ROW, recipe=None, spoken=spoken)["playbook_name"] == {}


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        ("sms", "+447700900012", "+44 ··· 12"),
        ("sms", "119", "···"),
        ("email", "lin@example.org", "l···@example.org"),
        ("screen", "17", "17"),
        ("none", "recipient:4", "recipient:4"),
    ],
)
def test_an_address_is_shown_so_that_nobody_could_use_it(
    channel: str, address: str, shown: str
) -> None:
    assert masked(channel, address) == shown


def test_values_speak_for_nobody_and_nothing_unless_told_so() -> None:
    given = Given(1, 2, AnswerWord.SAFE, "link", "recipient:2")
    assert (given.others, given.once, dict(given.evidence)) == ((), None, {})
    assert Answered("safe", "") == Answered("safe", "", 0, (), repeated=False)
    assert Claimed() == Claimed((), (), full=False, now=None)
    assert Release.__dataclass_fields__["due_ms"].default == 0
    assert {"epoch", "seq", "timeline"} <= set(Loaded.__dataclass_fields__)
    assert set(Since.__dataclass_fields__) == {"events", "parts", "screens", "places", "at"}


def test_a_drill_names_what_ended_it() -> None:
    names = "id code kind playbook level place status launched_at launched_by next_update_at"
    row = dict.fromkeys([*names.split(), "stopped_at", "closed_at", "people", "households"])
    real = UnderWay(4, "FIRE-0004", "live", "open", "3/12")
    found = incident_json(row, recipe=None, spoken={}, real=real)
    assert found["ended_by"] == {"incident": 4, "code": "FIRE-0004"}
    assert incident_json(row, recipe=None, spoken={})["ended_by"] is None
