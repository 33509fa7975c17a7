"""SMS by Twilio: the order, what the answer means, receipts and replies.

https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from twilio.rest import Client

from channels.http import DEADLINE, base_url, failure
from channels.twilio_outcome import outcome
from channels.twilio_signature import verify
from channels.twilio_wire import Wire
from channels.twilio_words import STATUSES, is_known, reason_of
from hub.errors import Defect, Problem, Refused
from hub.model import Outcome, Parcel, Receipt, Reply, Verdict
from hub.ports import Clock, HookRequest, Inward, Probe, Traits
from hub.states import DeliveryState, Reason

API: Final = "https://api.twilio.com"
LONGEST_VALIDITY: Final = 36_000
"""Seconds Twilio queues a text at most: https://www.twilio.com/docs/api/errors/90007."""

EMPTY_TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
WORDS_KEPT: Final = 100  # different unknown words counted; further ones count as "other"

TRAITS: Final = Traits(
    channel="sms", parts=("body",), limit=6, unit="segments", receipts=True, answers=True
)
"""What SMS can do; pace and cost are the account's."""

_TOLL_FREE = re.compile(r"\+1(800|833|844|855|866|877|888)\d{7}$")
_FICTION = re.compile(
    r"\+1\d{3}55501\d\d$|\+44(7700900|1632960|2079460|1134960|1144960|1154960|1164960)\d{3}$"
)
"""Numbers no one has: the North American 555-01xx and Ofcom's drama ranges."""


def pace_of(sender: str) -> float:
    """Segments a second Twilio takes from a sender of this kind by default.

    https://help.twilio.com/articles/115002943027 (messages per second, MPS).
    """
    if sender.startswith("MG"):
        return 10.0  # a messaging service: its pool is unknown, so as for one number abroad
    if re.fullmatch(r"\d{3,6}", sender):
        return 100.0  # short code
    if _TOLL_FREE.match(sender):
        return 3.0
    if sender.startswith("+1"):
        return 1.0  # North American long code
    return 10.0  # numbers elsewhere, alphanumeric senders


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """What one account needs. `api_url`: another base URL; then only the owner vouches for it."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str = field(repr=False)
    api_url: str = ""
    pace: float | None = None
    cost: float = 0.0

    @classmethod
    def read(cls, settings: Mapping[str, object], *, pace: float | None = None) -> TwilioAccount:
        """The account in `account_sid auth_token from` [`api_url pace cost`], or `Refused`."""
        needed = ("account_sid", "auth_token", "from")
        missing = [key for key in needed if not str(settings.get(key) or "").strip()]
        if missing:
            hint = "set MUSTER_TWILIO_ACCOUNT_SID, MUSTER_TWILIO_AUTH_TOKEN, MUSTER_TWILIO_FROM"
            problems = [Problem(f"sms_twilio.{key}", "is missing", hint) for key in missing]
            raise Refused(f"The Twilio account lacks {', '.join(missing)}", problems)
        sid, token, sender = (str(settings[key]).strip() for key in needed)
        url = str(settings.get("api_url") or "")
        url = base_url(url, where="MUSTER_TWILIO_API_URL") if url else ""
        pace = pace or _number(settings, "pace")
        return cls(sid, token, sender, url, pace, _number(settings, "cost") or 0.0)

    @property
    def url(self) -> str:
        return f"{self.api_url or API}/2010-04-01/Accounts/{self.account_sid}"


class TwilioSms:
    """One Twilio account that sends SMS. Obeys `Channel` and `Inbound`."""

    name = "sms_twilio"

    def __init__(
        self,
        account: TwilioAccount,
        *,
        clock: Clock,
        public_url: str,
        deadline: float = DEADLINE,
    ) -> None:
        pace = account.pace or pace_of(account.sender)
        self.traits = replace(TRAITS, pace=pace, cost=account.cost)
        self.unknown: Counter[str] = Counter()
        """Words of the provider we do not know, and how often they came."""
        self._account = account
        self._token = account.auth_token.encode()
        self._clock = clock
        self._deadline = deadline
        self._hooks = f"{public_url.rstrip('/')}/hooks/{self.name}/receipts/"
        self._sender = _sender(account.sender)
        self._client: Client | None = None
        self._wire: Wire | None = None

    async def open(self) -> None:
        """The SDK's client stands, with connections of this loop."""
        guarded = not self._account.api_url
        self._wire = Wire(parallel=self.traits.parallel, guarded=guarded)
        self._client = Client(
            self._account.account_sid,
            self._account.auth_token,
            http_client=self._wire,
            environment={"TWILIO_EDGE": ""},  # {} would make the SDK read os.environ
        )
        self._client.api.base_url = self._account.api_url or API

    async def close(self) -> None:
        wire, self._wire, self._client = self._wire, None, None
        if wire is not None:
            await wire.close()

    async def probe(self) -> Probe:
        """Whether the account answers to these credentials; sends nothing."""
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._ready().request_async("GET", f"{self._account.url}.json")
        except Exception as error:  # noqa: BLE001 - a probe reports, it never raises
            return Probe(ok=False, detail=f"Twilio cannot be reached ({failure(error).code})")
        if answer.status_code == HTTPStatus.OK:
            return Probe(ok=True)
        return Probe(ok=False, detail=f"Twilio answered {answer.status_code}: check sid and token")

    async def send(self, parcel: Parcel) -> Outcome:
        """One POST, or none where it would be refused or too old; what it came to."""
        now = self._clock.now()
        form = self._order(parcel, now=now)
        if isinstance(form, Outcome):
            return form

        client = self._ready()
        try:
            async with asyncio.timeout(self._deadline):
                # Not messages.create_async: it drops the headers (Retry-After) of a refusal.
                answer = await client.request_async(
                    "POST", f"{self._account.url}/Messages.json", data=form
                )
        except Exception as error:  # noqa: BLE001 - a send that raises is a lost delivery
            return failure(error)

        return outcome(answer.status_code, answer.headers or {}, answer.text, now=now)

    async def find(self, parcel: Parcel, *, since: datetime) -> Outcome:
        """Whether the account holds a text to this address with these words, made after `since`.

        ACCEPTED with its sid; RETRY when Twilio answers that there is none; UNSURE if it cannot be
        learnt. For attempts whose outcome stayed unknown.
        """
        try:
            async with asyncio.timeout(self._deadline):
                found = await self._ready().messages.list_async(to=parcel.to, limit=50)
        except Exception as error:  # noqa: BLE001 - as in send
            return Outcome(Verdict.UNSURE, failure(error).reason, code=type(error).__name__)
        floor = since.replace(microsecond=0) - timedelta(seconds=1)
        for one in found:
            if one.body == parcel.parts["body"] and one.date_created >= floor:
                return Outcome(Verdict.ACCEPTED, Reason.OK, str(one.sid), code=str(one.status))
        return Outcome(Verdict.RETRY, Reason.UNAVAILABLE, code="not_found")

    def verify(self, request: HookRequest) -> bool:
        return verify(self._token, request)

    def read(self, request: HookRequest) -> Inward:
        """A receipt (the request has a callback) or a reply, answered with empty TwiML."""
        form = dict(request.form)
        if request.callback or "MessageStatus" in form:
            return Inward(receipts=self._receipt(form))
        sid = form.get("MessageSid") or form.get("SmsSid") or ""
        if not (form.get("From") and sid and "Body" in form):
            return Inward(response=EMPTY_TWIML, content_type="text/xml")
        reply = Reply("sms", form["From"], form["Body"], sid)
        return Inward(replies=(reply,), response=EMPTY_TWIML, content_type="text/xml")

    def _receipt(self, form: Mapping[str, str]) -> tuple[Receipt, ...]:
        word = form.get("MessageStatus") or form.get("SmsStatus") or ""
        sid = form.get("MessageSid") or form.get("SmsSid") or ""
        state = STATUSES.get(word)
        if state is None:
            self._count(f"status:{word}")
            return ()
        code = form.get("ErrorCode", "")
        reason = Reason.OK
        if state is DeliveryState.FAILED:
            reason = Reason.STOPPED if word == "canceled" else reason_of(code)
            if code and not is_known(code):
                self._count(f"code:{code}")
        return (Receipt(state, reason, sid, code or word),)

    def _count(self, word: str) -> None:
        kept = word in self.unknown or len(self.unknown) < WORDS_KEPT
        self.unknown[word[:40] if kept else "other"] += 1

    def _order(self, parcel: Parcel, *, now: datetime) -> dict[str, object] | Outcome:
        """The form of Messages create, or why nothing is sent."""
        life = int((parcel.expires_at - now).total_seconds())
        if life <= 0:
            return Outcome(Verdict.REFUSED, Reason.TOO_OLD, code="expired")
        if not self._account.api_url and _FICTION.match(parcel.to):
            return Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS, code="fictional_number")
        return {
            "To": parcel.to,
            **self._sender,
            "Body": parcel.parts["body"],
            "StatusCallback": self._hooks + parcel.callback,
            "ValidityPeriod": min(life, LONGEST_VALIDITY),
        }

    def _ready(self) -> Client:
        if self._client is None:
            raise Defect("sms_twilio was used before open() or after close()")
        return self._client


def _number(settings: Mapping[str, object], key: str) -> float | None:
    given = settings.get(key)
    if given is None or given == "":
        return None
    try:
        number = float(str(given))
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        problem = Problem(f"sms_twilio.{key}", f"is {given!r}", "write a number, like 10")
        raise Refused(f"The Twilio account has a {key} that is no number", [problem])
    return number


def _sender(sender: str) -> dict[str, object]:
    return {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
