from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.inbox import Why
from hub.decide.replies import Because, Meaning, Meant, read_reply
from hub.decide.routing import Asked, Caller, Route, acknowledges, ranked, route, route_key
from hub.model import DIGITS

FIRE = Asked(1, "live", "P1", 100, (7,), offered=frozenset("123"))
OUTAGE = Asked(2, "live", "P2", 200, (7,), letter="B", offered=frozenset("124"))
NEWER = Asked(3, "live", "P2", 300, (7,), letter="C", offered=frozenset("124"))
DRILL = Asked(4, "drill", "P1", 400, (7,), letter="D")
SILENT = Asked(5, "live", "P1", 500, (7,), told=False)


def to(text: str, *asked: Asked, **more: object) -> Route:
    caller = Caller(asked, **more)  # type: ignore[arg-type]
    return route(read_reply(text, letters=caller.letters), caller)


def test_live_before_drill_graver_before_lesser_newer_before_older():
    assert ranked((DRILL, OUTAGE, NEWER, FIRE)) == (FIRE, NEWER, OUTAGE, DRILL)


@pytest.mark.parametrize(
    ("text", "goes", "why"),
    [
        ("3", FIRE, None),
        ("1", FIRE, Why.BARE),
        ("4", NEWER, Why.BARE),
        ("B1", OUTAGE, None),
        ("c4", NEWER, None),
        ("a1", FIRE, None),
    ],
)
def test_where_a_digit_goes(text: str, goes: Asked, why: Why | None):
    assert to(text, OUTAGE, FIRE, NEWER) == Route((goes,), why)


def test_a_digit_nobody_offered_goes_by_rank():
    assert to("3", OUTAGE, NEWER) == Route((NEWER,), Why.BARE)
    assert to("3", OUTAGE) == Route((OUTAGE,))


@pytest.mark.parametrize("text", ["2", "救命", "B2", "trapped"])
def test_a_cry_is_heard_everywhere_that_is_real(text: str):
    found = to(text, DRILL, OUTAGE, FIRE, SILENT)
    assert found.to == (SILENT, FIRE, OUTAGE)
    assert not found.waits


@pytest.mark.parametrize("text", ["B2", "b 2", "B2求助", "回复B2", "A2", "B2 thanks"])
def test_a_cry_by_the_letter_of_what_is_closed_is_heard(text: str):
    assert to(text, standing=Why.OVER) == Route((), Why.OVER, waits=True)
    assert read_reply(text).cry
    assert to(text, NEWER).to == (NEWER,)


@pytest.mark.parametrize("text", ["B1", "B2 is dark", "B2层没事", "B23", "B2:30"])
def test_the_letter_of_what_is_closed_answers_nothing_else(text: str):
    assert to(text, NEWER) == Route((), Why.UNCLEAR, waits=True)


def test_words_of_a_cry_stand_where_people_look_and_a_bare_two_does_not():
    assert to("被困", FIRE).why is Why.HEARD
    assert to("2", FIRE).why is None


def test_a_cry_in_a_drill_alone_is_help_there_and_waits():
    assert to("2", DRILL) == Route((DRILL,), Why.DRILL, waits=True)


@pytest.mark.parametrize("why", [Why.STRANGER, Why.OVER, Why.REMOVED, Why.OPTED_OUT])
def test_a_cry_nothing_open_speaks_to_waits(why: Why):
    assert to("2", standing=why, recent=False) == Route((), why, waits=True)


def test_words_wait_while_anything_is_open_or_was_today():
    assert to("hm", FIRE) == Route((), Why.UNCLEAR, waits=True)
    assert to("hm") == Route((), Why.STRANGER, waits=True)
    assert to("hm", recent=False) == Route()
    assert to("1", recent=False) == Route()
    assert to("1", SILENT) == Route((), Why.UNCLEAR, waits=True)


def test_received_acknowledges_everything_that_asked_somebody_on_duty():
    on_duty = Asked(6, "live", "P1", 1, (9,), duty=True)
    caller = Caller((on_duty, FIRE))
    meaning = acknowledges(read_reply("收到"), caller)
    assert (meaning.meant, meaning.because) == (Meant.ANSWER, Because.ACK)
    assert route(meaning, caller) == Route((on_duty,))
    assert acknowledges(read_reply("收到"), Caller((FIRE,))).meant is Meant.NOTHING
    assert acknowledges(read_reply("1"), caller).because is Because.DIGIT


def test_a_key_names_its_incident_and_a_cry_counts_in_every_live_one():
    one, two = read_reply("1"), read_reply("2")
    assert route_key(one, DRILL, (FIRE,)) == Route((DRILL,))
    assert route_key(two, DRILL, (OUTAGE, FIRE)) == Route((DRILL, FIRE, OUTAGE))
    assert route_key(two, FIRE, ()) == Route((FIRE,))
    assert route_key(two, DRILL, ()) == Route((DRILL,), Why.DRILL, waits=True)
    assert route_key(one, None, (FIRE,)) == Route((), Why.OVER, waits=True)
    assert route_key(two, None, (FIRE,)) == Route((FIRE,))
    assert route_key(two, None, (DRILL,)) == Route((), Why.OVER, waits=True)


asked = st.builds(
    Asked,
    incident=st.integers(1, 9),
    kind=st.sampled_from(["live", "drill", "test"]),
    level=st.sampled_from(["P1", "P2", "P3"]),
    launched=st.integers(0, 9),
    people=st.just((7,)),
    told=st.booleans(),
    letter=st.sampled_from(["", "B", "C"]),
    offered=st.frozensets(st.sampled_from("1234")),
)


@given(
    st.lists(asked, max_size=4, unique_by=lambda one: one.incident),
    st.sampled_from(list(DIGITS.values())),
    st.sampled_from(["", "a", "b", "c"]),
)
def test_no_answer_is_lost_and_no_cry_ends_in_a_drill_alone(found, word, letter):
    caller = Caller(tuple(found))
    letter = letter if letter in caller.letters else ""
    goes = route(Meaning(Meant.ANSWER, Because.DIGIT, word, letter), caller)
    assert goes.to or goes.waits
    if word == "help":
        live = {one.incident for one in found if one.live}
        assert live <= {one.incident for one in goes.to}
        assert live or goes.waits
    else:
        assert len(goes.to) <= 1
