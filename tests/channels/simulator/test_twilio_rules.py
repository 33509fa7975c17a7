"""What the simulated Twilio refuses, counts and writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.simulator.twilio_rules import Held, callback_of, message_body, refusal, segments
from tests.channels.simulator.client import form, swift


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("火" * 70, 1),
        ("火" * 71, 2),
        ("👍" * 36, 2),
    ],
)
def test_segments_are_counted_as_charged(body: str, parts: int) -> None:
    assert segments(body) == parts


@given(st.text(max_size=400))
def test_a_longer_text_never_has_fewer_parts(body: str) -> None:
    assert segments(body + "x") >= segments(body) >= 1


@pytest.mark.parametrize(
    ("url", "callback"),
    [
        ("https://h/hooks/sms_twilio/receipts/7.mac", "7.mac"),
        ("https://h/r/7.mac?x=/y", "y"),
        ("", ""),
    ],
)
def test_the_callback_is_the_last_segment_verbatim(url: str, callback: str) -> None:
    assert callback_of(url) == callback


@given(st.dictionaries(st.sampled_from(["To", "From", "Body", "ValidityPeriod"]), st.text()))
def test_no_form_makes_it_raise(fields: dict[str, str]) -> None:
    said = refusal(fields, swift())
    assert said is None or len(said) == 2


def test_a_good_form_is_taken() -> None:
    assert refusal(form(), swift()) is None


def test_a_pooled_text_names_its_pool_and_no_sender() -> None:
    held = Held("SM1", "+12025550142", "MG1", "x", "", 0.0, 60, status="accepted")
    body = message_body(held, account="AC1")
    assert (body["from"], body["messaging_service_sid"], body["date_sent"]) == (None, "MG1", None)
    assert body["date_created"] == "Thu, 01 Jan 1970 00:00:00 +0000"
