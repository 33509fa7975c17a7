"""The simulator's calls to the hub: loopback only, with a deadline, signed like the provider's."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import urlencode, urlsplit, urlunsplit

import aiohttp

from channels.simulator.settings import Settings
from channels.simulator.wire import Wire
from channels.twilio_signature import HEADER, sign

DEADLINE = 15.0
PAGE_LIMIT = 262_144
_FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}


@dataclass(frozen=True, slots=True)
class Heard:
    """What the hub answered; `wait` is its Retry-After in seconds."""

    status: int
    text: str
    wait: float = 0.0

    @property
    def good(self) -> bool:
        return 200 <= self.status < 400


class Stranger(OSError):
    """The target is no host the simulator may call: loopback, or named in `allow_hosts`."""


def is_near(url: str, *, allow: tuple[str, ...] = ()) -> bool:
    """Whether a URL leads to this machine or to a host that was allowed by name."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and (host in allow or _is_loopback(host))


@lru_cache(maxsize=256)  # every callback asks, nearly always for the same host
def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Caller:
    """Calls the hub. An async context manager: its connections belong to one loop."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64, ssl=False),  # the hub's own certificate
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        self._wire = Wire()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._wire.close()
        await self._session.close()

    def target(self, url: str) -> str:
        """Where a call to `url` really goes; `Stranger` where that is not near."""
        settings = self._settings()
        real = _move(url, settings.hub_url) if settings.hub_url else url
        if not is_near(real, allow=settings.allow_hosts):
            raise Stranger("the simulator calls loopback addresses only")
        return real

    async def signed(self, url: str, form: Mapping[str, str]) -> Heard:
        """POST a form as Twilio does: the signature covers the URL as it was given to Twilio."""
        token = self._settings().auth_token.encode()
        headers = {**_FORM, HEADER: sign(token, url, form.items())}
        data, target = urlencode(form).encode(), self.target(url)
        if not target.startswith("http://"):
            return await self._ask("POST", url, data=data, headers=headers)
        async with asyncio.timeout(DEADLINE):
            status, text = await self._wire.post(target, data, headers=headers)
        return Heard(status, text)

    async def get(self, url: str, *, headers: Mapping[str, str]) -> Heard:
        return await self._ask("GET", url, headers=headers)

    async def post(
        self, url: str, *, form: list[tuple[str, str]], headers: Mapping[str, str]
    ) -> Heard:
        data = urlencode(form).encode()
        return await self._ask("POST", url, data=data, headers={**_FORM, **headers})

    async def _ask(
        self, method: str, url: str, *, headers: Mapping[str, str], data: bytes | None = None
    ) -> Heard:
        async with (
            asyncio.timeout(DEADLINE),
            self._session.request(
                method, self.target(url), data=data, headers=headers, allow_redirects=False
            ) as response,
        ):
            text = (await response.content.read(PAGE_LIMIT)).decode("utf-8", "replace")
            rest = b""
            while (chunk := await response.content.read(PAGE_LIMIT)) and len(rest) < PAGE_LIMIT:
                rest += chunk
            text += rest.decode("utf-8", "replace")
            wait = response.headers.get("Retry-After", "")
            return Heard(response.status, text, float(wait) if wait.isdigit() else 0.0)


def _move(url: str, base: str) -> str:
    there, here = urlsplit(url), urlsplit(base)
    path = here.path.rstrip("/") + there.path
    return urlunsplit((here.scheme, here.netloc, path, there.query, ""))
