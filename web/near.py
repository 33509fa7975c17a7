"""Who may see how the hub itself is: whoever is on its machine, or shows the operators' token.

On the machine means that nobody handed the request on. A proxy on the same machine connects from
there, too: what it marks as forwarded is not near, and where one must stand in front (the public
address is https or has a port that we do not serve ourselves) but none is named, nothing is
believed.
"""

from __future__ import annotations

import hmac
import ipaddress
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from hub.errors import NotKnown
from hub.settings import Settings
from web.house import house

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
STRANGER = (
    "The figures of this hub are shown on its own machine, or to whoever sends"
    " `Authorization: Bearer` with what MUSTER_METRICS_TOKEN holds. See docs/OPERATIONS.md."
)


def demand_near(connection: HTTPConnection) -> None:
    """NotKnown (401) for a stranger."""
    if not is_near(connection):
        raise NotKnown(STRANGER, code="metrics")


def is_near(connection: HTTPConnection) -> bool:
    """Whether the request was made on this machine, or with the token."""
    settings = house(connection).settings
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    shown = scheme.lower() == "bearer" and _same(token.strip(), settings.metrics_token)
    return shown or (_here(connection) and not _hidden_proxy(settings))


def _same(token: str, known: str) -> bool:
    return bool(known) and hmac.compare_digest(token.encode(), known.encode())


def _here(connection: HTTPConnection) -> bool:
    if any(name in connection.headers for name in FORWARDED):
        return False
    if connection.client is None or not connection.client.host:
        return True  # the private socket of the data folder
    named = urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    return _loopback(connection.client.host) and (named == "localhost" or _loopback(named))


def _loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    inner = getattr(address, "ipv4_mapped", None)
    return (inner or address).is_loopback


def _hidden_proxy(settings: Settings) -> bool:
    """A proxy that is not named may send nothing that gives it away (nginx as it comes)."""
    public = urlsplit(settings.public_url)
    if settings.trusted_proxies:
        return False
    if public.scheme == "https":
        return settings.tls_cert is None
    elsewhere = (public.port or 80) != settings.port
    return elsewhere and public.hostname != "localhost" and not _loopback(public.hostname or "")
