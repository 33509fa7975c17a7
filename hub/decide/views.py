"""What the reading side hands on: rows as values and as the API's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.decide.boards import Parts, Screens
from hub.decide.copies import Copies
from hub.decide.tally import Curve, Person
from hub.events import Event, iso
from hub.model import Lane, Words
from hub.under_way import Standing, UnderWay

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A board's rows at event `seq`, read on one snapshot. `places`: where those live whom the
    timeline names; `helps`: task -> (person, done); `zones`: floor -> band of the frozen audience,
    which never changes; `at`: the database's time in ms."""

    epoch: str
    at: int
    seq: int
    launched_ms: int
    lane: Lane
    people: Mapping[int, Person]
    deliveries: Mapping[str, Mapping[str, int]]
    copies: Copies
    helps: Mapping[int, tuple[int, bool]]
    curves: Mapping[str, Curve]
    places: Mapping[int, Words]
    parts: Parts
    screens: Screens
    timeline: tuple[Event, ...]
    zones: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Since:
    """Events after a known one and where those live whom they name; parts and screens where they
    have to be read again."""

    events: tuple[Event, ...]
    places: Mapping[int, Words]
    parts: Parts | None
    screens: Screens | None
    at: int


def moment(ms: int | None) -> str | None:
    """A database time as RFC 3339; None stays None."""
    return None if ms is None else iso(_EPOCH + timedelta(milliseconds=ms))


def incident_json(
    row: Mapping[Any, Any],
    *,
    recipe: Mapping[str, Any] | None,
    spoken: Mapping[str, str],
    real: UnderWay | None = None,
) -> dict[str, Any]:
    """An incident as the API says it, without its tally and its place in the stream. `real`: what
    ended it, of a drill."""
    return {
        "id": row["id"],
        "code": row["code"],
        "kind": row["kind"],
        "playbook": row["playbook"],
        "playbook_name": dict((recipe or {}).get("name") or {}),
        "level": row["level"],
        "place": row["place"],
        "place_spoken": dict(spoken),
        "status": row["status"],
        "launched_at": moment(row["launched_at"]),
        "launched_by": row["launched_by"],
        "next_update_at": moment(row["next_update_at"]),
        "stopped_at": moment(row["stopped_at"]),
        "closed_at": moment(row["closed_at"]),
        "ended_by": {"incident": real.id, "code": real.code} if real else None,
        "people": row["people"],
        "households": row["households"],
    }


def standing_json(one: Standing) -> dict[str, Any]:
    """An incident that runs already, as a launch of the same is told of it."""
    return {
        "id": one.id,
        "code": one.code,
        "kind": one.kind,
        "playbook": one.playbook,
        "place": one.place,
        "place_spoken": dict(one.spoken),
        "launched_at": moment(one.launched_at),
    }


def masked(channel: str, address: str) -> str:
    """Enough of an address to recognise it by, never enough to use it: `+44 ··· 12`."""
    if channel in {"screen", "none"}:
        return address
    if channel == "email":
        name, _, host = address.partition("@")
        return f"{name[:1]}···@{host}"
    if len(address) < 7:
        return "···"
    return f"{address[:3]} ··· {address[-2:]}"
