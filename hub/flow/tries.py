"""How often somebody may guess a password: counted before it is looked at, in memory, bounded."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.errors import TooMany

WINDOW = 300.0  # seconds
TRIES = 5  # wrong passwords for one login from one network in WINDOW
FROM_ONE = 50  # from one network for all logins: a whole office may stand behind one address
FOR_ONE = 100  # for one login from everywhere: nobody can cheaply lock the duty manager out
KNOWN = 10_000  # keys remembered at most; the oldest are forgotten


@dataclass(slots=True)
class Tries:
    """Counts tries per key in a sliding window. A right password takes its own try back."""

    seen: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)

    def count(self, login: str, ip: str, *, now: float) -> None:
        """One try more; TooMany, and not counted, when one of its limits is used up.

        Counted before the password is checked: a hundred guesses at once are a hundred tries.
        """
        for key, most in _limits(login, ip):
            recent = self._recent(key, now)
            if len(recent) >= most:
                wait = int(recent[0] + WINDOW - now) + 1
                raise TooMany("Too many wrong tries. Wait a little.", retry_after=wait)
        for key, _most in _limits(login, ip):
            self.seen[key] = [*self._recent(key, now), now]
            self.seen.move_to_end(key)
        while len(self.seen) > KNOWN:
            self.seen.popitem(last=False)

    def forgive(self, login: str, ip: str, *, at: float) -> None:
        """The try counted at `at` was right: it does not count."""
        for key, _most in _limits(login, ip):
            if at in self.seen.get(key, ()):
                self.seen[key].remove(at)

    def _recent(self, key: str, now: float) -> list[float]:
        return [at for at in self.seen.get(key, ()) if at > now - WINDOW]


def _limits(login: str, ip: str) -> Sequence[tuple[str, int]]:
    who, where = login.casefold(), network(ip)
    return ((f"pair:{where}:{who}", TRIES), (f"from:{where}", FROM_ONE), (f"for:{who}", FOR_ONE))


def network(ip: str) -> str:
    """What one guesser has to himself: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or ipaddress.ip_network((address, 64), strict=False))
