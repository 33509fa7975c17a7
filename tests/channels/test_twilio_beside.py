from __future__ import annotations

import pytest

from channels.sms_twilio import TwilioAccount, TwilioSms
from channels.twilio_beside import beside
from hub.ports import HookRequest
from tests.web.parts import RealClock


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, ""),
        ({"NumMedia": "0"}, ""),
        ({"NumMedia": ""}, ""),
        ({"NumMedia": "many"}, ""),
        ({"NumMedia": "-1"}, ""),
        ({"NumMedia": "1", "MediaContentType0": "image/jpeg"}, "[彩信 MMS: image/jpeg]"),
        ({"NumMedia": "2", "MediaContentType0": "audio/ogg"}, "[彩信 MMS: audio/ogg, ?]"),
        ({"NumMedia": "1", "MediaContentType0": "<b>" * 99}, "[彩信 MMS: ?]"),
        ({"NumMedia": "9" * 30}, "[彩信 MMS: ?, ?, ?, ?, ?, ?, ?, ?, ?, ?]"),
        ({"Latitude": "31.2304", "Longitude": "121.4737"}, "[位置 location: 31.2304,121.4737]"),
        ({"Latitude": "-1", "Longitude": "2", "Label": "Lawn"}, "[位置 location: -1,2 Lawn]"),
        ({"Latitude": "north", "Longitude": "2"}, ""),
    ],
)
def test_what_came_beside_the_words(form: dict[str, str], said: str) -> None:
    assert beside(form) == said


@pytest.mark.parametrize("status", ["sent", "delivered", "failed", "queued"])
def test_the_status_of_our_own_text_is_no_reply(status: str) -> None:
    sms = TwilioSms(TwilioAccount("AC1", "t", "+1"), clock=RealClock(), public_url="https://h")
    form = (("From", "+12025550100"), ("MessageSid", "SM1"), ("SmsStatus", status))
    assert sms.read(HookRequest("https://h", {}, b"", form)).replies == ()
