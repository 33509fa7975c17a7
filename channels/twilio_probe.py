"""What Twilio's answers to a question about the account mean.

https://www.twilio.com/docs/iam/api/account
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from channels.http import judged
from hub.states import Finding

CODES: Final[Mapping[int, Finding]] = MappingProxyType(
    {
        10001: Finding.SUSPENDED,  # account not active
        20005: Finding.SUSPENDED,  # account not active
        20006: Finding.SUSPENDED,  # access denied
        20003: Finding.CREDENTIALS,  # authentication failed
        20008: Finding.CREDENTIALS,  # test credentials
        20404: Finding.NO_ACCOUNT,
        20429: Finding.THROTTLED,
    }
)
"""https://www.twilio.com/docs/api/errors: what a refusal says of the account."""

STATUSES: Final[Mapping[str, Finding]] = MappingProxyType(
    {"active": Finding.WELL, "suspended": Finding.SUSPENDED, "closed": Finding.CLOSED}
)
REFUSALS: Final[Mapping[int, Finding]] = MappingProxyType(
    {401: Finding.CREDENTIALS, 403: Finding.CREDENTIALS, 404: Finding.NO_ACCOUNT}
)


def finding(status: int, body: str) -> Finding:
    """How the account stands; NONSENSE for what Twilio never says."""
    if (by_status := judged(status)) is not None:
        return by_status
    said = _json(body)
    if status == HTTPStatus.OK:
        return _account(said)
    code = said.get("code")
    known = CODES.get(code) if isinstance(code, int) else None
    return known or REFUSALS.get(status, Finding.NONSENSE)


def _account(said: Mapping[str, Any]) -> Finding:
    if not isinstance(said.get("sid"), str):
        return Finding.NONSENSE
    found = STATUSES.get(str(said.get("status", "active")), Finding.NONSENSE)
    trial = found is Finding.WELL and said.get("type") == "Trial"
    return Finding.TRIAL if trial else found


def _json(body: str) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
