"""Who reads a residents' file: a thread for a small list, a process of its own for all else.

A workbook is never opened in the hub's own process, however small it is: what it unpacks to, and
what its reader makes of a damaged one, is known only afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog

from hub.entries import HOW, How, RosterWrite
from hub.errors import Defect, Refused, Unready
from hub.roster import packing
from hub.roster.apart import START
from hub.roster.frames import HEAD, Tag, frame, opened
from hub.roster.intake import Intake
from hub.roster.limits import refused
from hub.roster.workbook_table import OLE, ZIP

log = structlog.get_logger(__name__)

SMALL = 128 * 1024  # bytes of a CSV that is read in a thread: a few thousand people
DEADLINE = 180.0  # seconds for reading, and for comparing; the processor time has its own bound
WAITING = 3  # imports that wait for the one under way; their files are in memory
PIPED = 1024 * 1024

Difference = dict[str, Any]


class Reader(Protocol):
    """A file that was read, to be compared with the register once."""

    @property
    def report(self) -> dict[str, Any]: ...

    async def compare(
        self, rev: int, views: Sequence[bytes], *, write: bool
    ) -> tuple[Difference, RosterWrite]: ...


@dataclass(slots=True)
class Turns:
    """Imports of this process go one at a time, so that two never add up."""

    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The only one inside. Unready at once where too many wait already."""
        if self._waiting > WAITING:
            raise Unready("Other rosters are being imported just now; try again in a minute.")
        self._waiting += 1
        try:
            async with self._one:
                yield
        finally:
            self._waiting -= 1


@contextlib.asynccontextmanager
async def read_apart(
    data: bytes, *, name: str, country: str, languages: Sequence[str], how: How = HOW
) -> AsyncIterator[Reader]:
    """The file was read, away from the event loop. Refused for one that is no roster, or that
    takes more memory or time than an import may."""
    said = asdict(how)
    if len(data) <= SMALL and not data.startswith((ZIP, OLE)):
        read = partial(Intake, data, name=name, country=country, languages=languages, how=said)
        yield _Here(await asyncio.to_thread(read))
        return
    asked = {"name": name, "country": country, "languages": list(languages), "how": said}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", START, str(Path(__file__).parents[2]),
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=PIPED, start_new_session=True,
    )  # fmt: skip
    try:
        yield await _There.start(process, asked, data)
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


class _Here:
    """In a thread."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.report = intake.report()

    async def compare(
        self, rev: int, views: Sequence[bytes], *, write: bool
    ) -> tuple[Difference, RosterWrite]:
        found = await asyncio.to_thread(self._intake.compare, views)
        change = _Change()
        for kind, page, count in self._intake.change() if write else ():
            change.add(kind, page, count)
        return found, change.whole(rev)


class _There:
    """In a process of its own."""

    def __init__(self, process: Process, name: str) -> None:
        self._process = process
        self._name = name
        self.report: dict[str, Any] = {}

    @classmethod
    async def start(cls, process: Process, asked: dict[str, Any], data: bytes) -> _There:
        own = cls(process, str(asked["name"]))
        async with own.bounded():
            await own.say(frame(Tag.ASKED, json.dumps(asked).encode()))
            await own.say(frame(Tag.DATA, data))
            own.report = json.loads((await own.hear())[2])
        return own

    async def compare(
        self, rev: int, views: Sequence[bytes], *, write: bool
    ) -> tuple[Difference, RosterWrite]:
        async with self.bounded():
            for page in views:
                await self.say(frame(Tag.VIEWS, page))
            await self.say(frame(Tag.COMPARE, count=int(write)))
            found: Difference = json.loads((await self.hear())[2])
            change = _Change()
            while (heard := await self.hear())[0] is Tag.CHANGE:
                kind, _, page = heard[2].partition(b"\n")
                change.add(kind.decode(), page, heard[1])
        return found, change.whole(rev)

    @contextlib.asynccontextmanager
    async def bounded(self) -> AsyncIterator[None]:
        """An end that is none of ours becomes a refusal with a reason."""
        try:
            async with asyncio.timeout(DEADLINE):
                yield
        except TimeoutError:
            raise refused("slow", file=self._name) from None
        except (EOFError, OSError) as error:
            raise await self._gone() from error

    async def _gone(self) -> Exception:
        """It took too long (SIGXCPU), more memory than it may (the reader of workbooks ends the
        process then, or the system does), or has a fault of ours."""
        code = await self._process.wait()
        log.warning("roster_reader_ended", code=code)
        if code == -signal.SIGXCPU:
            return refused("slow", file=self._name)
        if code < 0:
            return refused("memory", file=self._name)
        return Defect(f"The reader of rosters ended with {code}.")

    async def say(self, sent: bytes) -> None:
        if self._process.stdin is None:
            raise EOFError
        self._process.stdin.write(sent)
        await self._process.stdin.drain()

    async def hear(self) -> tuple[Tag, int, bytes]:
        """The next frame. A refusal is raised."""
        if self._process.stdout is None:
            raise EOFError
        tag, count, size = opened(await self._process.stdout.readexactly(HEAD.size))
        body = await self._process.stdout.readexactly(size)
        if tag is Tag.REFUSED:
            said = json.loads(body)
            problems = [packing.problem_of(one) for one in said["problems"]]
            raise Refused(said["what"], problems, code=said["code"])
        if tag is Tag.FAULT:
            raise Defect(f"The reader of rosters failed: {json.loads(body)['what']}")
        return tag, count, body


class _Change:
    """What is to be written, as it comes, page by page."""

    def __init__(self) -> None:
        self._pages: dict[str, list[bytes]] = {}
        self._counts: dict[str, int] = {}

    def add(self, kind: str, page: bytes, count: int) -> None:
        self._pages.setdefault(kind, []).append(page)
        self._counts[kind] = self._counts.get(kind, 0) + count

    def whole(self, rev: int) -> RosterWrite:
        def of(kind: str, read: Any) -> packing.Packed[Any]:
            return packing.Packed(self._pages.get(kind, ()), read, self._counts.get(kind, 0))

        return RosterWrite(
            rev=rev,
            places=of("places", packing.place_of),
            added=of("added", packing.recipient_of),
            changed=of("changed", packing.changed_of),
            removed=of("removed", int),
            refs=of("refs", packing.ref_of),
        )
