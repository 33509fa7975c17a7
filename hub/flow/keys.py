"""Idempotency-Keys: which request a key stands for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from hub.errors import Problem, Refused
from hub.plans import Keyed

KEY_LIMIT = 255
"""Characters of an Idempotency-Key."""


def keyed(scope: str, key: str, body: Mapping[str, object]) -> Keyed:
    """A key and the hash of what it was sent with; Refused for a key that cannot be one."""
    if not key or len(key) > KEY_LIMIT or not key.isprintable():
        what = f"is not 1 to {KEY_LIMIT} printable characters"
        limit = {"limit": str(KEY_LIMIT)}
        problem = Problem(
            "Idempotency-Key", what, "send a fresh UUID", code="key_shape", params=limit
        )
        raise Refused("The Idempotency-Key cannot be used.", [problem], code="key")
    written = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    return Keyed(scope, key, hashlib.sha256(written.encode()).hexdigest())
