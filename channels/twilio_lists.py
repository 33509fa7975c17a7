"""What an account's lists hold of texts and calls: those to one number, or all of them since."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from twilio.rest import Client

from channels.http import failure
from channels.twilio_account import API, TwilioAccount
from channels.twilio_wire import Wire
from hub.errors import Defect
from hub.model import Outcome, Verdict
from hub.ports import Clock
from hub.states import Reason

PARALLEL = 20
"""Connections at once for questions."""

LIMIT = 8_000_000
"""Bytes of a page that are read: a thousand Chinese texts of six segments."""

PAGE = 20
"""Texts or calls to one number that are looked at."""

LONG_PAGE = 1_000
PAGES = 30
"""Of a list of everything so many pages are read at most, and only what the deadline leaves."""

ROUNDED = timedelta(seconds=2)
"""What is lost where times are told in whole seconds, twice."""

UNKNOWN_CLOCK = timedelta(days=1)
"""How far apart clocks may be, where Twilio does not tell what time it has."""


@dataclass(frozen=True, slots=True)
class Row:
    """A text or call as Twilio has it, and when it was made, by our clock."""

    made: datetime
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows, oldest first. `whole`: there are no more that were asked for."""

    rows: tuple[Row, ...]
    whole: bool

    @property
    def refs(self) -> frozenset[str]:
        return frozenset(str(row.said.get("sid")) for row in self.rows)


@dataclass(frozen=True, slots=True)
class _Page:
    rows: Sequence[Row]
    more: str  # where the next one stands, as far as it says
    full: bool  # it has as many rows as a page may have
    last: bool  # it says itself that there is no other


class TwilioLists:
    """Reads lists, newest first, by age and not by the time of day: our clock and Twilio's may be
    hours apart."""

    def __init__(self, account: TwilioAccount, *, deadline: float) -> None:
        self._account = account
        self._deadline = deadline
        self._client: Client | None = None
        self._wire: Wire | None = None

    def open(self) -> None:
        self._wire = Wire(parallel=PARALLEL, guarded=not self._account.api_url, limit=LIMIT)
        self._client = client_of(self._account, self._wire)

    async def close(self) -> None:
        wire, self._wire, self._client = self._wire, None, None
        if wire is not None:
            await wire.close()

    async def since(
        self, resource: str, *, began: datetime, clock: Clock, **asked: object
    ) -> Listed:
        """What a list holds of what was made after `began`, oldest first; its first few. Raises
        what went wrong."""
        params = {**asked, "PageSize": PAGE}
        async with asyncio.timeout(self._deadline):
            page = await self._page(resource, self._url(resource), params, clock)
        young = _young(page, began)
        whole = len(young) < len(page.rows) or not (page.more or page.full)
        return Listed(tuple(reversed(young)), whole)

    async def all_since(
        self, resource: str, *, began: datetime, clock: Clock, **asked: object
    ) -> Listed:
        """As `since`, page by page until what is older. What was read before the deadline counts;
        raises only where that is nothing."""
        found: list[Row] = []
        url, params = self._url(resource), {**asked, "PageSize": LONG_PAGE}
        until = asyncio.get_running_loop().time() + self._deadline
        for number in range(PAGES):
            try:
                async with asyncio.timeout_at(until):
                    page = await self._page(resource, url, {} if number else params, clock)
            except Exception:
                if not number:
                    raise
                break
            young = _young(page, began)
            found += young
            whole = len(young) < len(page.rows) or page.last or not (page.more or page.full)
            if whole or not page.more:
                return Listed(tuple(reversed(found)), whole)
            url = page.more
        return Listed(tuple(reversed(found)), whole=False)

    async def _page(
        self, resource: str, url: str, params: Mapping[str, object], clock: Clock
    ) -> _Page:
        if self._client is None:
            raise Defect("lists were asked before open() or after close()")
        answer = await self._client.request_async("GET", url, params=dict(params))
        if answer.status_code != HTTPStatus.OK:
            raise ValueError(f"http_{answer.status_code}")
        said = json.loads(answer.text)
        rows, size = said[resource.lower()], said.get("page_size")
        if not isinstance(rows, list):
            raise TypeError(f"{resource} is no list")
        there, here = _date((answer.headers or {}).get("Date")), clock.now()
        full = isinstance(size, int) and 0 < size <= len(rows)
        made = [Row(_made(row, there, here), row) for row in rows]
        last = "next_page_uri" in said and not said["next_page_uri"]
        return _Page(made, self._next(said), full, last)

    def _next(self, said: Mapping[str, Any]) -> str:
        following = said.get("next_page_uri")
        if not isinstance(following, str) or not following.startswith("/"):
            return ""
        return (self._account.api_url or API) + following

    def _url(self, resource: str) -> str:
        return f"{self._account.url}/{resource}.json"


def client_of(account: TwilioAccount, wire: Wire) -> Client:
    """The SDK's client of an account, with these connections."""
    client = Client(
        account.account_sid,
        account.auth_token,
        http_client=wire,
        environment={"TWILIO_EDGE": ""},  # {} would make the SDK read os.environ
    )
    client.api.base_url = account.api_url or API
    return client


def between(
    rows: Iterable[Row], since: datetime, until: datetime | None
) -> Sequence[Mapping[str, Any]]:
    """Those made in this time."""
    return [
        row.said
        for row in rows
        if row.made >= since - ROUNDED and (until is None or row.made <= until)
    ]


def unanswered(error: Exception) -> Outcome:
    """A question that has no answer: it can be asked again."""
    came = failure(error)
    reason = came.reason if came.reason is not Reason.UNKNOWN else Reason.BROKEN
    return Outcome(Verdict.UNSURE, reason, code=type(error).__name__)


def _young(page: _Page, began: datetime) -> list[Row]:
    return [row for row in page.rows if row.made >= began - ROUNDED]


def _made(row: Mapping[str, Any], there: datetime | None, here: datetime) -> datetime:
    """When a row was made, by our clock; as late as can be where Twilio does not say."""
    made = _date(row.get("date_created"))
    if made is None:
        return here
    return made + UNKNOWN_CLOCK if there is None else here - (there - made)


def _date(said: object) -> datetime | None:
    """A time as it stands in a header or a resource (RFC 2822)."""
    try:
        found = parsedate_to_datetime(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
