from __future__ import annotations

from hub.decide.breaker import Stand
from hub.decide.resting import FORGOTTEN_S, Stood, resting, stood


def test_a_pulse_says_how_each_account_stands_and_grows_older():
    said = {
        "one": {"state": "open", "open_s": 30, "heard_s": 2, "latency_s": 0.2, "failures": 5},
        "two": {"state": "a newer word"},
        "three": {"calls": 1, "latency_s": 0.1},
    }
    assert list(stood(said, ago_s=4)) == [
        Stood("one", Stand.OPEN, 34, 6, 0.2),
        Stood("two", Stand.CLOSED),
        Stood("three", Stand.CLOSED, latency_s=0.1),
    ]


def test_an_account_rests_while_every_process_that_tried_it_leaves_it_alone():
    down, trying = Stood("a", Stand.OPEN, 40, 9), Stood("a", Stand.HALF_OPEN, 35, 1)
    assert resting([down, trying]) == {"a": 35}
    idle = Stood("a", Stand.CLOSED)
    assert resting([down, idle]) == {"a": 40}, "who has sent nothing by it knows nothing"
    assert resting([down, Stood("a", Stand.CLOSED, heard_s=3)]) == {}
    assert resting([Stood("a", Stand.OPEN, 900, FORGOTTEN_S + 1)]) == {}
    assert resting([Stood("b", Stand.OPEN, None, 0)]) == {"b": 0}
