"""Alarms as people read and acknowledge them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hub.decide.alarm_words import words
from hub.decide.alarms import severity
from hub.errors import Unknown
from hub.model import Actor
from hub.ports import Wake

STALE_MS = 20_000  # an audit older than this is none


class AlarmLedger(Protocol):
    """The rows of alarms."""

    async def listed(self, limit: int) -> tuple[Sequence[Mapping[str, Any]], int | None]: ...
    async def acknowledge(self, alarm: int, actor: str) -> Mapping[str, Any] | None: ...
    async def figures(self) -> Mapping[str, Any]: ...


class AuditTrail(Protocol):
    """The record of what people did."""

    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Alarms:
    """The use-cases of alarms."""

    ledger: AlarmLedger
    trail: AuditTrail
    wake: Wake

    async def list(self, limit: int) -> Mapping[str, Any]:
        """{items, audited_ms_ago, audited}: open alarms first, then those cleared, newest first.
        `audited` is false when nobody has looked for 20 s: then no alarm is no good news."""
        rows, age = await self.ledger.listed(limit)
        audited = age is not None and age <= STALE_MS
        items = [told(row) for row in rows]
        return {"items": items, "next": None, "audited_ms_ago": age, "audited": audited}

    async def acknowledge(self, alarm: int, who: Actor) -> Mapping[str, Any]:
        """The alarm, with who saw it first. Unknown if there is none."""
        row = await self.ledger.acknowledge(alarm, who.id)
        if row is None:
            raise Unknown(f"There is no alarm {alarm}.")
        await self.trail.audit(who.id, "alarm_acknowledged", f"alarm:{alarm}", {"key": row["key"]})
        await self.wake.tell("alarms")
        return told(row)

    async def figures(self) -> Mapping[str, Any]:
        """Open alarms by kind, and how long ago each process was seen."""
        return await self.ledger.figures()


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """An alarm as the API gives it: what is so, and what to do, in every language."""
    kind, data = str(row["kind"]), row["data"] or {}
    shown = ("id", "key", "kind", "data", "raised_at", "seen_at", "cleared_at")
    return {
        **{name: row[name] for name in shown},
        "incident": row["incident_id"],
        "severity": str(severity(kind)),
        "acknowledged_at": row["acknowledged_at"],
        "acknowledged_by": row["acknowledged_by"],
        "words": words(kind, data),
    }
