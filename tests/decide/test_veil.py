"""What is left out for those who only look."""

from __future__ import annotations

import pytest

from hub.decide import veil


def test_a_frame_keeps_how_it_goes_and_loses_what_people_need() -> None:
    tally = {"people": 3, "vulnerable": 1}
    said = veil.frame(
        {
            "op": "snapshot",
            "seq": 7,
            "tally": tally,
            "incident": {"id": 1, "tally": tally},
            "help": [{"place": "3/12/1201", "needs": ["wheelchair"], "assigned": "Li 13812345678"}],
            "tasks": [{"id": 2, "outcome": "other: on oxygen", "assigned": ""}],
            "calls": {"119": "at", "+86 138 1234 5678": "at"},
            "timeline": [
                {"seq": 6, "kind": "task", "data": {"task": 2, "outcome": "safe: she said"}}
            ],
        }
    )
    assert said == {
        "op": "snapshot",
        "seq": 7,
        "tally": {"people": 3},
        "incident": {"id": 1, "tally": {"people": 3}},
        "help": [{"place": "3/12/1201", "needs": [], "assigned": f"Li {veil.HIDDEN}"}],
        "tasks": [{"id": 2, "outcome": "other", "assigned": ""}],
        "calls": {"119": "at", veil.HIDDEN: "at"},
        "timeline": [
            {"seq": 6, "kind": "task", "data": {"task": 2, "outcome": "safe"}, "text": {}}
        ],
    }


def test_an_event_names_nobody_a_wave_for_needs_would_name() -> None:
    data = {"wave": 1, "told": [4], "delivered": [4], "read": [], "unreachable": [5], "who": "Li"}
    said = veil.frame({"op": "event", "event": {"data": data, "text": {"en": "119 was called"}}})
    assert said["event"] == {"data": {"wave": 1, "who": "Li"}, "text": {"en": "119 was called"}}
    assert veil.delivery({"id": 1, "recipient": 4}) == {"id": 1, "recipient": None}


def test_an_incident_without_counts_stays_as_it_is() -> None:
    assert veil.incident({"id": 1, "status": "open"}) == {"id": 1, "status": "open"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("119 was called", "119 was called"),
        ("Li, 138-1234-5678", f"Li, {veil.HIDDEN}"),
        ("(010) 6512 3456 called", f"({veil.HIDDEN} called"),
        ("3/12/1203", "3/12/1203"),
    ],
)
def test_numbers_of_people_are_hidden_and_those_of_the_fire_brigade_stay(
    words: str, shown: str
) -> None:
    assert veil.unnumbered(words) == shown
