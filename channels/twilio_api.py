"""One account's way to Twilio: each request once, within its deadline, and what it came to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from twilio.rest import Client

from channels.http import failure, missed
from channels.twilio_account import TwilioAccount
from channels.twilio_lists import TwilioLists, client_of
from channels.twilio_outcome import outcome
from channels.twilio_probe import finding
from channels.twilio_wire import Wire
from hub.errors import Defect
from hub.model import Outcome
from hub.ports import Probe
from hub.states import Finding

PARALLEL = 50
"""Connections at once, as many as `Traits.parallel` lets sends be in flight."""


class TwilioApi:
    """The SDK's client of one account, with connections of the loop it was opened in."""

    def __init__(self, account: TwilioAccount, *, name: str, deadline: float) -> None:
        self._account = account
        self._name = name
        self._deadline = deadline
        self._client: Client | None = None
        self._wire: Wire | None = None
        self.lists = TwilioLists(account, deadline=deadline)
        """What it has taken, asked over connections of its own: sends wait for no question."""

    async def open(self) -> None:
        """The SDK's client stands, with connections of this loop."""
        self._wire = Wire(parallel=PARALLEL, guarded=not self._account.api_url)
        self._client = client_of(self._account, self._wire)
        self.lists.open()

    async def close(self) -> None:
        """Its connections are gone; closing twice is once."""
        wire, self._wire, self._client = self._wire, None, None
        await self.lists.close()
        if wire is not None:
            await wire.close()

    async def probe(self) -> Probe:
        """Whether the account answers to these credentials; sends nothing."""
        try:
            async with asyncio.timeout(self._deadline):
                found, status = await self._asked(f"{self._account.url}.json")
                if found is Finding.NO_ACCOUNT:  # an edge of one's own may know texts alone
                    beside, _ = await self._asked(f"{self._account.url}/Messages.json?PageSize=1")
                    found = found if beside is Finding.NO_ACCOUNT else beside
        except Exception as error:  # noqa: BLE001 - a probe reports, it never raises
            code = failure(error).code
            return Probe(False, f"Twilio cannot be reached ({code})", finding=missed(error))
        if found in {Finding.WELL, Finding.TRIAL}:
            return Probe(ok=True, finding=found)
        detail = f"Twilio answered {status}: check sid and token"
        return Probe(ok=False, detail=detail, finding=found)

    async def _asked(self, url: str) -> tuple[Finding, int]:
        answer = await self.ready().request_async("GET", url)
        status = int(answer.status_code)
        if status == HTTPStatus.OK and "Messages.json" in url:
            return Finding.WELL, status
        return finding(status, answer.text), status

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

    def ready(self) -> Client:
        """The open client; Defect before open() and after close()."""
        if self._client is None:
            raise Defect(f"{self._name} was used before open() or after close()")
        return self._client
