"""The audit record as an admin reads it, and whether it is whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from hub.decide.audit_words import KINDS, said
from hub.decide.chain import Broken, is_noted, words
from hub.errors import Problem, Refused

_ACTOR = re.compile(r"(user|token|recipient):[0-9]{1,18}|[a-z_]{1,32}")


class Checked(Protocol):
    """How far a check of the chain has come."""

    @property
    def rows(self) -> int: ...
    @property
    def broken(self) -> Broken | None: ...
    @property
    def at(self) -> int | None: ...
    @property
    def over(self) -> bool: ...
    @property
    def end(self) -> str: ...


class AuditBookLedger(Protocol):
    """Where the record is read."""

    async def listed(
        self, *, kind: str, actor: str, since: int, after: int, limit: int
    ) -> Sequence[Mapping[str, Any]]: ...
    async def begun(self) -> Any: ...
    async def further(self, so_far: Any) -> Any: ...
    async def ended(self, found: Any, noted: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class AuditBook:
    """The use-cases of the audit record."""

    ledger: AuditBookLedger

    async def list(
        self, *, kind: str = "", actor: str = "", since: str = "", after: int = 0, limit: int
    ) -> Mapping[str, Any]:
        """{items, next}: newest first, each with what it means in every language. Refused for a
        kind there is none of, an actor or a time that is none."""
        problems = _problems(kind, actor)
        start = _moment(since, problems)
        if problems:
            names = ", ".join(problem.where for problem in problems)
            raise Refused(f"The query is wrong: {names}.", problems, code="invalid")
        rows = await self.ledger.listed(
            kind=kind, actor=actor, since=start, after=after, limit=limit + 1
        )
        items = [{**row, "words": said(str(row["kind"]), row["data"])} for row in rows[:limit]]
        return {"items": items, "next": items[-1]["id"] if len(rows) > limit else None}

    async def check(self, noted: str = "") -> Mapping[str, Any]:
        """{whole, rows, end, broken}: whether the chain holds to its sealed end; `noted`: an end
        written down earlier, which must still be in it."""
        if noted and not is_noted(noted):
            where = Problem("noted", "is no end of the record", "write it like 41:9f2c8b0d1e2f3a4b")
            raise Refused("The query is wrong: noted.", [where], code="invalid")
        found: Checked = await self.ledger.begun()
        while not (found.over or found.broken):
            found = await self.ledger.further(found)
        if found.broken is None:
            found = await self.ledger.ended(found, noted)
        return told(found)


def told(found: Checked) -> dict[str, Any]:
    """What a check came to."""
    broken = found.broken
    return {
        "whole": broken is None,
        "rows": found.rows,
        "end": found.end,
        "broken": None
        if broken is None
        else {"why": str(broken), "row": found.at, "words": words(broken, found.at)},
    }


def _problems(kind: str, actor: str) -> list[Problem]:
    problems = []
    if kind and kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        problems.append(Problem("kind", f"{kind[:40]!r} is not known", f"one of {known}"))
    if actor and not _ACTOR.fullmatch(actor):
        hint = "write it like user:4, token:2 or local"
        problems.append(Problem("actor", f"{actor[:40]!r} is nobody", hint))
    return problems


def _moment(text: str, problems: list[Problem]) -> int:
    """Milliseconds of a time; 0 for none."""
    if not text:
        return 0
    try:
        at = datetime.fromisoformat(text.strip().replace(" ", "+"))
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        hint = "write it like 2026-12-01T08:00:00+08:00"
        problems.append(Problem("since", f"{text[:40]!r} is no time", hint))
        return 0
