"""What the API says of the hub itself: the audit record, and how its provider accounts fare."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class AuditRowOut(BaseModel):
    """Something somebody did, or looked at. `words`: what it means, by language; `name`: what who
    did it is called now. No names, numbers or words of residents."""

    id: int
    at: str
    actor: str
    name: str
    kind: str
    object: str
    data: dict[str, Any]
    words: dict[str, str]


class AuditOut(BaseModel):
    """A page of the audit record, newest first; `next`: the `after` of the page behind it."""

    items: list[AuditRowOut]
    next: int | None


class WhatToDoOut(BaseModel):
    """What is so, and what to do, in one language."""

    what: str
    do: str


class BrokenOut(BaseModel):
    """Where the audit chain does not hold, and why: `key`, `row`, `end` or `noted`."""

    why: str
    row: int | None
    words: dict[str, WhatToDoOut]


class AuditCheckOut(BaseModel):
    """Whether the audit record is whole. `end`: its newest row as it is noted down elsewhere."""

    whole: bool
    rows: int
    end: str
    broken: BrokenOut | None


class AccountOut(BaseModel):
    """A provider account; nothing secret. `channel`: the registry name; `medium`: what it sends."""

    name: str
    channel: str
    medium: str
    countries: list[str]
    order: int


class AccountsOut(BaseModel):
    """The provider accounts of this hub."""

    items: list[AccountOut]
    next: None


class TestedOut(BaseModel):
    """How an account stands. `warn`: it works, and there is something to know."""

    account: str
    channel: str
    medium: str
    finding: str
    ok: bool
    warn: bool
    seconds: float
    words: dict[str, WhatToDoOut]
