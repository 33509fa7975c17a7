from __future__ import annotations

from urllib.parse import urlencode

import pytest

from channels.twilio_signature import sign
from channels.voice_twilio import TwilioVoice, VoiceAccount
from hub.decide.tokens import attempt_token
from tests.web.parts import SECRET, TWILIO, House, RealClock

FORM = {"content-type": "application/x-www-form-urlencoded"}


def signed(url: str, fields: dict[str, str], *, token: str = TWILIO) -> dict[str, str]:
    return FORM | {"x-twilio-signature": sign(token.encode(), url, tuple(fields.items()))}


REPLY = {"MessageSid": "SM1", "AccountSid": "AC1", "From": "+447700900001", "Body": "hello"}


async def test_a_signed_reply_is_taken(web: House):
    url = web.hub.settings.public_url + "/hooks/sms_twilio/replies"
    async with web.client() as client:
        answer = await client.post(
            "/hooks/sms_twilio/replies", content=urlencode(REPLY), headers=signed(url, REPLY)
        )
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")


async def test_a_query_is_part_of_what_is_signed(web: House):
    path = "/hooks/sms_twilio/replies?site=home&x=%2F"
    headers = signed(web.hub.settings.public_url + path, REPLY)
    async with web.client() as client:
        good = await client.post(path, content=urlencode(REPLY), headers=headers)
        bad = await client.post(path[:-1], content=urlencode(REPLY), headers=headers)
    assert (good.status_code, bad.status_code) == (200, 403)


@pytest.mark.parametrize(
    "change",
    [
        {"x-twilio-signature": ""},
        {"x-twilio-signature": "AAAA"},
        {"x-twilio-signature": "A" * 28},
        {"x-twilio-signature": None},
        {"content-type": "application/json"},
        {"content-type": "text/plain"},
    ],
)
async def test_a_forged_reply_is_403_whatever_is_wrong_with_it(web: House, change):
    url = web.hub.settings.public_url + "/hooks/sms_twilio/replies"
    headers = {k: v for k, v in (signed(url, REPLY) | change).items() if v is not None}
    async with web.client() as client:
        answer = await client.post(
            "/hooks/sms_twilio/replies", content=urlencode(REPLY), headers=headers
        )
    assert answer.status_code == 403


async def test_another_accounts_key_does_not_sign_for_ours(web: House):
    url = web.hub.settings.public_url + "/hooks/sms_twilio/replies"
    headers = signed(url, REPLY, token="somebody else's")
    async with web.client() as client:
        answer = await client.post(
            "/hooks/sms_twilio/replies", content=urlencode(REPLY), headers=headers
        )
    assert answer.status_code == 403


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\xfd", b"&" * 500, b"a=1&" * 300, b"{"])
@pytest.mark.parametrize("channel", ["sms_twilio", "no_such_channel", "screen", "..%2f"])
async def test_nonsense_is_403_and_never_500(web: House, channel, body):
    async with web.client() as client:
        for path in (
            f"/hooks/{channel}/replies",
            f"/hooks/{channel}/receipts/1.abc",
            f"/hooks/{channel}/replies/1.abc",
        ):
            answer = await client.post(path, content=body, headers=FORM)
            assert answer.status_code in {403, 404}, path


async def test_a_receipt_about_no_attempt_of_ours_changes_nothing(web: House):
    fields = {"MessageSid": "SM1", "AccountSid": "AC1", "MessageStatus": "delivered"}
    forged = "7.AAAAAAAAAAAAAAAAAAAAAA"
    path = f"/hooks/sms_twilio/receipts/{forged}"
    async with web.client() as client:
        answer = await client.post(
            path,
            content=urlencode(fields),
            headers=signed(web.hub.settings.public_url + path, fields),
        )
    assert answer.status_code == 403


async def test_a_signed_receipt_is_answered(web: House):
    fields = {"MessageSid": "SM1", "AccountSid": "AC1", "MessageStatus": "delivered"}
    path = f"/hooks/sms_twilio/receipts/{attempt_token(SECRET, 7)}"
    async with web.client() as client:
        answer = await client.post(
            path,
            content=urlencode(fields),
            headers=signed(web.hub.settings.public_url + path, fields),
        )
    assert answer.status_code in {200, 204}


async def test_a_key_in_a_call_we_did_not_make_is_403(web: House):
    settings = {"account_sid": "AC1", "auth_token": TWILIO, "from": "+12025550100"}
    voice = TwilioVoice(
        VoiceAccount.read(settings), clock=RealClock(), public_url=web.hub.settings.public_url
    )
    web.hub.channels[voice.name] = voice
    fields = {"CallSid": "CA1", "CallStatus": "in-progress", "Digits": "2"}
    async with web.client() as client:
        for callback in (attempt_token(SECRET, 7), "7.AAAAAAAAAAAAAAAAAAAAAA"):
            path = f"/hooks/voice_twilio/replies/{callback}"
            headers = signed(web.hub.settings.public_url + path, fields)
            answer = await client.post(path, content=urlencode(fields), headers=headers)
            assert answer.status_code == 403


async def test_a_callback_has_a_small_body_limit(web: House):
    async with web.client() as client:
        answer = await client.post(
            "/hooks/sms_twilio/replies", content=b"a=" + b"x" * 70_000, headers=FORM
        )
    assert answer.status_code == 413
