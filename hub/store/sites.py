"""Rows of sites: what each says of itself, changed by people one at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.decide.meeting import used_points
from hub.entries import PlaceEntry, SiteEntry
from hub.model import PlaceKind, Site, SiteId, Words
from hub.store.database import Database
from hub.store.placed import as_json
from hub.store.places import put_places
from hub.store.schema import places, sites

_DOORS = text("""
SELECT DISTINCT building, entrance FROM places
WHERE site_id = :site AND building <> '' AND kind IN ('unit', 'floor', 'building', 'entrance')
ORDER BY building, entrance""")
_OPEN = text("""
SELECT code, params, recipe FROM incidents WHERE site_id = :site AND status <> 'closed'""")


class SiteLedger:
    """The rows behind what a site says of itself; every method is one transaction."""

    def __init__(self, db: Database):
        self._db = db

    async def all(self) -> list[Site]:
        """All sites, by id."""
        return await self._db.read(read_sites)

    async def doors(self, site: int) -> list[tuple[str, str]]:
        """The building and entrance of every place people live at, and of buildings alone."""
        return await self._db.read(partial(_doors, site=site))

    async def add(self, entry: SiteEntry) -> bool:
        """The site is there; False if its key was taken meanwhile."""
        return await self._db.write(partial(_add, entry=entry))

    async def put(
        self, site: int, name: Words, settings: Mapping[str, Any], *, owned: Collection[str],
        version: int,
    ) -> str:  # fmt: skip
        """`ok`; `version` if somebody else changed it; else `used CODE KEY`: an open incident sends
        people to a point that would be gone. `owned`: the settings people write here; others stay
        as they are."""
        return await self._db.write(
            partial(_put, site=site, name=name, settings=settings, owned=owned, version=version)
        )


def read_sites(conn: Connection) -> list[Site]:
    """All sites, by id."""
    return [
        Site(SiteId(r.id), r.key, r.name, r.settings, r.roster_rev, r.version)
        for r in conn.execute(select(sites).order_by(sites.c.id))
    ]


def _doors(conn: Connection, *, site: int) -> list[tuple[str, str]]:
    return [(str(b), str(e)) for b, e in conn.execute(_DOORS, {"site": site})]


def _add(conn: Connection, *, entry: SiteEntry) -> bool:
    values = {"key": entry.key, "name": dict(entry.name), "settings": dict(entry.settings)}
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    added = dialect.insert(sites).values(values).on_conflict_do_nothing().returning(sites.c.id)
    number = conn.execute(added).scalar_one_or_none()
    if number is None:
        return False
    put_places(conn, int(number), [PlaceEntry("", None, PlaceKind.SITE, name=entry.name)])
    return True


def _put(
    conn: Connection,
    *,
    site: int,
    name: Words,
    settings: Mapping[str, Any],
    owned: Collection[str],
    version: int,
) -> str:
    asked = select(sites.c.version, sites.c.settings).where(sites.c.id == site).with_for_update()
    row = conn.execute(asked).one_or_none()
    if row is None or row.version != version:
        return "version"
    keys = {str(one["key"]) for one in settings.get("assembly_points", ())}
    kept = {str(one["key"]) for one in row.settings.get("assembly_points", ())}
    if (lost := _used(conn, site, kept - keys)) is not None:
        return lost
    others = {key: value for key, value in row.settings.items() if key not in owned}
    mine = {key: value for key, value in settings.items() if key in owned}
    conn.execute(
        update(sites)
        .where(sites.c.id == site)
        .values(
            name=dict(name),
            settings={**others, **mine},
            version=sites.c.version + 1,
            roster_rev=sites.c.roster_rev + 1,  # launches planned before are planned again
        )
    )
    root = (places.c.site_id == site) & (places.c.path == "")
    conn.execute(update(places).where(root).values(name=dict(name)))
    return "ok"


def _used(conn: Connection, site: int, gone: set[str]) -> str | None:
    """An open incident that sends people to one of these points."""
    for row in conn.execute(_OPEN, {"site": site}) if gone else ():
        recipe, params = as_json(row.recipe) or {}, as_json(row.params) or {}
        lost = used_points(recipe.get("parameters") or (), params) & gone
        if lost:
            return f"used {row.code} {min(lost)}"
    return None


def keep_setting(conn: Connection, *, site: int, key: str, value: Any) -> None:
    """One setting of the site's own is this now; what people write stays as it is."""
    asked = select(sites.c.settings).where(sites.c.id == site).with_for_update()
    settings = conn.execute(asked).scalar_one()
    conn.execute(update(sites).where(sites.c.id == site).values(settings={**settings, key: value}))
