"""How often somebody may guess a password: counted before it is looked at, in memory, bounded; and
by all processes together where there are several."""

from __future__ import annotations

import ipaddress
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.errors import TooMany
from hub.ports import Guesses

WINDOW = 300.0  # seconds
TRIES = 5  # wrong passwords for one login from one network in WINDOW
FROM_ONE = 50  # from one network for all logins: a whole office may stand behind one address
FOR_ONE = 100  # for one login from everywhere: nobody can cheaply lock the duty manager out
BY_KNOWN = 10  # for one login from a browser it has logged in from before
KNOWN = 10_000  # keys remembered at most; the oldest are forgotten


@dataclass(slots=True)
class Tries:
    """Counts tries per key in a sliding window. A right password takes its own try back. `shared`:
    counts for all processes; while it does not answer, each counts its own.

    `known`: what names a browser this login has logged in from before, and nothing else. Such a
    browser has tries of its own: whoever guesses behind the same address, or from everywhere, does
    not lock out those who work here."""

    shared: Guesses | None = None
    seen: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)

    async def begin(self, login: str, ip: str, *, now: float, known: str = "") -> str:
        """One try more, here and in all processes; its name. TooMany, and not counted, when one of
        its limits is used up."""
        self.count(login, ip, now=now, known=known)
        guess = secrets.token_hex(8)
        if self.shared is not None:
            wait = await self.shared.count(guess, _limits(login, ip, known), window=WINDOW)
            if wait:
                self.forgive(login, ip, at=now, known=known)
                raise _too_many(wait)
        return guess

    async def right(self, guess: str, login: str, ip: str, *, at: float, known: str = "") -> None:
        """The try of this name, counted at `at`, was right: it does not count."""
        self.forgive(login, ip, at=at, known=known)
        if self.shared is not None:
            keys = [key for key, _most in _limits(login, ip, known)]
            await self.shared.forgive(guess, keys)

    def count(self, login: str, ip: str, *, now: float, known: str = "") -> None:
        """One try more; TooMany, and not counted, when one of its limits is used up.

        Counted before the password is checked: a hundred guesses at once are a hundred tries.
        """
        for key, most in _limits(login, ip, known):
            recent = self._recent(key, now)
            if len(recent) >= most:
                raise _too_many(recent[0] + WINDOW - now)
        for key, _most in _limits(login, ip, known):
            self.seen[key] = [*self._recent(key, now), now]
            self.seen.move_to_end(key)
        while len(self.seen) > KNOWN:
            self.seen.popitem(last=False)

    def forgive(self, login: str, ip: str, *, at: float, known: str = "") -> None:
        """The try counted at `at` was right: it does not count."""
        for key, _most in _limits(login, ip, known):
            if at in self.seen.get(key, ()):
                self.seen[key].remove(at)

    def _recent(self, key: str, now: float) -> list[float]:
        return [at for at in self.seen.get(key, ()) if at > now - WINDOW]


def _too_many(wait: float) -> TooMany:
    return TooMany("Too many wrong tries. Wait a little.", retry_after=int(wait) + 1)


def _limits(login: str, ip: str, known: str) -> Sequence[tuple[str, int]]:
    who, where = login.casefold(), network(ip)
    if known:
        return ((f"known:{known}:{who}", BY_KNOWN),)
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
