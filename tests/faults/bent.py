"""The `muster` command in a process whose clock can be set, and that dies at a named point.

`python -m tests.faults.bent FOLDER serve …`: the clock is the file `clock` in FOLDER, the trap the
file `trap`. The product has no switch for either.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.faults.points import Trap, lay
from tests.faults.shifted import Ahead, Clock, shift


def main() -> None:
    """The command of the remaining words."""
    folder = Path(sys.argv[1])
    clock = Clock(folder / "clock")
    shift(clock)  # before the hub is imported
    from hub.cli import main as command
    from hub.store import database

    database.NOW_SQL = Ahead(database.NOW_SQL, clock)
    lay(Trap(folder / "trap"))
    command(sys.argv[2:], prog_name="muster")


if __name__ == "__main__":
    main()
