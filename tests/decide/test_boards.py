"""A board as frames."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.decide.boards import Parts, event_frame, progress, spoken_event, waits
from hub.decide.queue import Queue
from hub.decide.tally import Changes, Person, board
from hub.events import Event, EventKind

PARTS = Parts({"id": 7, "households": 1}, help=({"task": 1},))
SCREENS = {1: {"state": "shown", "since": 1}, 2: {"state": "waiting", "since": 1}}
STATE = board(
    launched_ms=0,
    seq=5,
    people={1: Person(household=10), 2: Person(household=10)},
    deliveries={},
    helps={},
    curves={"told": {3: 1, 9: 1}},
)


def frame(changes: Changes) -> dict:
    before = {1: SCREENS[1], 2: {"state": "offline", "since": 0}}
    return progress(STATE, PARTS, SCREENS, changes, before, epoch="e")


def test_a_progress_frame_says_only_what_is_new() -> None:
    said = frame(Changes(cells={10}, flats={10}))
    assert (said["op"], said["topic"], said["epoch"], said["seq"]) == (
        "progress", "incident:7", "e", 5
    )  # fmt: skip
    assert set(said["cells"]) == set(said["cell_people"]) == {"10"}
    assert set(said["screens"]) == {"2"}
    assert said["curve"]["told"] == [[9, 2]]
    assert "help" not in said


def test_what_is_built_differently_is_said_as_a_whole() -> None:
    said = frame(Changes(structure=True))
    assert (said["help"], said["cells"]) == ([{"task": 1}], {})
    assert {"incident", "tasks", "waves", "notices", "calls"} <= set(said)


def test_an_event_has_its_line_in_both_languages() -> None:
    event = Event(7, 5, datetime(2026, 3, 1, tzinfo=UTC), EventKind.STOPPED, {}, "user:1")
    text = {"zh-CN": "已停止", "en": "Stopped"}
    assert event_frame(event, text, topic="incident:7", epoch="e") == {
        "op": "event", "topic": "incident:7", "epoch": "e", "seq": 5,
        "event": spoken_event(event, text),
    }  # fmt: skip
    assert spoken_event(event, text)["text"] == text


def test_what_waits_is_said_with_how_long_it_takes() -> None:
    states = {"sms": {"planned": 7, "accepted": 1}, "voice": {"accepted": 2}}
    made = board(launched_ms=0, seq=5, people={}, deliveries=states, helps={}, curves={})
    assert waits(made) == {"sms": 7, "voice": 0}
    said = progress(made, PARTS, {}, Changes(), {}, epoch="e", waiting=[Queue("sms", 7, 90)])
    assert said["queue"] == {"sms": {"waiting": 7, "seconds": 90, "why": "", "accounts": []}}
