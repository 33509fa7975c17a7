"""One account's connections: bounded answers, public addresses only, and what a failure came to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from hub.errors import Problem, Refused
from hub.model import Outcome, Verdict
from hub.states import Finding, Reason

DEADLINE: Final = 10.0
"""Seconds one provider call may take; the port promises 12."""

CONNECT_DEADLINE: Final = 5.0
"""Seconds for DNS, TCP and TLS together: until then nothing has been written."""

BODY_LIMIT: Final = 65_536
"""Bytes of an answer that are read; providers say what they have to say in two thousand."""

LONGEST_WAIT: Final = 300.0
"""Seconds a Retry-After is believed for: an alert that waits longer is no alert."""

NONSENSE_WAIT: Final = 86_400.0
"""Seconds from which a Retry-After is a mistake of the provider, not a wish."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider's server said, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Forbidden(OSError):
    """The host stands at an address the hub must not call (private, link-local, metadata)."""


class TooLarge(aiohttp.ClientError):
    """The answer is longer than it may be."""


# ── Where a call may go ────────────────────────────────────────────────────────────────────────

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: str) -> bool:
    """Whether an IP address, and any IPv4 address hidden in it, belongs to the public Internet."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast for one in (ip, *_hidden(ip)))


def _hidden(ip: Ip) -> tuple[Ip, ...]:
    """IPv4 addresses an IPv6 address stands for: mapped, 6to4, NAT64."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ()
    found: list[Ip] = [one for one in (ip.ipv4_mapped, ip.sixtofour) if one is not None]
    if ip in _NAT64:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF))
    return tuple(found)


def is_ip(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return False
    return True


class PublicOnly(AbstractResolver):
    """Resolves names; refuses a name if any of its addresses is not public.

    aiohttp connects to exactly the addresses returned here, so a name cannot change its mind
    between the check and the connection.
    """

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(one["host"]) for one in found):
            raise Forbidden("the host resolves to an address that is not public")
        return found

    async def close(self) -> None:
        await self._inner.close()


def base_url(url: str, *, where: str) -> str:
    """The base URL without a trailing slash; `Refused` if it is not plain http(s) with a host."""
    parts = urlsplit(url)
    plain = parts.scheme in {"http", "https"} and parts.hostname
    if not plain or parts.query or parts.fragment or parts.username:
        problem = Problem(where, "is not a base URL", "write it like https://api.example.com")
        raise Refused(f"{where} is not a base URL", [problem])
    return url.rstrip("/")


# ── Calls ──────────────────────────────────────────────────────────────────────────────────────


def open_session(
    *, parallel: int, guarded: bool, connect: float = CONNECT_DEADLINE
) -> aiohttp.ClientSession:
    """A session for one account, made inside the running loop; the caller closes it.

    `guarded` sessions reach public addresses only; a base URL that was configured on purpose is
    exempt. No cookies are kept and no proxy is read from the environment.
    """
    connector = aiohttp.TCPConnector(
        limit=parallel,
        ttl_dns_cache=60,
        resolver=PublicOnly() if guarded else None,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, connect=connect),
        trust_env=False,
    )


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    guarded: bool,
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    limit: int = BODY_LIMIT,
) -> Answer:
    """One request, never redirected, never repeated; raises what `failure` reads.

    `limit`: bytes of the answer that are read. The caller sets the deadline. POST is sent once:
    aiohttp repeats only idempotent methods.
    """
    if guarded:
        _refuse_literal(url)
    async with session.request(
        method, url, data=data, headers=headers, params=params, allow_redirects=False
    ) as response:
        return Answer(response.status, response.headers, await _bounded(response, limit))


def _refuse_literal(url: str) -> None:
    """Addresses written as numbers never reach a resolver, so they are looked at here."""
    host = urlsplit(url).hostname or ""
    if is_ip(host) and not is_public(host):
        raise Forbidden("the address is not public")


async def _bounded(response: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            response.close()
            raise TooLarge
    return bytes(body)


# ── What a failure came to ─────────────────────────────────────────────────────────────────────

_BEFORE_WRITE = (
    aiohttp.ClientConnectorError,  # refused, unreachable, DNS, TLS
    aiohttp.ServerFingerprintMismatch,
    aiohttp.ConnectionTimeoutError,
)
_OUR_MISTAKE = (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)


def failure(error: Exception) -> Outcome:
    """What a failed call came to. Certainly not sent: RETRY; may have arrived: UNSURE.

    `code` is the kind of the error, never its text: that may hold addresses and keys.
    """
    code = type(error).__name__
    cause = getattr(error, "os_error", error) if isinstance(error, OSError) else error
    if isinstance(cause, Forbidden):
        return Outcome(Verdict.REFUSED, Reason.MISCONFIGURED, code="forbidden_address")
    if isinstance(error, _OUR_MISTAKE):
        return Outcome(Verdict.REFUSED, Reason.MISCONFIGURED, code=code)
    if isinstance(error, _BEFORE_WRITE):
        return Outcome(Verdict.RETRY, Reason.UNAVAILABLE, code=code)
    if isinstance(error, TimeoutError):
        return Outcome(Verdict.UNSURE, Reason.TIMEOUT, code=code)
    return Outcome(Verdict.UNSURE, Reason.BROKEN, code=code)


def odd_status(status: int) -> Outcome | None:
    """What an HTTP status alone says, whatever the body: None where the body decides.

    3xx is never followed: a base URL that redirects is set up wrongly.
    """
    code = f"http_{status}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.OK:
        return Outcome(Verdict.UNSURE, Reason.BROKEN, code=code)
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Outcome(Verdict.UNSURE, Reason.TIMEOUT, code=code)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Outcome(Verdict.REFUSED, Reason.MISCONFIGURED, code=code)
    return None


def missed(error: Exception) -> Finding:
    """What a question without an answer says of a provider."""
    came = failure(error)
    if came.code == "forbidden_address":
        return Finding.FORBIDDEN
    if isinstance(error, TooLarge):
        return Finding.NONSENSE
    return Finding.SILENT if came.reason is Reason.TIMEOUT else Finding.UNREACHABLE


def judged(status: int) -> Finding | None:
    """What an answer's status says of a provider by itself; None where the body decides."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Finding.THROTTLED
    return Finding.UNAVAILABLE if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None


def throttled(headers: Mapping[str, str], *, now: datetime, code: str) -> Outcome:
    """A 429: certainly not processed, with the wait the provider asked for."""
    wait = retry_after(headers, now=now)
    return Outcome(Verdict.RETRY, Reason.THROTTLED, retry_after=wait, code=code)


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds of a Retry-After (a number or an HTTP date), at most `LONGEST_WAIT`.

    None where there is none or it makes no sense: then our own backoff decides.
    """
    text = next((v for k, v in headers.items() if k.lower() == "retry-after"), "").strip()
    seconds = float(text) if text.isascii() and text.isdigit() else _until(text, now=now)
    if seconds is None or seconds > NONSENSE_WAIT:
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _until(text: str, *, now: datetime) -> float | None:
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (at - now).total_seconds()
