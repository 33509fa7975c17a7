"""What an answer of Twilio's Messages create means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from channels.http import odd_status, throttled
from channels.twilio_words import is_known, reason_of
from hub.model import Outcome, Verdict
from hub.states import Reason


def outcome(status: int, headers: Mapping[str, str], body: str, *, now: datetime) -> Outcome:
    """What an answer of Messages create means. Accepted only with a sid to follow it by."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return throttled(headers, now=now, code=str(_json(body).get("code") or "http_429"))
    if (odd := odd_status(status)) is not None:
        return odd
    said = _json(body)
    return _accepted(said) if status < HTTPStatus.MULTIPLE_CHOICES else _refused(status, said)


def _accepted(said: Mapping[str, Any]) -> Outcome:
    sid, word = said.get("sid"), said.get("status")
    if not isinstance(sid, str) or not sid:
        return Outcome(Verdict.UNSURE, Reason.BROKEN, code="no_sid")
    if word in {"failed", "undelivered", "canceled"}:
        code = said.get("error_code")
        return Outcome(Verdict.REFUSED, reason_of(code), sid, code=str(code or word))
    return Outcome(Verdict.ACCEPTED, Reason.OK, sid, code=str(word or ""))


def _refused(status: int, said: Mapping[str, Any]) -> Outcome:
    code = said.get("code")
    reason = reason_of(code)
    if not is_known(code) and status in {401, 403, 404}:
        reason = Reason.MISCONFIGURED
    verdict = Verdict.RETRY if reason is Reason.THROTTLED else Verdict.REFUSED
    return Outcome(verdict, reason, code=str(code or f"http_{status}"))


def _json(body: str) -> Mapping[str, Any]:
    """The object in a body; empty where it is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
