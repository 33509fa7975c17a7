"""The simulator as a process: says where it is, ends on a signal, refuses in words."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import aiohttp

from channels.simulator import Simulator, read_ledger
from tests.channels.simulator.client import AUTH, PATH, form, swift


async def test_as_a_process_it_says_where_it_is_and_ends_on_sigterm(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "channels.simulator", "--port", "0", "--ledger", str(path)),
        *("--seed", "7", "--profile", "nasty", "--speed", "60"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = json.loads(await process.stdout.readline())
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{said['url']}/healthz") as response,
    ):
        assert response.status == 200
    process.terminate()
    async with asyncio.timeout(30):
        assert await process.wait() == 0
    assert said["ledger"] == str(path)


async def test_as_a_process_it_refuses_a_hub_elsewhere_in_words() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "channels.simulator", "--hub-url", "http://198.51.100.7"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"hub_url is not this machine" in said


async def test_a_port_in_use_is_told_in_one_line() -> None:
    async with Simulator(swift()) as sim:
        port = sim.url.rpartition(":")[2]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "channels.simulator", "--port", port),
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith(f"Cannot listen on 127.0.0.1:{port}")
    assert b"Traceback" not in said


async def test_what_it_answered_survives_being_killed(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "channels.simulator", "--port", "0", "--ledger", str(path)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    url = json.loads(await process.stdout.readline())["url"]
    sids: list[str] = []
    async with aiohttp.ClientSession() as session:

        async def send(n: int) -> None:
            try:
                async with session.post(
                    url + PATH, data=form(Body=f"{n}"), headers=AUTH
                ) as response:
                    sids.append((await response.json())["sid"])
            except aiohttp.ClientError:
                return
            if len(sids) == 40:
                process.kill()

        await asyncio.gather(*(send(n) for n in range(120)))
    await process.wait()
    assert len(sids) >= 40
    assert set(sids) <= {entry.sid for entry in read_ledger(path)}
