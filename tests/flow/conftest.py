from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.flow.stage import Stage, opened
from tests.passwords import cheap_passwords

__all__ = ["cheap_passwords"]


@pytest.fixture
def database_url(house_url: str) -> str:
    """With every table there already: no flow makes them."""
    return house_url


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    db = await opened(database_url)
    yield Stage(db)
    await db.close()
