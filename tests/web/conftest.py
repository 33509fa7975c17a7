from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.passwords import cheap_passwords
from tests.web.parts import House, make_template, open_hub, served

__all__ = ["cheap_passwords"]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    asyncio.run(make_template(tmp_path_factory.mktemp("template")))


@pytest.fixture
async def web(
    template: None, quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """A hub behind a real server on a free port; it waits long for a test to say who it is."""
    monkeypatch.setattr("web.live.HELLO_SECONDS", 60.0)
    async with open_hub(quick_path) as hub, served(hub) as house:
        yield house
