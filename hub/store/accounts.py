"""Rows of people who log in: users, sessions, API tokens, one-use tickets, and the audit chain.

Every secret is stored as its SHA-256; the secrets themselves have 256 random bits.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub.errors import Damaged, DiskFull, Unready
from hub.model import Actor
from hub.store.audit_chain import add_audit
from hub.store.database import Database, database_now
from hub.store.schema import sessions, tickets, tokens, users
from hub.store.site_words import SiteWords

FIRST = 0x6D75_7375  # advisory lock of the first login: one process makes it
LOGIN = "login"  # purpose of the ticket that lets the first admin in
SPARE = 1_000  # tickets kept in memory while the disk is full; the oldest go
SEEN_EVERY = 60_000  # ms between two notes of "seen", so that reading does not write


@dataclass(frozen=True, slots=True)
class UserRow:
    id: int
    login: str
    name: str
    role: str
    password_hash: str | None
    disabled: bool

    @property
    def actor(self) -> Actor:
        return Actor(f"user:{self.id}", self.role, self.name or self.login)


class AccountLedger(SiteWords):
    """The rows behind logins; every method is one transaction."""

    def __init__(self, db: Database, *, secret: bytes):
        self._db = db
        self._secret = secret
        self._spare: OrderedDict[str, tuple[str, Actor, float]] = OrderedDict()

    async def user(self, login: str) -> UserRow | None:
        """The user with this login."""
        return await self._db.read(partial(_user, login=login))

    async def users(self) -> list[UserRow]:
        """All users, by login."""
        return await self._db.read(_users)

    async def add_user(
        self, login: str, *, name: str, role: str, password_hash: str | None, disabled: bool
    ) -> int:
        """A user exists with this login, changed if it was there; the id. An empty name and no
        password leave what was; a new password and `disabled` end the sessions."""
        said = {"role": role, "name": name, "password_hash": password_hash}
        return await self._db.write(partial(_put_user, login=login, said=said, disabled=disabled))

    async def first_login(self, digest: str, *, life_ms: int, wait_ms: int | None) -> str | None:
        """The admin (`user:1`) a one-time login with this digest is for; it replaces older ones.

        None, and nothing is made, if an admin has a password already, or if `wait_ms` is given and
        such a login was made in the last `wait_ms`.
        """
        return await self._db.write(
            partial(_first_login, digest=digest, life_ms=life_ms, wait_ms=wait_ms)
        )

    async def open_session(self, digest: str, user: int, *, life_ms: int) -> None:
        """The session is open for `life_ms`; those over their time are gone."""
        await self._db.write(partial(_open_session, digest=digest, user=user, life_ms=life_ms))

    async def session(self, digest: str) -> Actor | None:
        """Whose session it is, if it still runs and the user may log in."""
        found = await self._db.read(partial(_session, digest=digest))
        if found is None:
            return None
        actor, stale = found
        if stale:
            with contextlib.suppress(
                Unready, Damaged
            ):  # only a note; whoever looks at a full disk may
                await self._db.write(partial(_touch_session, digest=digest))
        return actor

    async def standing(self, actors: Sequence[str]) -> dict[str, str]:
        """The present role of each actor (`user:4`, `token:2`); absent: closed or revoked."""
        return await self._db.read(partial(_standing, actors=tuple(actors)))

    async def sessions(self, digests: Sequence[str]) -> frozenset[str]:
        """Which of these sessions are neither ended nor over their time."""
        return await self._db.read(partial(_sessions, digests=tuple(digests)))

    async def end_session(self, digest: str) -> None:
        """The session is over."""
        await self._db.write(lambda c: c.execute(delete(sessions).where(sessions.c.hash == digest)))

    async def add_token(self, digest: str, *, name: str, role: str, by: str) -> int:
        """An API token with this digest works; its id."""
        return await self._db.write(partial(_add_token, digest=digest, name=name, role=role, by=by))

    async def token(self, digest: str) -> Actor | None:
        """Whose API token it is, unless revoked."""
        found = await self._db.read(partial(_token, digest=digest))
        if found is None:
            return None
        actor, stale = found
        if stale:
            with contextlib.suppress(Unready, Damaged):
                await self._db.write(partial(_touch_token, digest=digest))
        return actor

    async def tokens(self) -> list[Mapping[str, Any]]:
        """The API tokens that work, by id, without what they are."""
        return await self._db.read(_tokens)

    async def revoke_token(self, token: int) -> bool:
        """The token works no more; False if it never did."""
        return await self._db.write(partial(_revoke_token, token=token))

    async def put_ticket(self, digest: str, *, purpose: str, subject: Actor, life_ms: int) -> None:
        """A one-use ticket can be redeemed once within `life_ms`. On a full disk one for a live
        connection is good in this process: consoles go on showing what is so."""
        put = partial(_put_ticket, digest=digest, purpose=purpose, subject=subject, life_ms=life_ms)
        try:
            await self._db.write(put)
        except DiskFull:
            if purpose == LOGIN:
                raise
            self._spare[digest] = purpose, subject, time.monotonic() + life_ms / 1000
            while len(self._spare) > SPARE:
                self._spare.popitem(last=False)

    async def redeem(self, digest: str, *, purpose: str) -> Actor | None:
        """Whose ticket it was; it is gone now, whatever the answer."""
        if (spare := self._spare.pop(digest, None)) is not None:
            return spare[1] if spare[0] == purpose and time.monotonic() < spare[2] else None
        return await self._db.write(partial(_redeem, digest=digest, purpose=purpose))

    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None:
        """A row more in the chain: each row's HMAC covers the row and the chain before it."""
        await self._db.write(
            partial(add_audit, secret=self._secret, actor=actor, action=action, obj=obj, data=data)
        )


def _row(row: Any) -> UserRow:
    return UserRow(
        row.id, row.login, row.name, row.role, row.password_hash, row.disabled_at is not None
    )


def _user(conn: Connection, *, login: str) -> UserRow | None:
    row = conn.execute(select(users).where(users.c.login == login)).one_or_none()
    return _row(row) if row else None


def _users(conn: Connection) -> list[UserRow]:
    return [_row(row) for row in conn.execute(select(users).order_by(users.c.login))]


def _put_user(
    conn: Connection, *, login: str, said: Mapping[str, str | None], disabled: bool
) -> int:
    now = database_now(conn)
    gone = now if disabled else None
    found = conn.execute(select(users.c.id).where(users.c.login == login)).scalar_one_or_none()
    if found is None:
        added = insert(users).values(login=login, created_at=now, disabled_at=gone, **said)
        return int(conn.execute(added.returning(users.c.id)).scalar_one())
    given = {key: value for key, value in said.items() if value}
    conn.execute(update(users).where(users.c.id == found).values(disabled_at=gone, **given))
    if disabled or said["password_hash"]:
        conn.execute(delete(sessions).where(sessions.c.user_id == found))
    return int(found)


def _first_login(conn: Connection, *, digest: str, life_ms: int, wait_ms: int | None) -> str | None:
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({FIRST})")
    logins = tickets.c.purpose == LOGIN
    if _admin(conn, may_log_in=True):
        return None
    if wait_ms is not None:
        made = database_now(conn) + life_ms - wait_ms
        just_now = select(tickets.c.hash).where(logins, tickets.c.expires_at > made)
        if conn.execute(just_now).first():
            return None
    if _admin(conn) is None:
        said = {"role": "admin", "name": "", "password_hash": None}
        _put_user(conn, login="admin", said=said, disabled=False)
    admin = _admin(conn)
    if admin is None:
        return None
    conn.execute(delete(tickets).where(logins))
    _put_ticket(conn, digest=digest, purpose=LOGIN, subject=admin.actor, life_ms=life_ms)
    return admin.actor.id


def _admin(conn: Connection, *, may_log_in: bool = False) -> UserRow | None:
    """The first admin whose account is open."""
    asked = select(users).where(users.c.role == "admin", users.c.disabled_at.is_(None))
    if may_log_in:
        asked = asked.where(users.c.password_hash.is_not(None))
    row = conn.execute(asked.order_by(users.c.id).limit(1)).one_or_none()
    return _row(row) if row else None


def _open_session(conn: Connection, *, digest: str, user: int, life_ms: int) -> None:
    now = database_now(conn)
    conn.execute(delete(sessions).where(sessions.c.expires_at < now))
    conn.execute(
        insert(sessions).values(
            hash=digest, user_id=user, created_at=now, seen_at=now, expires_at=now + life_ms
        )
    )


def _session(conn: Connection, *, digest: str) -> tuple[Actor, bool] | None:
    row = conn.execute(
        select(users, sessions.c.seen_at, sessions.c.expires_at)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(sessions.c.hash == digest, users.c.disabled_at.is_(None))
    ).one_or_none()
    now = database_now(conn)
    if row is None or row.expires_at < now or _outlived(conn, row):
        return None
    return _row(row).actor, row.seen_at < now - SEEN_EVERY


def _outlived(conn: Connection, user: Any) -> bool:
    """A session of the first login, which has ended: it alone lets people in without a password."""
    return user.password_hash is None and _admin(conn, may_log_in=True) is not None


def _sessions(conn: Connection, *, digests: tuple[str, ...]) -> frozenset[str]:
    runs = select(sessions.c.hash).where(sessions.c.expires_at >= database_now(conn))
    if _admin(conn, may_log_in=True):
        has_one = users.c.password_hash.is_not(None)
        runs = runs.join(users, users.c.id == sessions.c.user_id).where(has_one)
    found: set[str] = set()
    for start in range(0, len(digests), 500):
        part = digests[start : start + 500]
        found.update(conn.execute(runs.where(sessions.c.hash.in_(part))).scalars())
    return frozenset(found)


def _standing(conn: Connection, *, actors: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, table, gone in (
        ("user", users, users.c.disabled_at),
        ("token", tokens, tokens.c.revoked_at),
    ):
        ids = [int(a.partition(":")[2]) for a in actors if a.startswith(f"{kind}:")]
        asked = select(table.c.id, table.c.role).where(table.c.id.in_(ids), gone.is_(None))
        found |= {f"{kind}:{row.id}": row.role for row in (conn.execute(asked) if ids else ())}
    return found


def _touch_session(conn: Connection, *, digest: str) -> None:
    now = database_now(conn)
    conn.execute(update(sessions).where(sessions.c.hash == digest).values(seen_at=now))


def _add_token(conn: Connection, *, digest: str, name: str, role: str, by: str) -> int:
    row = insert(tokens).values(
        name=name, role=role, hash=digest, created_at=database_now(conn), created_by=by
    )
    return int(conn.execute(row.returning(tokens.c.id)).scalar_one())


def _tokens(conn: Connection) -> list[Mapping[str, Any]]:
    shown = (tokens.c.id, tokens.c.name, tokens.c.role, tokens.c.created_by)
    asked = select(*shown).where(tokens.c.revoked_at.is_(None)).order_by(tokens.c.id)
    return [row._asdict() for row in conn.execute(asked)]


def _token(conn: Connection, *, digest: str) -> tuple[Actor, bool] | None:
    row = conn.execute(
        select(tokens).where(tokens.c.hash == digest, tokens.c.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    stale = row.seen_at is None or row.seen_at < database_now(conn) - SEEN_EVERY
    return Actor(f"token:{row.id}", row.role, row.name), stale


def _touch_token(conn: Connection, *, digest: str) -> None:
    now = database_now(conn)
    conn.execute(update(tokens).where(tokens.c.hash == digest).values(seen_at=now))


def _revoke_token(conn: Connection, *, token: int) -> bool:
    gone = update(tokens).where(tokens.c.id == token, tokens.c.revoked_at.is_(None))
    return conn.execute(gone.values(revoked_at=database_now(conn))).rowcount == 1


def _put_ticket(
    conn: Connection, *, digest: str, purpose: str, subject: Actor, life_ms: int
) -> None:
    now = database_now(conn)
    conn.execute(delete(tickets).where(tickets.c.expires_at < now))
    said = json.dumps([subject.id, subject.role, subject.name, subject.session])
    conn.execute(
        insert(tickets).values(hash=digest, purpose=purpose, subject=said, expires_at=now + life_ms)
    )


def _redeem(conn: Connection, *, digest: str, purpose: str) -> Actor | None:
    gone = delete(tickets).where(tickets.c.hash == digest, tickets.c.purpose == purpose)
    row = conn.execute(gone.returning(tickets.c.subject, tickets.c.expires_at)).one_or_none()
    ended = purpose == LOGIN and _admin(conn, may_log_in=True) is not None
    if row is None or row.expires_at < database_now(conn) or ended:
        return None
    return Actor(*json.loads(row.subject))
