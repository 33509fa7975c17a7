"""Tasks of an incident, and the outside calls it logs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hub.decide.byhand import OUTCOMES
from hub.decide.chores import STATES, Change, No
from hub.errors import Conflict, Problem, Refused, Unknown
from hub.model import Actor
from hub.ports import Wake

LONGEST = 200  # characters of a name or an outcome
_NUMBER = re.compile(r"\+?[0-9][0-9 -]{1,18}")


class TaskLedger(Protocol):
    """The rows behind tasks."""

    async def change(
        self, incident: int, task: int, change: Change, actor: str
    ) -> tuple[Mapping[str, Any], int] | No: ...
    async def doors(
        self, incident: int, *, state: str, block: str, after: int, limit: int
    ) -> Mapping[str, Any]: ...
    async def blocks(self, incident: int) -> Mapping[str, Any]: ...
    async def door(self, incident: int, task: int) -> Mapping[str, Any]: ...
    async def called(self, incident: int, number: str, actor: str) -> int | No: ...


@dataclass(frozen=True, slots=True)
class Tasks:
    """The use-cases of the checklist."""

    ledger: TaskLedger
    wake: Wake

    async def change(
        self,
        incident: int,
        task: int,
        *,
        state: str | None = None,
        assigned: str | None = None,
        outcome: str | None = None,
        was: str | None = None,
        who: Actor,
    ) -> Mapping[str, Any]:
        """The task as it stands afterwards. Unknown, Conflict, or Refused by field.

        Conflict: the incident is closed, or (`meanwhile`) the task is not in the state `was`.
        """
        _check(state, assigned, outcome)
        _check(was, None, None)
        change = Change(state, assigned, outcome, was)
        done = await self.ledger.change(incident, task, change, who.id)
        if isinstance(done, No):
            raise _refusal(done)
        found, seq = done
        await self.wake.tell(f"incident:{incident}", seq)
        return found

    async def doors(
        self,
        incident: int,
        *,
        state: str = "",
        block: str = "",
        after: int = 0,
        limit: int = 500,
    ) -> Mapping[str, Any]:
        """One page of the doors to knock at and calls to make: items, next. Unknown: no incident;
        Refused: no such state. `block`: one building or entrance; `-`: those without a flat."""
        _check(state or None, None, None)
        return await self.ledger.doors(incident, state=state, block=block, after=after, limit=limit)

    async def blocks(self, incident: int) -> Mapping[str, Any]:
        """How many tasks by hand each building or entrance has, by state. Unknown: no incident."""
        return await self.ledger.blocks(incident)

    async def door(self, incident: int, task: int) -> Mapping[str, Any]:
        """One task by hand with its household: names, numbers, what reached them. Unknown: none
        such. Whoever shows it records the look."""
        return await self.ledger.door(incident, task)

    async def called(self, incident: int, *, number: str, who: Actor) -> Mapping[str, Any]:
        """The outside call stands in the record. It was never gated by it."""
        if not _NUMBER.fullmatch(number):
            raise Refused("This is no number to call.", [Problem("number", "is no number")])
        seq = await self.ledger.called(incident, number, who.id)
        if isinstance(seq, No):
            raise _refusal(seq)
        await self.wake.tell(f"incident:{incident}", seq)
        return {"number": number, "seq": seq}


def _check(state: str | None, assigned: str | None, outcome: str | None) -> None:
    problems = []
    if state is not None and state not in STATES:
        problems.append(Problem("state", f"{state!r} is not known", "one of " + ", ".join(STATES)))
    for name, value in (("assigned", assigned), ("outcome", outcome)):
        if value is not None and len(value) > LONGEST:
            problems.append(Problem(name, "is too long", f"at most {LONGEST} characters"))
    if problems:
        raise Refused("Some fields are wrong.", problems)


def _refusal(why: No) -> Refused:
    if why is No.UNKNOWN:
        return Unknown("There is no such task in this incident.")
    if why is No.CLOSED:
        return Conflict("This incident is closed; its record is final.", code="closed")
    if why is No.MEANWHILE:
        said = "Somebody has entered something for this task meanwhile. Look at it again."
        return Conflict(said, code="meanwhile")
    if why is No.NOBODY:
        where = Problem("assigned", "is empty", "say who has it")
        return Refused("Somebody must have the task.", [where])
    if why is No.NO_WORD:
        known = "one of " + ", ".join(OUTCOMES) + "; a note may follow a colon"
        where = Problem("outcome", "is none of the outcomes there are", known)
        return Refused("A door or a call is only done with what came of it.", [where])
    where = Problem("outcome", "is missing", "say what came of it: found safe, carried out …")
    return Refused("A call for help is only over with its outcome.", [where])
