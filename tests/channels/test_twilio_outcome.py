"""Answers of Messages create: every vector, and the reasons behind the verdicts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from channels.twilio_outcome import outcome
from hub.model import Outcome, Verdict
from hub.states import Reason
from tests.channels.parts import NOW, vectors

WORDS = {
    "invalid number": Reason.BAD_ADDRESS,
    "not a mobile": Reason.NO_TEXTS,
    "opted out": Reason.OPTED_OUT,
    "configuration, operator alarm": Reason.MISCONFIGURED,
    "too long": Reason.TOO_LONG,
    "throttled": Reason.THROTTLED,
    "unknown, counted": Reason.UNKNOWN,
    "unknown": Reason.UNKNOWN,
}


def _judge(vector: dict[str, Any]) -> Outcome:
    body = vector["raw_body"] if vector["raw_body"] is not None else json.dumps(vector["body"])
    return outcome(vector["http_status"], vector["headers"], body, now=NOW)


def _agrees(vector: dict[str, Any]) -> bool:
    allowed, _, detail = vector["expect"].partition(" ")
    came = _judge(vector)
    verdicts = {allowed, "UNSURE"} if "UNSURE" in vector["expect"] else {allowed}
    reason = WORDS.get(detail)
    return came.verdict.name in verdicts and (reason is None or came.reason is reason)


def test_every_vector_comes_to_its_outcome() -> None:
    found = vectors("messages_create.json")
    assert len(found) >= 30
    assert [v["id"] for v in found if not _agrees(v)] == []


def test_acceptance_carries_the_sid() -> None:
    came = outcome(201, {}, '{"sid": "SM1", "status": "queued"}', now=NOW)
    assert came == Outcome(Verdict.ACCEPTED, Reason.OK, "SM1", code="queued")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("900", 300.0),
        ("99999999999", None),
        ("-3", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ((NOW + timedelta(seconds=9)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 9.0),
        ((NOW - timedelta(days=3)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 0.0),
    ],
)
def test_retry_after_is_believed_within_reason(header: str, wait: float | None) -> None:
    came = outcome(429, {"retry-after": header}, "", now=NOW)
    assert (came.verdict, came.reason, came.retry_after) == (
        Verdict.RETRY,
        Reason.THROTTLED,
        wait,
    )


@pytest.mark.parametrize("body", ["", "[]", "null", '"x"', "{", "[" * 100_000])
def test_nonsense_after_a_201_is_unsure(body: str) -> None:
    assert outcome(201, {}, body, now=NOW).verdict is Verdict.UNSURE


def test_a_full_queue_is_a_throttle_even_as_a_400() -> None:
    assert outcome(400, {}, '{"code": 21611}', now=NOW).verdict is Verdict.RETRY


def test_an_unknown_403_is_a_matter_for_the_operators() -> None:
    assert outcome(403, {}, "", now=NOW).reason is Reason.MISCONFIGURED
