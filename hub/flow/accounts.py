"""Who is asking: logins, sessions, API tokens, tickets, and the record of what they did."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.errors import Conflict, Damaged, NotKnown, Problem, Refused, TooMany, Unready
from hub.flow.failures import Failures
from hub.flow.passwords import MOST, fault, tidy
from hub.flow.tries import Tries, network
from hub.model import Actor

SESSION_LIFE = 12 * 3600 * 1000  # ms: a shift
ONCE_LIFE = 24 * 3600 * 1000  # ms a printed one-time login works
TICKET_LIFE = 30_000  # ms
LOCAL = "local"  # whoever can open the private socket of the data folder
ROLES = ("admin", "duty", "viewer")
HASHING = 2  # passwords checked at once: each takes 64 MiB and a processor for a moment
JUST_NOW = 60_000  # ms in which a second process does not print a first login of its own
AGAIN = 3600.0  # seconds after which a look at the same list is recorded again
LOOKS = 10_000  # remembered at most; the oldest are forgotten, and recorded once more
ENDED = (
    "An admin has a password, and that ended the first login. Log in with it, or give somebody a"
    " new one: muster user set LOGIN --role admin"
)

_hasher = PasswordHasher()


def _random(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")


# So that an unknown login takes as long. Random, not hashed: start-up need not wait for argon2.
_NOBODY = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${_random(_hasher.salt_len)}${_random(_hasher.hash_len)}"
)


class UserRow(Protocol):
    """A user as stored."""

    @property
    def id(self) -> int: ...
    @property
    def login(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def password_hash(self) -> str | None: ...
    @property
    def disabled(self) -> bool: ...
    @property
    def actor(self) -> Actor: ...


class AccountLedger(Protocol):
    """The rows behind logins."""

    async def user(self, login: str) -> UserRow | None: ...
    async def users(self) -> Sequence[UserRow]: ...
    async def add_user(
        self, login: str, *, name: str, role: str, password_hash: str | None, disabled: bool
    ) -> int: ...
    async def first_login(
        self, digest: str, *, life_ms: int, wait_ms: int | None
    ) -> str | None: ...
    async def open_session(self, digest: str, user: int, *, life_ms: int) -> None: ...
    async def session(self, digest: str) -> Actor | None: ...
    async def standing(self, actors: Sequence[str]) -> dict[str, str]: ...
    async def end_session(self, digest: str) -> None: ...
    async def sessions(self, digests: Sequence[str]) -> frozenset[str]: ...
    async def add_token(self, digest: str, *, name: str, role: str, by: str) -> int: ...
    async def tokens(self) -> Sequence[Mapping[str, Any]]: ...
    async def token(self, digest: str) -> Actor | None: ...
    async def revoke_token(self, token: int) -> bool: ...
    async def put_ticket(
        self, digest: str, *, purpose: str, subject: Actor, life_ms: int
    ) -> None: ...
    async def redeem(self, digest: str, *, purpose: str) -> Actor | None: ...
    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None: ...
    async def site_words(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Accounts:
    """Logins and what they are allowed to be. Secrets leave once and are stored hashed."""

    ledger: AccountLedger
    tries: Tries = field(default_factory=Tries)
    # Who waits here is bounded by the tries each network has.
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHING))
    failures: Failures = field(init=False, repr=False, compare=False)
    _looks: OrderedDict[tuple[str, str], float] = field(default_factory=OrderedDict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "failures", Failures(self.ledger))

    async def login(self, login: str, password: str, ip: str, *, known: str = "") -> str:
        """A session token (12 h); NotKnown for a wrong pair, TooMany as `Tries` says, which has
        what `known` means."""
        at = time.monotonic()
        try:
            guess = await self.tries.begin(login, ip, now=at, known=known)
        except TooMany:
            await self.failures.count("", "too_many", network(ip))
            raise
        user = await self.ledger.user(login)
        hashed = user.password_hash if user and not user.disabled else None
        async with self.hashing:
            right = await asyncio.to_thread(_matches, hashed or _NOBODY, password)
        if user is None or hashed is None or not right:
            await self.failures.count(*_failed(user), network(ip))
            raise NotKnown("Login or password is wrong.", code="wrong_login")
        await self.tries.right(guess, login, ip, at=at, known=known)
        await self.ledger.audit(user.actor.id, "login", user.actor.id, {})
        return await self._session(user.id)

    async def one_time_login(self, token: str, ip: str = LOCAL) -> str:
        """A session token for the printed one-time login; it works once, within a day, and until an
        admin has a password."""
        actor = await self.ledger.redeem(_digest(token), purpose="login")
        if actor is None:
            await self.failures.count("", "once", network(ip))
            raise NotKnown("This login has been used or is too old.", code="used_login")
        await self.ledger.audit(actor.id, "login_once", actor.id, {})
        return await self._session(int(actor.id.partition(":")[2]))

    async def _session(self, user: int) -> str:
        token = secrets.token_urlsafe(32)
        await self.ledger.open_session(_digest(token), user, life_ms=SESSION_LIFE)
        return token

    async def session(self, token: str) -> Actor | None:
        """Whose session this is."""
        digest = _digest(token)
        actor = await self.ledger.session(digest) if token else None
        return actor and replace(actor, session=digest)

    async def sessions(self, digests: Collection[str]) -> frozenset[str]:
        """Which of these sessions (`Actor.session`) are not over."""
        return await self.ledger.sessions(sorted(digests))

    async def standing(self, actors: Sequence[str]) -> Mapping[str, str]:
        """The present role by actor id, for those who still may; the owner's desk always may."""
        roles = await self.ledger.standing(actors)
        return {**roles, LOCAL: "admin"} if LOCAL in actors else roles

    async def end_session(self, token: str) -> None:
        """The session is over."""
        await self.ledger.end_session(_digest(token))

    async def bearer(self, token: str) -> Actor | None:
        """Whose API token this is."""
        return await self.ledger.token(_digest(token)) if token else None

    async def create_token(self, name: str, role: str, who: Actor) -> str:
        """A new API token, told this once; Refused for an unknown role."""
        _check_role(role)
        token = "mst_" + secrets.token_urlsafe(32)
        number = await self.ledger.add_token(_digest(token), name=name, role=role, by=who.id)
        await self.ledger.audit(who.id, "token_create", f"token:{number}", {"role": role})
        return token

    async def revoke_token(self, number: int, who: Actor) -> bool:
        """The token works no more."""
        done = await self.ledger.revoke_token(number)
        await self.ledger.audit(who.id, "token_revoke", f"token:{number}", {"done": done})
        return done

    async def put_user(
        self,
        login: str,
        *,
        name: str,
        role: str,
        password: str | None,
        who: Actor,
        disabled: bool = False,
    ) -> int:
        """A user exists with this login and role; the id. Without a name or a password the old one
        stays. A new password and `disabled` end every session of theirs."""
        _check_role(role)
        _check_login(login)
        hashed = None if password is None else await self._hashed(password, login, name)
        number = await self.ledger.add_user(
            login, name=name, role=role, password_hash=hashed, disabled=disabled
        )
        said = {"role": role, "password": password is not None, "disabled": disabled}
        await self.ledger.audit(who.id, "user_put", f"user:{number}", said)
        return number

    async def _hashed(self, password: str, *about: str) -> str:
        known = [*about, *await self.ledger.site_words()]
        async with self.hashing:
            wrong = await asyncio.to_thread(fault, password, known)
            if wrong is not None:
                raise Refused("This password cannot be taken.", [wrong], code="password")
            return await asyncio.to_thread(_hasher.hash, tidy(password))

    async def users(self) -> list[dict[str, Any]]:
        """Every user, by login; never a password."""
        return [
            {
                "id": user.id,
                "login": user.login,
                "name": user.name,
                "role": user.actor.role,
                "password": user.password_hash is not None,
                "disabled": user.disabled,
            }
            for user in await self.ledger.users()
        ]

    async def tokens(self) -> list[Mapping[str, Any]]:
        """Every API token that works, by id; never the token itself."""
        return list(await self.ledger.tokens())

    async def first_login(self, *, who: Actor) -> str:
        """A one-time login token for an admin, made if there is none; older ones are void. Conflict
        once an admin has a password: that ends the first login."""
        token = await self._once(who, wait_ms=None)
        if token is None:
            raise Conflict(ENDED, code="has_password")
        return token

    async def wants_password(self) -> bool:
        """Whether no admin can log in with a password yet."""
        admins = [one for one in await self.ledger.users() if one.actor.role == "admin"]
        return not any(one.password_hash and not one.disabled for one in admins)

    async def missing_login(self, *, who: Actor) -> str | None:
        """As `first_login`; None where an admin has a password, and where another process has made
        one just now."""
        return await self._once(who, wait_ms=JUST_NOW)

    async def _once(self, who: Actor, *, wait_ms: int | None) -> str | None:
        token = secrets.token_urlsafe(32)
        admin = await self.ledger.first_login(_digest(token), life_ms=ONCE_LIFE, wait_ms=wait_ms)
        if admin is None:
            return None
        await self.ledger.audit(who.id, "login_once_create", admin, {})
        return token

    async def ticket(self, actor: Actor) -> str:
        """A ticket for one live connection, good for 30 s."""
        token = secrets.token_urlsafe(32)
        await self.ledger.put_ticket(
            _digest(token), purpose="live", subject=actor, life_ms=TICKET_LIFE
        )
        return token

    async def redeem(self, ticket: str) -> Actor | None:
        """Whose live ticket this was; it is used up."""
        return await self.ledger.redeem(_digest(ticket), purpose="live")

    async def audit(self, actor: Actor, action: str, obj: str, data: Mapping[str, Any]) -> None:
        """What was done stands in the chain."""
        await self.ledger.audit(actor.id, action, obj, data)

    async def looked(self, actor: Actor, obj: str) -> None:
        """That somebody looks at a list with people's needs stands in the chain: once in a while,
        for a board is looked at all day. A full disk keeps nobody from looking."""
        key, now = (actor.id, obj), time.monotonic()
        if now - self._looks.get(key, -AGAIN) < AGAIN:
            return
        self._looks[key] = now
        while len(self._looks) > LOOKS:
            self._looks.popitem(last=False)
        try:
            await self.ledger.audit(actor.id, "needs_look", obj, {})
        except (Unready, Damaged):
            self._looks.pop(key, None)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _failed(user: UserRow | None) -> tuple[str, str]:
    """(whose login it was, what was wrong); a name nobody has may be a password: it is not kept."""
    if user is None:
        return "", "unknown"
    return user.actor.id, "closed" if user.disabled else "password"


def _matches(hashed: str, password: str) -> bool:
    """Older releases kept a password as it was typed."""
    chosen = tidy(password[:MOST])
    return any(_is(hashed, one) for one in dict.fromkeys((chosen, password[:MOST])))


def _is(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError, UnicodeError):
        return False


def _check_login(login: str) -> None:
    """One word that looks the same to everybody: no blanks, no invisible marks."""
    if not login or not login.isprintable() or any(letter.isspace() for letter in login):
        what = "is no single word of visible letters"
        raise Refused("Nobody can log in as this.", [Problem("login", what, "such as lin.wei")])


def _check_role(role: str) -> None:
    if role not in ROLES:
        said = ", ".join(ROLES)
        raise Refused(
            "Unknown role.", [Problem("role", f"{role!r} is not known", f"one of {said}")]
        )
