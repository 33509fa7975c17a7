"""The key of a process's audit chain, carried by its connections (`hub.store.audit_chain`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Seal:
    """Without a key nothing is recorded, as in a database that belongs to no hub."""

    key: bytes = b""
