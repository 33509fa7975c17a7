from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from channels.registry import Account, House, make
from channels.simulator import Simulator, calm
from channels.simulator.ledger import read_ledger
from hub.decide.breaker import FAILURES
from hub.flow.deliver import Deliver
from hub.model import Lane, Outcome, Verdict
from hub.states import Reason
from hub.store.deliveries import DeliveryLedger
from tests.channels.parts import Bells
from tests.flow.stage import SECRET, Doorbell, Provider, RealClock, Stage
from tests.flow.test_deliver import sender

NOWHERE = "http://127.0.0.1:9"  # receipts find nobody: what the hub knows it knows from answers
PEOPLE = 300


def world(sid: str, path: Path) -> Simulator:
    quiet = {"by_link": 0.0, "by_digit": 0.0, "latency": 0.005, "handset_off": 0.0}
    return Simulator(calm(account_sid=sid, auth_token=f"token of {sid}", **quiet), path=path)


def account(name: str, sid: str, sim: Simulator) -> Account:
    settings = {
        "account_sid": sid,
        "auth_token": f"token of {sid}",
        "from": "+15005550006",
        "api_url": sim.url,
    }
    return Account(name, "sms_twilio", settings, pace=10_000.0)


def deliver_by(stage: Stage, channels) -> Deliver:
    return Deliver(
        ledger=DeliveryLedger(stage.db),
        channels=channels,
        wake=Doorbell(),
        clock=RealClock(),
        secret=SECRET,
        public_url=NOWHERE,
    )


def taken(ledger: Path) -> Counter[str]:
    """Address -> texts the provider took, by its own ledger."""
    return Counter(e.to for e in read_ledger(ledger) if e.kind == "sms" and e.accepted)


async def test_one_of_two_accounts_dies_midway_and_nothing_is_lost_or_doubled(stage, tmp_path):
    await stage.set_up(people=PEOPLE)
    await stage.plan()
    house = House(clock=RealClock(), wake=Bells(), public_url=NOWHERE)
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    sids = ("AC" + "1" * 32, "AC" + "2" * 32)
    async with AsyncExitStack() as stack:
        healthy = await stack.enter_async_context(world(sids[1], two))
        dying = world(sids[0], one)
        await dying.__aenter__()
        channels = {
            name: make(account(name, sid, sim), house)
            for name, sid, sim in (("one", sids[0], dying), ("two", sids[1], healthy))
        }
        for channel in channels.values():
            await channel.open()
            stack.push_async_callback(channel.close)
        deliver = deliver_by(stage, channels)

        sending = asyncio.create_task(deliver.drain(Lane.URGENT))
        async with asyncio.timeout(60):
            while len(taken(one)) < 20:
                await asyncio.sleep(0.005)
            await dying.__aexit__(None, None, None)
            await sending
            while {row.state for row in await stage.deliveries()} & {"planned", "sending"}:
                await deliver.drain(Lane.URGENT)
                await asyncio.sleep(0.05)
        await deliver.stop()
        rows = await stage.deliveries()

    found = taken(one) + taken(two)
    states = Counter(row.state for row in rows)
    assert set(states) <= {"accepted", "unsure"}  # unsure: its answer was lost with the provider
    assert all(found[row.address] == 1 for row in rows if row.state == "accepted")
    assert all(found[row.address] <= 1 for row in rows)
    assert states["unsure"] <= 50  # the calls in flight when it died, at most
    assert {row.account for row in rows} == {"one", "two"}


async def test_a_process_says_how_it_finds_each_account(stage):
    await stage.set_up(people=6)
    await stage.plan()

    async def down(_parcel):
        return Outcome(Verdict.RETRY, Reason.UNAVAILABLE)

    worker = sender(stage, Provider(answer=down))
    assert worker.standing()["sms_test"]["state"] == "closed"
    await worker.drain(Lane.URGENT)

    said = worker.standing()["sms_test"]
    assert (said["channel"], said["state"]) == ("sms", "open")
    assert said["failures"] >= FAILURES
    assert said["open_s"] is not None
    assert said["heard_s"] is not None
    assert said["latency_s"] is not None
