from __future__ import annotations

from hub.decide.inbox import Note, Settling, Why


def test_the_same_settling_is_known_whatever_was_recorded_with_it():
    settling = Settling(7, "help", "called back")
    kept = {**settling.to_json(), "incidents": [1]}
    assert settling.same(kept)
    assert not Settling(7, "safe", "called back").same(kept)
    assert not Settling().same(kept)


def test_what_a_machine_said_or_was_recorded_needs_nobody():
    said = Note("sms", "+1", "auto", cry=False, why=Why.ROBOT)
    heard = Note("sms", "+1", "help", cry=True, why=Why.HEARD, recorded=(1,))
    waits = Note("sms", "+1", "1", cry=False, why=Why.AFTER_HELP)
    assert [(one.aside, one.settled) for one in (said, heard, waits)] == [
        (True, True),
        (False, True),
        (False, False),
    ]
