"""Logs: one JSON line each on standard error, with ids, without words, numbers or tokens."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_NUMBER = re.compile(r"\+?\d[\d\s().-]{7,}\d")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,}")
_SAFE = frozenset(
    {"timestamp", "request", "request_id", "event", "level", "logger", "error", "kind"}
)


def configure(level: str = "info", *, pretty: bool = False) -> None:
    """Everything that logs, logs this way from now on."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    last = structlog.dev.ConsoleRenderer(colors=False) if pretty else _json()
    structlog.configure(
        processors=[*processors, last],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s", force=True)
    for name in ("arq", "asyncio", "aiohttp", "twilio", "uvicorn", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """What looks like a telephone number or a token leaves as `[number]` or `[token]`.

    A last net: code logs ids. Tracebacks may carry values, so they pass it too.
    """
    for key, value in entry.items():
        if isinstance(value, str) and key not in _SAFE:
            entry[key] = _TOKEN.sub("[token]", _NUMBER.sub("[number]", value))
    return entry


def _json() -> Any:
    return structlog.processors.JSONRenderer(ensure_ascii=False)
