"""Estates to measure on: made once, copied for every turn, so that each begins at the same row."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from channels.registry import Account, House, Registry
from hub.bus.local import LocalWake
from hub.flow.deliver import Deliver
from hub.flow.launch import Launch, Launched
from hub.memory import settle
from hub.model import Actor, LaunchRequest, Outcome, Parcel, Verdict
from hub.ports import Channel
from hub.providers import SystemClock
from hub.store.database import Database, database, insert_rows
from hub.store.deliveries import DeliveryLedger
from hub.store.launches import LaunchLedger
from hub.store.migrate import migrate
from hub.store.schema import addresses, places, recipients, sites
from playbooks.load import Library
from tests.launch_estate import SETTINGS, put_many

WHO = Actor("bench", "admin")
SECRET = b"a secret of the benches, no other's!"
PUBLIC_URL = "https://hub.example"
FAST = 1_000_000.0  # segments a second: no pace binds, the code does
WITHOUT_NUMBER = 50  # every 50th person of `put_many` has no number


_RECIPIENTS = (
    *("id", "site_id", "kind", "name", "place_id", "language", "roles", "needs", "vulnerable"),
    *("helpers", "extra", "created_at", "updated_at"),
)


def twilio_setting(url: str) -> dict[str, Any]:
    """Settings of a Twilio account that leads to a local server and has no pace to keep."""
    return {"account_sid": "AC" + "0" * 32, "auth_token": "t", "from": "+15005550006"} | {
        "api_url": url,
        "pace": FAST,
    }


def channels_to(url: str) -> Mapping[str, Channel]:
    """The Twilio channel as the hub makes it, towards a local server."""
    house = House(clock=SystemClock(), wake=LocalWake(), public_url=PUBLIC_URL)
    account = Account("bench", "sms_twilio", twilio_setting(url), pace=FAST)
    return {"sms_twilio": Registry().make(account, house)}


class Listened:
    """A channel, and when its provider first accepted something of each incident."""

    def __init__(self, channel: Channel):
        self._channel = channel
        self.first: dict[int, float] = {}
        self.accepted = asyncio.Event()  # something of an incident nothing was accepted of before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def send(self, parcel: Parcel) -> Outcome:
        """As the channel has it."""
        outcome = await self._channel.send(parcel)
        if outcome.verdict is Verdict.ACCEPTED and parcel.incident not in self.first:
            self.first[parcel.incident] = time.perf_counter()
            self.accepted.set()
        return outcome

    async def first_of(self, incident: int) -> float:
        """When the first was accepted (`perf_counter`); waits for it."""
        while incident not in self.first:
            self.accepted.clear()
            await self.accepted.wait()
        return self.first[incident]


def people_for(deliveries: int) -> int:
    """How many people it takes for so many deliveries: every 50th cannot be reached."""
    return -(-deliveries * WITHOUT_NUMBER // (WITHOUT_NUMBER - 1))


async def make_estate(given: Mapping[str, Any]) -> dict[str, Any]:
    """A database with `people` people at `url`; with `launched`, a fire for all of them; with
    `beside`, a second site with so many people."""
    db = database(str(given["url"]))
    await db.open()
    try:
        await migrate(db)
        await db.write(lambda conn: put_many(conn, int(given["people"])))
        if beside := int(given.get("beside", 0)):
            await db.write(lambda conn: _put_beside(conn, beside))
        if not given.get("launched"):
            return {}
        began = await launch_all(db, channels_to("http://127.0.0.1:9"))
        return {"incident": began.id, "deliveries": began.deliveries}
    finally:
        await db.close()


def _put_beside(conn: Connection, people: int) -> None:
    """A site of its own, one tower, three people to a flat, all with a number."""
    row = (2, "beside", json.dumps({"en": "Beside"}), json.dumps(dict(SETTINGS)))
    insert_rows(conn, sites, ("id", "key", "name", "settings"), [row])
    first = int(conn.execute(text("SELECT max(id) FROM places")).scalar_one()) + 1
    tower = (first, 2, "building", "1", "1", "", None, "{}")
    flats = [
        (first + 1 + i, 2, "unit", f"1/{i // 8 + 1}/{i}", "1", f"{i // 8 + 1}", i // 8 + 1, "{}")
        for i in range(-(-people // 3))
    ]
    columns = ("id", "site_id", "kind", "path", "building", "floor", "level", "name")
    insert_rows(conn, places, columns, [tower, *flats])
    newest = int(conn.execute(text("SELECT max(id) FROM recipients")).scalar_one())
    told = [
        (newest + 1 + i, 2, "resident", "N", flats[i // 3][0], "en", "[]", "[]", False, "[]", "{}")
        for i in range(people)
    ]
    insert_rows(conn, recipients, _RECIPIENTS, [(*one, 0, 0) for one in told])
    ways = [(one[0], "sms", f"+1777{one[0]:07d}") for one in told]
    insert_rows(conn, addresses, ("recipient_id", "channel", "value"), ways)


async def launch_all(db: Database, channels: Mapping[str, Channel]) -> Launched:
    """A fire for the whole first site."""
    launch = launcher(db, channels)
    return await launch.start(LaunchRequest("fire", "main:all"), who=WHO, key=None)


def launcher(db: Database, channels: Mapping[str, Channel]) -> Launch:
    """The use-case over this database, as the hub wires it."""
    settle()
    return Launch(LaunchLedger(db), Library.packaged(), SystemClock(), LocalWake(), channels)


def deliverer(db: Database, channels: Mapping[str, Channel]) -> Deliver:
    """The sending half over this database, as the hub wires it, in a process that has settled as
    the hub's have."""
    settle()
    return Deliver(
        ledger=DeliveryLedger(db),
        channels=channels,
        wake=LocalWake(),
        clock=SystemClock(),
        secret=SECRET,
        public_url=PUBLIC_URL,
    )


def copied(template: Path, to: Path) -> str:
    """The URL of a fresh copy of a SQLite file that nobody has open."""
    for leftover in to.parent.glob(f"{to.name}*"):
        leftover.unlink()
    shutil.copyfile(template, to)
    return f"sqlite:///{to}"
