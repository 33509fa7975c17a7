"""People with more than one home: their further homes, and those an incident concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, select, text

from hub.store.batches import IDS, run
from hub.store.database import insert_rows
from hub.store.placed import NAMED
from hub.store.schema import homes, places

AT_HOMES = """(SELECT m.incident_id, m.recipient_id, m.kind, h.band, m.rank, m.language,
    h.household, h.household AS place_id, m.roles, m.vulnerable, m.unreachable, m.told_at,
    m.delivered_at, m.read_at, m.answer, m.answered_at
  FROM audience_homes h CROSS JOIN audience m
  WHERE h.incident_id = :incident AND m.incident_id = h.incident_id
    AND m.recipient_id = h.recipient_id)"""
"""Rows as of `audience`, one for each further home, of the incident `:incident`."""

LIVE_AT = """SELECT o.recipient_id FROM audience o
    WHERE o.household = {flat} AND o.incident_id = :incident
    UNION ALL SELECT h.recipient_id FROM audience_homes h
    WHERE h.household = {flat} AND h.incident_id = :incident"""
"""Whose home a flat is, in the incident `:incident`."""

_OTHERS = f"""
SELECT b.id AS recipient, {NAMED} FROM {{rows}} CROSS JOIN recipients r CROSS JOIN places p
WHERE r.id = b.id AND p.id = r.place_id
UNION ALL
SELECT b.id AS recipient, {NAMED} FROM {{rows}} CROSS JOIN homes h CROSS JOIN places p
WHERE h.recipient_id = b.id AND p.id = h.place_id"""
_FLATS = text(
    "SELECT recipient_id, household FROM audience_homes WHERE incident_id = :incident"
    " ORDER BY recipient_id, household"
)


def put_homes(conn: Connection, homes_of: Iterable[tuple[int, Iterable[int]]]) -> None:
    """Exactly these are the further homes of each recipient."""
    wanted = [(number, sorted(set(flats))) for number, flats in homes_of]
    numbers = [number for number, _ in wanted]
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        conn.execute(delete(homes).where(homes.c.recipient_id.in_(part)))
    rows = [(number, flat) for number, flats in wanted for flat in flats]
    if rows:
        insert_rows(conn, homes, ("recipient_id", "place_id"), rows)


def homes_of(conn: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The paths of the further homes of these recipients, given in order of id."""
    if not numbers:
        return {}
    asked = (
        select(homes.c.recipient_id, places.c.path)
        .join(places, places.c.id == homes.c.place_id)
        .where(homes.c.recipient_id.between(numbers[0], numbers[-1]))
        .order_by(homes.c.recipient_id, homes.c.place_id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for number, path in conn.execute(asked):
        found[number] = (*found.get(number, ()), path)
    return found


def flats_of(conn: Connection, incident: int) -> Mapping[int, tuple[int, ...]]:
    """The further flats an incident concerns, by recipient."""
    found: dict[int, tuple[int, ...]] = {}
    for number, flat in conn.execute(_FLATS, {"incident": incident}):
        found[number] = (*found.get(number, ()), flat)
    return found


def places_of(conn: Connection, people: Iterable[int]) -> Mapping[int, list[Mapping[str, object]]]:
    """Every home of these recipients as rows of places, of those alone who have several."""
    ids = [(one,) for one in sorted(set(people))]
    found: dict[int, list[Mapping[str, object]]] = {}
    for row in run(conn, _OTHERS, IDS, ids):
        found.setdefault(row.recipient, []).append(getattr(row, "_mapping", row))
    return {number: rows for number, rows in found.items() if len(rows) > 1}
