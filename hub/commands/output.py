"""What commands print: words for people, exactly one JSON document with `--json`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

import click

from hub.errors import HubError, Refused

REFUSED = 1
USAGE = 2

as_json = click.option(
    "--json", "json_", is_flag=True, help="One JSON document on standard output."
)


def say(document: Any, *, json_: bool, words: Callable[[], str] | str) -> None:
    """The document, or the words about it, stand on standard output."""
    if json_:
        click.echo(json.dumps(document, ensure_ascii=False, sort_keys=False))
        return
    click.echo(words if isinstance(words, str) else words())


def note(words: str) -> None:
    """Progress and warnings: standard error, so that `--json` stays one document."""
    click.echo(words, err=True)


def run(work: Coroutine[Any, Any, int | None], *, json_: bool = False) -> NoReturn:
    """Runs a command to its end and exits: 0 done, 1 refused. Ctrl-C exits 130."""
    try:
        code = _loop(work)
    except HubError as error:
        fail(error, json_=json_)
    except BaseExceptionGroup as group:
        known = group.subgroup(HubError)
        if known is None:
            raise
        fail(_first(known), json_=json_)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code or 0)


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
    return error if isinstance(error, HubError) else HubError(str(error))


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
    return found
