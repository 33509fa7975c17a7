"""Drills that something real ended: their people are told so, in whichever process looks first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from hub.errors import Conflict, Refused
from hub.flow.say import Said

log = structlog.get_logger(__name__)


class DrillLedger(Protocol):
    """Which drills those are."""

    async def to_tell(self) -> Sequence[int]: ...


class Teller(Protocol):
    """Who says it; once for each drill, however many ask."""

    async def real(self, incident_id: int) -> Said | None: ...


@dataclass(frozen=True, slots=True)
class Drills:
    """The use-case. Safe when several processes call it at once."""

    ledger: DrillLedger
    say: Teller

    async def due(self) -> int:
        """Everyone who heard of an ended drill is being told that something real has begun; how
        many drills that were."""
        told = [await self._tell(drill) for drill in await self.ledger.to_tell()]
        return sum(told)

    async def _tell(self, drill: int) -> bool:
        try:
            return await self.say.real(drill) is not None
        except Conflict:  # another process was quicker, or it was closed meanwhile
            return False
        except Refused as error:  # words that do not fit a channel: the screens and pages say it
            log.error("drill.untold", incident=drill, error=error.code)
            return False
