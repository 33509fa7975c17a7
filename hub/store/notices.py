"""Notices after the alert as rows: update, all-clear, correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from hub.decide.byhand import BEYOND
from hub.decide.real_first import drill_ended
from hub.decide.routes import Begun, update_routes
from hub.decide.stages import LAST, No, may_say
from hub.errors import Conflict
from hub.events import EventKind
from hub.model import Stage
from hub.plans import Ended, Hearers, Keyed, NoticePlan, Running, Sent, Spoken, Spot
from hub.states import IncidentState, Reason, WaveState
from hub.store.audit_chain import record
from hub.store.database import Database, database_now
from hub.store.endings import close_incident, stop_incident
from hub.store.events import append_event
from hub.store.heard import tell_those_who_heard
from hub.store.hearers import hearers
from hub.store.help_open import refuse_help_open
from hub.store.ids import numbered
from hub.store.incidents import (
    RUNNING,
    cancel_waves,
    closed_for,
    ended_by,
    lock_incident,
    move_incident,
    running,
    stages_cut,
    stages_said,
    take_back,
)
from hub.store.launches import insert_wordings
from hub.store.real_first import real_beside, refuse_words_beside_real
from hub.store.requests import answered, claim_key, keep_answer
from hub.store.retold import tell_by_hand
from hub.store.schema import notices, waves
from hub.store.surveys import read_spots
from hub.store.waves import WaveRow, sent, start_wave

_ENDED_BY = text("SELECT ended_by FROM incidents WHERE id = :incident")


class SayLedger:
    """What later notices, stopping and closing read and write."""

    def __init__(self, db: Database):
        self._db = db

    async def running(self, incident: int) -> Running:
        """The incident; Unknown if there is none."""
        return await self._db.read(partial(_running, incident=incident))

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

    async def close(self, incident: int, actor: str, confirm_help: object = None) -> Ended:
        """The record is final. Conflict while more or fewer need help than `confirm_help`."""
        asked = partial(close_incident, incident=incident, actor=actor, confirm_help=confirm_help)
        return await self._db.write(asked)


def _running(conn: Connection, *, incident: int) -> Running:
    found = running(conn, incident=incident)
    return replace(found, ended_by=found.ended_by or real_beside(conn, incident))


def speak(conn: Connection, *, plan: NoticePlan) -> Spoken:
    """A notice with its words and deliveries, or what the same key was answered before."""
    now = database_now(conn)
    said = claim_key(conn, plan.keyed, now=now) if plan.keyed is not None else None
    if said is not None:
        return Spoken(**said, repeated=True)
    stage = Stage(plan.stage)
    if not plan.real:
        refuse_words_beside_real(conn, plan.incident)
    gone = _supersede(conn, plan, now) if stage in LAST else {}
    was = _check(conn, stage, plan)
    if stage is Stage.ALL_CLEAR:
        refuse_help_open(conn, plan.incident, plan.confirm_help)
    if stage in LAST:
        gone = _sum(gone, _supersede(conn, plan, now))
        cancel_waves(conn, plan.incident)

    row = _row(conn, plan, now)
    insert_wordings(conn, row.notice, plan.wordings)
    tasks = 0
    if stage in LAST:
        made = tell_those_who_heard(conn, row, now, stage=stage)
        if not plan.real:  # nobody goes from door to door for a drill while it is real
            tasks = tell_by_hand(
                conn, incident=row.incident, notice=row.notice, stage=stage, now=now
            )
    else:
        made = _everyone(conn, row, now)
    _move(conn, plan, stage, now)

    late = was is IncidentState.CLOSED
    spoken = _event(conn, plan, row, made=made, tasks=tasks, gone=gone, now=now, late=late)
    if plan.keyed is not None:
        keep_answer(conn, plan.keyed, _answer(spoken))
    about = {"notice": spoken.notice, "revision": spoken.revision, "deliveries": spoken.deliveries}
    obj = f"incident:{plan.incident}"
    record(conn, actor=plan.actor, action=plan.stage, obj=obj, data=about)
    return spoken


def _supersede(conn: Connection, plan: NoticePlan, now: int) -> dict[str, int]:
    """What the last word takes the place of stays unsent; a correction, of an all-clear, too: who
    never heard of the alert would hear of its end, and not that it was sent in error."""
    corrects = plan.stage == Stage.CORRECTION
    stages = (*RUNNING, Stage.ALL_CLEAR) if corrects else RUNNING
    return take_back(conn, plan.incident, reason=Reason.SUPERSEDED, now=now, stages=stages)


def _check(conn: Connection, stage: Stage, plan: NoticePlan) -> IncidentState:
    """The incident is locked, and this may be said; where it stands."""
    incident = plan.incident
    status = IncidentState(lock_incident(conn, incident))
    real = conn.execute(_ENDED_BY, {"incident": incident}).scalar_one()
    if real is not None and not plan.real:
        raise drill_ended(ended_by(conn, real))
    said, cut = stages_said(conn, incident), stages_cut(conn, incident)
    no = may_say(stage, status, said, cut=cut, closed_for=closed_for(conn, incident))
    if no is not No.NONE:
        raise Conflict(str(no), code=no.name.lower())
    return status


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
            waves.c.key != BEYOND,  # it tells no band
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
        # one that was closed is open to answers and boards again, until it is closed again
        move_incident(conn, plan.incident, status=status, next_update_at=None, closed_at=None)
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
    late: bool,
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
        **({"real": True} if plan.real else {}),
        "moves": [[c, "planned", "cancelled", n] for c, n in gone.items()]
        + [[c, "", "planned", n] for c, n in made.channels.items()],
    }
    data |= {"after_close": True} if late else {}
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
