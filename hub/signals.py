"""One owner of signals: SIGTERM and SIGINT set an event, and the process stops in its own order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator

STOPPING = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def stop_asked() -> Iterator[asyncio.Event]:
    """An event that is set when the process is asked to stop. A second signal ends it at once."""
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()

    def ask(number: signal.Signals) -> None:
        if asked.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        asked.set()

    for number in STOPPING:
        loop.add_signal_handler(number, ask, number)
    try:
        yield asked
    finally:
        for number in STOPPING:
            loop.remove_signal_handler(number)
