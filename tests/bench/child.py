"""A contender in a process of its own, on a core of its own: started, asked, ended.

`called` runs a function to its end; `standing` keeps one that answers commands, line by line in
JSON. The function is named as `module:name`, takes a mapping and, if it stands, a `Desk`.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import json
import os
import resource
import sys
import traceback
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import uvloop

ROOT = Path(__file__).parent.parent.parent
LINE = 64 * 1024 * 1024  # bytes of one line of a child at most
START = 60.0
END = 20.0

Values = dict[str, Any]


async def called(target: str, given: Mapping[str, Any], *, core: int) -> Values:
    """What the function returned; RuntimeError with the child's last words if it failed."""
    async with standing(target, given, core=core) as desk:
        return await desk.said()


class Child:
    """The parent's end of a standing process."""

    def __init__(self, process: asyncio.subprocess.Process, target: str):
        self._process = process
        self._target = target

    async def ask(self, **command: Any) -> Values:
        """What the child answered to one command."""
        if self._process.stdin is None:
            raise RuntimeError(f"{self._target} has no standard input")
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        await self._process.stdin.drain()
        return await self.said()

    async def said(self) -> Values:
        """The next line the child says."""
        if self._process.stdout is None:
            raise RuntimeError(f"{self._target} has no standard output")
        line = await self._process.stdout.readline()
        if not line:
            await self._process.wait()
            raise RuntimeError(f"{self._target} ended with {self._process.returncode}: see above")
        found: Values = json.loads(line)
        if "failed" in found:
            raise RuntimeError(f"{self._target}: {found['failed']}")
        return found


@contextlib.asynccontextmanager
async def standing(target: str, given: Mapping[str, Any], *, core: int) -> AsyncIterator[Child]:
    """The function runs in a child on this core; leaving closes its input, then ends it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.child", target, str(core), json.dumps(dict(given))),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE,
    )
    try:
        yield Child(process, target)
    finally:
        await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(END):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


# ── Inside the child ───────────────────────────────────────────────────────────────────────────


class Desk:
    """The child's end: commands come in, answers go out."""

    def __init__(self, lines: asyncio.StreamReader):
        self._lines = lines
        self._out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
        sys.stdout = sys.stderr  # a stray print must not stand between our lines

    def say(self, **values: Any) -> None:
        """One line for the parent."""
        self._out.write(json.dumps(values) + "\n")
        self._out.flush()

    async def commands(self) -> AsyncIterator[Values]:
        """Each command, until the parent closes our input."""
        while line := await self._lines.readline():
            yield json.loads(line)


def peak_mib() -> float:
    """The most memory this process has held, in MiB."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def open_files() -> None:
    """As many sockets as the machine lets us have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _main(target: str, given: Values) -> None:
    module, _, name = target.partition(":")
    run = getattr(importlib.import_module(module), name)
    desk = Desk(await _input())
    try:
        if "desk" in inspect.signature(run).parameters:
            await run(given, desk=desk)
        else:
            desk.say(**await run(given))
    except Exception:
        desk.say(failed=traceback.format_exc(limit=-8))
        raise


async def _input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[2])})
    open_files()
    uvloop.run(_main(sys.argv[1], json.loads(sys.argv[3])))
