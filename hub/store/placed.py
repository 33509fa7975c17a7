"""Places as people say them, for records that keep only the path; and JSON columns as values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.spoken import spoken_place
from hub.model import Place, PlaceId, PlaceKind, SiteId

WHOLE = frozenset({"", "all"})
LANGUAGES = ("zh-CN", "en")

_PLACE = text("SELECT * FROM places WHERE site_id = :site AND path = :path")


def spoken_of(
    conn: Connection, site: int, path: str, languages: Sequence[str] = LANGUAGES
) -> dict[str, str]:
    """The place in words, per language; the path itself if it is not in the estate any more."""
    if path in WHOLE:
        return {tag: spoken_place(None, tag) for tag in languages}
    row = conn.execute(_PLACE, {"site": site, "path": path}).mappings().first()
    if row is None:
        return dict.fromkeys(languages, path)
    building = conn.execute(_PLACE, {"site": site, "path": row["building"]}).mappings().first()
    name = as_json(building["name"]) if building else None
    place = place_of(row)
    return {tag: spoken_place(place, tag, building_name=name) for tag in languages}


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
