"""Notices after the alert as rows: update, all-clear, correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, insert, select

from hub.decide.routes import Begun, update_routes
from hub.decide.stages import LAST, No, may_say
from hub.errors import Conflict
from hub.events import EventKind
from hub.model import Stage
from hub.plans import Ended, Hearers, Keyed, NoticePlan, Running, Sent, Spoken, Spot
from hub.states import IncidentState, Reason, WaveState
from hub.store.database import Database, database_now
from hub.store.endings import close_incident, stop_incident
from hub.store.events import append_event
from hub.store.heard import tell_those_who_heard
from hub.store.hearers import hearers
from hub.store.ids import numbered
from hub.store.incidents import (
    RUNNING,
    cancel_waves,
    lock_incident,
    move_incident,
    running,
    stages_cut,
    stages_said,
    take_back,
)
from hub.store.launches import insert_wordings
from hub.store.requests import answered, claim_key, keep_answer
from hub.store.retold import tell_by_hand
from hub.store.schema import notices, waves
from hub.store.surveys import read_spots
from hub.store.waves import WaveRow, sent, start_wave


class SayLedger:
    """What later notices, stopping and closing read and write."""

    def __init__(self, db: Database):
        self._db = db

    async def running(self, incident: int) -> Running:
        """The incident; Unknown if there is none."""
        return await self._db.read(partial(running, incident=incident))

    async def spots(
        self, site: int, building: str
    ) -> tuple[Sequence[Spot], Mapping[int, Mapping[str, str]]]:
        """Places of one building (or outside all) and their names."""
        return await self._db.read(partial(read_spots, site=site, building=building))

    async def answered(self, keyed: Keyed) -> Spoken | None:
        """The first answer to this key; Conflict if it was given with something else."""
        said = await self._db.read(partial(answered, keyed=keyed))
        return None if said is None else Spoken(**said, repeated=True)

    async def speak(self, plan: NoticePlan) -> Spoken:
        """The notice is on record with its deliveries; Conflict if it may not be said now."""
        return await self._db.write(partial(speak, plan=plan))

    async def hearers(self, incident: int, *, stage: Stage) -> Hearers:
        """Who would hear a notice said now."""
        return await self._db.read(partial(hearers, incident=incident, stage=stage))

    async def stop(self, incident: int, actor: str) -> Ended:
        """Nothing planned is sent any more."""
        return await self._db.write(partial(stop_incident, incident=incident, actor=actor))

    async def close(self, incident: int, actor: str) -> Ended:
        """The record is final."""
        return await self._db.write(partial(close_incident, incident=incident, actor=actor))


def speak(conn: Connection, *, plan: NoticePlan) -> Spoken:
    """A notice with its words and deliveries, or what the same key was answered before."""
    now = database_now(conn)
    said = claim_key(conn, plan.keyed, now=now) if plan.keyed is not None else None
    if said is not None:
        return Spoken(**said, repeated=True)
    stage = Stage(plan.stage)
    gone = _supersede(conn, plan, now) if stage in LAST else {}
    _check(conn, stage, plan.incident)
    if stage in LAST:
        gone = _sum(gone, _supersede(conn, plan, now))
        cancel_waves(conn, plan.incident)

    row = _row(conn, plan, now)
    insert_wordings(conn, row.notice, plan.wordings)
    tasks = 0
    if stage in LAST:
        made = tell_those_who_heard(conn, row, now, stage=stage)
        tasks = tell_by_hand(conn, incident=row.incident, notice=row.notice, stage=stage, now=now)
    else:
        made = _everyone(conn, row, now)
    _move(conn, plan, stage, now)

    spoken = _event(conn, plan, row, made=made, tasks=tasks, gone=gone, now=now)
    if plan.keyed is not None:
        keep_answer(conn, plan.keyed, _answer(spoken))
    return spoken


def _supersede(conn: Connection, plan: NoticePlan, now: int) -> dict[str, int]:
    """What the last word takes the place of stays unsent; a correction, of an all-clear, too: who
    never heard of the alert would hear of its end, and not that it was sent in error."""
    corrects = plan.stage == Stage.CORRECTION
    stages = (*RUNNING, Stage.ALL_CLEAR) if corrects else RUNNING
    return take_back(conn, plan.incident, reason=Reason.SUPERSEDED, now=now, stages=stages)


def _check(conn: Connection, stage: Stage, incident: int) -> None:
    """The incident is locked, and this may be said."""
    status = IncidentState(lock_incident(conn, incident))
    said, cut = stages_said(conn, incident), stages_cut(conn, incident)
    no = may_say(stage, status, said, cut=cut)
    if no is not No.NONE:
        raise Conflict(str(no), code=no.name.lower())


def _row(conn: Connection, plan: NoticePlan, now: int) -> WaveRow:
    """The notice's own row, and what its deliveries have in common."""
    newest = select(func.max(notices.c.revision)).where(notices.c.incident_id == plan.incident)
    values = {
        "incident_id": plan.incident,
        "stage": plan.stage,
        "revision": int(conn.execute(newest).scalar() or 0) + 1,
        "text": plan.text,
        "texts": dict(plan.texts),
        "issued_at": now,
        "issued_by": plan.actor,
        "expires_at": now + plan.expires_ms,
        **numbered(conn, "notices"),
    }
    notice = conn.execute(insert(notices).values(values).returning(notices.c.id)).scalar_one()
    return WaveRow(
        incident=plan.incident,
        notice=int(notice),
        no=0,
        round=0,
        lane=plan.lane,
        expires_at=now + plan.expires_ms,
        spec={},
        media=plan.media,
    )


def _everyone(conn: Connection, row: WaveRow, now: int) -> Sent:
    """The whole audience, by the channels the alert went by and the addresses of today."""
    for spec in routes_of(conn, row.incident):
        start_wave(conn, _with(row, spec), now)
    return sent(conn, row)


def routes_of(conn: Connection, incident: int) -> list[dict[str, Any]]:
    """By which channels an update goes to each band (`decide.routes`)."""
    begun = conn.execute(
        select(waves.c.no, waves.c.started_at, waves.c.spec).where(
            waves.c.incident_id == incident,
            waves.c.round == 0,
            waves.c.state == str(WaveState.STARTED),
        )
    )
    return update_routes(Begun(*wave) for wave in begun)


def _with(row: WaveRow, spec: Mapping[str, Any]) -> WaveRow:
    return WaveRow(
        incident=row.incident,
        notice=row.notice,
        no=row.no,
        round=row.round,
        lane=row.lane,
        expires_at=row.expires_at,
        spec=spec,
        media=row.media,
    )


def _move(conn: Connection, plan: NoticePlan, stage: Stage, now: int) -> None:
    due = None if plan.update_ms is None else now + plan.update_ms
    if stage in LAST:
        status = str(IncidentState.CLEARED)
        move_incident(conn, plan.incident, status=status, next_update_at=None)
    else:
        move_incident(conn, plan.incident, next_update_at=due)


def _event(
    conn: Connection,
    plan: NoticePlan,
    row: WaveRow,
    *,
    made: Sent,
    tasks: int,
    gone: Mapping[str, int],
    now: int,
) -> Spoken:
    revision = conn.execute(
        select(notices.c.revision).where(notices.c.id == row.notice)
    ).scalar_one()
    data = {
        "notice": row.notice,
        "stage": plan.stage,
        "revision": revision,
        "deliveries": made.deliveries,
        "tasks": tasks,
        "moves": [[c, "planned", "cancelled", n] for c, n in gone.items()]
        + [[c, "", "planned", n] for c, n in made.channels.items()],
    }
    seq = append_event(conn, plan.incident, EventKind.NOTICE, data, actor=plan.actor, now_ms=now)
    return Spoken(row.notice, int(revision), made.deliveries, seq)


def _answer(spoken: Spoken) -> dict[str, int]:
    return {
        "notice": spoken.notice,
        "revision": spoken.revision,
        "deliveries": spoken.deliveries,
        "seq": spoken.seq,
    }


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in [*one, *other]}
