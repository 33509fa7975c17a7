"""Rows of places: a site's tree, kept by path."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from hub.entries import PlaceEntry
from hub.model import Place, PlaceId, PlaceKind, SiteId
from hub.store.database import insert_rows
from hub.store.schema import places

PAGE = 500
_COLUMNS = [
    "site_id",
    "parent_id",
    "kind",
    "path",
    "building",
    "entrance",
    "floor",
    "level",
    "unit",
    "name",
    "sort",
]


def all_places(conn: Connection, *, site: int) -> list[Place]:
    rows = select(places).where(places.c.site_id == site).order_by(places.c.sort, places.c.id)
    return [_place(row) for row in conn.execute(rows)]


def _place(row: Any) -> Place:
    return Place(
        id=PlaceId(row.id),
        site=SiteId(row.site_id),
        parent=None if row.parent_id is None else PlaceId(row.parent_id),
        kind=PlaceKind(row.kind),
        path=row.path,
        building=row.building,
        entrance=row.entrance,
        floor=row.floor,
        level=row.level,
        unit=row.unit,
        name=row.name,
        sort=row.sort,
    )


def put_places(conn: Connection, site: int, entries: Iterable[PlaceEntry]) -> dict[str, int]:
    """Every entry is stored (those known by path are left as they are); ids by path.

    Taken a page at a time; entries that come before their parents wait for the end.
    """
    known = ids_by_path(conn, site)
    left, late = iter(entries), list[PlaceEntry]()
    while page := list(islice(left, PAGE)):
        late += _put(conn, site, page, known)
    for depth in _by_depth(late):
        _insert(conn, site, depth, known)
    return known


def _put(
    conn: Connection, site: int, page: Sequence[PlaceEntry], known: dict[str, int]
) -> list[PlaceEntry]:
    """Those whose parents are there are in; the others."""
    left = [e for e in page if e.path not in known]
    while ready := [e for e in left if e.parent is None or e.parent in known]:
        _insert(conn, site, ready, known)
        left = [e for e in left if e.path not in known]
    return left


def _insert(
    conn: Connection, site: int, entries: Sequence[PlaceEntry], known: dict[str, int]
) -> None:
    rows = [
        (
            site, known.get(e.parent) if e.parent is not None else None, e.kind.value, e.path,
            e.building, e.entrance, e.floor, e.level, e.unit,
            json.dumps(dict(e.name), ensure_ascii=False), e.sort,
        )
        for e in entries
    ]  # fmt: skip
    insert_rows(conn, places, _COLUMNS, rows)
    mine = (places.c.site_id == site) & places.c.path.in_([e.path for e in entries])
    known |= {r.path: r.id for r in conn.execute(select(places.c.path, places.c.id).where(mine))}


def _by_depth(entries: list[PlaceEntry]) -> list[list[PlaceEntry]]:
    levels: list[list[PlaceEntry]] = []
    paths = {e.path for e in entries}
    while entries:
        ready = [e for e in entries if e.parent is None or e.parent not in paths]
        if not ready:
            raise ValueError("places form a circle")
        levels.append(ready)
        done = {e.path for e in ready}
        paths -= done
        entries = [e for e in entries if e.path not in done]
    return levels


def ids_by_path(conn: Connection, site: int) -> dict[str, int]:
    found: dict[str, int] = {}
    after = 0
    while True:
        asked = select(places.c.path, places.c.id).where(
            places.c.site_id == site, places.c.id > after
        )
        rows = conn.execute(asked.order_by(places.c.id).limit(5 * PAGE)).all()
        if not rows:
            return found
        found |= {row.path: row.id for row in rows}
        after = rows[-1].id
