"""What comes back from outside: providers' receipts, people's replies, screens' displays."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol

from hub.decide.answers import Called
from hub.decide.claim import Display
from hub.decide.tokens import read_attempt_token
from hub.errors import NotAllowed, Unknown
from hub.flow.bell import Bell
from hub.flow.gather import Gather
from hub.flow.hear import Answers, AuditTrail, Hear, Inbox, ReplyLedger
from hub.flow.held import Held
from hub.model import AttemptId, Receipt
from hub.ports import Channel, HookRequest, Inbound, Inward, OnTheLine, Pressed, Wake

Reached = tuple[tuple[int, int], ...]


_NO_CALL = "This callback is not about a call we made."


class ReceiptLedger(Protocol):
    """Where receipts are applied."""

    async def receipts(self, channel: str, found: Sequence[Receipt]) -> Reached: ...


class DisplayLedger(Protocol):
    """Where screens report."""

    async def shown(self, said: Sequence[Display]) -> Reached: ...


class CallLedger(Protocol):
    """What is known of a call somebody pressed a key in."""

    async def spoken_by(self, attempt: AttemptId, channel: str) -> Called | None: ...


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
        inbox: Inbox,
        audit: AuditTrail,
        channels: Mapping[str, Channel],
        wake: Wake,
        secret: bytes,
    ):
        self._receipts, self._displays, self._channels = receipts, displays, channels
        self._hear = Hear(replies=replies, answers=answers, inbox=inbox, audit=audit)
        self._calls, self._secret = calls, secret
        self._bell = Bell(wake)
        self._heard: dict[str, Gather[Receipt]] = {}
        self._seen: Gather[Display] = Gather(self._apply_displays)
        self.held = Held()

    async def receipts(self, channel_name: str, request: HookRequest) -> Inward:
        """The receipts in a provider's callback count, durably; what it is to be answered.

        Unknown: no such channel. NotAllowed: not from the provider, or not about an attempt of
        ours; nothing was changed."""
        channel, inbound = self._inbound(channel_name, request)
        attempt = read_attempt_token(self._secret, request.callback)
        if attempt is None:
            raise NotAllowed("This callback is not about anything we sent.", code="forged")
        inward = _read(inbound, request)
        for receipt in inward.receipts:
            signed = dataclasses.replace(receipt, attempt=attempt)
            put = partial(self._gather(channel.traits.channel).put, signed)
            await self.held.do(put, words=False)
        return inward

    async def replies(self, channel_name: str, request: HookRequest) -> Inward:
        """What people sent back is read, and stands: an answer, an opt-out, or something unclear
        for staff to look at. Unknown and NotAllowed as for receipts."""
        _, inbound = self._inbound(channel_name, request)
        inward = _read(inbound, request)
        for reply in inward.replies:
            await self.held.do(partial(self._hear.said, channel_name, reply))
        return inward

    async def pressed(self, channel_name: str, request: HookRequest) -> Inward:
        """A key pressed during a call stands, for the people that very call spoke to; what is said
        on the line next. Unknown and NotAllowed as for receipts."""
        channel, inbound = self._inbound(channel_name, request)
        attempt = read_attempt_token(self._secret, request.callback)
        if attempt is None or not isinstance(channel, OnTheLine):
            raise NotAllowed(_NO_CALL, code="forged")
        inward = _read(inbound, request)
        if not inward.replies:
            await self._call(attempt, channel)
            return inward
        reply = dataclasses.replace(inward.replies[0], attempt=attempt)

        async def key() -> Pressed:
            call = await self._call(attempt, channel)
            return await self._hear.keyed(channel_name, reply, call, request.callback)

        return channel.respond(await self.held.do(key))

    async def _call(self, attempt: AttemptId, channel: Channel) -> Called:
        """The call this attempt was; NotAllowed where it was none of ours."""
        call = await self._calls.spoken_by(attempt, channel.traits.channel)
        if not call:
            raise NotAllowed(_NO_CALL, code="forged")
        return call

    async def tapped(self, incident: int, people: Sequence[int], *, taken: bool) -> None:
        """Help asked for by a link counts in every live incident that speaks to these people, and
        is lost nowhere; `taken`: its own incident has it."""
        await self._hear.tapped(incident, people, taken=taken)

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


def _read(inbound: Inbound, request: HookRequest) -> Inward:
    """What a verified request says. Phones do send NUL signs, which no database keeps: the
    signature covers them, and nobody's words are lost for them."""
    form = tuple((name, value.replace("\0", " ")) for name, value in request.form)
    return inbound.read(dataclasses.replace(request, form=form))
