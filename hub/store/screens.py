"""Rows of screens: pairing codes, device tokens, presence, and what is ordered onto each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from hub.decide.showing import Ordered, ScreenCard, ScreenRow
from hub.decide.site import own_name
from hub.store.database import Database, database_now
from hub.store.schema import addresses, pairings, places, recipients, screens, sites
from hub.store.screen_orders import ordered

SILENT = 75_000  # ms: whoever holds a screen says so every 30 s, so here its process has died


class ScreenLedger:
    """The rows behind screens; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def add_pairing(self, code: str, claim: str, *, life_ms: int) -> bool:
        """The code can be confirmed for `life_ms`; False if it is taken just now."""
        return await self._db.write(partial(_add_pairing, code=code, claim=claim, life_ms=life_ms))

    async def confirm(self, code: str, recipient: int, *, token: str, digest: str) -> str:
        """`ok`, or why not: `code` (unknown or over), `screen` (no such screen)."""
        return await self._db.write(
            partial(_confirm, code=code, recipient=recipient, token=token, digest=digest)
        )

    async def claim(self, claim: str) -> tuple[str, int] | str:
        """(device token, recipient) once; `waiting` before; `over` when the code has gone."""
        return await self._db.write(partial(_claim, claim=claim))

    async def by_device(self, digests: Sequence[str]) -> dict[str, ScreenCard]:
        """Screens by the hash of their device token, for those that are known."""
        return await self._db.read(partial(_by_device, digests=tuple(digests)))

    async def cards(self, recipients: Sequence[int]) -> dict[int, ScreenCard]:
        """What these screens have to know of themselves, as it is now; paired ones alone."""
        return await self._db.read(partial(_cards, ids=tuple(recipients)))

    async def present(self, *, seen: Iterable[int], gone: Iterable[int]) -> None:
        """These screens are connected now, those are not."""
        await self._db.write(partial(_present, seen=tuple(seen), gone=tuple(gone)))

    async def shown(self, recipient: int, *, notice: int | None, revision: int | None) -> None:
        """The screen said what it shows."""
        await self._db.write(partial(_shown, recipient=recipient, notice=notice, revision=revision))

    async def all(self, site: int | None) -> list[ScreenRow]:
        """The screens of a site (of all sites for None), by place."""
        return await self._db.read(partial(_all, site=site))

    async def exists(self, recipient: int) -> bool:
        """Whether this recipient is a screen, paired or not."""
        return await self._db.read(partial(_exists, recipient=recipient))

    async def ordered(self, ids: Sequence[int]) -> list[Ordered]:
        """Everything that may still be showing on these screens."""
        return await self._db.read(partial(ordered, ids=tuple(ids)))

    async def unpair(self, recipient: int) -> bool:
        """The screen's device token works no more."""
        return await self._db.write(partial(_unpair, recipient=recipient))


def _exists(conn: Connection, *, recipient: int) -> bool:
    mine = (recipients.c.id == recipient, recipients.c.kind == "screen")
    here = select(recipients.c.id).where(*mine, recipients.c.removed_at.is_(None))
    return conn.execute(here).first() is not None


def _add_pairing(conn: Connection, *, code: str, claim: str, life_ms: int) -> bool:
    now = database_now(conn)
    conn.execute(delete(pairings).where(pairings.c.expires_at < now))
    if conn.execute(select(pairings.c.code).where(pairings.c.code == code)).first():
        return False
    conn.execute(insert(pairings).values(code=code, claim_hash=claim, expires_at=now + life_ms))
    return True


def _confirm(conn: Connection, *, code: str, recipient: int, token: str, digest: str) -> str:
    now = database_now(conn)
    waiting = and_(
        pairings.c.code == code, pairings.c.expires_at >= now, pairings.c.device_token.is_(None)
    )
    if conn.execute(select(pairings.c.code).where(waiting)).first() is None:
        return "code"
    is_screen = and_(
        recipients.c.id == recipient,
        recipients.c.kind == "screen",
        recipients.c.removed_at.is_(None),
    )
    if conn.execute(select(recipients.c.id).where(is_screen)).first() is None:
        return "screen"
    conn.execute(update(pairings).where(waiting).values(recipient_id=recipient, device_token=token))
    put_device(conn, recipient, digest=digest, now=now)
    return "ok"


def put_device(conn: Connection, recipient: int, *, digest: str, now: int) -> None:
    """The screen answers to this device token alone, and has an address."""
    values = {"device_hash": digest, "paired_at": now, "seen_at": None, "gone_at": now}
    done = conn.execute(update(screens).where(screens.c.recipient_id == recipient).values(values))
    if done.rowcount == 0:
        conn.execute(insert(screens).values(recipient_id=recipient, way={}, **values))
    own = and_(addresses.c.recipient_id == recipient, addresses.c.channel == "screen")
    if conn.execute(select(addresses.c.id).where(own)).first() is None:
        conn.execute(
            insert(addresses).values(recipient_id=recipient, channel="screen", value=str(recipient))
        )


def pair_all(conn: Connection, digests: Mapping[int, str]) -> list[int]:
    """Screens nobody has paired have these devices; the ids of all that have them now."""
    now = database_now(conn)
    paired = select(screens.c.recipient_id, screens.c.device_hash).where(
        screens.c.recipient_id.in_(digests), screens.c.device_hash.is_not(None)
    )
    known: dict[int, str] = {int(row[0]): str(row[1]) for row in conn.execute(paired)}
    for recipient, digest in digests.items():
        if recipient not in known:
            put_device(conn, recipient, digest=digest, now=now)
            known[recipient] = digest
    return [recipient for recipient, digest in digests.items() if known[recipient] == digest]


def _claim(conn: Connection, *, claim: str) -> tuple[str, int] | str:
    row = conn.execute(select(pairings).where(pairings.c.claim_hash == claim)).one_or_none()
    if row is None or row.expires_at < database_now(conn):
        return "over"
    if row.device_token is None:
        return "waiting"
    conn.execute(delete(pairings).where(pairings.c.code == row.code))
    return str(row.device_token), int(row.recipient_id)


_CARD = (
    select(screens.c.device_hash, screens.c.recipient_id, screens.c.way, recipients.c.name)
    .add_columns(places.c.name.label("place_name"), sites.c.settings, sites.c.name.label("site"))
    .join(recipients, recipients.c.id == screens.c.recipient_id)
    .join(sites, sites.c.id == recipients.c.site_id)
    .outerjoin(places, places.c.id == recipients.c.place_id)
)


def _by_device(conn: Connection, *, digests: tuple[str, ...]) -> dict[str, ScreenCard]:
    found: dict[str, ScreenCard] = {}
    for start in range(0, len(digests), 500):  # SQLite takes 32,766 parameters at most
        part = digests[start : start + 500]
        for row in conn.execute(_CARD.where(screens.c.device_hash.in_(part))):
            found[row.device_hash] = _card(row)
    return found


def _cards(conn: Connection, *, ids: tuple[int, ...]) -> dict[int, ScreenCard]:
    found: dict[int, ScreenCard] = {}
    paired = screens.c.device_hash.is_not(None)
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        for row in conn.execute(_CARD.where(screens.c.recipient_id.in_(part), paired)):
            found[int(row.recipient_id)] = _card(row)
    return found


def _card(row: Any) -> ScreenCard:
    return ScreenCard(
        recipient=int(row.recipient_id),
        name=row.name,
        place=row.place_name or {},
        way=row.way or {},
        source=row.settings.get("source") or {},
        timezone=str(row.settings.get("timezone") or ""),
        languages=tuple(row.settings.get("languages") or ()),
        site=own_name(row.site or {}),
    )


def _present(conn: Connection, *, seen: tuple[int, ...], gone: tuple[int, ...]) -> None:
    now = database_now(conn)
    for ids, values in ((seen, {"seen_at": now, "gone_at": None}), (gone, {"gone_at": now})):
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            conn.execute(update(screens).where(screens.c.recipient_id.in_(part)).values(values))


def leave_silent(conn: Connection, now: int) -> None:
    """Screens nobody has said to hold any more are gone, since they were last seen."""
    silent = and_(screens.c.gone_at.is_(None), screens.c.seen_at < now - SILENT)
    conn.execute(update(screens).where(silent).values(gone_at=screens.c.seen_at))


def _shown(conn: Connection, *, recipient: int, notice: int | None, revision: int | None) -> None:
    conn.execute(
        update(screens)
        .where(screens.c.recipient_id == recipient)
        .values(showing_notice=notice, showing_revision=revision, shown_at=database_now(conn))
    )


def _all(conn: Connection, *, site: int | None) -> list[ScreenRow]:
    rows = (
        select(
            recipients.c.id,
            recipients.c.name,
            recipients.c.place_id,
            places.c.kind,
            places.c.path,
            places.c.building,
            places.c.name.label("place_name"),
            screens,
        )
        .outerjoin(places, places.c.id == recipients.c.place_id)
        .outerjoin(screens, screens.c.recipient_id == recipients.c.id)
        .where(recipients.c.kind == "screen", recipients.c.removed_at.is_(None))
        .order_by(places.c.sort, recipients.c.id)
    )
    named = select(sites.c.id) if site is None else [site]
    rows = rows.where(recipients.c.site_id.in_(named))  # all sites too: the index begins with it
    return [_screen_row(row) for row in conn.execute(rows)]


def _screen_row(row: Any) -> ScreenRow:
    return ScreenRow(
        recipient=row.id,
        name=row.name,
        kind=row.kind or "",
        path=row.path or "",
        place_id=row.place_id,
        building=row.building or "",
        place_name=row.place_name or {},
        paired_at=row.paired_at if row.device_hash else None,
        seen_at=row.seen_at,
        gone_at=row.gone_at,
        showing_notice=row.showing_notice,
        showing_revision=row.showing_revision,
        shown_at=row.shown_at,
        way=row.way or {},
    )


# Not the whole row: the recipe in it is large, and would be read again for every screen.


def _unpair(conn: Connection, *, recipient: int) -> bool:
    gone = update(screens).where(screens.c.recipient_id == recipient)
    done = conn.execute(gone.values(device_hash=None, paired_at=None))
    own = and_(addresses.c.recipient_id == recipient, addresses.c.channel == "screen")
    conn.execute(delete(addresses).where(own))
    return done.rowcount == 1
