from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.unsure import Found
from hub.decide.whose import Told, whose
from hub.model import Outcome, Verdict
from hub.states import Reason

ABSENT = Outcome(Verdict.RETRY, Reason.UNAVAILABLE)
MORE = Outcome(Verdict.UNSURE, Reason.UNKNOWN, code="too_many_texts")


def have(*refs: str) -> Outcome:
    first, *others = (Outcome(Verdict.ACCEPTED, Reason.OK, ref) for ref in refs)
    return replace(first, others=tuple(others))


def test_two_doubts_are_never_the_same_text():
    told = [Told(1, 11, have("SM1", "SM2")), Told(2, 12, have("SM1", "SM2"))]
    assert [one.outcome.provider_ref for one in whose(told, {})] == ["SM1", "SM2"]


def test_where_all_that_fit_are_others_it_has_none_of_this_one():
    first, second = Told(1, 11, have("SM1")), Told(2, 12, have("SM1"))
    assert [one.found for one in whose([first, second], {})] == [Found.ACCEPTED, Found.ABSENT]
    again = replace(second, before=Found.ABSENT)
    assert whose([again], {"SM1": 11})[0].found is Found.GONE


def test_where_more_were_not_looked_at_nobody_knows():
    told = Told(2, 12, replace(have("SM1"), others=(MORE,)))
    assert whose([told], {"SM1": 11})[0].found is Found.UNKNOWN


def test_a_reference_known_as_its_own_is_its_own():
    assert whose([Told(1, 11, have("SM1"))], {"SM1": 11})[0].found is Found.ACCEPTED


def test_while_the_same_words_are_on_their_way_there_nothing_is_taken_for_found():
    told = Told(1, 11, have("SM1"), rival=True)
    assert whose([told], {})[0].found is Found.UNASKED
    assert whose([replace(told, outcome=ABSENT)], {})[0].found is Found.ABSENT


@given(st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=6), max_size=12))
def test_no_text_is_told_of_two_and_each_of_those_that_fit(lists):
    told = [
        Told(at, at, have(*(f"SM{number}" for number in numbers)))
        for at, numbers in enumerate(lists)
    ]
    found = [one for one in whose(told, {}) if one.found is Found.ACCEPTED]
    refs = [one.outcome.provider_ref for one in found]
    assert len(refs) == len(set(refs))
    for one in found:
        assert one.outcome.provider_ref in {f"SM{n}" for n in lists[one.told.attempt]}
