"""Rows of the estate: sites, places, recipients and their addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from hub.entries import PlaceEntry, RecipientEntry, RecipientView, RosterWrite, SiteEntry
from hub.model import Place, PlaceKind, Site, SiteId
from hub.store import people, register, repairs
from hub.store.addresses import let_in
from hub.store.database import Database, database_now
from hub.store.places import all_places, put_places
from hub.store.register import add_recipients, bump
from hub.store.schema import homes, places, recipients, sites
from hub.store.sites import keep_setting, read_sites


class EstateLedger:
    """The rows behind the register; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def sites(self) -> list[Site]:
        """All sites, by id."""
        return await self._db.read(read_sites)

    async def put_site(self, entry: SiteEntry) -> SiteId:
        """The site is there, with these words and settings; its id."""
        return await self._db.write(partial(_put_site, entry=entry))

    async def keep_setting(self, site: int, key: str, value: Any) -> None:
        """One setting of the hub's own is this now, whatever people change beside it."""
        await self._db.write(partial(keep_setting, site=site, key=key, value=value))

    async def places(self, site: int) -> list[Place]:
        """The places of a site, parents before children, in their order."""
        return await self._db.read(partial(all_places, site=site))

    async def recipients(
        self, site: int, *, search: str, kinds: Sequence[str], after: int, limit: int
    ) -> list[RecipientView]:
        """Recipients with an id above `after`, at most `limit`; `search` in name and place."""
        return await self._db.read(
            partial(
                people.list_recipients,
                site=site,
                search=search,
                kinds=kinds,
                after=after,
                limit=limit,
            )
        )

    async def recipient(self, number: int) -> RecipientView | None:
        """The recipient with this id, unless removed."""
        return await self._db.read(partial(people.one_recipient, number=number))

    async def repairs(self, site: int, *, after: int, limit: int) -> Mapping[str, Any]:
        """One page of the numbers to repair, and how many there are."""
        return await self._db.read(partial(repairs.repairs, site=site, after=after, limit=limit))

    async def how_many_repairs(self, site: int) -> int:
        """How many numbers there are to repair."""
        return await self._db.read(partial(repairs.how_many, site=site))

    async def let_in(self, number: int) -> int:
        """The recipient's opt-outs are taken away; how many there were."""
        return await self._db.write(partial(let_in, recipient=number))

    async def mend(self, address: int) -> int | None:
        """The flag of an address is gone; its recipient, None if it had none."""
        return await self._db.write(partial(repairs.mend, address=address))

    async def put_recipient(
        self,
        site: int,
        entry: RecipientEntry,
        *,
        number: int | None,
        version: int | None,
        spot: PlaceEntry | None = None,
    ) -> int | str:
        """The id; or `place`, `gone`, `version`: why nothing was changed. `spot`: the place of the
        entry, made if its parent is there."""
        write = partial(
            register.put_recipient,
            site=site,
            entry=entry,
            number=number,
            version=version,
            spot=spot,
        )
        return await self._db.write(write)

    async def remove(self, number: int) -> bool:
        """The recipient is told nothing any more; its record stays."""
        return await self._db.write(partial(register.remove_recipient, number=number))

    async def residents(
        self, site: int, pack: Callable[[Sequence[list[Any]]], bytes]
    ) -> tuple[int, list[bytes]]:
        """The roster's revision and everybody an import could touch (residents and staff), a page
        at a time as `pack` makes it: as objects a whole estate takes ten times as much."""
        return await self._db.read(partial(people.register, site=site, pack=pack))

    async def write_roster(self, site: int, change: RosterWrite) -> bool:
        """The import is in, whole; False if the roster changed meanwhile (nothing is written)."""
        return await self._db.write(partial(register.write_roster, site=site, change=change))

    async def load(
        self, site: SiteEntry, rows: Sequence[PlaceEntry], people: Sequence[RecipientEntry]
    ) -> SiteId:
        """A whole estate is in, in one transaction, beside what is there."""
        return await self._db.write(partial(_load, site=site, rows=rows, people=people))

    async def occupied(self, site: int) -> frozenset[int]:
        """The ids of flats somebody lives in."""
        return await self._db.read(partial(_occupied, site=site))

    async def counts(self, site: int) -> Mapping[str, int]:
        """Recipients by kind, and flats."""
        return await self._db.read(partial(_counts, site=site))


def _put_site(conn: Connection, *, entry: SiteEntry) -> SiteId:
    values = {"name": dict(entry.name), "settings": dict(entry.settings)}
    found = conn.execute(select(sites.c.id).where(sites.c.key == entry.key)).scalar_one_or_none()
    if found is None:
        added = insert(sites).values(key=entry.key, **values).returning(sites.c.id)
        found = conn.execute(added).scalar_one()
        put_places(conn, int(found), [PlaceEntry("", None, PlaceKind.SITE, name=entry.name)])
    else:
        conn.execute(update(sites).where(sites.c.id == found).values(values))
    bump(conn, int(found))
    return SiteId(int(found))


def _occupied(conn: Connection, *, site: int) -> frozenset[int]:
    first = select(recipients.c.place_id).distinct()
    further = select(homes.c.place_id)
    mine = (recipients.c.site_id == site) & recipients.c.removed_at.is_(None)
    lived = conn.execute(first.where(mine, recipients.c.kind == "resident")).scalars().all()
    joined = further.join(recipients, recipients.c.id == homes.c.recipient_id)
    others = conn.execute(joined.where(mine, recipients.c.kind == "resident")).scalars()
    return frozenset((*lived, *others))


def _counts(conn: Connection, *, site: int) -> Mapping[str, int]:
    alive = (recipients.c.site_id == site) & recipients.c.removed_at.is_(None)
    by_kind = select(recipients.c.kind, func.count()).where(alive).group_by(recipients.c.kind)
    found: dict[str, int] = {kind: int(n) for kind, n in conn.execute(by_kind)}
    flats = select(func.count()).where(places.c.site_id == site, places.c.kind == "unit")
    return {**found, "flats": int(conn.execute(flats).scalar_one())}


def _load(
    conn: Connection,
    *,
    site: SiteEntry,
    rows: Sequence[PlaceEntry],
    people: Sequence[RecipientEntry],
) -> SiteId:
    number = _put_site(conn, entry=site)
    known = put_places(conn, number, rows)
    add_recipients(conn, number, people, known, now=database_now(conn))
    return number
