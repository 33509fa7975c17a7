"""A Valkey that a test may kill, and a name space of its own on the shared one."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.bus.scripts import Scripts
from hub.bus.valkey import EmbeddedValkey

SECRET = b"a secret of the tests"


@pytest.fixture
def house() -> str:
    return f"t{uuid.uuid4().hex[:8]}"


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path)
    async with server:
        yield server


@asynccontextmanager
async def running(*parts: Any) -> AsyncIterator[None]:
    """The parts run while the block does, and are cancelled at its end."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part.run()) for part in parts]
        yield
        for task in tasks:
            task.cancel()


@asynccontextmanager
async def scripts_of(url: str, house: str, number: int = 1) -> AsyncIterator[list[Scripts]]:
    """The scripts of so many processes of one house, with time enough for a busy machine."""
    found = [Scripts(url, house=house, secret=SECRET, seconds=30) for _ in range(number)]
    try:
        yield found
    finally:
        for one in found:
            await one.close()


async def eventually(true: Callable[[], bool], seconds: float = 45) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)
