from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.accounts import LATER, NEVER, Choice, Offer, Terms, Wanted, assign, elsewhere, most
from hub.model import Outcome, Verdict
from hub.states import Reason

UK, US = "+447700900001", "+12025550101"
RETRY = Outcome(Verdict.RETRY, Reason.UNAVAILABLE)
SICK = Outcome(Verdict.REFUSED, Reason.MISCONFIGURED)


def one(offers: list[Offer], wanted: Wanted) -> Choice:
    return assign(offers, [wanted])[0]


def test_the_lowest_order_goes_first_and_a_busy_one_is_waited_for():
    first, second = Offer("a", Terms(order=1), room=1), Offer("b", Terms(order=2))
    assert assign([second, first], [Wanted(UK, 1), Wanted(UK, 2)]) == [Choice("a"), LATER]


def test_a_later_order_takes_over_when_the_first_is_closed_or_hangs():
    second = Offer("b", Terms(order=2))
    assert one([Offer("a", open=False), second], Wanted(UK, 1)) == Choice("b")
    assert one([Offer("a", slow=True), second], Wanted(UK, 1)) == Choice("b")
    assert one([Offer("a", slow=True)], Wanted(UK, 1)) == Choice("a")
    assert one([Offer("a", open=False)], Wanted(UK, 1)) == LATER


def test_countries_say_who_serves_a_number_and_bind_nothing_else():
    british = Offer("uk", Terms(countries=("+44",)))
    world = Offer("world", Terms(order=5))
    assert one([british, world], Wanted(UK, 1)) == Choice("uk")
    assert one([british, world], Wanted(US, 1)) == Choice("world")
    assert one([british], Wanted(US, 1)) == NEVER
    assert one([british], Wanted("screen:7", 1)) == Choice("uk")


def test_another_account_than_the_one_that_just_failed_is_preferred():
    offers = [Offer("a"), Offer("b", Terms(order=9))]
    assert one(offers, Wanted(UK, 1, failed=("a",))) == Choice("b")
    assert one(offers, Wanted(UK, 1, failed=("a", "b"))) == Choice("a")
    assert one(offers[:1], Wanted(UK, 1, failed=("a",))) == Choice("a")


def test_an_account_that_refused_is_never_asked_again():
    offers = [Offer("a"), Offer("b", open=False)]
    assert one(offers, Wanted(UK, 1, ("a",), ("a",))) == LATER
    assert one(offers[:1], Wanted(UK, 1, ("a",), ("a",))) == NEVER


@given(
    start=st.integers(0, 10**9),
    step=st.integers(1, 50),
    weights=st.lists(st.integers(1, 9), min_size=2, max_size=4),
)
def test_weights_are_honoured_over_many_whatever_the_numbers(start, step, weights):
    offers = [Offer(str(at), Terms(weight=w)) for at, w in enumerate(weights)]
    many = [Wanted(UK, start + step * at) for at in range(2_000)]
    got = Counter(choice.account for choice in assign(offers, many))
    for at, weight in enumerate(weights):
        assert abs(got[str(at)] / 2_000 - weight / sum(weights)) < 0.05


OFFERS = st.lists(
    st.builds(
        Offer,
        name=st.sampled_from("abcdef"),
        terms=st.builds(
            Terms,
            order=st.integers(0, 2),
            weight=st.floats(0.1, 5),
            countries=st.sampled_from([(), ("+44",), ("+1",), ("+1202",), ("+1", "+44")]),
        ),
        room=st.integers(0, 5),
        open=st.booleans(),
        slow=st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda offer: offer.name,
)
WANTED = st.lists(
    st.builds(
        Wanted,
        st.sampled_from([UK, US, "+12015550101", "robot"]),
        st.integers(0, 10**6),
        st.lists(st.sampled_from("abcdef"), max_size=3).map(tuple),
        st.lists(st.sampled_from("abcdef"), max_size=1).map(tuple),
    ),
    max_size=20,
)


@given(OFFERS, WANTED)
def test_no_account_gets_more_than_its_room_or_a_number_it_does_not_serve(offers, wanted):
    by_name = {offer.name: offer for offer in offers}
    chosen = assign(offers, wanted)
    got = Counter(choice.account for choice in chosen if choice.account)
    assert all(got[name] <= by_name[name].room for name in got)
    for who, choice in zip(wanted, chosen, strict=True):
        able = [o for o in offers if o.terms.serves(who.address) and o.name not in who.refused]
        assert choice.ever == bool(able)
        if choice.account:
            assert by_name[choice.account] in able
            assert by_name[choice.account].open


@given(OFFERS, st.integers(0, 10**6))
def test_a_first_choice_with_room_is_always_claimed_for(offers, spread):
    """Whoever would be chosen for a fresh number counts in what is claimed at once."""
    choice = one(offers, Wanted(US, spread))
    if choice.account:
        room = next(o.room for o in offers if o.name == choice.account)
        assert most(offers) >= room > 0


def test_what_only_a_later_account_could_take_is_not_claimed_for():
    first, later = Offer("a", room=3), Offer("b", Terms(order=1), room=50)
    assert most([first, later]) == 3
    assert most([Offer("a", Terms(countries=("+44",)), room=3), later]) == 53
    narrow = Offer("c", Terms(order=2, countries=("+4420",)), room=7)
    assert most([Offer("a", Terms(countries=("+44",)), room=3), narrow]) == 3
    assert most([Offer("a", room=3, open=False), later]) == 50


def test_a_failed_call_goes_on_to_another_account_that_has_not_tried():
    both = [Offer("a"), Offer("b")]
    assert elsewhere(both, Wanted(UK, 1, ("a",)), RETRY)
    assert not elsewhere(both, Wanted(UK, 1, ("a", "b")), RETRY)
    assert not elsewhere([Offer("a"), Offer("b", open=False)], Wanted(UK, 1, ("a",)), RETRY)
    british = [Offer("a"), Offer("b", Terms(countries=("+44",)))]
    assert not elsewhere(british, Wanted(US, 1, ("a",)), RETRY)


def test_a_refusal_that_is_the_accounts_fault_is_taken_elsewhere_once():
    both = [Offer("a"), Offer("b", open=False), Offer("c")]
    assert elsewhere(both, Wanted(UK, 1, ("a",), ("a",)), SICK)
    assert not elsewhere(both, Wanted(UK, 1, ("a", "b"), ("a", "b")), SICK)
    bad = Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS)
    assert not elsewhere(both, Wanted(UK, 1, ("a",), ("a",)), bad)


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.BROKEN, Reason.MISCONFIGURED])
def test_doubt_never_goes_elsewhere(reason):
    both = [Offer("a"), Offer("b")]
    assert not elsewhere(both, Wanted(UK, 1, ("a",)), Outcome(Verdict.UNSURE, reason))
