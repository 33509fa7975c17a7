"""Idempotency-Keys: what was answered to a key is answered again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from hub.errors import Conflict, Problem
from hub.plans import Keyed

_CLAIM = text(
    "INSERT INTO requests (scope, key, hash, response, at)"
    " VALUES (:scope, :key, :hash, 'null', :at) ON CONFLICT DO NOTHING"
)
_READ = text("SELECT hash, response FROM requests WHERE scope = :scope AND key = :key")
_KEEP = text("UPDATE requests SET response = :response WHERE scope = :scope AND key = :key")


def answered(conn: Connection, *, keyed: Keyed) -> Mapping[str, Any] | None:
    """The first answer to a key, None if it is new; Conflict if it came with something else."""
    found = conn.execute(_READ, {"scope": keyed.scope, "key": keyed.key}).one_or_none()
    if found is None:
        return None
    if found.hash != keyed.hash:
        what = "was used for another request"
        problem = Problem("Idempotency-Key", what, "use a new key", code="key_used")
        raise Conflict("This Idempotency-Key belongs to another request.", [problem], code="key")
    said = found.response
    read: Mapping[str, Any] = json.loads(said) if isinstance(said, str) else said
    return read


def claim_key(conn: Connection, keyed: Keyed, *, now: int) -> Mapping[str, Any] | None:
    """None: the key is ours until the transaction ends. Else the first answer to it.

    Where several write at once, this waits for the one that holds the key.
    """
    row = {"scope": keyed.scope, "key": keyed.key, "hash": keyed.hash, "at": now}
    if conn.execute(_CLAIM, row).rowcount == 1:
        return None
    return answered(conn, keyed=keyed)


def keep_answer(conn: Connection, keyed: Keyed, said: Mapping[str, Any]) -> None:
    """Whoever asks again gets this."""
    named = {"scope": keyed.scope, "key": keyed.key, "response": json.dumps(dict(said))}
    conn.execute(_KEEP, named)
