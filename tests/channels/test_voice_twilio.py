"""The call we order, what became of it, and keys; the wire is tested by the contract suite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from channels.twilio_signature import sign
from channels.voice_twilio import LINES, TwilioVoice, VoiceAccount
from hub.errors import Defect, Refused
from hub.model import AnswerWord, Receipt, Reply, Verdict
from hub.ports import Findable, HookRequest, Inbound, OnTheLine, Pressed
from hub.states import DeliveryState, Reason
from tests.channels.parts import NOW, PHONE, Fixed, parcel

SETTINGS = {"account_sid": "AC1", "auth_token": "tok", "from": "+12025550100"}
NEAR = {**SETTINGS, "api_url": "http://127.0.0.1:1"}
S = DeliveryState


def _channel(settings: Mapping[str, object] = NEAR, **more: object) -> TwilioVoice:
    account = VoiceAccount.read({**settings, **more})
    return TwilioVoice(account, clock=Fixed(), public_url="https://hub.example.org/")


def _hook(**form: str) -> HookRequest:
    return HookRequest("https://hub.example.org/h", {}, b"", tuple(form.items()), callback="7.x")


def test_the_order_rings_half_a_minute_and_detects_machines() -> None:
    order = _channel()._order(parcel(channel="voice"), now=NOW)
    assert isinstance(order, dict)
    words = order.pop("Twiml")
    assert order == {
        "To": PHONE,
        "From": "+12025550100",
        "StatusCallback": "https://hub.example.org/hooks/voice_twilio/receipts/7.c2lnbmVk",
        "StatusCallbackEvent": ["answered", "completed"],
        "MachineDetection": "Enable",
        "Timeout": 25,
        "TimeLimit": 600,
    }
    assert isinstance(words, str)
    assert 'action="https://hub.example.org/hooks/voice_twilio/replies/7.c2lnbmVk"' in words
    assert "Fire at 3. Leave now." in words


@pytest.mark.parametrize(
    ("life", "rings", "limit"), [(10, 10, 10), (24, 24, 24), (60, 25, 60), (9_000, 25, 600)]
)
def test_a_call_never_outlives_its_words(life: int, rings: int, limit: int) -> None:
    order = _channel()._order(parcel(expires_at=NOW + timedelta(seconds=life)), now=NOW)
    assert isinstance(order, dict)
    assert (order["Timeout"], order["TimeLimit"]) == (rings, limit)


@pytest.mark.parametrize(("life", "code"), [(-5, "expired"), (0, "expired"), (9, "expires_soon")])
async def test_what_is_about_to_be_untrue_is_refused_without_a_connection(
    life: int, code: str
) -> None:
    came = await _channel().send(parcel(expires_at=NOW + timedelta(seconds=life)))
    assert (came.verdict, came.reason, came.code) == (Verdict.REFUSED, Reason.TOO_OLD, code)


async def test_numbers_of_fiction_are_never_called_for_real() -> None:
    came = await _channel(SETTINGS).send(parcel())
    assert (came.verdict, came.reason) == (Verdict.REFUSED, Reason.BAD_ADDRESS)


async def test_words_that_fit_no_call_are_refused() -> None:
    came = await _channel().send(parcel(parts={"body": "&" * 1500}))
    assert (came.verdict, came.reason) == (Verdict.REFUSED, Reason.TOO_LONG)


async def test_an_unopened_channel_is_a_defect() -> None:
    with pytest.raises(Defect, match="voice_twilio"):
        await _channel().send(parcel())


def test_lines_and_pace_are_the_accounts() -> None:
    traits = _channel().traits
    assert (traits.pace, traits.lines) == (1.0, LINES)
    more = _channel(lines="40", pace="5", cost="0.1").traits
    assert (more.pace, more.lines, more.cost) == (5.0, 40, 0.1)
    assert _channel(lines=0).traits.lines == 1


def test_an_account_without_a_caller_id_says_what_to_set() -> None:
    with pytest.raises(Refused) as caught:
        VoiceAccount.read({"account_sid": "AC1", "auth_token": "tok"})
    [problem] = caught.value.problems
    assert problem.where == "voice_twilio.from"
    assert "MUSTER_TWILIO_VOICE_FROM" in problem.hint


def test_the_token_is_never_printed() -> None:
    assert "tok" not in repr(VoiceAccount.read(SETTINGS))


def test_it_hears_finds_and_speaks_back() -> None:
    made = _channel()
    assert isinstance(made, Inbound)
    assert isinstance(made, Findable)
    assert isinstance(made, OnTheLine)


# ── What became of a call ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("form", "state", "reason", "code"),
    [
        ({"CallStatus": "ringing"}, S.ACCEPTED, Reason.OK, "ringing"),
        ({"CallStatus": "in-progress"}, S.ACCEPTED, Reason.OK, "in-progress"),
        ({"CallStatus": "in-progress", "AnsweredBy": "human"}, S.ACCEPTED, Reason.OK, "human"),
        ({"CallStatus": "completed", "AnsweredBy": "human"}, S.DELIVERED, Reason.OK, "human"),
        ({"CallStatus": "completed", "AnsweredBy": "unknown"}, S.DELIVERED, Reason.OK, "unknown"),
        (
            {"CallStatus": "completed", "AnsweredBy": "machine_start"},
            S.FAILED,
            Reason.VOICEMAIL,
            "machine_start",
        ),
        ({"CallStatus": "completed", "AnsweredBy": "fax"}, S.FAILED, Reason.VOICEMAIL, "fax"),
        ({"CallStatus": "completed"}, S.FAILED, Reason.NO_ANSWER, "completed"),
        ({"CallStatus": "completed", "AnsweredBy": "cat"}, S.FAILED, Reason.UNKNOWN, "cat"),
        ({"CallStatus": "busy"}, S.FAILED, Reason.BUSY, "busy"),
        ({"CallStatus": "no-answer"}, S.FAILED, Reason.NO_ANSWER, "no-answer"),
        ({"CallStatus": "canceled"}, S.FAILED, Reason.STOPPED, "canceled"),
        ({"CallStatus": "failed", "ErrorCode": "13224"}, S.FAILED, Reason.BAD_ADDRESS, "13224"),
        ({"CallStatus": "failed", "ErrorCode": "13227"}, S.FAILED, Reason.MISCONFIGURED, "13227"),
        (
            {"CallStatus": "failed", "SipResponseCode": "404"},
            S.FAILED,
            Reason.BAD_ADDRESS,
            "sip_404",
        ),
        ({"CallStatus": "failed", "SipResponseCode": "999"}, S.FAILED, Reason.UNKNOWN, "sip_999"),
        ({"CallStatus": "failed"}, S.FAILED, Reason.UNKNOWN, "failed"),
    ],
)
def test_words_of_the_provider_in_ours(
    form: dict[str, str], state: DeliveryState, reason: Reason, code: str
) -> None:
    inward = _channel().read(_hook(CallSid="CA1", **form))
    assert inward.receipts == (Receipt(state, reason, "CA1", code),)
    assert inward.replies == ()


def test_unknown_words_are_nothing_and_counted() -> None:
    channel = _channel()
    assert channel.read(_hook(CallSid="CA1", CallStatus="levitating")).receipts == ()
    channel.read(_hook(CallSid="CA1", CallStatus="completed", AnsweredBy="cat"))
    channel.read(_hook(CallSid="CA1", CallStatus="failed", ErrorCode="99999"))
    assert channel.unknown == {
        "status:levitating": 1,
        "answered_by:cat": 1,
        "code:99999": 1,
    }


# ── Keys ───────────────────────────────────────────────────────────────────────────────────────


def test_a_pressed_key_is_a_reply_and_no_receipt() -> None:
    inward = _channel().read(
        _hook(CallSid="CA1", CallStatus="in-progress", To=PHONE, Digits="2", msg="Gather End")
    )
    assert inward.replies == (Reply("voice", PHONE, "2", "CA1"),)
    assert inward.receipts == ()
    assert inward.content_type == "text/xml"


def _pressed(key: str, *, word: AnswerWord | None = None, over: bool = False) -> str:
    said = Pressed(key, "en", {"body": "Fire at 3."}, "7.c2ln", word, over)
    return _channel().respond(said).response


def test_an_answer_is_said_back_and_ends_the_call() -> None:
    assert "Noted: you are safe" in _pressed("1", word=AnswerWord.SAFE)
    assert "<Hangup/>" in _pressed("1", word=AnswerWord.SAFE)


def test_a_call_for_help_is_told_whom_to_call_and_promised_nobody() -> None:
    said = Pressed("2", "zh-CN", {"body": "x"}, "7.c2ln", AnswerWord.HELP, number="幺二零")
    response = _channel().respond(said).response
    assert "挂断后立即拨打幺二零" in response
    assert "派人" not in response
    late = Pressed("2", "en", {"body": "x"}, "7.c2ln", over=True, number="1 2 0")
    assert "call 1 2 0 now" in _channel().respond(late).response


def test_hash_says_it_again_and_another_key_first_that_it_meant_nothing() -> None:
    again, wrong = _pressed("#"), _pressed("9")
    assert again.startswith("<Response><Gather")
    assert wrong.startswith("<Response><Say")
    assert "not in use" in wrong
    for said in (again, wrong):
        assert "Fire at 3." in said
        assert 'action="https://hub.example.org/hooks/voice_twilio/replies/7.c2ln"' in said


def test_words_that_leave_no_room_for_more_are_still_said_again() -> None:
    body = "x" * 3700
    said = Pressed("9", "en", {"body": body}, "7.c2ln")
    assert body in _channel().respond(said).response


def test_after_the_end_nobody_is_told_that_it_was_noted() -> None:
    assert "no longer taken" in _pressed("1", word=AnswerWord.SAFE, over=True)


def test_only_its_own_account_signs_for_it() -> None:
    fields = {"CallSid": "CA1", "CallStatus": "busy"}
    url = "https://hub.example.org/hooks/voice_twilio/receipts/7.x"
    form = "application/x-www-form-urlencoded"

    def asked(token: bytes) -> HookRequest:
        given = {"x-twilio-signature": sign(token, url, fields.items()), "content-type": form}
        return HookRequest(url, given, b"CallSid=CA1&CallStatus=busy", tuple(fields.items()))

    assert _channel().verify(asked(b"tok"))
    assert not _channel().verify(asked(b"another"))
