"""Replies as the API tells them, with the names and places they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, text

from hub.decide.views import moment
from hub.store.actors import names_of
from hub.store.placed import NAMED, as_json, spoken_at


def _of(sql: str) -> TextClause:
    return text(sql).bindparams(bindparam("ids", expanding=True))


_PEOPLE = _of(f"""
SELECT r.id AS person, r.name AS called, r.kind AS whose, {NAMED} FROM recipients r
LEFT JOIN places p ON p.id = r.place_id WHERE r.id IN :ids""")
_PLACES = _of(f"SELECT {NAMED} FROM places p WHERE p.id IN :ids")
_INCIDENTS = _of("SELECT id, code, kind, status FROM incidents WHERE id IN :ids")


_SAID = text("""
SELECT r.id, r.at, r.channel, r.sender, r.words, r.cry, r.answer, r.recipient_id, r.settled_at
FROM replies r WHERE (r.recipient_id IN :ids OR r.place_id = :unit)
    AND r.at >= (SELECT launched_at FROM incidents WHERE id = :incident)
ORDER BY r.id DESC LIMIT 50""").bindparams(bindparam("ids", expanding=True))


def words_of(
    conn: Connection, incident: int, people: Sequence[int], *, unit: int | None = None
) -> list[dict[str, Any]]:
    """What these people wrote since the incident began, and what names their flat, in their own
    words: the last fifty, the oldest first."""
    rows = conn.execute(_SAID, {"ids": list(people), "incident": incident, "unit": unit}).all()
    return [
        {
            "id": row.id,
            "at": moment(row.at),
            "channel": row.channel,
            "sender": row.sender,
            "recipient": row.recipient_id,
            "words": row.words,
            "cry": bool(row.cry),
            "answer": row.answer,
            "state": "open" if row.settled_at is None else "settled",
        }
        for row in reversed(rows)
    ]


def told(conn: Connection, rows: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """Replies as the API says them, with the names and places they stand for."""
    known = [dict(row) | _values(row) for row in rows]
    people = {row["recipient_id"] for row in known}
    people |= {row["settled"].get("recipient") for row in known}
    actors = {actor for row in known for actor in (*row["seen"], row["settled_by"])}
    about = _About(
        people=_by(conn, _PEOPLE, people, key="person"),
        places=_by(conn, _PLACES, {row["place_id"] for row in known}),
        incidents=_by(conn, _INCIDENTS, {row["incident_id"] for row in known}),
        names=names_of(conn, actors),
    )
    return [about.reply(row) for row in known]


def _values(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {"seen": as_json(row["seen"]) or {}, "settled": as_json(row["settled"]) or {}}


def _by(
    conn: Connection, asked: TextClause, ids: Iterable[int | None], *, key: str = "id"
) -> Mapping[int, Mapping[Any, Any]]:
    wanted = sorted({int(one) for one in ids if one is not None})
    rows = conn.execute(asked, {"ids": wanted}).mappings() if wanted else ()
    return {int(row[key]): row for row in rows}


class _About:
    """What a page of replies refers to."""

    def __init__(
        self,
        *,
        people: Mapping[int, Mapping[Any, Any]],
        places: Mapping[int, Mapping[Any, Any]],
        incidents: Mapping[int, Mapping[Any, Any]],
        names: Mapping[str, str],
    ):
        self._people, self._places = people, places
        self._incidents, self._names = incidents, names

    def reply(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One reply as the API says it."""
        done = row["settled_at"] is not None
        return {
            "id": row["id"],
            "at": moment(row["at"]),
            "channel": row["channel"],
            "sender": row["sender"],
            "words": row["words"],
            "cry": bool(row["cry"]),
            "answer": row["answer"],
            "why": row["why"],
            "guess": self._guess(row),
            "incident": row["incident_id"],
            "incident_code": self._incident(row["incident_id"]),
            "state": "settled" if done else "open",
            "settled": self._settled(row) if done else None,
            "seen_by": [self._look(one, at) for one, at in row["seen"].items()],
        }

    def _incident(self, number: int | None) -> str:
        found = self._incidents.get(number or 0)
        return str(found["code"]) if found else ""

    def _guess(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        person = self._people.get(row["recipient_id"] or 0)
        named = self._places.get(row["place_id"] or 0)
        if person is None and named is None:
            return None
        return {
            "recipient": person and person["person"],
            "name": person["called"] if person else "",
            "kind": person["whose"] if person else "",
            **_where(named or person),
            "by": row["guessed"],
        }

    def _settled(self, row: Mapping[str, Any]) -> dict[str, Any]:
        said = row["settled"]
        person = self._people.get(said.get("recipient") or 0)
        return {
            "at": moment(row["settled_at"]),
            "by": row["settled_by"],
            "by_name": self._names.get(row["settled_by"], ""),
            "recipient": said.get("recipient"),
            "name": person["called"] if person else "",
            **_where(person),
            "answer": said.get("answer") or "",
            "note": said.get("note") or "",
            "incidents": list(said.get("incidents") or ()),
        }

    def _look(self, actor: str, at: int) -> dict[str, Any]:
        return {"by": actor, "name": self._names.get(actor, ""), "at": moment(at)}


def _where(row: Mapping[Any, Any] | None) -> dict[str, Any]:
    """The path of a place and how people say it; empty without one."""
    if row is None or row["path"] is None:
        return {"place": "", "place_id": None, "spoken": {}}
    return {"place": row["path"], "place_id": row["id"], "spoken": spoken_at(row)}
