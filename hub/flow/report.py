"""What comes back from outside: providers' receipts, people's replies, screens' displays."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hub.decide.aloud import digits_aloud
from hub.decide.answers import Answered, Called, Spoken
from hub.decide.claim import Display
from hub.decide.marks import fill
from hub.decide.replies import Meaning, Meant, Scope, as_said_by, read_reply
from hub.decide.tokens import read_attempt_token
from hub.errors import Conflict, NotAllowed, Unknown
from hub.flow.answer import MOST
from hub.flow.bell import Bell
from hub.flow.gather import Gather
from hub.model import (
    Actor,
    Answer,
    AnswerWord,
    AttemptId,
    IncidentId,
    Receipt,
    RecipientId,
    Reply,
)
from hub.ports import Channel, HookRequest, Inbound, Inward, OnTheLine, Pressed, Wake

Reached = tuple[tuple[int, int], ...]


class ReceiptLedger(Protocol):
    """Where receipts are applied."""

    async def receipts(self, channel: str, found: Sequence[Receipt]) -> Reached: ...


class DisplayLedger(Protocol):
    """Where screens report."""

    async def shown(self, said: Sequence[Display]) -> Reached: ...


class ReplyLedger(Protocol):
    """What is known of the number a reply came from."""

    async def spoken_to(self, channel: str, sender: str) -> Spoken | None: ...
    async def opt_out(self, channel: str, sender: str) -> int: ...
    async def opt_in(self, channel: str, sender: str) -> int: ...
    async def unclear(self, spoken: Spoken, channel: str) -> tuple[int, int]: ...


class CallLedger(Protocol):
    """What is known of a call somebody pressed a key in."""

    async def spoken_by(self, attempt: AttemptId, channel: str) -> Called | None: ...


class Answers(Protocol):
    """Where an answer goes."""

    async def take(
        self,
        answer: Answer,
        *,
        who: Actor,
        once: str | None,
        others: Sequence[RecipientId] = (),
    ) -> Answered: ...


class AuditTrail(Protocol):
    """Where deeds are recorded."""

    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None: ...


class Report:
    """The hearing half of the hub. Nothing here acts before it is verified."""

    def __init__(
        self,
        *,
        receipts: ReceiptLedger,
        displays: DisplayLedger,
        replies: ReplyLedger,
        calls: CallLedger,
        answers: Answers,
        audit: AuditTrail,
        channels: Mapping[str, Channel],
        wake: Wake,
        secret: bytes,
    ):
        self._receipts, self._displays, self._replies = receipts, displays, replies
        self._answers, self._audit, self._channels = answers, audit, channels
        self._calls, self._secret = calls, secret
        self._bell = Bell(wake)
        self._heard: dict[str, Gather[Receipt]] = {}
        self._seen: Gather[Display] = Gather(self._apply_displays)

    async def receipts(self, channel_name: str, request: HookRequest) -> Inward:
        """The receipts in a provider's callback count, durably; what it is to be answered.

        Unknown: no such channel. NotAllowed: not from the provider, or not about an attempt of
        ours; nothing was changed."""
        channel, inbound = self._inbound(channel_name, request)
        attempt = read_attempt_token(self._secret, request.callback)
        if attempt is None:
            raise NotAllowed("This callback is not about anything we sent.", code="forged")
        inward = inbound.read(request)
        for receipt in inward.receipts:
            signed = dataclasses.replace(receipt, attempt=attempt)
            await self._gather(channel.traits.channel).put(signed)
        return inward

    async def replies(self, channel_name: str, request: HookRequest) -> Inward:
        """What people sent back is read, and stands: an answer, an opt-out, or something unclear
        for staff to look at. Unknown and NotAllowed as for receipts."""
        _, inbound = self._inbound(channel_name, request)
        inward = inbound.read(request)
        for reply in inward.replies:
            await self._reply(channel_name, reply)
        return inward

    async def pressed(self, channel_name: str, request: HookRequest) -> Inward:
        """A key pressed during a call stands, for the people that very call spoke to; what is said
        on the line next. Unknown and NotAllowed as for receipts."""
        channel, inbound = self._inbound(channel_name, request)
        attempt = read_attempt_token(self._secret, request.callback)
        call = attempt and await self._calls.spoken_by(attempt, channel.traits.channel)
        if not call or not isinstance(channel, OnTheLine):
            raise NotAllowed("This callback is not about a call we made.", code="forged")
        inward = inbound.read(request)
        if not inward.replies:
            return inward
        reply = dataclasses.replace(inward.replies[0], attempt=attempt)
        return channel.respond(await self._key(channel_name, reply, call, request.callback))

    async def shown(self, recipient: int, notice: int, revision: int) -> None:
        """A screen shows this revision: that is its receipt. Another revision than the notice's
        own changes nothing."""
        await self._seen.put(Display(recipient, notice, revision))

    def _inbound(self, name: str, request: HookRequest) -> tuple[Channel, Inbound]:
        """The account that sent this request: any of those of the channel may have."""
        hearing = 0
        for channel in self._channels.values():
            if channel.name != name or not isinstance(channel, Inbound):
                continue
            hearing += 1
            if channel.verify(request):
                return channel, channel
        if not hearing:
            raise Unknown(f"There is no channel {name!r} that hears anything.")
        raise NotAllowed("The signature of this request is not the provider's.", code="forged")

    def _gather(self, medium: str) -> Gather[Receipt]:
        if medium not in self._heard:

            async def write(batch: Sequence[Receipt]) -> None:
                self._bell.ring(await self._receipts.receipts(medium, batch))

            self._heard[medium] = Gather(write)
        return self._heard[medium]

    async def _apply_displays(self, batch: Sequence[Display]) -> None:
        self._bell.ring(await self._displays.shown(batch))

    # ── replies ────────────────────────────────────────────────────────────────────────────────

    async def _reply(self, account: str, reply: Reply) -> None:
        meaning = read_reply(reply.text)
        spoken = await self._replies.spoken_to(reply.channel, reply.sender)
        if meaning.meant in {Meant.OPT_OUT, Meant.OPT_IN}:
            await self._opt(reply, out=meaning.meant is Meant.OPT_OUT, spoken=spoken)
        elif spoken is None:
            await self._note("reply_unmatched", reply, None, {"because": str(meaning.because)})
        elif meaning.word is None:
            self._bell.ring([await self._replies.unclear(spoken, reply.channel)])
            await self._note("reply_unclear", reply, spoken, {"text": reply.text[:320]})
        else:
            word = as_said_by(meaning.word, duty=spoken.duty)
            await self._answer(account, reply, spoken, meaning, word)

    async def _answer(
        self, account: str, reply: Reply, spoken: Spoken, meaning: Meaning, word: AnswerWord
    ) -> None:
        first, *also = spoken.people
        if meaning.scope is Scope.HOUSEHOLD:
            also = [one for one in dict.fromkeys((*also, *spoken.household)) if one != first]
        answer = Answer(
            IncidentId(spoken.incident),
            RecipientId(first),
            word,
            reply.channel,
            {"ref": reply.provider_ref, "because": str(meaning.because)},
        )
        who = Actor(f"recipient:{first}", "resident")
        once = f"{account}/{reply.provider_ref}" if reply.provider_ref else None
        others = [RecipientId(one) for one in also]
        await self._answers.take(answer, who=who, once=once, others=others[:MOST])
        for at in range(MOST, len(others), MOST):  # a caretaker's number may stand for a house
            more = dataclasses.replace(answer, recipient=others[at])
            again = once and f"{once}/from/{at}"
            part = others[at + 1 : at + MOST]
            await self._answers.take(more, who=who, once=again, others=part)

    async def _key(self, account: str, reply: Reply, call: Called, callback: str) -> Pressed:
        """What came of a key: the answer it stood for is taken, or it is too late for it."""
        parts = fill(call.parts, link="", name=call.name)
        number = digits_aloud(call.number, call.language)
        said = Pressed(reply.text, call.language, parts, callback, number=number)
        meaning = read_reply(reply.text)
        if meaning.word is None:
            return said
        word = as_said_by(meaning.word, duty=call.spoken.duty)
        try:
            await self._answer(account, reply, call.spoken, meaning, word)
        except (Conflict, Unknown):  # closed: never leave anybody believing help was called
            return dataclasses.replace(said, over=True)
        return dataclasses.replace(said, word=word)

    async def _opt(self, reply: Reply, *, out: bool, spoken: Spoken | None) -> None:
        change = self._replies.opt_out if out else self._replies.opt_in
        people = await change(reply.channel, reply.sender)
        await self._note("opt_out" if out else "opt_in", reply, spoken, {"people": people})

    async def _note(
        self, action: str, reply: Reply, spoken: Spoken | None, data: Mapping[str, Any]
    ) -> None:
        """On the audit trail, by the provider's reference: never the number it came from."""
        obj = "" if spoken is None else f"incident:{spoken.incident}"
        actor = "outside" if spoken is None else f"recipient:{spoken.people[0]}"
        said = {"channel": reply.channel, "ref": reply.provider_ref, **data}
        await self._audit.audit(actor, action, obj, said)
