"""A small estate in a real database, and the use-cases around it, for tests of launch and after."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert, text

from hub.flow.escalate import Escalate
from hub.flow.launch import Launch
from hub.flow.say import Say
from hub.model import Actor, Outcome, Parcel, Verdict
from hub.ports import Channel, Probe, Traits
from hub.store.database import Database, database, insert_rows
from hub.store.escalations import EscalateLedger
from hub.store.homes import put_homes
from hub.store.launches import LaunchLedger
from hub.store.notices import SayLedger
from hub.store.schema import addresses, metadata, places, recipients, sites
from playbooks.load import Library

STILL = {"zh-CN": "仍在处置。", "en": "It is still burning."}
"""What an update says, in each language of these estates."""

WHO = Actor("user:1", "duty")
NOW = datetime(2026, 3, 1, 2, 41, tzinfo=UTC)

SETTINGS: Mapping[str, Any] = {
    "languages": ["zh-CN", "en"],
    "timezone": "Asia/Shanghai",
    "country": "CN",
    "assembly_points": [
        {"key": "south", "name": {"zh-CN": "南草坪", "en": "South lawn"}},
        {"key": "gate", "name": {"zh-CN": "2号门", "en": "Gate 2"}},
    ],
}


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Bells:
    """A wake that remembers what it was asked."""

    rung: list[str] = field(default_factory=list)
    told: list[tuple[str, int]] = field(default_factory=list)

    async def ring(self, lane: str) -> None:
        self.rung.append(str(lane))

    async def tell(self, topic: str, seq: int = 0) -> None:
        self.told.append((topic, seq))

    async def heard(self, topic: str):  # pragma: no cover - nobody listens here
        return
        yield


class Account:
    """A provider account that takes everything."""

    def __init__(self, channel: str, **traits: Any):
        self.name = f"{channel}_test"
        unit, limit = ("segments", 10) if channel == "sms" else ("chars", 5_000)
        self.traits = Traits(channel, (), limit, unit=unit, **traits)

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def probe(self) -> Probe:
        return Probe(ok=True)

    async def send(self, parcel: Parcel) -> Outcome:
        return Outcome(Verdict.ACCEPTED)


def accounts(*channels: str) -> dict[str, Channel]:
    return {f"{name}_test": Account(name) for name in channels}


@dataclass(frozen=True)
class Who:
    """A recipient to be put into the estate; `ways` are (channel, value)."""

    place: str | None = None
    kind: str = "resident"
    language: str = "zh-CN"
    ways: Sequence[tuple[str, str]] = ()
    roles: Sequence[str] = ()
    needs: Sequence[str] = ()
    drill: bool = False
    opted_out: bool = False
    bad: bool = False
    homes: Sequence[str] = ()  # further ones


def put_estate(
    conn: Connection,
    paths: Sequence[str],
    people: Sequence[Who],
    *,
    settings: Mapping[str, Any] = SETTINGS,
    key: str = "main",
) -> None:
    """One site with these places (paths such as `3-1/12/1203`, parents are made) and people."""
    named = {"key": key, "name": {"en": "Estate"}, "settings": dict(settings)}
    site = conn.execute(insert(sites).values(named).returning(sites.c.id)).scalar_one()
    ids = {path: _place(conn, site, path) for path in _with_parents(paths)}
    for who in people:
        made = put_person(conn, site, ids.get(who.place or ""), who)
        put_homes(conn, [(made, [ids[path] for path in who.homes])])


def put_person(conn: Connection, site: int, place: int | None, who: Who) -> int:
    row = {
        "site_id": site,
        "kind": who.kind,
        "name": "N",
        "place_id": place,
        "language": who.language,
        "roles": list(who.roles),
        "needs": list(who.needs),
        "vulnerable": bool(who.needs),
        "helpers": [],
        "drill": who.drill,
        "extra": {},
        "created_at": 0,
        "updated_at": 0,
    }
    made = conn.execute(insert(recipients).values(row).returning(recipients.c.id))
    recipient = int(made.scalar_one())
    for channel, value in who.ways:
        way = {
            "recipient_id": recipient,
            "channel": channel,
            "value": str(recipient) if channel == "screen" else value,
            "opted_out_at": 1 if who.opted_out else None,
            "bad_at": 1 if who.bad else None,
        }
        conn.execute(insert(addresses).values(way))
    return recipient


def _with_parents(paths: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for path in paths:
        parts = path.split("/")
        building = parts[0].split("-")[0]
        found.setdefault(building)
        for end in range(1, len(parts) + 1):
            found.setdefault("/".join(parts[:end]))
    return list(found)


def _place(conn: Connection, site: int, path: str) -> int:
    head, *rest = path.split("/")
    building, _, entrance = head.partition("-")
    floor = rest[0] if rest and not rest[0][0].isalpha() else ""
    spot = rest[-1] if rest and rest[-1][0].isalpha() else ""
    kind = "building"
    if spot:
        kind = "lift" if spot.startswith("lift") else "lobby"
    elif len(rest) > 1:
        kind = "unit"
    elif rest:
        kind = "floor"
    elif entrance:
        kind = "entrance"
    row = {
        "site_id": site,
        "kind": kind,
        "path": path,
        "building": building,
        "entrance": entrance,
        "floor": floor,
        "level": int(floor) if floor else None,
        "unit": rest[1] if kind == "unit" else "",
        "name": {},
    }
    return int(conn.execute(insert(places).values(row).returning(places.c.id)).scalar_one())


@dataclass(frozen=True)
class House:
    """The use-cases over one database."""

    db: Database
    bells: Bells
    launch: Launch
    say: Say
    escalate: Escalate

    async def rows(self, sql: str, **named: Any) -> list[tuple[Any, ...]]:
        asked = text(sql)
        return await self.db.read(lambda conn: [tuple(r) for r in conn.execute(asked, named)])

    async def one(self, sql: str, **named: Any) -> Any:
        return (await self.rows(sql, **named))[0][0]

    async def run(self, sql: str, **named: Any) -> None:
        asked = text(sql)
        await self.db.write(lambda conn: conn.execute(asked, named) and None)


@cache
def shipped() -> Library:
    """The playbooks that ship, read once."""
    return Library.packaged()


async def open_house(
    url: str, *channels: str, library: Any = None, wave_speed: float = 1.0
) -> House:
    db = database(url)
    await db.open()
    await db.write(metadata.create_all)
    return house(db, *channels, library=library, wave_speed=wave_speed)


def house(db: Database, *channels: str, library: Any = None, wave_speed: float = 1.0) -> House:
    bells, clock = Bells(), FixedClock()
    books = library or shipped()
    there = accounts(*(channels or ("sms", "screen", "wecom")))
    return House(
        db=db,
        bells=bells,
        launch=Launch(LaunchLedger(db), books, clock, bells, there, wave_speed=wave_speed),
        say=Say(SayLedger(db), books, clock, bells, there),
        escalate=Escalate(EscalateLedger(db), bells, there),
    )


def put_many(conn: Connection, people: int, *, per_flat: int = 3) -> None:
    """A large estate, quickly: towers of 30 floors with 8 flats, every 50th without a number."""
    put_estate(conn, [], [])
    flats = -(-people // per_flat)
    spots: list[tuple[Any, ...]] = []
    units: list[int] = []
    tower = 0
    while len(units) < flats:
        tower += 1
        spots.append((len(spots) + 1, 1, "building", f"{tower}", f"{tower}", "", None, "{}"))
        for floor in range(1, 31):
            path = f"{tower}/{floor}"
            spots.append((len(spots) + 1, 1, "floor", path, f"{tower}", f"{floor}", floor, "{}"))
            for unit in range(1, 9):
                number = len(spots) + 1
                flat = f"{path}/{floor}{unit:02d}"
                spots.append((number, 1, "unit", flat, f"{tower}", f"{floor}", floor, "{}"))
                units.append(number)
    columns = ("id", "site_id", "kind", "path", "building", "floor", "level", "name")
    insert_rows(conn, places, columns, spots)
    _many_people(conn, people, [units[i // per_flat] for i in range(people)])


def _many_people(conn: Connection, people: int, homes: Sequence[int]) -> None:
    columns = (
        *("id", "site_id", "kind", "name", "place_id", "language", "roles", "needs", "vulnerable"),
        *("helpers", "drill", "extra", "created_at", "updated_at"),
    )
    none = json.dumps([])
    rows = [
        (
            *(i + 1, 1, "resident", "N", homes[i], ("zh-CN", "en")[i % 3 == 0], none, none),
            *(i % 31 == 0, none, i % 2 == 0, "{}", 0, 0),
        )
        for i in range(people)
    ]
    insert_rows(conn, recipients, columns, rows)
    ways = [(i + 1, "sms", f"+1555{i:07d}") for i in range(people) if i % 50]
    insert_rows(conn, addresses, ("recipient_id", "channel", "value"), ways)
