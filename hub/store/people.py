"""Recipients as they stand, read with their addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select

from hub.entries import AddressEntry, RecipientView
from hub.model import RecipientKind
from hub.store.homes import homes_of
from hub.store.schema import addresses, homes, places, recipients, screens, sites


def _views(conn: Connection, condition: Any, *, limit: int | None) -> list[RecipientView]:
    people = (
        select(recipients, places.c.path, screens.c.way)
        .outerjoin(places, places.c.id == recipients.c.place_id)
        .outerjoin(screens, screens.c.recipient_id == recipients.c.id)
        .where(recipients.c.removed_at.is_(None), condition)
        .order_by(recipients.c.id)
        .limit(limit)
    )
    rows = conn.execute(people).all()
    ways = _addresses(conn, [row.id for row in rows])
    others = homes_of(conn, [row.id for row in rows])
    return [_view(row, ways.get(row.id, ()), others.get(row.id, ())) for row in rows]


def _addresses(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[AddressEntry, ...]]:
    found: dict[int, list[AddressEntry]] = {}
    for start in range(0, len(ids), 5000):
        part = ids[start : start + 5000]
        rows = (
            select(addresses)
            .where(addresses.c.recipient_id.between(part[0], part[-1]))
            .where(addresses.c.removed_at.is_(None))
            .order_by(addresses.c.recipient_id, addresses.c.sort, addresses.c.id)
        )
        for r in conn.execute(rows):
            usable = r.bad_at is None and r.opted_out_at is None
            reason = r.bad_reason or ("opted_out" if r.opted_out_at else "")
            entry = AddressEntry(r.channel, r.value, usable, reason)
            found.setdefault(r.recipient_id, []).append(entry)
    return {key: tuple(value) for key, value in found.items()}


def _view(row: Any, ways: tuple[AddressEntry, ...], others: tuple[str, ...]) -> RecipientView:
    return RecipientView(
        id=row.id,
        ref=row.ref,
        kind=RecipientKind(row.kind),
        name=row.name,
        place=row.path or "",
        language=row.language,
        roles=tuple(row.roles),
        needs=tuple(row.needs),
        drill=bool(row.drill),
        no_drill=bool(row.no_drill),
        extra={"way": row.way or {}} if row.kind == "screen" else {},
        version=row.version,
        addresses=ways,
        site=row.site_id,
        homes=others,
    )


def list_recipients(
    conn: Connection, *, site: int, search: str, kinds: Sequence[str], after: int, limit: int
) -> list[RecipientView]:
    condition = (recipients.c.site_id == site) & (recipients.c.id > after)
    if kinds:
        condition &= recipients.c.kind.in_(kinds)
    if search:
        like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        condition &= or_(
            recipients.c.name.ilike(like, escape="\\"),
            places.c.path.ilike(like, escape="\\"),
            recipients.c.id.in_(_at(like)),
        )
    return _views(conn, condition, limit=limit)


def _at(like: str) -> Any:
    """Whose further homes are like this."""
    further = select(homes.c.recipient_id).join(places, places.c.id == homes.c.place_id)
    return further.where(places.c.path.ilike(like, escape="\\"))


def one_recipient(conn: Connection, *, number: int) -> RecipientView | None:
    found = _views(conn, recipients.c.id == number, limit=1)
    return found[0] if found else None


PAGE = 500
Row = list[Any]

_REGISTER = (
    recipients.c.id,
    recipients.c.ref,
    recipients.c.kind,
    recipients.c.name,
    func.coalesce(places.c.path, "").label("path"),
    recipients.c.language,
    recipients.c.roles,
    recipients.c.needs,
    recipients.c.drill,
    recipients.c.no_drill,
)
_WAYS = (
    addresses.c.recipient_id,
    addresses.c.channel,
    addresses.c.value,
    addresses.c.bad_at,
    addresses.c.opted_out_at,
    addresses.c.bad_reason,
)


def register(
    conn: Connection, *, site: int, pack: Callable[[Sequence[Row]], bytes]
) -> tuple[int, list[bytes]]:
    """The roster's revision and everybody an import could touch, packed a page at a time: rows of
    id, ref, kind, name, place, language, roles, needs, drill, no_drill, the addresses in use, each
    of channel, value, whether it is usable, and why it is not, and the paths of further homes."""
    rev = conn.execute(select(sites.c.roster_rev).where(sites.c.id == site)).scalar_one_or_none()
    return (0, []) if rev is None else (int(rev), [pack(page) for page in _pages(conn, site)])


def _pages(conn: Connection, site: int) -> Iterator[list[Row]]:
    mine = (recipients.c.site_id == site) & recipients.c.kind.in_(("resident", "staff"))
    people = (
        select(*_REGISTER)
        .outerjoin(places, places.c.id == recipients.c.place_id)
        .where(recipients.c.removed_at.is_(None), mine)
        .order_by(recipients.c.id)
        .limit(PAGE)
    )
    after = 0
    while rows := conn.execute(people.where(recipients.c.id > after)).all():
        after = rows[-1][0]
        ways = _ways(conn, rows[0][0], after)
        others = homes_of(conn, [rows[0][0], after])
        yield [[*row, ways.get(row[0], ()), others.get(row[0], ())] for row in rows]


def _ways(conn: Connection, first: int, last: int) -> dict[int, list[Row]]:
    asked = (
        select(*_WAYS)
        .where(addresses.c.recipient_id.between(first, last), addresses.c.removed_at.is_(None))
        .order_by(addresses.c.recipient_id, addresses.c.sort, addresses.c.id)
    )
    found: dict[int, list[Row]] = {}
    for number, channel, value, bad_at, out_at, reason in conn.execute(asked):
        usable = bad_at is None and out_at is None
        why = reason or ("opted_out" if out_at else "")
        found.setdefault(number, []).append([channel, value, usable, why])
    return found
