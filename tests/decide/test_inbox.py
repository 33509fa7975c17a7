from __future__ import annotations

from hub.decide.inbox import Settling


def test_the_same_settling_is_known_whatever_was_recorded_with_it():
    settling = Settling(7, "help", "called back")
    kept = {**settling.to_json(), "incidents": [1]}
    assert settling.same(kept)
    assert not Settling(7, "safe", "called back").same(kept)
    assert not Settling().same(kept)
