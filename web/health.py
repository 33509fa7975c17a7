"""Whether this process lives (/healthz) and can do its work (/readyz)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from web.auth import ANYONE, Door
from web.house import House, house
from web.near import is_near

CHECK_SECONDS = 3.0
FRESH = 1.0


async def healthz(_request: Request) -> Response:
    """The process answers. No I/O."""
    return PlainTextResponse("ok")


async def readyz(request: Request) -> Response:
    """200 when the database answers at the newest schema and can be written; else 503. Redis away,
    or a proxy that lets no websockets through, is no reason: the hub works, slower, and says so.
    Strangers are told which part, and no more."""
    own: Readiness = request.app.state.readiness
    reasons: Sequence[Mapping[str, Any]] = await own.reasons(house(request))
    degraded: Sequence[Mapping[str, Any]] = [*own.low, *_degraded(house(request))]
    if not is_near(request):
        reasons, degraded = _parts(reasons), _parts(degraded)
    body = {"ready": not reasons, "reasons": reasons, "degraded": degraded}
    return JSONResponse(body, 503 if reasons else 200)


DOORS: tuple[Door, ...] = (
    Door("GET", "/healthz", ANYONE, healthz),
    Door("GET", "/readyz", ANYONE, readyz),
)


class Readiness:
    """What is wrong, looked for once a second however many ask: a question costs a query."""

    def __init__(self) -> None:
        self._asking = asyncio.Lock()
        self._said: list[Mapping[str, Any]] = []
        self.low: list[Mapping[str, Any]] = []  # what is no reason yet
        self._until = -math.inf

    async def reasons(self, hub: House) -> list[Mapping[str, Any]]:
        """Why the hub cannot work; nothing if it can."""
        async with self._asking:
            if time.monotonic() >= self._until:
                disk, self.low = await _disk(hub)
                self._said = [*disk, *await _reasons(hub)]
                self._until = time.monotonic() + FRESH
            return self._said


def _parts(said: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [{"part": one["part"], "what": "see /readyz on the hub's own machine"} for one in said]


async def _reasons(hub: House) -> list[Mapping[str, Any]]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            wrong = await _wrong(hub)
    except TimeoutError:
        return [{"part": "database", "what": "does not answer within 3 s"}]
    except Exception as error:  # noqa: BLE001 - the kind only: its text may hold an address
        return [{"part": "database", "what": f"does not answer ({type(error).__name__})"}]
    return [{"part": "database", "what": what} for what in wrong]


async def _disk(hub: House) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """(reasons, warnings) of the disk below the database; asked of the system, not the database."""
    reasons: list[Mapping[str, Any]] = []
    low: list[Mapping[str, Any]] = []
    for alarm in await hub.alarms.of_disk():
        entry = {"part": "disk", "what": alarm["words"]["en"]["what"]}
        (reasons if alarm["severity"] == "critical" else low).append(entry)
    return reasons, low


async def _wrong(hub: House) -> Sequence[str]:
    """What keeps the hub from its work; the database at least answers if this returns."""
    if isinstance(hub, Ready):
        return await hub.ready()
    await hub.db.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar_one())
    return ()


@runtime_checkable
class Ready(Protocol):
    """A hub that can also say whether its schema is the newest."""

    async def ready(self) -> Sequence[str]:
        """What is wrong, in words for operators; nothing if the hub can work."""
        ...


def _degraded(hub: House) -> list[Mapping[str, str]]:
    """The doorbell knows whether it hears the other processes; one that is alone needs none. The
    live channel knows who gets no socket, and tells them everything all the same."""
    found: list[Mapping[str, str]] = [
        *({"part": "playbooks", "what": fault.said()} for fault in hub.faults),
        *({"part": "sockets", "what": what} for what in hub.passage.warnings()),
    ]
    if getattr(hub.wake, "connected", True):
        return found
    return [{"part": "redis", "what": "away: work goes on, a second or two later"}, *found]
