"""How a run in two processes is divided: `pytest -n 2 --dist loadfile -p tests.pieces`.

A file goes whole to whichever process is free, as ever with `loadfile`. Those that start many
processes are one piece, and the first, so that no two of them ever run beside each other.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

STORM = ("tests/faults", "tests/scenario", "tests/browser", "tests/commands", "tests/mutants")


class Pieces(LoadFileScheduling):
    """Files, and the storm."""

    def _split_scope(self, nodeid: str) -> str:
        return "storm" if nodeid.startswith(STORM) else super()._split_scope(nodeid)


def pytest_configure(config: pytest.Config) -> None:
    """The pieces are handed out as they stand, not the largest first."""
    config.option.loadscopereorder = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The storm comes first."""
    items.sort(key=lambda item: not item.nodeid.startswith(STORM))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Pieces:
    """The scheduler of such a run."""
    return Pieces(config, log)
