"""SMS by Twilio: the order, what the answer means, receipts and replies.

https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from channels.http import DEADLINE
from channels.twilio_account import TwilioAccount, is_fiction
from channels.twilio_api import TwilioApi
from channels.twilio_beside import beside
from channels.twilio_lists import Row, between, unanswered
from channels.twilio_signature import verify
from channels.twilio_words import STATUSES, count_unknown, is_known, reason_of
from hub.model import Outcome, Parcel, Receipt, Reply, Verdict
from hub.ports import Clock, HookRequest, Inward, Probe, Sought, Together, Traits
from hub.states import DeliveryState, Reason

LONGEST_VALIDITY: Final = 36_000
"""Seconds Twilio queues a text at most: https://www.twilio.com/docs/api/errors/90007."""

FEW: Final = 100
"""Texts with the same words to one number that are told of."""

EMPTY_TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

TRAITS: Final = Traits(
    channel="sms", parts=("body",), limit=6, unit="segments", receipts=True, answers=True
)
"""What SMS can do; pace and cost are the account's."""

INCOMING: Final = "received"
COMING: Final = frozenset({"", "receiving", INCOMING})
"""The status of a text that a person sent."""

WAYS: Final = frozenset({"rcs", "whatsapp"})
"""Other ways a text comes to the same number, as Twilio writes them."""

_TOLL_FREE = re.compile(r"\+1(800|833|844|855|866|877|888)\d{7}$")


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
        countries: Sequence[str] = (),
    ) -> None:
        pace = account.pace or pace_of(account.sender)
        answers, one_way = account.two_way(countries)
        self.traits = replace(
            TRAITS, pace=pace, cost=account.cost, answers=answers, one_way=one_way
        )
        self.unknown: Counter[str] = Counter()
        """Words of the provider we do not know, and how often they came."""
        self._account = account
        self._token = account.auth_token.encode()
        self._clock = clock
        self._hooks = f"{public_url.rstrip('/')}/hooks/{self.name}/receipts/"
        self._sender = _sender(account.sender)
        self._api = TwilioApi(account, name=self.name, deadline=deadline)

    async def open(self) -> None:
        """The SDK's client stands, with connections of this loop."""
        await self._api.open()

    async def close(self) -> None:
        await self._api.close()

    async def probe(self) -> Probe:
        """Whether the account answers to these credentials; sends nothing."""
        return await self._api.probe()

    async def send(self, parcel: Parcel) -> Outcome:
        """One POST, or none where it would be refused or too old; what it came to."""
        now = self._clock.now()
        form = self._order(parcel, now=now)
        if isinstance(form, Outcome):
            return form

        return await self._api.create("Messages", form, now=now)

    async def find(
        self, parcel: Parcel, *, since: datetime, until: datetime | None = None
    ) -> Outcome:
        """Texts to this address with these words the account holds, made in that time.

        ACCEPTED with its sid, REFUSED if it failed since; RETRY when Twilio answers that there is
        none; UNSURE if it cannot be learnt. For attempts whose outcome stayed unknown.
        """
        lists, clock = self._api.lists, self._clock
        try:
            found = await lists.since("Messages", began=since, clock=clock, To=parcel.to)
        except Exception as error:  # noqa: BLE001 - as in send
            return unanswered(error)
        return self._found(parcel, between(found.rows, since, until), whole=found.whole)

    async def find_together(self, sought: Sequence[Sought]) -> Together:
        """The same for many at once, from the list of all texts since the first of them."""
        began = min(one.since for one in sought)
        sender = self._sender if "From" in self._sender else {}
        try:
            found = await self._api.lists.all_since(
                "Messages", began=began, clock=self._clock, **sender
            )
        except Exception as error:  # noqa: BLE001 - as in send
            return Together([unanswered(error)] * len(sought))
        texts: dict[str, list[Row]] = defaultdict(list)
        for row in found.rows:
            texts[str(row.said.get("to"))].append(row)
        rows = [between(texts.get(one.parcel.to, ()), one.since, one.until) for one in sought]
        said = [
            self._found(one.parcel, mine, whole=True)
            for one, mine in zip(sought, rows, strict=True)
        ]
        return Together(said, found.refs, found.whole)

    def _found(self, parcel: Parcel, rows: Sequence[Mapping[str, Any]], *, whole: bool) -> Outcome:
        """What texts to its address say of a parcel. Where there are more than these, who knows
        them all as others' still does not know."""
        mine = [row for row in rows if row.get("body") == parcel.parts["body"]]
        fates = [fate for row in mine[:FEW] if (fate := self._fate(row)).provider_ref]
        if not whole or len(mine) > FEW:
            fates.append(Outcome(Verdict.UNSURE, Reason.UNKNOWN, code="too_many_texts"))
        if fates:
            return replace(fates[0], others=tuple(fates[1:]))
        return Outcome(Verdict.RETRY, Reason.UNAVAILABLE, code="not_found")

    def _fate(self, row: Mapping[str, Any]) -> Outcome:
        """What became of a text Twilio holds."""
        word, code = str(row.get("status") or ""), str(row.get("error_code") or "")
        sid = str(row.get("sid") or "")
        if STATUSES.get(word) is not DeliveryState.FAILED:
            return Outcome(Verdict.ACCEPTED, Reason.OK, sid, code=word)
        return Outcome(Verdict.REFUSED, self._why(word, code), sid, code=code or word)

    def verify(self, request: HookRequest) -> bool:
        return verify(self._token, request)

    def read(self, request: HookRequest) -> Inward:
        """A receipt (the request has a callback) or a reply, answered with empty TwiML."""
        form = dict(request.form)
        if request.callback or "MessageStatus" in form:
            return Inward(receipts=self._receipt(form))
        sid = form.get("MessageSid") or form.get("SmsSid") or ""
        if not (form.get("From") and sid and form.get("SmsStatus", INCOMING) in COMING):
            return Inward(response=EMPTY_TWIML, content_type="text/xml")
        by, number = _from(form["From"])
        opt = form.get("OptOutType", "").strip().upper()
        words = form.get("Body", "")  # a picture without words may have none
        reply = Reply("sms", number, words, sid, by=by, opt=opt, beside=beside(form))
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
            reason = self._why(word, code)
        return (Receipt(state, reason, sid, code or word),)

    def _why(self, word: str, code: str) -> Reason:
        """Why a text that was taken failed."""
        if code and not is_known(code):
            self._count(f"code:{code}")
        return Reason.STOPPED if word == "canceled" else reason_of(code)

    def _count(self, word: str) -> None:
        count_unknown(self.unknown, word)

    def _order(self, parcel: Parcel, *, now: datetime) -> dict[str, object] | Outcome:
        """The form of Messages create, or why nothing is sent."""
        life = int((parcel.expires_at - now).total_seconds())
        if life <= 0:
            return Outcome(Verdict.REFUSED, Reason.TOO_OLD, code="expired")
        if not self._account.api_url and is_fiction(parcel.to):
            return Outcome(Verdict.REFUSED, Reason.BAD_ADDRESS, code="fictional_number")
        return {
            "To": parcel.to,
            **self._sender,
            "Body": parcel.parts["body"],
            "StatusCallback": self._hooks + parcel.callback,
            "ValidityPeriod": min(life, LONGEST_VALIDITY),
        }


def _from(address: str) -> tuple[str, str]:
    """How a reply came and the number behind it: Twilio writes `rcs:+E164`, `whatsapp:+E164`."""
    by, _, number = address.rpartition(":")
    return (by.lower(), number) if by.lower() in WAYS else ("", address)


def _sender(sender: str) -> dict[str, object]:
    return {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
