"""What commands print: words for people, exactly one JSON document with `--json`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from hub import logs
from hub.decide.disk import SAID, Fault, of_error
from hub.errors import DiskFull, HubError, Problem, Refused
from hub.settings import Settings, load, user_data
from hub.unusable import reason

REFUSED = 1
USAGE = 2

as_json = click.option(
    "--json", "json_", is_flag=True, help="One JSON document on standard output."
)


def settings_of(*, json_: bool = False, own: str = "") -> Settings:
    """The settings as the environment has them; ends the command where they cannot be used. `own`:
    MUSTER_DATA, or a folder of this command's own beside the one `serve` uses."""
    try:
        given = os.environ.get("MUSTER_DATA")
        return load(data=(Path(given) if given else user_data(own)) if own else None)
    except HubError as error:
        fail(error, json_=json_)


def say(document: Any, *, json_: bool, words: Callable[[], str] | str) -> None:
    """The document, or the words about it, stand on standard output."""
    if json_:
        click.echo(json.dumps(document, ensure_ascii=False, sort_keys=False))
        return
    click.echo(words if isinstance(words, str) else words())


def own_language(environ: Mapping[str, str]) -> str:
    """What the person at this terminal reads, as their system says: Chinese, or English."""
    said = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh-CN" if said.lower().startswith("zh") else "en"


def note(words: str) -> None:
    """Progress and warnings: standard error, so that `--json` stays one document. What cannot be
    written (a full disk, a reader that has gone) is lost, and stops nothing."""
    with contextlib.suppress(OSError):
        click.echo(words, err=True)


def run(work: Coroutine[Any, Any, int | None], *, json_: bool = False) -> NoReturn:
    """Runs a command to its end and exits: 0 done, 1 refused. Ctrl-C exits 130. What it logs never
    stands on standard output."""
    logs.configure("warning", pretty=True)
    try:
        code = _loop(work)
    except HubError as error:
        fail(error, json_=json_)
    except OSError as error:
        fail(_of_system(error), json_=json_)
    except BaseExceptionGroup as group:
        known = group.subgroup((HubError, OSError))
        if known is None:
            raise
        fail(_first(known), json_=json_)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code or 0)


_NO_ROOM = frozenset({Fault.FULL, Fault.FILES, Fault.QUOTA, Fault.LIMIT})


def _no_room(error: OSError, fault: Fault) -> DiskFull:
    """What the disk has against a command, in a sentence and with its place."""
    where = f"{error.filename}: " if error.filename else ""
    return DiskFull(f"{where}{error.strerror}. {SAID[fault]}", fault=str(fault))


def _loop(work: Coroutine[Any, Any, int | None]) -> int | None:
    try:
        import uvloop
    except ImportError:  # Windows, or an interpreter uvloop does not know yet
        return asyncio.run(work)
    return uvloop.run(work)


def _first(group: BaseExceptionGroup[Any]) -> HubError:
    error: Any = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, OSError):
        return _of_system(error)
    return error if isinstance(error, HubError) else HubError(str(error))


def _of_system(error: OSError) -> HubError:
    """What the system said of a file or its disk is a sentence; of anything else it is a fault of
    ours."""
    fault = of_error(error.errno, None)
    if fault is not None and (fault in _NO_ROOM or not error.filename):
        return _no_room(error, fault)
    if not error.filename:
        raise error
    where = Path(os.fsdecode(error.filename))
    what, hint = reason(where, error)
    problem = Problem(str(where), what, hint)
    return Refused(f"{where} cannot be used: {what}. To mend it: {hint}.", [problem], code="file")


def fail(error: HubError, *, json_: bool) -> NoReturn:
    """What is wrong, where, and what to do; exit 1."""
    if json_:
        click.echo(json.dumps(problem(error), ensure_ascii=False))
    else:
        note(f"muster: {error}")
        for found in getattr(error, "problems", ()):
            hint = f" ({found.hint})" if found.hint else ""
            note(f"  {found.where}: {found.what}{hint}")
    sys.exit(REFUSED)


def problem(error: HubError) -> dict[str, Any]:
    """A refusal as JSON."""
    found: dict[str, Any] = {
        "error": str(error),
        "status": getattr(error, "status", 500),
        "code": getattr(error, "code", "error"),
    }
    if isinstance(error, Refused):
        found["problems"] = [
            {"where": p.where, "what": p.what, "hint": p.hint} for p in error.problems
        ]
        found = {**error.facts, **found}
    return found
