"""Replies that a person sees to: kept as they come, listed, settled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hub.decide.inbox import NOTE, Note, Settling
from hub.errors import Problem, Refused
from hub.model import Actor, AnswerWord
from hub.ports import Wake

TOPIC = "replies"
STATES = ("open", "settled", "aside")
_AFTER = re.compile(r"(?:([01])-)?([0-9]{1,18})")


class Settled(Protocol):
    """A reply as it stands now, whom to tell, and whether that is new."""

    @property
    def reply(self) -> Mapping[str, Any]: ...
    @property
    def bells(self) -> Mapping[int, int]: ...
    @property
    def new(self) -> bool: ...


class InboxLedger(Protocol):
    """The rows of replies."""

    async def keep(self, note: Note) -> Mapping[int, int] | None: ...
    async def listed(self, state: str, *, group: int, after: int, limit: int) -> list[Any]: ...
    async def waiting(self) -> Mapping[str, int]: ...
    async def looked(self, ids: Sequence[int], actor: str) -> Sequence[int]: ...
    async def settle(self, reply: int, settling: Settling, actor: str) -> Settled: ...
    async def reopen(self, reply: int, actor: str) -> Settled: ...


class AuditTrail(Protocol):
    """The record of what people did."""

    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Inbox:
    """The use-cases of replies."""

    ledger: InboxLedger
    trail: AuditTrail
    wake: Wake

    async def keep(self, note: Note) -> None:
        """The reply stands where people look, and they hear of it at once."""
        told = await self.ledger.keep(note)
        if told is None:
            return
        await self._tell(told, cry=note.cry and not note.recorded)

    async def list(self, state: str, *, after: str, limit: int, who: Actor) -> Mapping[str, Any]:
        """{items, next, open, cries}: open ones cries first, each oldest first; settled ones, and
        those put aside, the newest first. Who sees one for the first time is recorded."""
        group, number = _place(state, after)
        settled = state != "open"
        rows = await self.ledger.listed(state, group=group, after=number, limit=limit)
        items, more = rows[:limit], len(rows) > limit
        await self._look(items, who)
        following = _following(items[-1], settled=settled) if more else None
        waiting = await self.waiting()
        return {"items": items, "next": following, "open": waiting["open"]} | {
            "cries": waiting["cries"]
        }

    async def waiting(self) -> Mapping[str, int]:
        """{open, cries, newest, newest_cry}: what nobody has seen to, and the last ids. Neither
        words nor numbers."""
        return await self.ledger.waiting()

    async def settle(
        self, reply: int, *, recipient: int | None, answer: str, note: str, who: Actor
    ) -> Mapping[str, Any]:
        """The reply as it is settled: the answer stands for this person in the incident it belongs
        to. The same again changes nothing. Unknown; Conflict: it was settled otherwise."""
        settling = _settling(recipient, answer, note)
        found = await self.ledger.settle(reply, settling, who.id)
        if found.new:
            said = found.reply["settled"]
            data = {"recipient": recipient, "answer": answer, "incidents": said["incidents"]}
            await self._changed("reply_settled", found, who, data)
        return found.reply

    async def reopen(self, reply: int, *, who: Actor) -> Mapping[str, Any]:
        """The reply as it waits for people again: what settling it recorded is taken back, but for
        help and for what was answered since. One that waits already stays as it is."""
        found = await self.ledger.reopen(reply, who.id)
        if found.new:
            await self._changed("reply_reopened", found, who, {"incidents": sorted(found.bells)})
        return found.reply

    async def _changed(
        self, action: str, found: Settled, who: Actor, data: Mapping[str, Any]
    ) -> None:
        await self.trail.audit(who.id, action, f"reply:{found.reply['id']}", data)
        await self._tell(found.bells, cry=bool(found.reply["cry"]))

    async def _look(self, items: Sequence[Mapping[str, Any]], who: Actor) -> None:
        """Only the first look at each reply is news."""
        unseen = [
            int(one["id"]) for one in items if all(look["by"] != who.id for look in one["seen_by"])
        ]
        if unseen and (fresh := await self.ledger.looked(unseen, who.id)):
            await self.trail.audit(who.id, "replies_look", "replies", {"replies": list(fresh)})

    async def _tell(self, told: Mapping[int, int], *, cry: bool) -> None:
        await self.wake.tell(TOPIC)
        if cry:
            await self.wake.tell("alarms")
        for incident, seq in told.items():
            await self.wake.tell(f"incident:{incident}", seq)


def _place(state: str, after: str) -> tuple[int, int]:
    """Where the page begins; Refused for a state or a place that is none."""
    if state not in STATES:
        where = Problem("state", f"{state[:40]!r} is not known", "one of open, settled, aside")
        raise Refused("The query is wrong: state.", [where], code="invalid")
    if not after:
        return 0, 0
    found = _AFTER.fullmatch(after)
    if found is None:
        where = Problem("after", "is no place in this list", "give `next` of the page before")
        raise Refused("The query is wrong: after.", [where], code="invalid")
    return int(found[1] or 0), int(found[2])


def _following(last: Mapping[str, Any], *, settled: bool) -> str:
    return str(last["id"]) if settled else f"{0 if last['cry'] else 1}-{last['id']}"


def _settling(recipient: int | None, answer: str, note: str) -> Settling:
    problems = []
    if answer and answer not in set(AnswerWord):
        known = ", ".join(AnswerWord)
        problems.append(Problem("answer", "is not an answer we know", f"one of {known}"))
    if answer and recipient is None:
        problems.append(Problem("recipient", "is missing", "say whose answer this is"))
    if len(note) > NOTE:
        problems.append(Problem("note", "is too long", f"at most {NOTE} characters"))
    if problems:
        raise Refused("The reply cannot be settled so.", problems)
    return Settling(recipient, answer, note.strip())
