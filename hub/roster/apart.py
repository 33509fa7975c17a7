"""Reading a roster in a process of its own, which may use so much memory and time and no more.

A file can be made to cost a thousand times its size, and the reader of workbooks takes its memory
where Python cannot see it. Here that costs a process which nothing else hangs on. It is started
with `START`, answers on standard output in `frames`, keeps nothing on disk, and ends with its
standard input.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from hub.errors import Refused
from hub.roster.frames import Tag, frame, read_frame
from hub.roster.intake import Intake
from hub.roster.limits import MEMORY, SECONDS, refused
from hub.roster.packing import problem_row

START = "import sys; sys.path.insert(0, sys.argv[1]); from hub.roster.apart import main; main()"
GENTLE = 5  # niceness: sends come before reading


def main() -> None:
    """Reads one file and compares it with the register."""
    _confine()
    gc.disable()  # what is read stays until the end: looking for garbage costs a quarter more
    given, said = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    with contextlib.suppress(EOFError, BrokenPipeError):
        asked = json.loads(read_frame(given)[2])
        try:
            _work(asked, given, said)
        except Refused as error:
            _say(said, Tag.REFUSED, _refusal(error))
        except MemoryError:
            _say(said, Tag.REFUSED, _refusal(refused("memory", file=asked["name"])))
        except Exception as error:  # noqa: BLE001 - its text and its values may hold people
            _say(said, Tag.FAULT, {"what": f"{type(error).__name__} at {_place(error)}"})


def _confine() -> None:
    """Bounds that the system keeps; no core file, since it would hold people."""
    os.nice(GENTLE)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(OSError, ValueError):  # a system that keeps no such bound
            resource.setrlimit(what, (least, hard))


def _work(asked: dict[str, Any], given: BinaryIO, said: BinaryIO) -> None:
    intake = Intake(read_frame(given)[2], **asked)
    _say(said, Tag.REPORT, intake.report())
    views = _Views(given)
    _say(said, Tag.FOUND, intake.compare(views.pages()))
    if views.write:
        said.writelines(
            frame(Tag.CHANGE, kind.encode() + b"\n" + page, count=count)
            for kind, page, count in intake.change()
        )
    said.write(frame(Tag.END))
    said.flush()


class _Views:
    """The register as it comes in; afterwards, whether it is to be written."""

    def __init__(self, given: BinaryIO) -> None:
        self._given = given
        self.write = False

    def pages(self) -> Iterator[bytes]:
        while True:
            tag, count, body = read_frame(self._given)
            if tag is not Tag.VIEWS:
                self.write = bool(count)
                return
            yield body


def _say(said: BinaryIO, tag: Tag, value: dict[str, Any]) -> None:
    said.write(frame(tag, json.dumps(value, ensure_ascii=False).encode()))
    said.flush()


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _refusal(error: Refused) -> dict[str, Any]:
    problems = [problem_row(p) for p in error.problems]
    return {"what": error.what, "code": error.code, "problems": problems}
