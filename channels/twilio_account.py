"""What one Twilio account needs: who it is, the sender, the base URL, pace and cost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from channels.http import base_url
from hub.errors import Problem, Refused

API: Final = "https://api.twilio.com"

_FICTION = re.compile(
    r"\+1\d{3}55501\d\d$|\+44(7700900|1632960|2079460|1134960|1144960|1154960|1164960)\d{3}$"
)
"""Numbers no one has: the North American 555-01xx and Ofcom's drama ranges."""


CHINA: Final = "+86"

_NUMBER = re.compile(r"\+?[0-9 ()-]+")
"""A sender that is a number or a short code; anything else is a name."""


def is_fiction(value: str) -> bool:
    """Whether a number is reserved for fiction: it is never given to the real provider."""
    return _FICTION.match(value) is not None


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """What one account needs. `api_url`: another base URL; then only the owner vouches for it."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str = field(repr=False)
    api_url: str = ""
    pace: float | None = None
    cost: float = 0.0
    replies: bool | None = None

    @classmethod
    def read(
        cls,
        settings: Mapping[str, object],
        *,
        pace: float | None = None,
        channel: str = "sms_twilio",
        sender: str = "MUSTER_TWILIO_FROM",
    ) -> TwilioAccount:
        """The account in `account_sid auth_token from` [`api_url pace cost replies`], or `Refused`.

        `channel` and the variable of its `sender` are named in what is refused.
        """
        needed = ("account_sid", "auth_token", "from")
        missing = [key for key in needed if not str(settings.get(key) or "").strip()]
        if missing:
            hint = f"set MUSTER_TWILIO_ACCOUNT_SID, MUSTER_TWILIO_AUTH_TOKEN, {sender}"
            problems = [Problem(f"{channel}.{key}", "is missing", hint) for key in missing]
            raise Refused(f"The Twilio account lacks {', '.join(missing)}", problems)
        sid, token, given = (str(settings[key]).strip() for key in needed)
        url = str(settings.get("api_url") or "")
        url = base_url(url, where="MUSTER_TWILIO_API_URL") if url else ""
        pace = pace or number(settings, "pace", channel=channel)
        cost = number(settings, "cost", channel=channel) or 0.0
        replies = _yes_no(settings, "replies", channel=channel)
        return cls(sid, token, given, url, pace, cost, replies)

    def two_way(self, countries: Sequence[str] = ()) -> tuple[bool, tuple[str, ...]]:
        """(whether what it sends can be answered, calling codes from which it cannot).

        A name as sender cannot be texted back. Twilio brings no replies from mainland China
        (https://www.twilio.com/en-us/guidelines/cn/sms); who sends by another base URL and has not
        said that the account is for China vouches for that. `replies` in the settings decides."""
        if self.replies is not None:
            return self.replies, ()
        if not (self.sender.startswith("MG") or _NUMBER.fullmatch(self.sender)):
            return False, ()
        china = any(code.startswith(CHINA) for code in countries)
        return True, (CHINA,) if china or not self.api_url else ()

    @property
    def url(self) -> str:
        return f"{self.api_url or API}/2010-04-01/Accounts/{self.account_sid}"


def number(settings: Mapping[str, object], key: str, *, channel: str) -> float | None:
    """A setting that is a number from 0 up; None where it is not given; else `Refused`."""
    given = settings.get(key)
    if given is None or given == "":
        return None
    try:
        found = float(str(given))
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        problem = Problem(f"{channel}.{key}", f"is {given!r}", "write a number, like 10")
        raise Refused(f"The Twilio account has a {key} that is no number", [problem])
    return found


_SAID: Final = {
    **dict.fromkeys(("yes", "true", "1", "on"), True),
    **dict.fromkeys(("no", "false", "0", "off"), False),
}


def _yes_no(settings: Mapping[str, object], key: str, *, channel: str) -> bool | None:
    """A setting that is yes or no; None where it is not given; else `Refused`."""
    given = settings.get(key)
    if given is None or given == "":
        return None
    found = _SAID.get(str(given).strip().lower())
    if found is None:
        problem = Problem(f"{channel}.{key}", f"is {given!r}", "write true or false")
        raise Refused(f"The Twilio account has a {key} that is neither yes nor no", [problem])
    return found
