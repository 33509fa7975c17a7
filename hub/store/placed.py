"""Places as people say them, for records that keep only the path; and JSON columns as values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.spoken import spoken_place
from hub.events import Event
from hub.model import Place, PlaceId, PlaceKind, SiteId, Words
from hub.store.batches import IDS, run

WHOLE = frozenset({"", "all"})
LANGUAGES = ("zh-CN", "en")

_SITE = text("SELECT name FROM sites WHERE id = :site")
NAMED = (
    "p.*, (SELECT b.name FROM places b WHERE b.site_id = p.site_id AND b.path = p.building)"
    " AS building_named"
)
"""The columns of a place `p`, and what its building is called."""

_HOMES = f"""
SELECT a.recipient_id AS person, {NAMED} FROM {{rows}} CROSS JOIN audience a CROSS JOIN places p
WHERE a.incident_id = {{1}} AND a.recipient_id = b.id AND p.id = a.household"""
_PLACE = text("SELECT * FROM places WHERE site_id = :site AND path = :path")


def spoken_of(
    conn: Connection, site: int, path: str, languages: Sequence[str] = LANGUAGES
) -> dict[str, str]:
    """The place in words, per language; the path itself if it is not in the estate any more."""
    if path in WHOLE:
        named = conn.execute(_SITE, {"site": site}).scalar_one_or_none()
        name = as_json(named) or {}
        return {tag: spoken_place(None, tag, site_name=name) for tag in languages}
    found = conn.execute(_PLACE, {"site": site, "path": path}).mappings().first()
    row: Mapping[Any, Any] | None = found or _floor_across(conn, site, path)
    if row is None:
        return dict.fromkeys(languages, path)
    building = conn.execute(_PLACE, {"site": site, "path": row["building"]}).mappings().first()
    name = as_json(building["name"]) if building else None
    place = place_of(row)
    return {tag: spoken_place(place, tag, building_name=name) for tag in languages}


def _floor_across(conn: Connection, site: int, path: str) -> Mapping[Any, Any] | None:
    """A floor of a whole building whose entrances each have their own: no place on record, but
    what was launched at and what is said of."""
    building, slash, floor = path.partition("/")
    asked = {"site": site, "path": building}
    row = conn.execute(_PLACE, asked).mappings().first() if slash and "/" not in floor else None
    if row is None:
        return None
    return {**row, "kind": PlaceKind.FLOOR, "path": path, "floor": floor, "unit": "", "name": {}}


def spoken_at(row: Mapping[Any, Any]) -> dict[str, str]:
    """The place of a row that was read with `NAMED`, in words: by the name its building goes by
    everywhere else."""
    place, name = place_of(row), as_json(row["building_named"])
    return {tag: spoken_place(place, tag, building_name=name) for tag in LANGUAGES}


def homes_named(conn: Connection, incident: int, events: Iterable[Event]) -> dict[int, Words]:
    """Where those live whom these events name, in words; who has no home is not there."""
    people = {event.data["recipient"] for event in events if event.data.get("recipient")}
    found = run(conn, _HOMES, IDS, [(one,) for one in people], incident) if people else []
    return {row.person: spoken_at(row._asdict()) for row in found}


def place_of(row: Mapping[Any, Any]) -> Place:
    """A row of `places` as a value."""
    return Place(
        id=PlaceId(row["id"]),
        site=SiteId(row["site_id"]),
        parent=None if row["parent_id"] is None else PlaceId(row["parent_id"]),
        kind=PlaceKind(row["kind"]),
        path=row["path"],
        building=row["building"],
        entrance=row["entrance"],
        floor=row["floor"],
        level=row["level"],
        unit=row["unit"],
        name=as_json(row["name"]) or {},
        sort=row["sort"],
    )


def as_json(value: Any) -> Any:
    """A JSON column's value, whether the driver gave its text or the value itself."""
    return json.loads(value) if isinstance(value, str) else value
