"""Logs: one JSON line each on standard error, with ids, without words, numbers or tokens.

What libraries log goes the same way: their lines and tracebacks may hold what they were given.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter

_NUMBER = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,}")
_OURS = frozenset({"timestamp", "request", "request_id", "event", "level", "logger"})
_NAMES = frozenset({"error", "kind"})  # of exceptions; a long one looks like a token
_FOREIGN = "_foreign"
_QUIET = ("arq", "asyncio", "aiohttp", "twilio", "uvicorn", "sqlalchemy")


class _Lossy:
    """A stream that loses what it cannot write: a full disk or a reader that has gone costs log
    lines, not the sends of whoever wanted to log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def configure(level: str = "info", *, pretty: bool = False) -> None:
    """Everything that logs, logs this way from now on."""
    lines: Any = _Lossy(sys.stderr)
    structlog.configure(
        processors=[*_common(), *_last(pretty=pretty)],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(lines),
        cache_logger_on_first_use=False,
    )
    foreign = logging.StreamHandler(lines)
    foreign.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _foreign, *_common()],
            processors=[ProcessorFormatter.remove_processors_meta, *_last(pretty=pretty)],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[foreign], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # it warns of every odd letter of every odd body, and says which
    logging.getLogger("python_multipart").setLevel(logging.ERROR)


def _common() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _last(*, pretty: bool) -> list[Any]:
    shown = structlog.dev.ConsoleRenderer(colors=False) if pretty else _json()
    return [structlog.processors.format_exc_info, redact, shown]


def _foreign(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Marks a line of somebody else's: its words are not a name we gave."""
    return {**entry, _FOREIGN: True}


def redact(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """What looks like a telephone number or a token leaves as `[number]` or `[token]`.

    A last net: code logs ids. Tracebacks may carry values, so they pass it too.
    """
    safe = _OURS - {"event"} if entry.pop(_FOREIGN, False) else _OURS
    for key, value in entry.items():
        named = key in _NAMES and isinstance(value, str) and value.isidentifier()
        if key not in safe and not named:
            entry[key] = _clean(value)
    return entry


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _TOKEN.sub("[token]", _NUMBER.sub("[number]", value))
    if isinstance(value, Mapping):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one) for one in value]
    return value


def _json() -> Any:
    return structlog.processors.JSONRenderer(ensure_ascii=False)
