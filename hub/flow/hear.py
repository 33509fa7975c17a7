"""What people say: read, brought to the incident it belongs to, and kept where people look."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from hub.decide.aloud import digits_aloud
from hub.decide.answers import Answered, Called
from hub.decide.echoes import may_echo
from hub.decide.inbox import Guessed, Note, Why
from hub.decide.marks import fill
from hub.decide.replies import Because, Meaning, Meant, as_said_by, read_reply, says_yes
from hub.decide.routing import Asked, Caller, Route, acknowledges, ranked, route, route_key
from hub.errors import Conflict, Unknown
from hub.flow.answer import MOST
from hub.model import Actor, Answer, AnswerWord, IncidentId, RecipientId, Reply
from hub.ports import Pressed

OUT, IN = "STOP", "START"
LONG = 200
"""Signs beyond which words are read in a thread: 1,600 of one letter, compared with what was sent
to that number, may take a tenth of a second for each text."""
_TAPPED = Meaning(Meant.ANSWER, Because.CRY, AnswerWord.HELP)


class ReplyLedger(Protocol):
    """What is known of the number a reply came from."""

    async def caller(self, channel: str, sender: str) -> Caller: ...
    async def speaking_to(self, people: Sequence[int]) -> tuple[Asked, ...]: ...
    async def number_of(self, person: int) -> str: ...
    async def last_texts(self, channel: str, sender: str) -> tuple[str, ...]: ...
    async def opt_out(self, channel: str, sender: str) -> int: ...
    async def opt_in(self, channel: str, sender: str) -> int: ...


class Answers(Protocol):
    """Where an answer goes."""

    async def take(
        self,
        answer: Answer,
        *,
        who: Actor,
        once: str | None,
        others: Sequence[RecipientId] = (),
        yields: bool = False,
        bare: bool = False,
    ) -> Answered: ...


class Inbox(Protocol):
    """Where words go that a person is to see."""

    async def keep(self, note: Note) -> None: ...


class AuditTrail(Protocol):
    """Where deeds are recorded."""

    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None: ...


class Hear:
    """What becomes of words and keys. Who said them was verified before."""

    def __init__(
        self, *, replies: ReplyLedger, answers: Answers, inbox: Inbox, audit: AuditTrail
    ) -> None:
        self._replies, self._answers = replies, answers
        self._inbox, self._audit = inbox, audit

    async def said(self, account: str, reply: Reply) -> None:
        """The words stand: as an answer, an opt-out, or where people look. Safe to repeat."""
        caller = await self._replies.caller(reply.channel, reply.sender)
        meaning = acknowledges(await self._read(reply, caller), caller)
        if says_yes(meaning) and await self._came_back(reply, caller):
            return
        if opts := _opts(reply, meaning):
            await self._opt(reply, caller, out=opts == OUT)
            if not meaning.cry:
                return
        if meaning.meant is Meant.NOTHING:
            await self._note("reply_nothing", reply, caller, meaning)
            if meaning.because is Because.ROBOT:  # in case it was none: put aside, not thrown away
                once = f"{account}/{reply.provider_ref}" if reply.provider_ref else None
                aside = Route((), Why.ROBOT)
                await self._inbox.keep(_note(reply, meaning, caller, aside, (), once))
            return
        await self._go(account, reply, meaning, caller, route(meaning, caller))

    async def keyed(self, account: str, reply: Reply, call: Called, callback: str) -> Pressed:
        """What came of a key: the answer it stood for is taken, or it is too late for it."""
        parts = fill(call.parts, link="", name=call.name)
        service = digits_aloud(call.service, call.language)
        pressed = Pressed(reply.text, call.language, parts, callback, number=service)
        meaning = read_reply(reply.text)
        if meaning.word is None:
            return pressed
        asked = tuple(one for one in (call.asked, *call.others) if one)
        caller = Caller(asked, standing=Why.OVER, last=call.incident)
        way = route_key(meaning, call.asked, call.others)
        reply = dataclasses.replace(reply, sender=call.number)
        taken, held = await self._go(account, reply, meaning, caller, way)
        if call.asked is None or call.asked not in taken:
            # closed: never leave anybody believing help was called by this key
            return dataclasses.replace(pressed, over=True)
        word = AnswerWord.HELP if held else meaning.word  # what stands is what they hear
        return dataclasses.replace(pressed, word=as_said_by(word, duty=call.asked.duty))

    async def tapped(self, incident: int, people: Sequence[int], *, taken: bool) -> None:
        """Help was asked for by the link of this incident, which took it or was over: it counts in
        every other live one that speaks to these people, too; where there is none and this is not
        live, it stands where people look."""
        asked = await self._replies.speaking_to(people)
        own = next((one for one in asked if taken and one.incident == incident), None)
        way = route_key(_TAPPED, own, [one for one in asked if one.incident != incident])
        way = dataclasses.replace(way, to=tuple(one for one in way.to if one is not own))
        if way.to or way.why:
            reply = Reply("link", await self._replies.number_of(people[0]), "", "")
            caller = Caller((own,) if own else (), people[0], last=incident)
            await self._go("link", reply, _TAPPED, caller, way)

    async def _read(self, reply: Reply, caller: Caller) -> Meaning:
        sent: tuple[str, ...] = ()
        if may_echo(reply.text):
            sent = await self._replies.last_texts(reply.channel, reply.sender)
        read = partial(read_reply, reply.text, sent=sent, letters=caller.letters)
        meaning = await asyncio.to_thread(read) if len(reply.text) > LONG else read()
        if reply.beside and meaning.because is Because.ACK:  # the picture says something
            return dataclasses.replace(meaning, meant=Meant.UNCLEAR)
        return meaning

    async def _go(
        self, account: str, reply: Reply, meaning: Meaning, caller: Caller, way: Route
    ) -> tuple[list[Asked], bool]:
        """The answer is taken where it goes; what a person must see stands where people look.
        Where it was taken, and whether a cry stands in spite of it."""
        once = f"{account}/{reply.provider_ref}" if reply.provider_ref else None
        found = [await self._take(reply, meaning, one, caller, once) for one in way.to]
        taken = [one for one, held in zip(way.to, found, strict=True) if held is not None]
        held = any(found)
        if held:  # a bare digit takes back no cry: somebody asks
            way = Route((), Why.AFTER_HELP, waits=True)
        if way.to and not taken:  # all of them were closed while we looked
            way = Route((), Why.OVER, waits=True)
        if way.why is None and way.to:
            if not reply.beside:
                return taken, held
            way = dataclasses.replace(way, why=Why.HEARD)
        await self._note("reply_kept" if way.why else "reply_unmatched", reply, caller, meaning)
        if way.why is not None:
            await self._inbox.keep(_note(reply, meaning, caller, way, taken, once))
        return taken, held

    async def _take(
        self, reply: Reply, meaning: Meaning, asked: Asked, caller: Caller, once: str | None
    ) -> bool | None:
        """Whether a cry stands in this incident in spite of this answer of those its words were
        for; None: it does not take it."""
        first, *others = (RecipientId(one) for one in asked.people)
        word = as_said_by(meaning.word or AnswerWord.SEEN, duty=asked.duty)
        evidence = {"ref": reply.provider_ref, "because": str(meaning.because)}
        answer = Answer(IncidentId(asked.incident), first, word, reply.channel, evidence)
        who = Actor(f"recipient:{first}", "resident")
        if once and len(caller.asked) > 1:
            once = f"{once}/in/{asked.incident}"
        bare = meaning.plain or meaning.because is Because.ACK
        take = partial(self._answers.take, who=who, yields=True, bare=bare)
        try:
            said = [await take(answer, once=once, others=others[:MOST])]
            for at in range(MOST, len(others), MOST):  # a shared number may stand for a house
                more = dataclasses.replace(answer, recipient=others[at])
                again, part = once and f"{once}/from/{at}", others[at + 1 : at + MOST]
                said.append(await take(more, once=again, others=part))
        except (Conflict, Unknown):
            return None
        return any(one.held for one in said)

    async def _came_back(self, reply: Reply, caller: Caller) -> bool:
        """Whether a bare YES opted the number in: carriers take it for START, from whoever had
        opted out."""
        if reply.opt:
            return False
        people = await self._replies.opt_in(reply.channel, reply.sender)
        if people:
            await self._note("opt_in", reply, caller, None, {"people": people})
        return people > 0

    async def _opt(self, reply: Reply, caller: Caller, *, out: bool) -> None:
        change = self._replies.opt_out if out else self._replies.opt_in
        people = await change(reply.channel, reply.sender)
        action = "opt_out" if out else "opt_in"
        await self._note(action, reply, caller, None, {"people": people})

    async def _note(
        self,
        action: str,
        reply: Reply,
        caller: Caller,
        meaning: Meaning | None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """On the audit trail, by the provider's reference: never the number, never the words."""
        incident = next((one.incident for one in ranked(caller.asked)), None)
        obj = "" if incident is None else f"incident:{incident}"
        actor = "outside" if caller.owner is None else f"recipient:{caller.owner}"
        because = {} if meaning is None else {"because": str(meaning.because)}
        said = {"channel": reply.channel, "ref": reply.provider_ref, **because, **(data or {})}
        await self._audit.audit(actor, action, obj, said)


def _opts(reply: Reply, meaning: Meaning) -> str:
    """Whether this opts out or in: the provider's word decides where there is one."""
    if reply.opt in {OUT, IN}:
        return reply.opt
    if reply.opt:
        return ""
    return {Meant.OPT_OUT: OUT, Meant.OPT_IN: IN}.get(meaning.meant, "")


def _note(
    reply: Reply,
    meaning: Meaning,
    caller: Caller,
    way: Route,
    taken: Sequence[Asked],
    once: str | None,
) -> Note:
    """The reply as people will see it."""
    about = next(iter(taken or way.to or ranked(caller.asked)), None)
    person = about.people[0] if about else caller.owner
    word = meaning.word
    if word is not None and about is not None:  # as it is recorded: of those on duty "seen"
        word = as_said_by(word, duty=about.duty)
    return Note(
        channel=reply.by or reply.channel,
        sender=reply.sender,
        words=f"{reply.text.rstrip()} {reply.beside}".strip() if reply.beside else reply.text,
        cry=meaning.cry,
        why=way.why or Why.UNCLEAR,
        answer=str(word or ""),
        incident=about.incident if about else caller.last,
        recipient=person,
        guessed=Guessed.NUMBER if person else Guessed.NOTHING,
        once=once,
        recorded=() if way.waits else tuple(one.incident for one in taken),
    )
