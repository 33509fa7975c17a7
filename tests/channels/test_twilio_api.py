"""The way to Twilio is opened, closed, and never used in between by mistake."""

from __future__ import annotations

import pytest

from channels.twilio_account import TwilioAccount
from channels.twilio_api import PARALLEL, TwilioApi
from hub.errors import Defect
from hub.model import Verdict
from hub.ports import Traits
from hub.states import Reason
from tests.channels.parts import NOW


def _api(url: str) -> TwilioApi:
    settings = {"account_sid": "AC1", "auth_token": "tok", "from": "+1", "api_url": url}
    return TwilioApi(TwilioAccount.read(settings), name="voice_twilio", deadline=2.0)


def test_it_holds_as_many_connections_as_sends_may_be_in_flight() -> None:
    assert Traits("sms", ("body",), 1).parallel == PARALLEL


async def test_unopened_and_closed_it_is_a_defect() -> None:
    api = _api("http://127.0.0.1:1")
    with pytest.raises(Defect, match="voice_twilio"):
        api.ready()
    await api.open()
    assert api.ready().account_sid == "AC1"
    await api.close()
    await api.close()
    with pytest.raises(Defect, match="after close"):
        await api.create("Calls", {}, now=NOW)


async def test_nobody_there_is_certainly_not_sent(free_port: int) -> None:
    api = _api(f"http://127.0.0.1:{free_port}")
    await api.open()
    came = await api.create("Calls", {"To": "+1"}, now=NOW)
    probe = await api.probe()
    await api.close()
    assert (came.verdict, came.reason) == (Verdict.RETRY, Reason.UNAVAILABLE)
    assert not probe.ok
