"""What is refused names the channel and the variable to set."""

from __future__ import annotations

import pytest

from channels.twilio_account import TwilioAccount, is_fiction, number
from hub.errors import Refused

SETTINGS = {"account_sid": "AC1", "auth_token": "tok", "from": "+12025550100"}


def test_the_url_is_that_of_the_account() -> None:
    account = TwilioAccount.read(SETTINGS)
    assert account.url == "https://api.twilio.com/2010-04-01/Accounts/AC1"
    near = TwilioAccount.read({**SETTINGS, "api_url": "http://127.0.0.1:1/"})
    assert near.url == "http://127.0.0.1:1/2010-04-01/Accounts/AC1"


def test_what_is_missing_is_named_for_the_channel_that_lacks_it() -> None:
    with pytest.raises(Refused) as caught:
        TwilioAccount.read({"account_sid": "AC1"}, channel="voice_twilio", sender="MUSTER_CALLER")
    assert [one.where for one in caught.value.problems] == [
        "voice_twilio.auth_token",
        "voice_twilio.from",
    ]
    assert "MUSTER_CALLER" in caught.value.problems[0].hint


@pytest.mark.parametrize("given", ["many", "-1", "inf", "nan"])
def test_a_number_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(Refused) as caught:
        number({"lines": given}, "lines", channel="voice_twilio")
    assert caught.value.problems[0].where == "voice_twilio.lines"


def test_only_numbers_of_fiction_are_fiction() -> None:
    assert is_fiction("+12025550142")
    assert is_fiction("+447700900123")
    assert not is_fiction("+12025560142")
    assert not is_fiction("+447700800123")
