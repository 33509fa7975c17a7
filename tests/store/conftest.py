"""Two places for a hub: one to back up, one to restore into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.store.backups import place


@pytest.fixture
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """(the old hub's database, the new one's)"""
    one, other = request.param
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    with (
        place(one, tmp_path / "old", request) as old,
        place(other, tmp_path / "new", request) as new,
    ):
        yield old, new
