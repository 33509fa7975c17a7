"""The working half of a hub: arq lanes that wake it, and a sweep that needs nobody to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from hub.bus.supervisor import LaneSupervisor
from hub.model import Lane
from hub.wiring import Hub


@contextlib.asynccontextmanager
async def guarded(hub: Hub, role: str) -> AsyncIterator[None]:
    """Inside the block this process says that it lives, and takes its turns as the auditor.

    `role`: serve, web or worker.
    """
    async with hub.pulse.beating(role), asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(hub.auditor.run(), name="auditor"),
            group.create_task(hub.accounts.failures.run(), name="failed-logins"),
            group.create_task(hub.report.held.run(), name="held"),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


@contextlib.asynccontextmanager
async def working(hub: Hub) -> AsyncIterator[None]:
    """Deliveries go out and waves begin inside the block.

    Leaving stops in order: nothing more is claimed, calls under way end and are recorded (15 s),
    then the sweep and the lanes end. Nothing is lost and nothing doubled.
    """

    async def drain(lane: str) -> None:
        await hub.deliver.drain(Lane(lane))

    async with asyncio.TaskGroup() as group:
        lanes = {
            lane.value: LaneSupervisor(hub.redis_url, lane.value, drain=drain) for lane in Lane
        }
        tasks = [
            group.create_task(hub.sweep.run(), name="sweep"),
            group.create_task(hub.doubts.run(), name="doubts"),
        ]
        if hub.shares is not None:
            hub.shares.count = lambda: hub.pulse.sending
            tasks.append(group.create_task(hub.shares.run(), name="shares"))
        tasks += [group.create_task(one.run(), name=f"lane-{lane}") for lane, one in lanes.items()]
        # a ring in this very process needs no Redis and no poll
        hub.wake.on_ring = lambda lane: lanes[lane].wake()
        hub.pulse.lanes = lambda: {lane: {"alive": one.alive} for lane, one in lanes.items()}
        try:
            yield
        finally:
            hub.wake.on_ring = None
            await asyncio.shield(hub.deliver.stop())
            if hub.shares is not None:
                hub.shares.stop()
            for task in tasks:
                task.cancel()
