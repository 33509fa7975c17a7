"""Alarms as people read and acknowledge them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hub.decide.alarm_words import words
from hub.decide.alarms import Alarm, disk_alarms, severity
from hub.decide.disk import DiskNow
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
    disk: Callable[[], Awaitable[DiskNow]] | None = None

    async def list(self, limit: int) -> Mapping[str, Any]:
        """{items, audited_ms_ago, audited}: open alarms first, then those cleared, newest first.
        `audited` is false when nobody has looked for 20 s: then no alarm is no good news. What
        this process sees itself is among them although it cannot be written down: its `id` is 0."""
        rows, age = await self.ledger.listed(limit)
        audited = age is not None and age <= STALE_MS
        items = [told(row) for row in [*await self._unwritten(rows), *rows]]
        return {"items": items, "next": None, "audited_ms_ago": age, "audited": audited}

    async def _unwritten(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        if self.disk is None:
            return []
        now = await self.disk()
        known = {row["key"] for row in rows if row["cleared_at"] is None}
        found = [one for one in disk_alarms(now) if one.key not in known]
        return [_row(alarm, since=now.since_ms) for alarm in found]

    async def of_disk(self) -> Sequence[Mapping[str, Any]]:
        """What is wrong with the disk now, as an alarm says it; asks no database."""
        if self.disk is None:
            return []
        now = await self.disk()
        return [told(_row(alarm, since=now.since_ms)) for alarm in disk_alarms(now)]

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


def _row(alarm: Alarm, *, since: int) -> Mapping[str, Any]:
    """An alarm nobody could write down yet, as if it stood there."""
    return {
        "id": 0,
        "key": alarm.key,
        "kind": str(alarm.kind),
        "incident_id": alarm.incident,
        "data": dict(alarm.data),
        "raised_at": since,
        "seen_at": since,
        "cleared_at": None,
        "acknowledged_at": None,
        "acknowledged_by": "",
    }


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
