"""One resident's page, read on one snapshot. Reading writes nothing, ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from hub.decide.meeting import base_band
from hub.decide.real_first import public_path
from hub.decide.resident import PageWords, Person, Real, ResidentPage, Said
from hub.decide.spoken import spoken_place
from hub.model import Kind, Level, Stage
from hub.states import IncidentState
from hub.store.database import Database
from hub.store.events import from_ms
from hub.store.placed import LANGUAGES, as_json, place_of, spoken_of
from hub.store.ways import SENT_TO, VIA

_INCIDENT = text("""
SELECT i.id, i.code, i.site_id, i.place, i.kind, i.level, i.status, i.playbook, i.params, i.recipe,
    i.launched_at, i.next_update_at, i.closed_at, i.ended_by, s.settings, a.band, a.language
FROM incidents i JOIN sites s ON s.id = i.site_id
JOIN audience a ON a.incident_id = i.id AND a.recipient_id = :recipient
WHERE i.id = :incident""")
# CROSS JOIN: from the few addresses to their deliveries, whatever SQLite guesses.
# Those who share an address of this person to which this incident sent anything: not one that is
# theirs no longer, and never a resident and somebody on duty, who answer each for themselves.
_REAL = text("""
SELECT i.code, i.site_id, i.place, i.recipe, (SELECT count(*) FROM audience a
    WHERE a.incident_id = i.id AND a.recipient_id = :recipient) AS mine
FROM incidents i WHERE i.id = :incident""")
_PERSONS = text(f"""
SELECT a.recipient_id AS id, a.kind, r.name, a.answer, a.answered_at, t.id AS task, t.assigned
FROM audience a JOIN recipients r ON r.id = a.recipient_id
LEFT JOIN tasks t ON t.incident_id = a.incident_id AND t.recipient_id = a.recipient_id
    AND t.key = 'help' AND t.state <> 'done'
WHERE a.incident_id = :incident AND (a.kind IN ('staff', 'outside')) = (
    SELECT me.kind IN ('staff', 'outside') FROM audience me
    WHERE me.incident_id = :incident AND me.recipient_id = :recipient)
AND a.recipient_id IN (
    SELECT CAST(:recipient AS bigint) UNION
    SELECT o.recipient_id FROM addresses ad CROSS JOIN ({VIA}) via CROSS JOIN notices n
    CROSS JOIN deliveries d CROSS JOIN delivery_also o
    WHERE ad.recipient_id = :recipient AND ad.removed_at IS NULL AND n.incident_id = :incident
    AND d.notice_id = n.id AND {SENT_TO} AND o.delivery_id = d.id UNION
    SELECT d.recipient_id FROM addresses ad CROSS JOIN ({VIA}) via CROSS JOIN notices n
    CROSS JOIN deliveries d
    WHERE ad.recipient_id = :recipient AND ad.removed_at IS NULL AND n.incident_id = :incident
    AND d.notice_id = n.id AND {SENT_TO})
ORDER BY CASE WHEN a.recipient_id = :recipient THEN 0 ELSE 1 END, a.recipient_id""")
# Which home its instruction is for, for those who have several: nobody else is named a flat.
_HOMES = text("""
SELECT p.* FROM audience a JOIN places p ON p.id = a.household
WHERE a.incident_id = :incident AND a.recipient_id = :recipient
    AND EXISTS (SELECT 1 FROM homes h WHERE h.recipient_id = :recipient)
UNION ALL
SELECT p.* FROM audience_homes o JOIN places p ON p.id = o.household
WHERE o.incident_id = :incident AND o.recipient_id = :recipient AND o.band = :band""")
_SAID = text("""
SELECT n.id, n.stage, n.revision, n.issued_at, n.text, n.texts, w.language, w.parts
FROM notices n LEFT JOIN wordings w ON w.notice_id = n.id AND w.channel = 'page'
    AND w.band IN (:band, '*')
WHERE n.incident_id = :incident
ORDER BY n.revision DESC, CASE WHEN w.band = '*' THEN 0 ELSE 1 END, w.language""")


class PageLedger:
    """Where residents' pages are read."""

    def __init__(self, db: Database):
        self._db = db

    async def page(self, incident: int, recipient: int) -> ResidentPage | None:
        """The page; None if the incident does not speak to this person (any more)."""
        return await self._db.read(partial(_page, incident=incident, recipient=recipient))


def _page(conn: Connection, *, incident: int, recipient: int) -> ResidentPage | None:
    asked = {"incident": incident, "recipient": recipient}
    row = conn.execute(_INCIDENT, asked).first()
    if row is None:
        return None
    persons = conn.execute(_PERSONS, asked).all()
    said = conn.execute(_SAID, {"incident": incident, "band": row.band}).all()
    homes = [place_of(one) for one in conn.execute(_HOMES, asked | {"band": row.band}).mappings()]
    settings = as_json(row.settings) or {}
    notices = _notices(said)
    return ResidentPage(
        incident=row.id,
        code=row.code,
        kind=Kind(row.kind),
        level=Level(row.level),
        status=IncidentState(row.status),
        playbook=row.playbook,
        playbook_name=(as_json(row.recipe) or {}).get("name") or {},
        place=row.place,
        place_spoken=spoken_of(conn, row.site_id, row.place, _languages(notices)),
        launched_at=from_ms(row.launched_at),
        next_update_at=_time(row.next_update_at),
        closed_at=_time(row.closed_at),
        language=row.language,
        persons=tuple({one.id: _person(one) for one in persons}.values()),
        said=notices,
        facts=as_json(row.params) or {},
        site=settings,
        band=base_band(row.band),
        calls=tuple((as_json(row.recipe) or {}).get("calls") or ()),
        real=_real(conn, row.ended_by, recipient, _languages(notices)),
        homes=tuple(
            {tag: spoken_place(home, tag) for tag in _languages(notices)} for home in homes
        ),
    )


def _real(
    conn: Connection, incident: int | None, recipient: int, languages: Sequence[str]
) -> Real | None:
    """The real incident that ended this drill, as far as everybody may know it: no flat."""
    if incident is None:
        return None
    row = conn.execute(_REAL, {"incident": incident, "recipient": recipient}).first()
    if row is None:
        return None
    recipe = as_json(row.recipe) or {}
    depth = str(recipe.get("place_depth") or "building")
    return Real(
        incident=incident,
        code=row.code,
        name=recipe.get("name") or {},
        place_spoken=spoken_of(conn, row.site_id, public_path(row.place, depth), languages),
        calls=tuple(recipe.get("calls") or ()),
        mine=bool(row.mine),
    )


def _languages(notices: Sequence[Said]) -> tuple[str, ...]:
    """Those the place is spoken in: every one the page can be read in."""
    return tuple(dict.fromkeys((*LANGUAGES, *(tag for said in notices for tag in said.words))))


def _person(row: Any) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        answer=row.answer,
        answered_at=_time(row.answered_at),
        help_open=row.task is not None,
        help_assigned=row.assigned or "",
        kind=row.kind,
    )


def _notices(rows: Sequence[Any]) -> tuple[Said, ...]:
    words: dict[int, dict[str, Mapping[str, str]]] = {}
    heads: dict[int, Any] = {}
    for row in rows:
        heads.setdefault(row.id, row)
        if row.language is not None:
            words.setdefault(row.id, {})[row.language] = as_json(row.parts)
    return tuple(_said(head, words.get(notice, {})) for notice, head in heads.items())


def _said(row: Any, words: PageWords) -> Said:
    return Said(
        notice=row.id,
        stage=Stage(row.stage),
        revision=row.revision,
        issued_at=from_ms(row.issued_at),
        text=row.text,
        texts=as_json(row.texts) or {},
        words=words,
    )


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
