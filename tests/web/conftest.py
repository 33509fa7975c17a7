from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.parts import House, open_hub, served


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    """A hub behind a real server on a free port."""
    async with open_hub(tmp_path) as hub, served(hub) as house:
        yield house
