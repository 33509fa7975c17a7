"""The server: starts, stops cleanly in the middle of things, and keeps its own desk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from channels.simulator import Fault, Simulator, read_ledger
from channels.simulator.ledger import now_ms
from hub.errors import Refused
from tests.channels.simulator.client import AUTH, PATH, form, get, post, swift


async def test_it_stops_at_once_with_requests_and_callbacks_in_the_air(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        async with Simulator(swift(sent_after=60.0, hang=60.0), path=path) as sim:
            await post(sim, form())
            sim.change(faults={Fault.HANG_AFTER: 1.0})
            hanging = asyncio.create_task(
                session.post(sim.url + PATH, data=form(Body="hang"), headers=AUTH)
            )
            while len(read_ledger(path)) < 2:
                await asyncio.sleep(0.01)
            assert sim.pending > 0
        await asyncio.wait([hanging])
    assert len(read_ledger(path)) == 2


async def test_a_mute_provider_takes_late_what_it_heard_in_time_and_notes_when() -> None:
    async with asyncio.timeout(60), Simulator(swift()) as sim:
        sim.change(mute=True)
        asked = asyncio.create_task(post(sim, form()))
        while not (held := sim.world.changed)._waiters:
            await asyncio.sleep(0.01)
        assert sim.ledger() == []
        heard_by = now_ms()
        await asyncio.sleep(0.05)
        sim.change(mute=False)
        assert held.is_set()
        assert (await asked)[0] == 201
        entry = sim.ledger()[0]
    assert 0 < entry.arrived <= heard_by < entry.ts


async def test_a_mute_provider_stops_all_the_same() -> None:
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        async with Simulator(swift(mute=True)) as sim:
            asked = asyncio.create_task(session.post(sim.url + PATH, data=form(), headers=AUTH))
            while not sim.world.changed._waiters:
                await asyncio.sleep(0.01)
        await asyncio.wait([asked])


async def test_a_ledger_of_its_own_is_gone_afterwards_a_given_one_stays(tmp_path: Path) -> None:
    async with Simulator(swift()) as sim:
        await post(sim, form())
        own = sim.path
        assert own.exists()
    assert not own.exists()
    async with Simulator(swift(), path=tmp_path / "kept") as sim:
        await post(sim, form())
    assert len(read_ledger(tmp_path / "kept")) == 1


async def test_a_failure_inside_still_stops_everything() -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - what happens inside is the point
        async with Simulator(swift()) as sim:
            await post(sim, form())
            _ = 1 // 0
    with pytest.raises(aiohttp.ClientConnectorError):
        await post(sim, form())


async def test_a_port_in_use_is_an_error_and_leaves_nothing_behind() -> None:
    async with Simulator(swift()) as sim:
        port = int(sim.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            async with Simulator(swift(), port=port):
                pass


async def test_the_ledger_is_read_over_http_from_where_one_left_off() -> None:
    async with Simulator(swift()) as sim:
        for n in range(3):
            await post(sim, form(Body=f"{n}"))
        _, first = await get(sim, "/_sim/ledger")
        _, rest = await get(sim, "/_sim/ledger", after="2")
    assert (len(first["items"]), first["next"]) == (3, 3)
    assert [item["sid"] for item in rest["items"]] == [first["items"][2]["sid"]]


async def test_settings_change_while_it_runs_and_nonsense_is_refused() -> None:
    async with Simulator(swift()) as sim, aiohttp.ClientSession() as session:

        async def patch(body: bytes) -> tuple[int, dict[str, object]]:
            async with session.post(sim.url + "/_sim/settings", data=body) as response:
                return response.status, await response.json()

        assert (await patch(b'{"faults": {"unavailable": 1}}'))[0] == 200
        assert (await post(sim, form()))[0] == 503
        status, said = await patch(b'{"wind": 9}')
        assert (status, said["problems"][0]["where"]) == (422, "wind")  # type: ignore[index]
        assert (await patch(b"[1]"))[0] == 400
        assert (await patch(b"{"))[0] == 400
        assert (await patch(b'{"hub_url": "http://10.0.0.1"}'))[0] == 422


async def test_health_and_state_answer() -> None:
    async with Simulator(swift(sent_after=60.0)) as sim:
        await post(sim, form(StatusCallback="http://127.0.0.1:9/r/1.x"))
        assert (await get(sim, "/healthz"))[1] == {"ok": True}
        assert (await get(sim, "/_sim/state"))[1] == {"pending": 3, "failed": 0}


def test_a_hub_elsewhere_is_refused_before_anything_starts() -> None:
    with pytest.raises(Refused, match="this machine"):
        Simulator(swift(hub_url="http://198.51.100.7:8000"))


async def test_a_body_without_bound_is_refused() -> None:
    async with Simulator(swift()) as sim, aiohttp.ClientSession() as session:
        data = b"Body=" + b"x" * 200_000
        async with session.post(sim.url + PATH, data=data, headers=AUTH) as response:
            assert response.status == 413
