"""The embedded Valkey: private, mortal, and never in the way."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis.asyncio import Redis

from hub.bus.valkey import EmbeddedValkey, ValkeyProcess
from hub.errors import Conflict, Unready

WAYS = ["kernel", "pipe"] if sys.platform == "linux" else ["pipe"]

HUB = """
import asyncio, sys
from pathlib import Path
from hub.bus.valkey import EmbeddedValkey

async def main():
    server = EmbeddedValkey(Path(sys.argv[1]), way=sys.argv[2])
    async with server:
        print("up", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def eventually(true, seconds: float = 45) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def comes(true, seconds: float = 45) -> bool:
    """A server is asked for a fifth of a second: one that is alive but busy is asked again."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("way", WAYS)
async def test_it_serves_on_a_private_socket_and_leaves_nothing_behind(tmp_path: Path, way) -> None:
    folder = tmp_path / "数据 of the house"
    server = EmbeddedValkey(folder, way=way)

    async with server as url:
        redis = Redis.from_url(url)
        assert await redis.set("a", "1")
        assert server.process is not None
        assert server.process.socket.stat().st_mode & 0o077 == 0
        await redis.aclose()

    assert not server.process.answers()
    assert not server.process.running()
    assert not server.process.socket.exists()


async def test_it_forgets_nothing_silently_and_writes_nothing_to_disk(tmp_path: Path) -> None:
    async with EmbeddedValkey(tmp_path) as url:
        redis = Redis.from_url(url, decode_responses=True)
        assert (await redis.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"
        assert (await redis.config_get("save"))["save"] == ""
        assert (await redis.config_get("port"))["port"] == "0"
        await redis.aclose()


async def test_a_second_hub_on_the_same_folder_is_refused_and_told_who_holds_it(tmp_path) -> None:
    async with EmbeddedValkey(tmp_path):
        with pytest.raises(Conflict, match=str(os.getpid())) as refusal:
            async with EmbeddedValkey(tmp_path):
                pass
    assert str(tmp_path) in str(refusal.value)
    assert "MUSTER_DATA" in str(refusal.value)


async def test_a_folder_that_was_left_can_be_entered_again(tmp_path: Path) -> None:
    for _ in range(2):
        async with EmbeddedValkey(tmp_path) as url:
            redis = Redis.from_url(url)
            assert await redis.ping()
            await redis.aclose()


async def test_a_stale_socket_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "valkey.sock").touch()

    async with EmbeddedValkey(tmp_path) as url:
        redis = Redis.from_url(url)
        assert await redis.ping()
        await redis.aclose()


async def test_a_folder_with_a_very_long_name_gets_a_short_socket(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / ("长" * 50))

    async with server as url:
        redis = Redis.from_url(url)
        assert await redis.ping()
        await redis.aclose()
        assert server.process is not None
        short = server.process.socket.parent
        assert len(os.fsencode(server.process.socket)) < 104
        assert short.stat().st_mode & 0o077 == 0
    assert not short.exists()


async def test_a_killed_server_is_started_again_at_the_same_address(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)

    async with server as url:
        assert server.process is not None
        first = server.process.pid
        os.kill(first, signal.SIGKILL)

        process = server.process
        await eventually(lambda: process.pid != first and process.answers())
        assert process.url == url


async def test_a_server_whose_socket_was_swept_away_is_started_again(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)

    async with server:
        assert server.process is not None
        process, first = server.process, server.process.pid
        process.socket.unlink()

        await eventually(lambda: process.pid != first and process.answers())


async def test_a_server_that_cannot_start_says_why_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "valkey.sock").mkdir()

    with pytest.raises(Unready, match="MUSTER_REDIS_URL"):
        async with EmbeddedValkey(tmp_path):
            pass

    shutil.rmtree(tmp_path / "valkey.sock")
    async with EmbeddedValkey(tmp_path):  # and the lock was let go
        pass


@pytest.mark.parametrize("way", WAYS)
def test_a_killed_hub_leaves_no_valkey_behind(tmp_path: Path, way) -> None:
    hub = subprocess.Popen(
        [sys.executable, "-c", HUB, str(tmp_path), way], stdout=subprocess.PIPE, text=True
    )
    assert hub.stdout is not None
    assert hub.stdout.readline() == "up\n"
    probe = ValkeyProcess(tmp_path)
    assert comes(probe.answers)

    hub.kill()
    hub.wait()
    hub.stdout.close()

    assert comes(lambda: not probe.answers())


def test_ctrl_c_in_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    hub = subprocess.Popen(
        [sys.executable, "-c", HUB, str(tmp_path), WAYS[0]],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert hub.stdout is not None
    assert hub.stdout.readline() == "up\n"
    os.kill(hub.pid, signal.SIGSTOP)  # so that it cannot clean up before we look

    os.killpg(hub.pid, signal.SIGINT)  # what a terminal does: to the whole foreground group
    time.sleep(0.2)

    assert comes(ValkeyProcess(tmp_path).answers)
    hub.kill()
    hub.wait()
    hub.stdout.close()
