"""Whose word about where a connection comes from is taken: the proxies named in the settings."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

EVERYBODY = "*"
LONGEST = 64  # characters of an address


class Proxies:
    """The proxies in front of us, by address or network; `*`: whoever connects."""

    def __init__(self, named: Iterable[str]) -> None:
        self._names = frozenset(named)
        self._networks = [found for name in self._names if (found := _network(name)) is not None]

    def __contains__(self, host: object) -> bool:
        if EVERYBODY in self._names or host in self._names:
            return True
        address = _address(str(host))
        return address is not None and any(address in network for network in self._networks)

    def behind(self, forwarded: Iterable[str]) -> str:
        """Whom a proxy of ours names in `X-Forwarded-For` (each of its lines): the last address
        that is no proxy's; "" where it names nobody."""
        hosts = [_host(part) for line in forwarded for part in line.split(",") if part.strip()]
        strangers = [host for host in reversed(hosts) if host not in self]
        if EVERYBODY in self._names:
            return hosts[0] if hosts else ""
        return strangers[0] if strangers else ""


def _host(text: str) -> str:
    """The address in one entry, which may have a port: `1.2.3.4:5`, `[::1]:5`, `::1`."""
    text = text.strip()[:LONGEST]
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _network(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(name, strict=False)
    except ValueError:
        return None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
