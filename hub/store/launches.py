"""A launch as rows: one transaction writes the incident, its audience and the first deliveries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from hub.events import EventKind
from hub.model import Stage
from hub.plans import Estate, Keyed, LaunchPlan, Opened, Sent, Stale, WavePlan
from hub.states import IncidentState, WaveState
from hub.store.audiences import insert_audience, insert_homes, mark_unreachable
from hub.store.audit_chain import record
from hub.store.database import Database, database_now, insert_rows
from hub.store.events import append_event
from hub.store.ids import numbered
from hub.store.knocks import knock, knock_at_once, knock_beyond
from hub.store.letters import keep_letters_apart
from hub.store.real_first import make_way, refuse_beside_real
from hub.store.requests import answered, claim_key, keep_answer
from hub.store.schema import incidents, notices, sites, tasks, waves, wordings
from hub.store.standing import refuse_a_second, standing
from hub.store.surveys import read_estate, read_sites
from hub.store.waves import WaveRow, start_wave
from hub.under_way import Same, Standing


class LaunchLedger:
    """What a launch reads and writes."""

    def __init__(self, db: Database):
        self._db = db

    async def sites(self) -> Mapping[str, int]:
        """Site ids by key."""
        return await self._db.read(read_sites)

    async def estate(self, site: int, *, preview: bool) -> Estate:
        """The site on one snapshot; with addresses and screens for a preview."""
        return await self._db.read(partial(read_estate, site=site, preview=preview))

    async def answered(self, keyed: Keyed) -> Opened | None:
        """The first answer to this key; Conflict if it was given with something else."""
        said = await self._db.read(partial(answered, keyed=keyed))
        return None if said is None else _opened(said, repeated=True)

    async def standing(self, same: Same, place: str) -> Sequence[Standing]:
        """What runs at this place already, the nearest first."""
        return await self._db.read(partial(standing, same=same, place=place))

    async def open(self, plan: LaunchPlan) -> Opened:
        """The incident runs, durably; Stale if the estate changed since it was read, RunsAlready
        if the same runs there."""
        try:
            return await self._db.write(partial(open_incident, plan=plan))
        except IntegrityError as error:
            raise Stale("Another launch took the same incident code.") from error


def open_incident(conn: Connection, *, plan: LaunchPlan) -> Opened:
    """Everything of a launch is written, or the answer the same key was given before."""
    if plan.keyed is not None:
        said = claim_key(conn, plan.keyed, now=database_now(conn))
        if said is not None:
            return _opened(said, repeated=True)
    refuse_a_second(conn, plan)
    _check_roster(conn, plan)
    refuse_beside_real(conn, plan)
    now = database_now(conn)

    incident = _incident(conn, plan, now)
    notice = _notice(conn, plan, incident=incident, now=now)
    _wordings(conn, plan, notice)
    insert_audience(conn, incident, plan.audience)
    insert_homes(conn, incident, plan.further)
    _tasks(conn, plan, incident=incident, now=now)
    sent = _waves(conn, plan, incident=incident, notice=notice, now=now)
    rows = [_row(plan, incident, notice, now, wave) for wave in plan.waves]
    unreachable = mark_unreachable(conn, rows[0], plan.waves)
    due = [row for row, wave in zip(rows, plan.waves, strict=True) if not wave.after_ms]
    doors = sum(knock(conn, row, now) for row in due)
    beyond = _beyond(conn, plan, rows, now) if unreachable else 0

    said = {"tasks": doors + beyond, "beyond": beyond, "unreachable": unreachable}
    ended = make_way(conn, plan, incident, now)
    said |= {"drills": [drill.code for drill, _ in ended]} if ended else {}
    seq = _launched(conn, plan, incident, sent=sent, said=said, now=now)
    keep_letters_apart(conn, incident, plan)
    heard = tuple((drill.id, newest) for drill, newest in ended)
    opened = Opened(incident, plan.code, plan.people, sent.deliveries, seq, ended=heard)
    if plan.keyed is not None:
        keep_answer(conn, plan.keyed, _said(opened))
    _record(conn, plan, opened)
    return opened


def _record(conn: Connection, plan: LaunchPlan, opened: Opened) -> None:
    about: dict[str, Any] = {"playbook": plan.playbook, "kind": plan.kind, "place": plan.place}
    about |= {"code": opened.code, "people": opened.people}
    obj = f"incident:{opened.id}"
    record(conn, actor=plan.actor, action="launch", obj=obj, data=about)


def _beyond(conn: Connection, plan: LaunchPlan, rows: Sequence[WaveRow], now: int) -> int:
    """Every home nothing can reach is on the list of doors from now on; how many."""
    bands = sorted({told.band for told in (*plan.audience, *plan.further)})
    listed = knock_at_once(conn, rows, now)
    return listed + knock_beyond(conn, rows[0], no=len(rows), bands=bands, now=now)


def _check_roster(conn: Connection, plan: LaunchPlan) -> None:
    """Nobody may change the roster between this look and the commit (a share lock where there
    are several writers)."""
    asked = select(sites.c.roster_rev).where(sites.c.id == plan.site).with_for_update(read=True)
    if conn.execute(asked).scalar_one_or_none() != plan.roster_rev:
        raise Stale("The roster changed while the launch was planned.")


def _incident(conn: Connection, plan: LaunchPlan, now: int) -> int:
    row = {
        "code": plan.code,
        "site_id": plan.site,
        "place": plan.place,
        "kind": plan.kind,
        "playbook": plan.playbook,
        "playbook_version": plan.playbook_version,
        "recipe": dict(plan.recipe),
        "level": plan.level,
        "lane": plan.lane,
        "params": dict(plan.params),
        "status": str(IncidentState.OPEN),
        "people": plan.people,
        "households": plan.households,
        "audience_hash": plan.audience_hash,
        "launched_at": now,
        "launched_by": plan.actor,
        "letter": plan.letter,
        "next_update_at": now + plan.update_ms if plan.update_ms else None,
        **numbered(conn, "incidents"),
    }
    return int(conn.execute(insert(incidents).values(row).returning(incidents.c.id)).scalar_one())


def _notice(conn: Connection, plan: LaunchPlan, *, incident: int, now: int) -> int:
    row = {
        "incident_id": incident,
        "stage": str(Stage.ALERT),
        "revision": 1,
        "text": "",
        "issued_at": now,
        "issued_by": plan.actor,
        "expires_at": now + plan.expires_ms,
        **numbered(conn, "notices"),
    }
    return int(conn.execute(insert(notices).values(row).returning(notices.c.id)).scalar_one())


def _wordings(conn: Connection, plan: LaunchPlan, notice: int) -> None:
    insert_wordings(conn, notice, plan.wordings)


def insert_wordings(conn: Connection, notice: int, words: Any) -> None:
    """Every rendered text of a notice is kept as it will be sent."""
    columns = ("notice_id", "band", "channel", "language", "parts", "segments")
    rows = [
        (notice, w.band, w.channel, w.language, _json(dict(w.parts)), w.segments) for w in words
    ]
    insert_rows(conn, wordings, columns, rows)


def _tasks(conn: Connection, plan: LaunchPlan, *, incident: int, now: int) -> None:
    columns = ("incident_id", "key", "name", "role", "state", "due_at", "created_at")
    rows = [
        (incident, t.key, _json(dict(t.name)), t.role, "open", now + t.after_ms, now)
        for t in plan.tasks
    ]
    insert_rows(conn, tasks, columns, rows)


def _waves(conn: Connection, plan: LaunchPlan, *, incident: int, notice: int, now: int) -> Sent:
    """Every wave has its row; those without a wait are started."""
    counts: dict[str, int] = {}
    for wave in plan.waves:
        row = _row(plan, incident, notice, now, wave)
        sent = start_wave(conn, row, now, first=True) if not wave.after_ms else None
        conn.execute(insert(waves).values(wave_values(row, wave, now=now, sent=sent)))
        if sent is not None:
            for channel, count in sent.channels.items():
                counts[channel] = counts.get(channel, 0) + count
    return Sent(counts)


def wave_values(row: WaveRow, wave: WavePlan, *, now: int, sent: Sent | None) -> dict[str, Any]:
    """The stored row of a wave: waiting, or started with its deliveries."""
    return {
        "incident_id": row.incident,
        "notice_id": row.notice,
        "no": wave.no,
        "round": row.round,
        "key": wave.key,
        "spec": dict(wave.spec),
        "due_at": now + wave.after_ms,
        "state": str(WaveState.WAITING if sent is None else WaveState.STARTED),
        "started_at": None if sent is None else now,
        "deliveries": 0 if sent is None else sent.deliveries,
    }


def _row(plan: LaunchPlan, incident: int, notice: int, now: int, wave: WavePlan) -> WaveRow:
    return WaveRow(
        incident=incident,
        notice=notice,
        no=wave.no,
        round=0,
        lane=plan.lane,
        expires_at=now + plan.expires_ms,
        spec=wave.spec,
        media=plan.media,
    )


def _launched(
    conn: Connection,
    plan: LaunchPlan,
    incident: int,
    *,
    sent: Sent,
    said: Mapping[str, Any],
    now: int,
) -> int:
    moves = [[channel, "", "planned", count] for channel, count in sent.channels.items()]
    if said["unreachable"]:
        moves.append(["none", "", "unreachable", len(said["unreachable"])])
    data = {
        "playbook": plan.playbook,
        "place": plan.place,
        "kind": plan.kind,
        "people": plan.people,
        "households": plan.households,
        "deliveries": sent.deliveries,
        "moves": moves,
        **said,
    }
    return append_event(conn, incident, EventKind.LAUNCHED, data, actor=plan.actor, now_ms=now)


def _said(opened: Opened) -> dict[str, Any]:
    return {
        "id": opened.id,
        "code": opened.code,
        "people": opened.people,
        "deliveries": opened.deliveries,
        "seq": opened.seq,
    }


def _opened(said: Mapping[str, Any], *, repeated: bool) -> Opened:
    return Opened(**said, repeated=repeated)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
