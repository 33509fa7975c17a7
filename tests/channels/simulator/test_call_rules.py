"""What the simulated Twilio refuses of a call, and which TwiML it understands."""

from __future__ import annotations

import pytest

from channels.simulator.call_rules import Asked, read_twiml, refusal
from channels.twilio_twiml import call, understood
from hub.model import AnswerWord

WORDS = "<Response><Say>Fire.</Say></Response>"
GOOD = {"To": "+12025550142", "From": "+12025550100", "Twiml": WORDS}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21201),
        ({"To": "12"}, 21211),
        ({"From": ""}, 21213),
        ({"Twiml": ""}, 21205),
        ({"Twiml": f"<Response><Say>{'x' * 4000}</Say></Response>"}, 21205),
        ({"Twiml": "<Response><Say>Fire</Response>"}, 12100),
        ({"Twiml": "<Say>Fire</Say>"}, 12100),
        ({"Timeout": "soon"}, 20001),
        ({"TimeLimit": "0"}, 20001),
        ({"MachineDetection": "Maybe"}, 20001),
    ],
)
def test_a_wrong_order_is_refused_with_twilios_code(change: dict[str, str], code: int) -> None:
    said = refusal({**GOOD, **change}, ["completed"])
    assert said is not None
    assert said[0] == code


def test_a_good_order_is_taken_and_an_unknown_event_is_not() -> None:
    assert refusal(GOOD, ["answered", "completed"]) is None
    assert refusal(GOOD, ["levitated"]) is not None


def test_our_own_documents_are_understood() -> None:
    made = call("Fire.", language="en", action="http://localhost/k")
    assert made is not None
    assert read_twiml(made) == Asked(
        ("Fire. Press hash to hear it again.",) * 3, "http://localhost/k"
    )
    ended = read_twiml(understood(AnswerWord.SAFE, language="en"))
    assert ended is not None
    assert ended.action == ""


def test_a_declaration_is_never_read() -> None:
    assert read_twiml('<!DOCTYPE x [<!ENTITY a "b">]><Response/>') is None
