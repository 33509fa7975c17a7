"""Texts to numbers that cannot answer: when, and what they read."""

from __future__ import annotations

import pytest

from hub.decide.accounts import Terms
from hub.decide.asking import offered
from hub.decide.marks import LINK
from hub.decide.oneway import LINK_ONLY, answerable, as_sent, one_way, takes_replies, unasked
from hub.decide.queue import Sender
from hub.ports import Traits

TWO_WAY = Traits("sms", ("body",), 6, answers=True)
NAME = Traits("sms", ("body",), 6, answers=False)
CHINA = Traits("sms", ("body",), 6, answers=True, one_way=("+86",))


def sender(name: str, traits: Traits, *countries: str) -> Sender:
    return Sender(name, traits, Terms(countries=countries))


@pytest.mark.parametrize(
    ("traits", "address", "right"),
    [
        (TWO_WAY, "+8613800000001", True),
        (NAME, "+447700900001", False),
        (CHINA, "+8613800000001", False),
        (CHINA, "+85291234567", True),
    ],
)
def test_an_account_takes_replies_from_a_number_or_not(traits, address, right):
    assert takes_replies(traits, address) is right


def test_every_account_that_may_send_there_must_take_replies():
    both = [sender("number", TWO_WAY), sender("name", NAME)]
    assert not answerable(both, "+447700900001")
    assert answerable(both[:1], "+447700900001")


def test_an_account_that_does_not_serve_the_number_has_no_say():
    accounts = [sender("name", NAME, "+971"), sender("number", TWO_WAY, "+44")]
    assert answerable(accounts, "+447700900001")
    assert not answerable(accounts, "+971500000001")


def test_without_any_account_nothing_is_taken_away():
    assert answerable([], "+447700900001")


def test_numbers_that_cannot_answer_are_counted_once():
    numbers = ["+8613800000001", "+8613800000001", "+8613800000002", "+85291234567"]
    assert one_way(numbers, [sender("one", CHINA)]) == 2


def test_a_channel_is_given_one_body():
    parts = {"body": "Reply 1 safe", LINK_ONLY: "Answer by this link"}
    assert as_sent(parts, replies=True) == {"body": "Reply 1 safe"}
    assert as_sent(parts, replies=False) == {"body": "Answer by this link"}
    assert as_sent({"body": "It is over."}, replies=False) == {"body": "It is over."}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            f"3栋起火，请走楼梯。回复1安全2求助3已撤离4不在 {LINK}",
            f"3栋起火，请走楼梯。请点链接回复： {LINK}",
        ),
        (
            f"Fire at Tower 3. Leave now. Reply 1 safe, 2 need help {LINK}",
            f"Fire at Tower 3. Leave now. Answer by the link: {LINK}",
        ),
        (f"停电。需帮助请回复2。详情 {LINK}", f"停电。详情 {LINK}"),
        ("Power is back. Still need help? Reply 2.", "Power is back. Still need help?"),
        ("Fire at Tower 3. Call 119.", "Fire at Tower 3. Call 119."),
    ],
)
def test_a_text_that_asks_whoever_reads_it_loses_what_it_asks(text, left):
    assert unasked(text) == left
    assert not offered(unasked(text))
