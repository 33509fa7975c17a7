"""Where a reply is probably from: the place its words name, if there is exactly one such place."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, text

from hub.decide.inbox import Guessed, Note
from hub.decide.named import Named, named_places

_UNIT = text("""
SELECT id FROM places WHERE kind = 'unit' AND unit = :unit
AND (:building = '' OR lower(building) = :building) AND (:entrance = '' OR entrance = :entrance)
LIMIT 2""")
_FLOOR = text("""
SELECT id FROM places WHERE kind = 'floor' AND floor = :floor AND lower(building) = :building
AND (:entrance = '' OR entrance = :entrance) LIMIT 2""")
_BUILDING = text("""
SELECT id FROM places WHERE kind = 'building' AND lower(building) = :building LIMIT 2""")
_HEAD = text("""
SELECT id FROM recipients WHERE (place_id = :place
    OR id IN (SELECT recipient_id FROM homes WHERE place_id = :place)) AND kind = 'resident'
    AND removed_at IS NULL ORDER BY id LIMIT 1""")


def guessed(conn: Connection, note: Note) -> Note:
    """The note with the place its words name, and who lives there if it is nobody's number."""
    if note.recorded:
        return note
    place = next((one for named in named_places(note.words) if (one := _place(conn, named))), None)
    if place is None:
        return note
    if note.recipient is not None:
        return replace(note, place=place)
    head = conn.execute(_HEAD, {"place": place}).scalar_one_or_none()
    return replace(note, place=place, recipient=head, guessed=Guessed.WORDS)


def _place(conn: Connection, named: Named) -> int | None:
    asked = _UNIT if named.unit else _FLOOR if named.floor else _BUILDING
    values = {"building": named.building, "entrance": named.entrance}
    if named.unit:
        values["unit"] = named.unit
    elif named.floor:
        values["floor"] = named.floor
    wanted = {name: values[name] for name in asked.compile().params}
    rows = conn.execute(asked, wanted).scalars().all()
    return int(rows[0]) if len(rows) == 1 else None
