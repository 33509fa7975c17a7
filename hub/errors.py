"""The exception tree. Failures of the outside world are values (`Outcome`), not exceptions.

HubError
├── Refused      what was asked cannot be done as asked (HTTP 4xx); nothing was changed
│   ├── Unknown      the thing named does not exist (404)
│   ├── Conflict     it clashes with what is already so (409)
│   ├── NotAllowed   the caller may not do this (403)
│   └── NotKnown     the caller has not said who they are (401)
├── Unready      the hub cannot do it now; try again (503)
│   └── DiskFull     nothing can be written: no room, no quota, read-only (503)
├── Damaged      the file of the database is broken: a backup must take its place (503)
└── Defect       a rule of our own is broken: a bug (500)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where it is, what it is, what to do.

    `where` is a field name (`place`), or `file:line:column`, or `row 7, column 电话`. `code` names
    the sentences in other languages (`web/words/refused.*.json`), `params` what is filled into
    them; `label`: the field's own name by language.
    """

    where: str
    what: str
    hint: str = ""
    code: str = field(default="", compare=False)
    params: Mapping[str, str] = field(default_factory=dict, compare=False)
    label: Mapping[str, str] = field(default_factory=dict, compare=False)
    words: Mapping[str, str] = field(default_factory=dict, compare=False)


class HubError(Exception):
    """Everything this product raises on purpose."""


class Refused(HubError):
    """Bad input, refused whole: nothing was changed. `problems` names each field and reason;
    `facts` stand beside them in the answer, for programs."""

    status = 422
    title = "Refused"

    def __init__(
        self,
        what: str,
        problems: Sequence[Problem] = (),
        *,
        code: str = "refused",
        facts: Mapping[str, Any] | None = None,
    ):
        super().__init__(what)
        self.what = what
        self.problems = tuple(problems)
        self.code = code
        self.facts = dict(facts or {})


class Unknown(Refused):
    """The thing named does not exist."""

    status = 404
    title = "Not found"


class Conflict(Refused):
    """It clashes with something already done or being done."""

    status = 409
    title = "Conflict"


class NotAllowed(Refused):
    """The caller is known, but may not do this."""

    status = 403
    title = "Not allowed"


class NotKnown(Refused):
    """The caller has not shown who they are."""

    status = 401
    title = "Not logged in"


class TooMany(Refused):
    """Too many tries in a short time; `retry_after` in seconds."""

    status = 429
    title = "Too many tries"

    def __init__(self, what: str, *, retry_after: int):
        super().__init__(what, code="too_many")
        self.retry_after = retry_after


class Unready(HubError):
    """The hub cannot do this now (database away, stopping). Nothing was changed; try again."""

    status = 503
    title = "Not ready"
    code = "unready"
    retry_after = 2  # seconds


class DiskFull(Unready):
    """Nothing can be written now. `fault` says why: a `hub.decide.disk.Fault`."""

    title = "The disk is full"
    code = "disk_full"
    retry_after = 10

    def __init__(self, what: str, *, fault: str):
        super().__init__(what)
        self.fault = fault


class Damaged(HubError):
    """The file of the database is broken where this was to be read or written: no waiting mends it,
    and nothing is tried again for it."""

    status = 503
    title = "The database is damaged"
    code = "database_damaged"
    retry_after = 60


class Defect(HubError):
    """A rule of our own is broken."""
