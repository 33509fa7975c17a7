"""Changes of the register: recipients and addresses, singly and by whole imports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, func, insert, select, update

from hub.entries import ROSTER_COLUMNS, AddressEntry, PlaceEntry, RecipientEntry, RosterWrite
from hub.model import RecipientKind
from hub.store.addresses import keep_out
from hub.store.database import database_now, insert_rows
from hub.store.homes import put_homes
from hub.store.places import ids_by_path, put_places
from hub.store.schema import addresses, recipients, screens, sites

T = TypeVar("T")
Way = tuple[str, str]

PAGE = 250  # on PostgreSQL the loop waits while one is made
_COLUMNS = [
    "id",
    "site_id",
    "kind",
    "name",
    "place_id",
    "language",
    "roles",
    "needs",
    "vulnerable",
    "helpers",
    "drill",
    "no_drill",
    "ref",
    "extra",
    "created_at",
    "updated_at",
]
_ADDRESS_COLUMNS = ["recipient_id", "channel", "value", "sort", "bad_at", "bad_reason"]


def bump(conn: Connection, site: int) -> None:
    """The roster's revision went up: launches planned before it are planned again."""
    conn.execute(update(sites).where(sites.c.id == site).values(roster_rev=sites.c.roster_rev + 1))


def put_recipient(
    conn: Connection,
    *,
    site: int,
    entry: RecipientEntry,
    number: int | None,
    version: int | None,
    spot: PlaceEntry | None = None,
) -> int | str:
    known = ids_by_path(conn, site)
    if spot is not None and spot.path not in known and spot.parent in known:
        known = put_places(conn, site, [spot])
    if any(path and path not in known for path in (entry.place, *entry.homes)):
        return "place"
    if number is not None:
        row = conn.execute(
            select(recipients.c.version).where(
                recipients.c.id == number,
                recipients.c.site_id == site,
                recipients.c.removed_at.is_(None),
            )
        ).scalar_one_or_none()
        if row is None:
            return "gone"
        if version is not None and row != version:
            return "version"
        _change(conn, [(number, entry)], known, now=database_now(conn), flags=True)
    else:
        number = add_recipients(conn, site, [entry], known, now=database_now(conn))[0]
    bump(conn, site)
    return number


def remove_recipient(conn: Connection, *, number: int) -> bool:
    asked = select(recipients.c.site_id).where(
        recipients.c.id == number, recipients.c.removed_at.is_(None)
    )
    site = conn.execute(asked).scalar_one_or_none()
    if site is None:
        return False
    _remove(conn, [number], now=database_now(conn))
    bump(conn, int(site))
    return True


def write_roster(conn: Connection, *, site: int, change: RosterWrite) -> bool:
    """All of it, a page at a time: an estate of 100,000 never stands in memory as a whole."""
    same = sites.c.roster_rev == change.rev
    bumped = update(sites).where(sites.c.id == site, same)
    if conn.execute(bumped.values(roster_rev=sites.c.roster_rev + 1)).rowcount != 1:
        return False
    if change.columns is not None:
        _keep_columns(conn, site, change.columns)
    known = put_places(conn, site, change.places)
    now = database_now(conn)
    for ids in _pages(change.removed):
        _remove(conn, ids, now=now)
    for changes in _pages(change.changed):
        _change(conn, changes, known, now=now, flags=False)
    for refs in _pages(change.refs):
        _rename(conn, refs)
    for entries in _pages(change.added):
        add_recipients(conn, site, entries, known, now=now)
    return True


def _keep_columns(conn: Connection, site: int, columns: Mapping[str, str]) -> None:
    """The other settings stay as they are at this moment."""
    mine = sites.c.id == site
    settings = conn.execute(select(sites.c.settings).where(mine)).scalar_one()
    kept = {**settings, ROSTER_COLUMNS: dict(columns)}
    conn.execute(update(sites).where(mine).values(settings=kept))


def _pages(values: Iterable[T]) -> Iterator[list[T]]:
    left = iter(values)
    while page := list(islice(left, PAGE)):
        yield page


def add_recipients(
    conn: Connection,
    site: int,
    entries: Sequence[RecipientEntry],
    known: Mapping[str, int],
    *,
    now: int,
) -> list[int]:
    """The recipients are in with their addresses; their ids in order."""
    if not entries:
        return []
    first = _next_id(conn, len(entries))
    ids = {e.ref: first + i for i, e in enumerate(entries) if e.ref}
    rows = [
        (
            first + i, site, e.kind.value, e.name, known.get(e.place) if e.place else known.get(""),
            e.language, _json(e.roles), _json(e.needs), bool(e.needs),
            _json([ids[h] for h in e.helpers if h in ids]), e.drill, e.no_drill, e.ref or None,
            _json(dict(e.extra)), now, now,
        )
        for i, e in enumerate(entries)
    ]  # fmt: skip
    insert_rows(conn, recipients, _COLUMNS, rows)
    put_homes(conn, [(first + i, _flats(e, known)) for i, e in enumerate(entries) if e.homes])
    _put_addresses(conn, [(first + i, e.addresses) for i, e in enumerate(entries)], now=now)
    ways = [
        {"recipient_id": first + i, "way": dict(e.extra.get("way", {}))}
        for i, e in enumerate(entries)
        if e.kind is RecipientKind.SCREEN
    ]
    if ways:
        conn.execute(insert(screens), ways)
    return list(range(first, first + len(entries)))


def _flats(entry: RecipientEntry, known: Mapping[str, int]) -> list[int]:
    return [known[path] for path in entry.homes if path != entry.place and path in known]


def _next_id(conn: Connection, count: int) -> int:
    """The first of `count` recipient ids nobody else gets."""
    if conn.dialect.name == "postgresql":
        asked = (
            "SELECT min(n) FROM (SELECT nextval(pg_get_serial_sequence('recipients', 'id')) AS n "
            f"FROM generate_series(1, {count:d})) AS numbers"
        )
        conn.exec_driver_sql("LOCK TABLE recipients IN SHARE ROW EXCLUSIVE MODE")
        return int(conn.exec_driver_sql(asked).scalar_one())
    return int(conn.execute(select(func.coalesce(func.max(recipients.c.id), 0))).scalar_one()) + 1


def _put_addresses(
    conn: Connection, ways: Iterable[tuple[int, Sequence[AddressEntry]]], *, now: int
) -> None:
    rows = [
        (recipient, a.channel, a.value, i, None if a.usable else now, a.reason)
        for recipient, entries in ways
        for i, a in enumerate(entries)
    ]
    insert_rows(conn, addresses, _ADDRESS_COLUMNS, rows)
    keep_out(conn, {row[0] for row in rows}, now=now)


def _change(
    conn: Connection,
    changes: Sequence[tuple[int, RecipientEntry]],
    known: Mapping[str, int],
    *,
    now: int,
    flags: bool,
) -> None:
    if not changes:
        return
    statement = (
        update(recipients)
        .where(recipients.c.id == bindparam("number"))
        .values(version=recipients.c.version + 1, updated_at=now)
    )
    values = [
        {
            "number": number,
            "kind": e.kind.value,
            "name": e.name,
            "place_id": known.get(e.place) if e.place else known.get(""),
            "language": e.language,
            "roles": list(e.roles),
            "needs": list(e.needs),
            "vulnerable": bool(e.needs),
            "drill": e.drill,
            "no_drill": e.no_drill,
            "ref": e.ref or None,
        }
        for number, e in changes
    ]
    names = [key for key in values[0] if key != "number"]
    conn.execute(statement.values({name: bindparam(name) for name in names}), values)
    for number, entry in changes:
        if entry.kind is RecipientKind.SCREEN and "way" in entry.extra:
            _put_way(conn, number, entry.extra["way"])
    put_homes(conn, [(number, _flats(e, known)) for number, e in changes])
    _change_addresses(conn, changes, now=now, flags=flags)
    keep_out(conn, (number for number, _ in changes), now=now)


def _put_way(conn: Connection, number: int, way: Mapping[str, Any]) -> None:
    """Where this screen points from now on."""
    values = {"way": dict(way)}
    done = conn.execute(update(screens).where(screens.c.recipient_id == number).values(values))
    if done.rowcount == 0:
        conn.execute(insert(screens).values(recipient_id=number, **values))


def _change_addresses(
    conn: Connection, changes: Sequence[tuple[int, RecipientEntry]], *, now: int, flags: bool
) -> None:
    """Exactly these addresses are in use; an opt-out survives, a removed one that is back too, and
    since when one is unusable. Without `flags`, whether one in use is usable stays as it is: its
    provider may have said more since the register was read."""
    stored = _stored_addresses(conn, [number for number, _ in changes])
    gone: list[dict[str, Any]] = []
    again: list[dict[str, Any]] = []
    fresh: list[tuple[Any, ...]] = []
    for number, entry in changes:
        mine = stored.get(number, {})
        wanted = {(a.channel, a.value) for a in entry.addresses}
        gone += (
            {"number": row.id, "removed": now}
            for way, row in mine.items()
            if way not in wanted and row.removed_at is None and row.channel != "screen"
        )
        for i, a in enumerate(entry.addresses):
            bad_at = None if a.usable or a.reason == "opted_out" else now
            row = mine.get((a.channel, a.value))
            if row is None:
                fresh.append((number, a.channel, a.value, i, bad_at, a.reason))
            else:
                said = flags or row.removed_at is not None
                again.append(_again(row, i, bad_at and (row.bad_at or bad_at), a.reason, said=said))
    _update_addresses(conn, gone, {"removed_at": "removed"})
    names = ("sort", "removed_at", "bad_at", "bad_reason")
    _update_addresses(conn, again, {name: f"new_{name}" for name in names})
    insert_rows(conn, addresses, _ADDRESS_COLUMNS, fresh)


def _stored_addresses(conn: Connection, ids: Sequence[int]) -> dict[int, dict[Way, Any]]:
    found: dict[int, dict[Way, Any]] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        asked = select(addresses).where(addresses.c.recipient_id.in_(part))
        for row in conn.execute(asked):
            found.setdefault(row.recipient_id, {})[row.channel, row.value] = row
    return found


def _again(row: Any, sort: int, bad_at: int | None, reason: str, *, said: bool) -> dict[str, Any]:
    """An address that is known; `said`: whether it is usable is told anew."""
    flags = (bad_at, reason) if said else (row.bad_at, row.bad_reason)
    values: dict[str, Any] = {"number": row.id, "new_sort": sort, "new_removed_at": None}
    return values | {"new_bad_at": flags[0], "new_bad_reason": flags[1]}


def _update_addresses(
    conn: Connection, rows: Sequence[dict[str, Any]], names: Mapping[str, str]
) -> None:
    if rows:
        values: dict[str, Any] = {column: bindparam(name) for column, name in names.items()}
        changed = update(addresses).where(addresses.c.id == bindparam("number"))
        conn.execute(changed.values(values), rows)


def _rename(conn: Connection, refs: Sequence[tuple[int, str]]) -> None:
    if refs:
        named = update(recipients).where(recipients.c.id == bindparam("number"))
        rows = [{"number": number, "new_ref": ref} for number, ref in refs]
        conn.execute(named.values(ref=bindparam("new_ref")), rows)


def _remove(conn: Connection, ids: Sequence[int], *, now: int) -> None:
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        conn.execute(update(recipients).where(recipients.c.id.in_(part)).values(removed_at=now))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
