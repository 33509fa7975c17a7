"""What Twilio refuses, and the bodies it answers with (shapes as in its published examples)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from math import ceil
from typing import Any

from channels.simulator.dice import Dice
from channels.simulator.settings import Settings

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_VALIDITY = re.compile(r"[1-9]\d{0,4}")
LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000


@dataclass(slots=True)
class Held:
    """A text the provider has taken."""

    sid: str
    to: str
    sender: str
    body: str
    callback_url: str
    created: float  # seconds since 1970
    validity: int
    status: str = "queued"
    error: int | None = None

    @property
    def callback(self) -> str:
        return callback_of(self.callback_url)


def callback_of(url: str) -> str:
    """The last segment of a StatusCallback: the hub's signed attempt id."""
    return url.rpartition("/")[2].partition("?")[0]


def refusal(form: Mapping[str, str], settings: Settings) -> tuple[int, str] | None:
    """The error code and words for a form Twilio would not take; None if it takes it."""
    return next((said for wrong, said in _checks(form, settings) if wrong), None)


def _checks(form: Mapping[str, str], settings: Settings) -> Iterator[tuple[bool, tuple[int, str]]]:
    to, body = form.get("To", ""), form.get("Body", "")
    yield not to, (21604, "A 'To' phone number is required.")
    bad_number = not _E164.fullmatch(to)
    yield bad_number, (21211, f"The 'To' number {to} is not a valid phone number.")
    nobody = not (form.get("From") or form.get("MessagingServiceSid"))
    yield nobody, (21603, "A 'From' phone number is required.")
    yield not body, (21602, "Message body is required.")
    long = len(body) > LONGEST_BODY
    yield long, (21617, "The concatenated message body exceeds the 1600 character limit")
    period = form.get("ValidityPeriod", str(LONGEST_VALIDITY))
    odd = not _VALIDITY.fullmatch(period) or int(period) > LONGEST_VALIDITY
    yield odd, (90007, "Invalid validity period value")
    phone = Dice(settings.seed, "phone", to)
    stopped = phone.chance("opted_out", settings.opted_out)
    yield stopped, (21610, "Attempt to send to unsubscribed recipient")
    landline = phone.chance("landline", settings.landline)
    yield landline, (21614, "'To' number is not a valid mobile number")


def error_body(code: int, words: str, *, status: int) -> dict[str, object]:
    return {
        "code": code,
        "message": words,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def message_body(held: Held, *, account: str) -> dict[str, Any]:
    """A message resource as Twilio writes it."""
    here = f"/2010-04-01/Accounts/{account}/Messages/{held.sid}"
    pool = held.sender.startswith("MG")
    at = format_datetime(datetime.fromtimestamp(held.created, UTC))
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": held.body,
        "date_created": at,
        "date_sent": None if held.status in {"queued", "accepted"} else at,
        "date_updated": at,
        "direction": "outbound-api",
        "error_code": held.error,
        "error_message": None,
        "from": None if pool else held.sender,
        "messaging_service_sid": held.sender if pool else None,
        "num_media": "0",
        "num_segments": "0" if pool else str(segments(held.body)),
        "price": None,
        "price_unit": None,
        "sid": held.sid,
        "status": held.status,
        "subresource_uris": {"media": f"{here}/Media.json"},
        "to": held.to,
        "uri": f"{here}.json",
    }


def segments(body: str) -> int:
    """Parts a text is charged as: 160/153 characters in ASCII, 70/67 UTF-16 units otherwise."""
    size = len(body) if body.isascii() else len(body.encode("utf-16-le", "surrogatepass")) // 2
    single, part = (160, 153) if body.isascii() else (70, 67)
    return 1 if size <= single else ceil(size / part)
