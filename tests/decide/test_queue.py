from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.accounts import Terms
from hub.decide.breaker import Stand
from hub.decide.queue import CALL, Depth, Look, Queue, Seen, Sender, Why, looked, queues, seconds
from hub.decide.resting import Stood
from hub.model import Lane
from hub.ports import Traits

URGENT, ROUTINE = Lane.URGENT, Lane.ROUTINE


def sender(name: str = "one", channel: str = "sms", **more) -> Sender:
    terms = Terms(order=more.pop("order", 0), countries=more.pop("countries", ()))
    own = {key: more.pop(key) for key in ("latency_s", "call_s", "resting") if key in more}
    return Sender(name, Traits(channel, (), 10, **more), terms, **own)


@pytest.mark.parametrize(
    ("sends", "units", "senders", "expected"),
    [
        (100, 250, [sender(pace=1.0)], 250),
        (100, 250, [sender(pace=1.0), sender("two", pace=4.0)], 50),
        (1000, 2000, [sender(parallel=50)], 5),
        (1, 1, [sender()], 1),
        (1000, 1000, [sender(parallel=10, latency_s=2.0)], 200),
        (12, 12, [sender("r", "wecom", pace=20 / 60, per="address", parallel=10)], 1),
        (8, 8, [sender("v", "voice", lines=10)], 1),
        (100, 100, [sender("v", "voice", lines=10)], int(90 * CALL / 10)),
        (100, 100, [sender("v", "voice", lines=10, call_s=20.0)], 180),
        (100, 100, [sender(pace=1.0), sender("spare", pace=9.0, order=1)], 100),
        (90, 90, [sender(pace=1.0, resting=True), sender("spare", pace=9.0, order=1)], 10),
        (100, 100, [sender(countries=("+86",), pace=4.0), sender("all", pace=1.0, order=1)], 20),
        (0, 0, [sender(pace=1.0)], 0),
        (5, 5, [], 0),
        (5, 5, [sender(resting=True)], 0),
    ],
)
def test_the_tightest_limit_of_those_that_get_the_sends_says_how_long(
    sends, units, senders, expected
):
    assert seconds(sends, units, senders) == expected


def test_more_processes_have_more_places_but_no_more_pace_and_no_more_lines():
    assert seconds(1000, 1000, [sender(parallel=50)], workers=5) == 1
    assert seconds(100, 100, [sender(pace=1.0)], workers=5) == 100
    busy = seconds(100, 100, [sender("v", "voice", lines=10)], workers=5, begun=True)
    assert busy == 100 * CALL / 10


def look(*senders: Sender, workers: int = 1, **depths: Depth) -> Look:
    return Look(senders, workers, {tuple(key.split("_")): one for key, one in depths.items()})


def test_a_queue_is_as_long_as_what_goes_before_it():
    paced = sender(pace=10.0)
    alone = look(paced, urgent_sms=Depth(100, units=2.0))
    assert queues({"sms": 100}, URGENT, alone) == (Queue("sms", 100, 20),)
    shared = look(paced, urgent_sms=Depth(400), routine_sms=Depth(900))
    assert queues({"sms": 100}, URGENT, shared)[0].seconds == 40
    assert queues({"sms": 100}, ROUTINE, shared)[0].seconds == 130
    assert queues({"sms": 50}, ROUTINE, look(paced))[0].seconds == 5, "counted by the tally alone"
    late = look(paced, urgent_sms=Depth(2, last_s=33.2))
    assert queues({"sms": 2}, URGENT, late)[0].seconds == 34, "its next try is not sooner"


def test_where_nothing_can_be_sent_it_is_said_why_and_no_time_is_named():
    mine = {"sms": 7, "voice": 0, "screen": 3}
    rests = look(sender(resting=True), sender("two", resting=True))
    assert queues(mine, URGENT, rests) == (Queue("sms", 7, None, Why.RESTING, ("one", "two")),)
    assert queues(mine, URGENT, look(sender(), workers=0))[0].why is Why.NO_WORKER
    (none,) = queues(mine, URGENT, look(sender("v", "voice")))
    assert none.to_json() == {"waiting": 7, "seconds": None, "why": "no_account", "accounts": []}
    assert queues(mine, URGENT, look(sender(), sender("two", resting=True)))[0].seconds is not None


def test_what_is_so_now_takes_the_place_of_what_was_assumed():
    stood = (
        Stood("one", Stand.OPEN, 40, 2, latency_s=3.0),
        Stood("one", Stand.OPEN, 30, 1, latency_s=2.0),
        Stood("two", Stand.CLOSED, heard_s=1),
    )
    seen = Seen(2, stood, {("urgent", "sms"): Depth(3)}, {"two": 12.0})
    now = looked([sender("one"), sender("two"), sender("three")], seen)
    assert (now.workers, now.depths) == (2, seen.depths)
    assert [one.resting for one in now.senders] == [True, False, False]
    assert [one.latency_s for one in now.senders] == [3.0, 0.25, 0.25]
    assert [one.call_s for one in now.senders] == [CALL, 12.0, CALL]


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.floats(0.01, 100))
def test_a_queue_that_shrinks_never_takes_longer(sends, fewer, pace):
    ready = [sender(pace=pace)]
    less = min(sends, fewer)
    assert seconds(less, less, ready) <= seconds(sends, sends, ready)
