"""What those are called who did something: people by their names, programs by their token's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, text

_USERS = text("SELECT id, coalesce(nullif(name, ''), login) AS name FROM users WHERE id IN :ids")
_TOKENS = text("SELECT id, name FROM tokens WHERE id IN :ids")
_OF = {
    "user": _USERS.bindparams(bindparam("ids", expanding=True)),
    "token": _TOKENS.bindparams(bindparam("ids", expanding=True)),
}


def names_of(conn: Connection, actors: Iterable[str]) -> Mapping[str, str]:
    """Actor (`user:4`, `token:2`) -> what they are called; nothing for those that have no name."""
    wanted: dict[str, set[int]] = {}
    for actor in actors:
        kind, _, number = actor.partition(":")
        if kind in _OF and number.isdigit():
            wanted.setdefault(kind, set()).add(int(number))
    found: dict[str, str] = {}
    for kind, ids in wanted.items():
        rows = conn.execute(_OF[kind], {"ids": sorted(ids)})
        found |= {f"{kind}:{row.id}": row.name for row in rows}
    return found


def called(actor: str, name: str) -> str:
    """An actor in a sentence: a program is no person."""
    return f"the access token {name}" if actor.startswith("token:") else name or actor
