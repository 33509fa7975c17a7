"""One account's way to Twilio: each request once, within its deadline, and what it came to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from twilio.rest import Client

from channels.http import failure
from channels.twilio_account import API, TwilioAccount
from channels.twilio_outcome import outcome
from channels.twilio_wire import Wire
from hub.errors import Defect
from hub.model import Outcome
from hub.ports import Clock, Probe

PARALLEL = 50
"""Connections at once, as many as `Traits.parallel` lets sends be in flight."""


PAGE = 20
"""Texts or calls to one number that are looked at: more, and Chinese ones are too long to read."""

ROUNDED = timedelta(seconds=2)
"""What is lost where times are told in whole seconds, twice."""

UNKNOWN_CLOCK = timedelta(days=1)
"""How far apart clocks may be, where Twilio does not tell what time it has."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows as Twilio has them, oldest first. `whole`: there are no more that were asked for."""

    rows: tuple[Mapping[str, Any], ...]
    whole: bool


class TwilioApi:
    """The SDK's client of one account, with connections of the loop it was opened in."""

    def __init__(self, account: TwilioAccount, *, name: str, deadline: float) -> None:
        self._account = account
        self._name = name
        self._deadline = deadline
        self._client: Client | None = None
        self._wire: Wire | None = None

    async def open(self) -> None:
        """The SDK's client stands, with connections of this loop."""
        self._wire = Wire(parallel=PARALLEL, guarded=not self._account.api_url)
        self._client = Client(
            self._account.account_sid,
            self._account.auth_token,
            http_client=self._wire,
            environment={"TWILIO_EDGE": ""},  # {} would make the SDK read os.environ
        )
        self._client.api.base_url = self._account.api_url or API

    async def close(self) -> None:
        """Its connections are gone; closing twice is once."""
        wire, self._wire, self._client = self._wire, None, None
        if wire is not None:
            await wire.close()

    async def probe(self) -> Probe:
        """Whether the account answers to these credentials; sends nothing."""
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self.ready().request_async("GET", f"{self._account.url}.json")
        except Exception as error:  # noqa: BLE001 - a probe reports, it never raises
            return Probe(ok=False, detail=f"Twilio cannot be reached ({failure(error).code})")
        if answer.status_code == HTTPStatus.OK:
            return Probe(ok=True)
        return Probe(ok=False, detail=f"Twilio answered {answer.status_code}: check sid and token")

    async def create(self, resource: str, form: Mapping[str, object], *, now: datetime) -> Outcome:
        """One POST to a list resource (`Messages`, `Calls`); what it came to. Never raises for
        anything the provider or the network does."""
        client = self.ready()
        try:
            async with asyncio.timeout(self._deadline):
                # Not the SDK's create_async: it drops the headers (Retry-After) of a refusal.
                answer = await client.request_async(
                    "POST", f"{self._account.url}/{resource}.json", data=dict(form)
                )
        except Exception as error:  # noqa: BLE001 - a send that raises is a lost delivery
            return failure(error)
        return outcome(answer.status_code, answer.headers or {}, answer.text, now=now)

    async def since(
        self, resource: str, *, began: datetime, clock: Clock, **asked: object
    ) -> Listed:
        """What a list resource holds of what was made after `began`, oldest first. By age, not by
        the time of day: our clock and Twilio's may be hours apart. Raises what went wrong."""
        url = f"{self._account.url}/{resource}.json"
        async with asyncio.timeout(self._deadline):
            answer = await self.ready().request_async(
                "GET", url, params={**asked, "PageSize": PAGE}
            )
        said = json.loads(answer.text)
        rows = said[resource.lower()]
        if answer.status_code != HTTPStatus.OK or not isinstance(rows, list):
            raise ValueError(f"http_{answer.status_code}")
        there = _date((answer.headers or {}).get("Date"))
        floor = began - UNKNOWN_CLOCK if there is None else there - (clock.now() - began) - ROUNDED
        made = [(_date(row.get("date_created")) or floor, row) for row in rows]
        recent = [row for at, row in made if at >= floor]
        return Listed(tuple(reversed(recent)), whole=len(rows) < PAGE or len(recent) < len(rows))

    def ready(self) -> Client:
        """The open client; Defect before open() and after close()."""
        if self._client is None:
            raise Defect(f"{self._name} was used before open() or after close()")
        return self._client


def _date(said: object) -> datetime | None:
    """A time as it stands in a header or a resource (RFC 2822)."""
    try:
        found = parsedate_to_datetime(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
