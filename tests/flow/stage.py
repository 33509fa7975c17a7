"""A small estate with one running incident, written row by row; and a channel that plays itself."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, text, update

from hub.model import Outcome, Parcel, Verdict
from hub.ports import Probe, Traits
from hub.states import Reason
from hub.store import schema as t
from hub.store.database import Database, database, database_now

SECRET = b"stage secret, thirty-two bytes.."
ACCEPTED = Outcome(Verdict.ACCEPTED, Reason.OK)


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Doorbell:
    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.rung: list[str] = []
        self._listeners: list[tuple[str, asyncio.Queue[tuple[str, int]]]] = []

    async def ring(self, lane: str) -> None:
        self.rung.append(lane)

    async def tell(self, topic: str, seq: int = 0) -> None:
        self.told.append((topic, seq))
        for prefix, queue in self._listeners:
            if topic.startswith(prefix):
                queue.put_nowait((topic, seq))

    async def heard(self, topic: str):
        queue: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
        self._listeners.append((topic, queue))
        while True:
            yield await queue.get()


@dataclass
class Provider:
    """A channel that does as `answer` says and keeps a ledger of what it was given."""

    name: str = "sms_test"
    traits: Traits = field(
        default_factory=lambda: Traits("sms", ("body",), 1600, receipts=True, parallel=20)
    )
    answer: Callable[[Parcel], Awaitable[Outcome]] | None = None
    ledger: list[Parcel] = field(default_factory=list)
    in_flight: int = 0
    most: int = 0

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def probe(self) -> Probe:
        return Probe(ok=True)

    async def send(self, parcel: Parcel) -> Outcome:
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        self.ledger.append(parcel)
        try:
            if self.answer is not None:
                return await self.answer(parcel)
            await asyncio.sleep(0)
            return Outcome(Verdict.ACCEPTED, Reason.OK, provider_ref=f"SM{parcel.attempt}")
        finally:
            self.in_flight -= 1

    def counts(self) -> Counter[int]:
        return Counter(int(parcel.delivery) for parcel in self.ledger)


class Stage:
    """Rows to start from. Everybody lives in building 3; two people to a flat."""

    def __init__(self, db: Database):
        self.db = db
        self.site = self.incident = self.notice = self.wording = 0
        self.people: list[int] = []
        self.units: list[int] = []

    async def set_up(
        self, people: int = 10, *, status: str = "open", prefer_double: bool = False
    ) -> Stage:
        await self.db.write(t.metadata.create_all)
        await self.db.write(lambda conn: self._estate(conn, people))
        await self.db.write(lambda conn: self.launch(conn, status=status, double=prefer_double))
        return self

    def _estate(self, conn, people: int) -> None:
        one = self._one(conn)
        self.site = one(t.sites, key="home", name={"en": "Home"}, settings={})
        floor = one(
            t.places,
            site_id=self.site,
            kind="floor",
            path="3/12",
            building="3",
            floor="12",
            name={},
        )
        for number in range((people + 1) // 2):
            unit = f"12{number:02d}"
            self.units.append(
                one(
                    t.places,
                    site_id=self.site,
                    parent_id=floor,
                    kind="unit",
                    path=f"3/12/{unit}",
                    building="3",
                    floor="12",
                    unit=unit,
                    name={},
                )
            )
        for number in range(people):
            self.people.append(
                self.person(conn, f"P{number}", self.units[number // 2], f"+4477009{number:05d}")
            )

    def person(self, conn, name: str, place: int | None, *numbers: str, kind="resident") -> int:
        one = self._one(conn)
        found = one(
            t.recipients,
            site_id=self.site,
            kind=kind,
            name=name,
            place_id=place,
            language="en",
            roles=[],
            needs=[],
            helpers=[],
            extra={},
            created_at=0,
            updated_at=0,
        )
        for number in numbers:
            one(t.addresses, recipient_id=found, channel="sms", value=number)
        return found

    def launch(self, conn, *, status="open", double=False, kind="live") -> int:
        now = database_now(conn)
        one = self._one(conn)
        number = conn.execute(select(text("count(*)")).select_from(t.incidents)).scalar_one()
        recipe = {"prefer_double": double, "name": {"en": "Fire", "zh-CN": "火灾"}}
        self.incident = one(
            t.incidents,
            code=f"F-{number}",
            site_id=self.site,
            place="3/12",
            kind=kind,
            playbook="fire",
            playbook_version=1,
            recipe=recipe,
            level="P1",
            lane="urgent",
            params={},
            status=status,
            people=len(self.people),
            households=len(self.units),
            audience_hash="",
            launched_at=now,
            launched_by="user:1",
        )
        for at, person in enumerate(self.people):
            conn.execute(
                insert(t.audience).values(
                    incident_id=self.incident,
                    recipient_id=person,
                    kind="resident",
                    band="evacuate",
                    rank=at,
                    language="en",
                    household=self.units[at // 2],
                    place_id=self.units[at // 2],
                    roles=[],
                    vulnerable=at % 5 == 0,
                    unreachable=False,
                )
            )
        self.notice, self.wording = self.say(conn, "alert", 1)
        return self.incident

    def say(self, conn, stage: str, revision: int, *, life: int = 1_800_000) -> tuple[int, int]:
        now = database_now(conn)
        one = self._one(conn)
        notice = one(
            t.notices,
            incident_id=self.incident,
            stage=stage,
            revision=revision,
            issued_at=now,
            issued_by="user:1",
            expires_at=now + life,
        )
        wording = 0
        for channel, parts in (
            ("sms", {"body": "Fire, tower 3. Leave. \ue000"}),
            ("page", {"headline": "Fire", "action": "Leave the building now"}),
        ):
            found = one(
                t.wordings,
                notice_id=notice,
                band="evacuate",
                channel=channel,
                language="en",
                parts=parts,
                segments=1,
            )
            wording = wording or found
        return notice, wording

    async def plan(self, **changes: Any) -> list[int]:
        """One delivery to each person's own number; returns ids."""
        return await self.db.write(lambda conn: self.plan_in(conn, **changes))

    def plan_in(self, conn, people=None, **changes: Any) -> list[int]:
        now = database_now(conn)
        ids = []
        for at, person in enumerate(self.people if people is None else people):
            row = {
                "incident_id": self.incident,
                "notice_id": self.notice,
                "recipient_id": person,
                "wording_id": self.wording,
                "channel": "sms",
                "address": f"+4477009{self.people.index(person):05d}",
                "wave": 0,
                "round": 0,
                "lane": "urgent",
                "rank": at,
                "state": "planned",
                "due_at": now,
                "expires_at": now + 1_800_000,
                "planned_at": now,
            } | changes
            ids.append(self._one(conn)(t.deliveries, **row))
        return ids

    def _one(self, conn):
        def run(table, **values):
            return conn.execute(insert(table).values(**values)).inserted_primary_key[0]

        return run

    async def rows(self, table, **where: Any) -> list[Any]:
        asked = select(table)
        for name, value in where.items():
            asked = asked.where(table.c[name] == value)
        order = list(table.primary_key.columns)
        return await self.db.read(lambda conn: conn.execute(asked.order_by(*order)).all())

    async def deliveries(self) -> list[Any]:
        return await self.rows(t.deliveries)

    async def set(self, table, where: dict[str, Any], **values: Any) -> None:
        change = update(table).values(**values)
        for name, value in where.items():
            change = change.where(table.c[name] == value)
        await self.db.write(lambda conn: conn.execute(change).rowcount)

    async def now(self) -> int:
        return await self.db.read(database_now)

    async def moves(self) -> Counter[tuple[str, str, str]]:
        """All moves of all events of the incident, summed."""
        found: Counter[tuple[str, str, str]] = Counter()
        for row in await self.rows(t.events, incident_id=self.incident):
            data = json.loads(row.data) if isinstance(row.data, str) else row.data
            for channel, before, after, count in data.get("moves", ()):
                found[channel, before, after] += count
        return found


async def opened(url: str) -> Database:
    db = database(url)
    await db.open()
    return db
