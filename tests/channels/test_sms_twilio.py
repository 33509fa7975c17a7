"""The order we give Twilio, receipts and replies; the wire is tested by the contract suite."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.sms_twilio import EMPTY_TWIML, TwilioAccount, TwilioSms, pace_of
from channels.twilio_signature import sign
from hub.errors import Defect, Refused
from hub.model import Receipt, Reply, Verdict
from hub.ports import HookRequest
from hub.states import DeliveryState, Reason
from tests.channels.parts import NOW, PHONE, Fixed, parcel

SETTINGS = {"account_sid": "AC1", "auth_token": "tok", "from": "+12025550100"}


def _channel(**settings: object) -> TwilioSms:
    account = TwilioAccount.read({**SETTINGS, **settings})
    return TwilioSms(account, clock=Fixed(), public_url="https://hub.example.org/")


def _receipt(**form: str) -> HookRequest:
    return HookRequest("https://hub.example.org/h", {}, b"", tuple(form.items()), callback="7.x")


def test_the_order_carries_callback_and_remaining_life() -> None:
    order = _channel(api_url="http://127.0.0.1:1")._order(parcel(), now=NOW)
    assert order == {
        "To": PHONE,
        "From": "+12025550100",
        "Body": "Fire at 3. Leave now.",
        "StatusCallback": "https://hub.example.org/hooks/sms_twilio/receipts/7.c2lnbmVk",
        "ValidityPeriod": 1800,
    }


def test_a_messaging_service_is_named_as_one() -> None:
    channel = _channel(**{"from": "MG1", "api_url": "http://127.0.0.1:1"})
    order = channel._order(parcel(), now=NOW)
    assert isinstance(order, dict)
    assert order["MessagingServiceSid"] == "MG1"
    assert "From" not in order


@pytest.mark.parametrize(("life", "asked"), [(1, 1), (36_000, 36_000), (86_400, 36_000)])
def test_validity_is_clamped_to_what_twilio_takes(life: int, asked: int) -> None:
    channel = _channel(api_url="http://127.0.0.1:1")
    order = channel._order(parcel(expires_at=NOW + timedelta(seconds=life)), now=NOW)
    assert isinstance(order, dict)
    assert order["ValidityPeriod"] == asked


async def test_what_is_too_old_is_refused_without_a_connection() -> None:
    came = await _channel().send(parcel(expires_at=NOW))
    assert (came.verdict, came.reason) == (Verdict.REFUSED, Reason.TOO_OLD)


@pytest.mark.parametrize("number", ["+12025550142", "+447700900123", "+442079460999"])
async def test_numbers_of_fiction_never_reach_the_real_twilio(number: str) -> None:
    came = await _channel().send(parcel(to=number))
    assert (came.verdict, came.code) == (Verdict.REFUSED, "fictional_number")


async def test_sending_before_open_is_our_defect() -> None:
    with pytest.raises(Defect, match="open"):
        await _channel(api_url="http://127.0.0.1:1").send(parcel())


@pytest.mark.parametrize(
    ("sender", "pace"),
    [
        ("+12025550100", 1.0),
        ("+18885550100", 3.0),
        ("12345", 100.0),
        ("MG0123", 10.0),
        ("+447700900001", 10.0),
        ("MUSTER", 10.0),
    ],
)
def test_pace_follows_the_kind_of_sender(sender: str, pace: float) -> None:
    assert pace_of(sender) == pace


def test_a_given_pace_wins() -> None:
    account = TwilioAccount.read(SETTINGS, pace=42.0)
    assert TwilioSms(account, clock=Fixed(), public_url="").traits.pace == 42.0


def test_secrets_are_not_printed() -> None:
    account = TwilioAccount.read({**SETTINGS, "auth_token": "hush"})
    assert "hush" not in repr(account)


@pytest.mark.parametrize("url", ["ftp://x", "example.com", "https://x/?a=1", "https://u@x"])
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="MUSTER_TWILIO_API_URL"):
        TwilioAccount.read({**SETTINGS, "api_url": url})


@pytest.mark.parametrize(
    ("word", "code", "receipt"),
    [
        ("sent", "", Receipt(DeliveryState.ACCEPTED, Reason.OK, "SM1", "sent")),
        ("delivered", "", Receipt(DeliveryState.DELIVERED, Reason.OK, "SM1", "delivered")),
        ("read", "", Receipt(DeliveryState.READ, Reason.OK, "SM1", "read")),
        ("undelivered", "30003", Receipt(DeliveryState.FAILED, Reason.HANDSET, "SM1", "30003")),
        ("failed", "30036", Receipt(DeliveryState.FAILED, Reason.TOO_OLD, "SM1", "30036")),
        ("canceled", "", Receipt(DeliveryState.FAILED, Reason.STOPPED, "SM1", "canceled")),
    ],
)
def test_receipts_are_read(word: str, code: str, receipt: Receipt) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": word} | ({"ErrorCode": code} if code else {})
    assert _channel().read(_receipt(**form)).receipts == (receipt,)


def test_an_unknown_status_is_nothing_and_counted() -> None:
    channel = _channel()
    assert channel.read(_receipt(MessageSid="SM1", MessageStatus="teleported")).receipts == ()
    assert channel.unknown == {"status:teleported": 1}


def test_an_unknown_code_fails_as_unknown_and_is_counted() -> None:
    channel = _channel()
    form = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "31999"}
    assert channel.read(_receipt(**form)).receipts[0].reason is Reason.UNKNOWN
    assert channel.unknown == {"code:31999": 1}


def test_counting_unknown_words_is_bounded() -> None:
    channel = _channel()
    for n in range(300):
        channel.read(_receipt(MessageSid="SM1", MessageStatus=f"odd{n}"))
    assert len(channel.unknown) == 101
    assert channel.unknown["other"] == 200


def test_a_reply_is_read_as_typed_and_answered_with_empty_twiml() -> None:
    form = (("From", PHONE), ("Body", " 2 "), ("MessageSid", "SM9"), ("SmsStatus", "received"))
    inward = _channel().read(HookRequest("https://hub.example.org/h", {}, b"", form))
    assert inward.replies == (Reply("sms", PHONE, " 2 ", "SM9"),)
    assert (inward.response, inward.content_type) == (EMPTY_TWIML, "text/xml")


@pytest.mark.parametrize(
    ("sender", "number", "by"),
    [
        (f"rcs:{PHONE}", PHONE, "rcs"),
        (f"whatsapp:{PHONE}", PHONE, "whatsapp"),
        (f"WhatsApp:{PHONE}", PHONE, "whatsapp"),
        (PHONE, PHONE, ""),
        ("messenger:12", "messenger:12", ""),
        ("rcs:agent_7", "agent_7", "rcs"),
    ],
)
def test_other_ways_to_a_number_are_that_number(sender: str, number: str, by: str) -> None:
    form = (("From", sender), ("Body", "2"), ("MessageSid", "SM9"))
    (reply,) = _channel().read(HookRequest("https://hub.example.org/h", {}, b"", form)).replies
    assert (reply.channel, reply.sender, reply.by) == ("sms", number, by)


@pytest.mark.parametrize(
    ("word", "opt"), [("STOP", "STOP"), ("start", "START"), ("HELP", "HELP"), ("", "")]
)
def test_what_the_provider_did_with_the_number_is_told(word: str, opt: str) -> None:
    form = (("From", PHONE), ("Body", "N"), ("MessageSid", "SM9"), ("OptOutType", word))
    (reply,) = _channel().read(HookRequest("https://hub.example.org/h", {}, b"", form)).replies
    assert reply.opt == opt


def test_a_part_of_a_text_is_not_delivered() -> None:
    form = (("MessageStatus", "partially_delivered"), ("MessageSid", "SM9"))
    inward = _channel().read(HookRequest("https://hub.example.org/h", {}, b"", form, "7.x"))
    assert [receipt.state for receipt in inward.receipts] == [DeliveryState.ACCEPTED]


def test_a_reply_without_sender_is_nothing() -> None:
    inward = _channel().read(HookRequest("https://hub.example.org/h", {}, b"", (("Body", "2"),)))
    assert inward.replies == ()


def test_verify_uses_the_accounts_own_token() -> None:
    url, form = "https://hub.example.org/h", (("Body", "2"),)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    good = HookRequest(url, {**headers, "x-twilio-signature": sign(b"tok", url, form)}, b"", form)
    bad = HookRequest(url, {**headers, "x-twilio-signature": sign(b"tik", url, form)}, b"", form)
    assert _channel().verify(good)
    assert not _channel().verify(bad)


@pytest.mark.parametrize("number", ["fast", "-1", "inf", "nan"])
def test_a_pace_that_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(Refused, match="pace"):
        TwilioAccount.read({**SETTINGS, "pace": number})


def test_pace_and_cost_may_stand_in_the_settings() -> None:
    account = TwilioAccount.read({**SETTINGS, "pace": "25", "cost": 0.05})
    assert (account.pace, account.cost) == (25.0, 0.05)
    assert TwilioAccount.read({**SETTINGS, "pace": ""}).pace is None


@pytest.mark.parametrize(
    ("options", "countries", "right"),
    [
        ({"from": "+12025550100"}, (), (True, ("+86",))),
        ({"from": "+12025550100", "api_url": "http://127.0.0.1:9"}, (), (True, ())),
        ({"from": "+12025550100", "api_url": "http://127.0.0.1:9"}, ("+86",), (True, ("+86",))),
        ({"from": "12345"}, ("+44",), (True, ("+86",))),
        ({"from": "MG00000000000000000000000000000001"}, (), (True, ("+86",))),
        ({"from": "MUSTER"}, (), (False, ())),
        ({"from": "Muster 24"}, ("+44",), (False, ())),
        ({"from": "MUSTER", "api_url": "http://127.0.0.1:9"}, (), (False, ())),
        ({"from": "MUSTER", "replies": True}, (), (True, ())),
        ({"from": "+8610690000", "replies": "yes"}, ("+86",), (True, ())),
        ({"from": "+12025550100", "replies": False}, (), (False, ())),
        ({"from": "+12025550100", "replies": "no"}, (), (False, ())),
    ],
)
def test_whether_a_sender_can_be_answered_and_from_where(options, countries, right) -> None:
    given = {"account_sid": "AC1", "auth_token": "x"} | options
    account = TwilioAccount.read(given)
    made = TwilioSms(account, clock=Fixed(), public_url="", countries=countries)
    assert (made.traits.answers, made.traits.one_way) == right


def test_replies_is_yes_or_no() -> None:
    given = {"account_sid": "AC1", "auth_token": "x", "from": "MUSTER", "replies": "sometimes"}
    with pytest.raises(Refused, match="replies"):
        TwilioAccount.read(given)
