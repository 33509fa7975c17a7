"""What Twilio refuses of a call, the resource it answers with, and what a TwiML document asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as ET

from channels.simulator.twilio_rules import callback_of

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SECONDS = re.compile(r"[1-9]\d{0,4}")
LONGEST_TWIML = 4000
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


@dataclass(slots=True)
class Call:
    """A call the provider has taken."""

    sid: str
    to: str
    sender: str
    twiml: str
    callback_url: str
    events: frozenset[str]
    detects: bool  # whether it looks who took the call
    rings: int  # seconds
    limit: int  # seconds after it was answered
    created: float  # seconds since 1970
    status: str = "queued"
    answered_by: str = ""
    error: int | None = None

    @property
    def callback(self) -> str:
        return callback_of(self.callback_url)


@dataclass(frozen=True, slots=True)
class Asked:
    """What TwiML asks of whoever took the call. `action`: where a key goes, "" for nowhere."""

    words: tuple[str, ...]
    action: str


def read_twiml(document: str) -> Asked | None:
    """What a document says and asks; None where it is not TwiML."""
    if "<!" in document:  # no declarations: TwiML has none, and entities can be bombs
        return None
    try:
        root = ET.fromstring(document)  # noqa: S314 - declarations were refused above
    except ET.ParseError:
        return None
    if root.tag != "Response":
        return None
    words = tuple((one.text or "").strip() for one in root.iter("Say"))
    gather = root.find("Gather")
    return Asked(words, "" if gather is None else gather.get("action", ""))


def refusal(form: Mapping[str, str], events: list[str]) -> tuple[int, str] | None:
    """The error code and words for a form Twilio would not take; None if it takes it."""
    return next((said for wrong, said in _checks(form, events) if wrong), None)


def _checks(form: Mapping[str, str], events: list[str]) -> Iterator[tuple[bool, tuple[int, str]]]:
    to, words = form.get("To", ""), form.get("Twiml", "")
    yield not to, (21201, "No 'To' number is specified")
    bad = not _E164.fullmatch(to)
    yield bad, (21211, f"The phone number you are attempting to call, {to}, is not valid.")
    yield not form.get("From"), (21213, "No 'From' number is specified")
    yield not words, (21205, "Url parameter is required.")
    yield len(words) > LONGEST_TWIML, (21205, "Twiml exceeds 4000 characters")
    yield read_twiml(words) is None, (12100, "Document parse failure")
    yield not set(events) <= EVENTS, (21626, "Invalid StatusCallbackEvent")
    for key in ("Timeout", "TimeLimit"):
        odd = not _SECONDS.fullmatch(form.get(key, "60"))
        yield odd, (20001, f"{key} is no number of seconds")
    wrong = form.get("MachineDetection", "Enable") not in {"Enable", "DetectMessageEnd"}
    yield wrong, (20001, "Invalid MachineDetection")


def call_body(call: Call, *, account: str) -> dict[str, Any]:
    """A call resource as Twilio writes it: neither its words nor its callback are in it."""
    at = format_datetime(datetime.fromtimestamp(call.created, UTC))
    return {
        "account_sid": account,
        "annotation": None,
        "answered_by": call.answered_by or None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": at,
        "date_updated": at,
        "direction": "outbound-api",
        "duration": None,
        "end_time": None,
        "from": call.sender,
        "from_formatted": call.sender,
        "parent_call_sid": None,
        "phone_number_sid": "",
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": None if call.status == "queued" else at,
        "status": call.status,
        "subresource_uris": {},
        "to": call.to,
        "to_formatted": call.to,
        "uri": f"/2010-04-01/Accounts/{account}/Calls/{call.sid}.json",
    }
