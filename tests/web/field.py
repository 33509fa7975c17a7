"""A real hub that sends by the simulator and hears texts as Twilio signs them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2

from channels.simulator.server import Simulator
from channels.simulator.settings import Settings as World
from channels.sms_twilio import TwilioAccount, TwilioSms
from channels.twilio_signature import sign
from hub.flow.deliver import Deliver
from hub.model import Actor, Kind, Lane, LaunchRequest, Stage
from hub.store import schema as t
from hub.store.deliveries import DeliveryLedger
from tests.launch_estate import Who, put_estate
from tests.web.parts import SECRET, House, RealClock, open_hub, served

DUTY = Actor("user:1", "duty")
SID, TOKEN = "AC00000000000000000000000000000001", "simulator"

RESIDENT, ENGLISH, NEIGHBOUR, STEWARD = (f"+861380000000{n}" for n in range(1, 5))
FAR, GONE, STRANGER = "+8613800000005", "+8613800000006", "+8613900000009"
PATHS = ("3/12/1201", "3/12/1202", "3/5/501", "5/16/1601", "7/1/101")
PEOPLE = (
    Who("3/12/1201", ways=[("sms", RESIDENT)], drill=True),
    Who("3/12/1201", language="en", ways=[("sms", ENGLISH)], drill=True),
    Who("3/12/1202", ways=[("sms", NEIGHBOUR)]),
    Who("3/12/1202", ways=[("sms", STEWARD)]),  # a roster that names the steward's phone
    Who(None, kind="staff", ways=[("sms", STEWARD)], roles=["steward"]),
    Who("7/1/101", ways=[("sms", FAR)]),
    Who("5/16/1601"),
)


@dataclass
class Field:
    """The hub, its provider, and what was said so far."""

    house: House
    simulator: Simulator
    deliver: Deliver
    client: httpx2.AsyncClient
    provider: httpx2.AsyncClient
    refs: int = 0
    incidents: list[int] = field(default_factory=list)

    @property
    def hub(self) -> Any:
        return self.house.hub

    async def launch(self, playbook: str, place: str, kind: Kind = Kind.LIVE) -> int:
        """An incident whose first texts have been sent."""
        request = LaunchRequest(playbook, place, kind, again=True)
        made = await self.hub.launch.start(request, who=DUTY, key=None)
        self.incidents.append(made.id)
        await self.send()
        return made.id

    async def say(self, incident: int, stage: Stage, text: Any = "") -> None:
        await self.hub.say.notice(incident, stage, text=text, who=DUTY, key=None)
        await self.send()

    async def close(self, incident: int) -> None:
        await self.hub.say.close(incident, who=DUTY)

    async def send(self) -> None:
        for lane in (Lane.URGENT, Lane.ROUTINE):
            await self.deliver.drain(lane)

    async def last(self, number: str) -> str:
        """The last text this number was sent, as the provider has it."""
        url = f"/2010-04-01/Accounts/{SID}/Messages.json"
        found = await self.provider.get(url, params={"To": number, "PageSize": 1})
        return str(found.raise_for_status().json()["messages"][0]["body"])

    async def reply(self, number: str, body: str, **more: str) -> httpx2.Response:
        """The number texts this, as Twilio tells it."""
        self.refs += 1
        sid = f"SM{self.refs:032d}"
        form = {"MessageSid": sid, "AccountSid": SID, "From": number, "To": "+12025550100"}
        form |= {"Body": body, **more}
        path = "/hooks/sms_twilio/replies"
        url = self.hub.settings.public_url + path
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": sign(TOKEN.encode(), url, tuple(form.items())),
        }
        return await self.client.post(path, content=urlencode(form), headers=headers)

    async def rows(self, table: Any, **where: Any) -> list[Any]:
        asked = table.select()
        for name, value in where.items():
            asked = asked.where(table.c[name] == value)
        order = list(table.primary_key.columns)
        return await self.hub.db.read(lambda conn: conn.execute(asked.order_by(*order)).all())

    async def person(self, number: str) -> int:
        rows = await self.rows(t.addresses, value=number)
        return int(rows[0].recipient_id)

    async def answer(self, incident: int, number: str) -> str:
        """How whoever has this number first stands in the incident."""
        who = await self.person(number)
        rows = await self.rows(t.audience, incident_id=incident, recipient_id=who)
        return str(rows[0].answer) if rows else "-"

    async def waiting(self) -> list[Any]:
        """Replies nobody has seen to."""
        return [row for row in await self.rows(t.replies) if row.settled_at is None]


@contextlib.asynccontextmanager
async def in_the_field(folder: Path) -> AsyncIterator[Field]:
    """A hub with a small estate, whose texts go to the simulator."""
    async with contextlib.AsyncExitStack() as stack:
        quiet = World(handset_off=0, sent_after=0.01, delivered_after=0.02, latency=0)
        simulator = await stack.enter_async_context(Simulator(quiet))
        simulator.change(by_link=0.0, by_digit=0.0)
        hub = await stack.enter_async_context(open_hub(folder))
        account = TwilioAccount(SID, TOKEN, "+12025550100", api_url=simulator.url, pace=1_000.0)
        sms = TwilioSms(account, clock=RealClock(), public_url=hub.settings.public_url)
        hub.channels[sms.name] = sms
        await sms.open()
        stack.push_async_callback(sms.close)
        await hub.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        deliver = Deliver(
            ledger=DeliveryLedger(hub.db), channels=hub.channels, wake=hub.wake,
            clock=RealClock(), secret=SECRET, public_url=hub.settings.public_url,
        )  # fmt: skip
        house = await stack.enter_async_context(served(hub))
        client = await stack.enter_async_context(house.client())
        provider = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=simulator.url, auth=(SID, TOKEN))
        )
        yield Field(house, simulator, deliver, client, provider)
        await asyncio.sleep(0)
