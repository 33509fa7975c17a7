"""Voice by Twilio: the call we order, what became of it, and the keys people press.

https://www.twilio.com/docs/voice/api/call-resource
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from channels import twilio_twiml as twiml
from channels.http import DEADLINE
from channels.twilio_account import TwilioAccount, is_fiction, number
from channels.twilio_api import TwilioApi
from channels.twilio_calls import ANSWERED_BY, COMPLETED, SIP_CODES, STATUSES, Came
from channels.twilio_lists import Row, between, unanswered
from channels.twilio_signature import verify
from channels.twilio_words import count_unknown, is_known, reason_of
from hub.model import Outcome, Parcel, Receipt, Reply, Verdict
from hub.ports import Clock, HookRequest, Inward, Pressed, Probe, Sought, Together, Traits
from hub.states import DeliveryState, Reason

NAME: Final = "voice_twilio"

PACE: Final = 1.0
"""Calls a second Twilio makes for an account by default; further ones wait in its queue, where
nothing can make them expire. https://www.twilio.com/docs/voice/api/call-resource"""

LINES: Final = 10
"""Calls under way at once where the account does not say."""

RINGS: Final = 25
"""Seconds a phone rings: before most mailboxes take the call."""

LONGEST_CALL: Final = 600
"""Seconds a call may take once it was answered: the longest words, three times."""

SHORTEST_LIFE: Final = 10
"""Seconds an alert must still be true for when a call begins: a call cannot be given an expiry."""

TRAITS: Final = Traits(
    channel="voice",
    parts=("body",),
    limit=1500,
    receipts=True,
    answers=True,
    personal=False,
    pace=PACE,
    lines=LINES,
)
"""What a call can do; pace, lines and cost are the account's."""

_XML = "text/xml"


@dataclass(frozen=True, slots=True)
class VoiceAccount:
    """One Twilio account that calls: `twilio.sender` is its caller id, `lines` calls at once."""

    twilio: TwilioAccount = field(repr=False)
    lines: int = LINES

    @classmethod
    def read(cls, settings: Mapping[str, object], *, pace: float | None = None) -> VoiceAccount:
        """As in `account_sid auth_token from` [`api_url pace cost lines`]; or `Refused`."""
        sender = "MUSTER_TWILIO_VOICE_FROM"
        twilio = TwilioAccount.read(settings, pace=pace, channel=NAME, sender=sender)
        lines = number(settings, "lines", channel=NAME)
        return cls(twilio, LINES if lines is None else max(1, int(lines)))


class TwilioVoice:
    """One Twilio account that calls. Obeys `Channel`, `Inbound`, `Findable` and `OnTheLine`."""

    name = NAME

    def __init__(
        self,
        account: VoiceAccount,
        *,
        clock: Clock,
        public_url: str,
        deadline: float = DEADLINE,
    ) -> None:
        self._account = twilio = account.twilio
        pace = twilio.pace or PACE
        self.traits = replace(TRAITS, pace=pace, cost=twilio.cost, lines=account.lines)
        self.unknown: Counter[str] = Counter()
        """Words of the provider we do not know, and how often they came."""
        self._token = twilio.auth_token.encode()
        self._clock = clock
        self._hooks = f"{public_url.rstrip('/')}/hooks/{self.name}"
        self._api = TwilioApi(twilio, name=self.name, deadline=deadline)

    async def open(self) -> None:
        """The SDK's client stands, with connections of this loop."""
        await self._api.open()

    async def close(self) -> None:
        await self._api.close()

    async def probe(self) -> Probe:
        """Whether the account answers to these credentials; calls nobody."""
        return await self._api.probe()

    async def send(self, parcel: Parcel) -> Outcome:
        """One POST, or none where it would be refused or too old; what it came to."""
        now = self._clock.now()
        form = self._order(parcel, now=now)
        if isinstance(form, Outcome):
            return form
        return await self._api.create("Calls", form, now=now)

    async def find(
        self, parcel: Parcel, *, since: datetime, until: datetime | None = None
    ) -> Outcome:
        """RETRY when Twilio answers that it made no call to this number in that time; else UNSURE.

        A call resource holds neither its words nor our signed id: one that is there may be of
        another notice, so it proves nothing about this attempt.
        """
        asked = {"To": parcel.to, "From": self._account.sender}
        try:
            found = await self._api.lists.since("Calls", began=since, clock=self._clock, **asked)
        except Exception as error:  # noqa: BLE001 - as in send
            return unanswered(error)
        return _called(there=bool(between(found.rows, since, until)))

    async def find_together(self, sought: Sequence[Sought]) -> Together:
        """The same for many at once, from the list of all calls since the first of them."""
        began, sender = min(one.since for one in sought), self._account.sender
        try:
            found = await self._api.lists.all_since(
                "Calls", began=began, clock=self._clock, From=sender
            )
        except Exception as error:  # noqa: BLE001 - as in send
            return Together([unanswered(error)] * len(sought))
        calls: dict[str, list[Row]] = defaultdict(list)
        for row in found.rows:
            calls[str(row.said.get("to"))].append(row)
        there = [between(calls.get(one.parcel.to, ()), one.since, one.until) for one in sought]
        return Together([_called(there=bool(one)) for one in there], found.refs, found.whole)

    def verify(self, request: HookRequest) -> bool:
        return verify(self._token, request)

    def read(self, request: HookRequest) -> Inward:
        """A pressed key (the request has digits), else what became of the call."""
        form = dict(request.form)
        if "Digits" in form:
            key, sid = form["Digits"][:8], form.get("CallSid", "")
            return Inward(
                replies=(Reply("voice", form.get("To", ""), key, sid),), content_type=_XML
            )
        return Inward(receipts=self._receipt(form))

    def respond(self, pressed: Pressed) -> Inward:
        """The TwiML that says what was understood and hangs up, or the words again."""
        language = pressed.language
        if pressed.over:
            said = twiml.over(language, number=pressed.number)
            return Inward(response=said, content_type=_XML)
        if pressed.word is not None:
            said = twiml.understood(pressed.word, language=language, number=pressed.number)
            return Inward(response=said, content_type=_XML)
        wrong = pressed.key != "#"
        action = f"{self._hooks}/replies/{pressed.callback}"
        body = pressed.parts.get("body", "")
        again = twiml.call(body, language=language, action=action, wrong=wrong)
        again = again or twiml.call(body, language=language, action=action)
        return Inward(response=again or twiml.HANGUP, content_type=_XML)

    def _receipt(self, form: Mapping[str, str]) -> tuple[Receipt, ...]:
        word = form.get("CallStatus", "")
        came = self._came(word, form)
        if came is None:
            return ()
        state, reason = came
        code = form.get("ErrorCode", "") or form.get("AnsweredBy", "") or word
        if word == "failed":
            reason, code = self._why(form)
        return (Receipt(state, reason, form.get("CallSid", ""), code[:40]),)

    def _came(self, word: str, form: Mapping[str, str]) -> Came | None:
        if word != COMPLETED:
            if word not in STATUSES:
                count_unknown(self.unknown, f"status:{word}")
            return STATUSES.get(word)
        by = form.get("AnsweredBy", "")
        if by not in ANSWERED_BY:
            count_unknown(self.unknown, f"answered_by:{by}")
            return DeliveryState.FAILED, Reason.UNKNOWN
        return ANSWERED_BY[by]

    def _why(self, form: Mapping[str, str]) -> tuple[Reason, str]:
        """Why a call failed: Twilio's own code, else the network's answer."""
        code, sip = form.get("ErrorCode", ""), form.get("SipResponseCode", "")
        if is_known(code):
            return reason_of(code), code
        if code:
            count_unknown(self.unknown, f"code:{code}")
        if sip in SIP_CODES:
            return SIP_CODES[sip], f"sip_{sip}"
        return Reason.UNKNOWN, code or (f"sip_{sip}" if sip else "failed")

    def _order(self, parcel: Parcel, *, now: datetime) -> dict[str, object] | Outcome:
        """The form of Calls create, or why nobody is called."""
        life = int((parcel.expires_at - now).total_seconds())
        if life < SHORTEST_LIFE:
            code = "expired" if life <= 0 else "expires_soon"
            return Outcome(Verdict.REFUSED, Reason.TOO_OLD, code=code)
        if not self._account.api_url and is_fiction(parcel.to):
            return Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS, code="fictional_number")
        action = f"{self._hooks}/replies/{parcel.callback}"
        words = twiml.call(parcel.parts["body"], language=parcel.language, action=action)
        if words is None:
            return Outcome(Verdict.REFUSED, Reason.TOO_LONG, code="twiml_too_long")
        return {
            "To": parcel.to,
            "From": self._account.sender,
            "Twiml": words,
            "StatusCallback": f"{self._hooks}/receipts/{parcel.callback}",
            "StatusCallbackEvent": ["answered", "completed"],
            "MachineDetection": "Enable",
            "Timeout": min(RINGS, life),
            "TimeLimit": min(LONGEST_CALL, life),
        }


def _called(*, there: bool) -> Outcome:
    if there:
        return Outcome(Verdict.UNSURE, Reason.UNKNOWN, code="call_to_same_number")
    return Outcome(Verdict.RETRY, Reason.UNAVAILABLE, code="not_found")
