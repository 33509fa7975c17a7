"""Provider accounts over the API: which there are, and whether each would send."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from channels.chat_wecom import WecomAccount, WecomRobot
from channels.simulator.server import Simulator
from channels.simulator.settings import calm
from channels.sms_twilio import TwilioAccount, TwilioSms
from hub.decide.accounts import Terms
from hub.flow.probes import Probes
from hub.ports import Probe
from hub.states import Finding
from tests.channels.parts import Real
from tests.web.parts import House

API = "/api/v1"


class _Robots:
    """Three groups: the key of one of them is not known any more."""

    async def robots(self, channel: str, *, limit: int) -> list[tuple[int, str]]:
        assert channel == "wecom"
        return [(11, "one"), (12, "gone"), (13, "three")][:limit]


async def test_accounts_are_listed_without_their_secrets_for_admins_alone(web: House):
    async with web.client(headers=await web.bearer("duty")) as client:
        assert (await client.get(f"{API}/accounts")).status_code == 403
        assert (await client.post(f"{API}/accounts/sms_twilio/test")).status_code == 403
    async with web.client(headers=await web.bearer("admin")) as client:
        found = await client.get(f"{API}/accounts")
        missing = await client.post(
            f"{API}/accounts/nobody/test", headers={"accept-language": "zh"}
        )
    (account,) = found.json()["items"]
    assert account["name"] == "sms_twilio"
    assert account["medium"] == "sms"
    assert "twilio auth token" not in found.text
    assert missing.status_code == 404
    assert missing.json()["detail"] == "没有名为 nobody 的通道账号。"


async def test_an_account_is_tried_by_the_hub_that_has_it(web: House):
    async with Simulator(calm(account_status="suspended", wecom_keys=("one", "three"))) as sim:
        said = TwilioAccount(sim.world.settings.account_sid, "simulator", "+12025550100", sim.url)
        texts = TwilioSms(said, clock=Real(), public_url="http://localhost")
        groups = WecomRobot(WecomAccount(sim.url), clock=Real())
        for channel in (texts, groups):
            await channel.open()
        channels: Any = {"texts": texts, "the groups": groups}
        web.hub.probes = Probes(channels, {"texts": Terms(1, 1.0, ("+86",))}, _Robots())
        async with web.client(headers=await web.bearer("admin")) as client:
            listed = (await client.get(f"{API}/accounts")).json()["items"]
            one = (await client.post(f"{API}/accounts/texts/test")).json()
            other = (await client.post(f"{API}/accounts/the%20groups/test")).json()
        for channel in (texts, groups):
            await channel.close()
        assert not [entry for entry in sim.ledger() if entry.accepted]
    assert (listed[0]["countries"], listed[0]["order"]) == (["+86"], 1)
    assert (one["ok"], one["finding"]) == (False, "suspended")
    assert "停用" in one["words"]["zh-CN"]["what"]
    assert (other["ok"], other["finding"]) == (False, "robots_gone")
    assert "12" in other["words"]["en"]["what"]
    assert "gone" not in json.dumps(other["words"]).replace("are gone", "")


@pytest.mark.parametrize("raises", [False, True])
async def test_a_provider_is_asked_once_however_many_ask_and_never_for_ever(
    raises: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("hub.flow.probes.LONGEST", 0.05)
    asked = 0

    async def probe() -> Probe:
        nonlocal asked
        asked += 1
        if raises:
            await asyncio.sleep(3600)
        return Probe(ok=True)

    traits = SimpleNamespace(channel="sms")
    channel: Any = SimpleNamespace(name="sms_twilio", traits=traits, probe=probe)
    probes = Probes({"main": channel}, {})
    found = await asyncio.gather(*(probes.test("main") for _ in range(20)))
    assert asked == 1
    finding = Finding.SILENT if raises else Finding.WELL
    assert {one["finding"] for one in found} == {str(finding)}


async def test_silent_robots_share_the_time_of_their_account(monkeypatch: pytest.MonkeyPatch):
    """Fifty that say nothing take no longer than one; one that is gone is named all the same."""
    monkeypatch.setattr("hub.flow.probes.LONGEST", 0.3)
    waited: list[str] = []

    async def probe() -> Probe:
        return Probe(ok=True)

    async def probe_address(address: str) -> Probe:
        if address == "0":
            return Probe(ok=False, finding=Finding.CREDENTIALS)
        await asyncio.sleep(0)
        waited.append(address)  # it had time to ask
        await asyncio.sleep(3600)
        raise AssertionError

    async def robots(channel: str, *, limit: int) -> list[tuple[int, str]]:
        return [(number, str(number)) for number in range(limit)]

    traits = SimpleNamespace(channel="wecom")
    channel: Any = SimpleNamespace(
        name="chat_wecom", traits=traits, probe=probe, probe_address=probe_address
    )
    rows: Any = SimpleNamespace(robots=robots)
    found = await Probes({"main": channel}, {}, rows).test("main")
    assert found["finding"] == "robots_gone"
    assert len(waited) <= 8
