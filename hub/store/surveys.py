"""A site read for a launch: places, people and, for a preview, addresses and screens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, select, text

from hub.decide.dials import DIALS, dialled
from hub.errors import Unknown
from hub.model import PlaceKind
from hub.plans import Estate, Person, Reached, Spot
from hub.store.database import database_now
from hub.store.ids import following
from hub.store.real_first import under_way
from hub.store.schema import sites
from hub.store.ways import USABLE, callable_sql, quoted

_PAGE = 20_000  # rows at a time: the event loop breathes between pages

_SPOTS = text(
    "SELECT id, kind, path, building, entrance, floor, level FROM places"
    " WHERE site_id = :site ORDER BY sort, id"
)
_NAMES = text(
    f"SELECT id, CAST(name AS TEXT) FROM places WHERE site_id = :site"
    f" AND kind <> '{PlaceKind.UNIT}'"
)
_SPOTS_OF = text(
    "SELECT id, kind, path, building, entrance, floor, level FROM places"
    " WHERE site_id = :site AND building = :building ORDER BY sort, id"
)
_NAMES_OF = text(
    "SELECT id, CAST(name AS TEXT) FROM places WHERE site_id = :site AND building = :building"
)
_SAID_OF_DRILLS = "CASE WHEN {0}no_drill THEN -1 WHEN {0}drill THEN 1 ELSE 0 END"
# +site_id: pages go along the primary key; the index on site_id would be sorted for every page.
_PEOPLE = text(
    "SELECT id, kind, place_id, language, CAST(roles AS TEXT),"
    " vulnerable OR CAST(needs AS TEXT) NOT IN ('[]', 'null'),"
    f" {_SAID_OF_DRILLS.format('')}"
    " FROM recipients WHERE +site_id = :site AND removed_at IS NULL AND id > :after"
    " ORDER BY id LIMIT :page"
)
# Few have a second home: no pages.
_HOMES = text(
    "SELECT r.id, r.kind, h.place_id, r.language, CAST(r.roles AS TEXT),"
    " r.vulnerable OR CAST(r.needs AS TEXT) NOT IN ('[]', 'null'),"
    f" {_SAID_OF_DRILLS.format('r.')}"
    " FROM homes h CROSS JOIN recipients r"
    " WHERE r.id = h.recipient_id AND r.site_id = :site AND r.removed_at IS NULL"
    " ORDER BY h.recipient_id, h.place_id"
)
_REACHED = text(
    "SELECT ad.recipient_id, ad.channel, ad.value, ad.id FROM addresses ad"
    " JOIN recipients r ON r.id = ad.recipient_id"
    f" WHERE +r.site_id = :site AND r.removed_at IS NULL AND {USABLE} AND ad.id > :after"
    " ORDER BY ad.id LIMIT :page"
)
# Page by page in order of id, as above: an index on the channel would be sorted for each page.
_DIALLED = tuple(
    text(
        f"SELECT ad.recipient_id, {quoted(channel)}, ad.value, ad.id FROM addresses ad"
        " JOIN recipients r ON r.id = ad.recipient_id"
        " WHERE +r.site_id = :site AND r.removed_at IS NULL"
        f" AND ad.channel || '' = {quoted(medium)}"
        f" AND {callable_sql('ad', quoted(channel))} AND ad.id > :after"
        " ORDER BY ad.id LIMIT :page"
    )
    for medium, channel in dialled(DIALS)
)
_UNUSABLE = text(
    "SELECT ad.recipient_id, ad.channel, ad.value, ad.id FROM addresses ad"
    " JOIN recipients r ON r.id = ad.recipient_id"
    " WHERE +r.site_id = :site AND r.removed_at IS NULL AND ad.removed_at IS NULL"
    " AND (ad.opted_out_at IS NOT NULL OR ad.bad_at IS NOT NULL) AND ad.id > :after"
    " ORDER BY ad.id LIMIT :page"
)
DAY_MS = 86_400_000
_OPEN = text("SELECT id FROM incidents WHERE site_id = :site AND status <> 'closed'")
_LETTERS = text("""
SELECT DISTINCT letter FROM incidents
WHERE site_id = :site AND letter <> '' AND (status <> 'closed' OR closed_at > :since)""")
_ASKED = text(
    "SELECT DISTINCT recipient_id FROM audience WHERE incident_id IN :ids"
    " AND kind IN ('resident', 'staff', 'outside')"
).bindparams(bindparam("ids", expanding=True))
_OFFLINE = text(
    "SELECT r.id FROM recipients r LEFT JOIN screens s ON s.recipient_id = r.id"
    " WHERE r.site_id = :site AND r.kind = 'screen' AND r.removed_at IS NULL"
    " AND (s.recipient_id IS NULL OR s.device_hash IS NULL OR s.seen_at IS NULL"
    " OR s.gone_at IS NOT NULL)"
)


def read_spots(
    conn: Connection, *, site: int, building: str
) -> tuple[list[Spot], dict[int, dict[str, str]]]:
    """The places of one building (or, without one, those outside all) and their names."""
    named = {"site": site, "building": building}
    spots = [Spot._make(row) for row in conn.execute(_SPOTS_OF, named)]
    names = {int(place): _words(name) for place, name in conn.execute(_NAMES_OF, named)}
    return spots, names


def read_sites(conn: Connection) -> Mapping[str, int]:
    """Site ids by key."""
    rows = conn.execute(select(sites.c.key, sites.c.id).order_by(sites.c.id))
    return {str(key): int(site) for key, site in rows}


def read_estate(conn: Connection, *, site: int, preview: bool) -> Estate:
    """Everything a launch is decided from, on one snapshot."""
    head = conn.execute(select(sites).where(sites.c.id == site)).one_or_none()
    if head is None:
        raise Unknown(f"There is no site {site}.")
    named = {"site": site}
    return Estate(
        site=site,
        key=head.key,
        name=head.name,
        settings=head.settings,
        roster_rev=head.roster_rev,
        next_number=following(conn, "incidents"),
        spots=list(map(Spot._make, _raw(conn, _SPOTS, named))),
        names={int(place): _words(name) for place, name in conn.execute(_NAMES, named)},
        people=_people(conn, site),
        reached=_reached(conn, site) if preview else (),
        offline=_offline(conn, site) if preview else frozenset(),
        unusable=_ways(conn, _UNUSABLE, site) if preview else (),
        **_beside(conn, site),
    )


def _beside(conn: Connection, site: int) -> dict[str, Any]:
    """What other incidents of this site ask already, and the letters that name one: an answer to
    what was closed today must not become one to what begins now."""
    ids = [int(one) for one in conn.execute(_OPEN, {"site": site}).scalars()]
    if not ids:
        return {}
    others = under_way(conn, site)
    asked = _raw(conn, _ASKED, {"ids": ids})
    letters = conn.execute(_LETTERS, {"site": site, "since": database_now(conn) - DAY_MS})
    return {
        "asked": frozenset(int(row[0]) for row in asked),
        "letters": frozenset(letters.scalars()),
        "under_way": others,
        "beside": frozenset(ids),
    }


def _words(name: str | None) -> dict[str, str]:
    read: Any = json.loads(name) if name else None
    return {str(k): str(v) for k, v in read.items()} if isinstance(read, dict) else {}


def _people(conn: Connection, site: int) -> list[Person]:
    found: list[Person] = []
    after = 0
    while True:
        rows = _raw(conn, _PEOPLE, {"site": site, "after": after, "page": _PAGE})
        found.extend(rows)
        if len(rows) < _PAGE:
            found.extend(_raw(conn, _HOMES, {"site": site}))
            return found
        after = rows[-1][0]


def _reached(conn: Connection, site: int) -> list[Reached]:
    return [way for asked in (_REACHED, *_DIALLED) for way in _ways(conn, asked, site)]


def _ways(conn: Connection, asked: TextClause, site: int) -> list[Reached]:
    found: list[Reached] = []
    after = 0
    while True:
        rows = _raw(conn, asked, {"site": site, "after": after, "page": _PAGE})
        found.extend((recipient, channel, value) for recipient, channel, value, _ in rows)
        if len(rows) < _PAGE:
            return found
        after = rows[-1][3]


def _raw(conn: Connection, asked: TextClause, named: Mapping[str, Any]) -> list[Any]:
    """The rows as the driver gives them: half the time of SQLAlchemy's."""
    cursor: Any = conn.execute(asked, named).cursor
    rows = cursor.fetchall()
    return rows if conn.dialect.name == "sqlite" else [tuple(row) for row in rows]


def _offline(conn: Connection, site: int) -> frozenset[int]:
    return frozenset(int(row[0]) for row in conn.execute(_OFFLINE, {"site": site}))
