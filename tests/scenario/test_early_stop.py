"""A hub that is stopped the moment it stands ends at once: nobody's cancellation is swallowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes import MUSTER, embedded, free_port, running


@pytest.mark.faults
@pytest.mark.timeout(240)
def test_a_demo_that_is_stopped_as_soon_as_it_stands_ends(tmp_path: Path) -> None:
    port = free_port()
    words = [*MUSTER, "demo", "--port", str(port), "--people", "50"]
    with running(words, env=embedded(tmp_path / "data", port), folder=tmp_path, name="demo") as it:
        it.says("A lobby screen")
        code, _ = it.stop()
    assert code == 0
