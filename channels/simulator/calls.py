"""Plays Twilio's Calls API: create, list, fetch; what follows a call is `CallFates`."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import parse_qs

from aiohttp import web

from channels.simulator.call_fates import CallFates
from channels.simulator.call_rules import Call, call_body, read_twiml, refusal
from channels.simulator.ledger import ARRIVED, Entry
from channels.simulator.lists import is_listed, page_of
from channels.simulator.settings import NOT_ACCEPTED, Fault
from channels.simulator.twilio import ACCOUNT, TwilioPlay, json_answer
from channels.simulator.twilio_rules import callback_of, error_body
from channels.simulator.world import World, digest


class CallPlay:
    """The calls of the account that `TwilioPlay` plays."""

    def __init__(self, world: World, twilio: TwilioPlay) -> None:
        self._world = world
        self._twilio = twilio
        self._fates = CallFates(world)
        # The newest calls by sid, for list and fetch. Full: the oldest is forgotten.
        self._held: OrderedDict[str, Call] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{ACCOUNT}/Calls.json", self.create),
            web.get(f"{ACCOUNT}/Calls.json", self.list),
            web.get(f"{ACCOUNT}/Calls/{{sid}}.json", self.fetch),
        ]

    def recall(self, entries: Iterable[Entry]) -> None:
        """The calls among these were taken in an earlier life: they stand in its lists."""
        for entry in entries:
            if entry.kind == "call" and entry.accepted:
                form = {"To": entry.to, "From": entry.sender, "Twiml": ""}
                self._keep(_call(form, [], entry.sid, created=entry.ts / 1000))

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Takes a call, or does what the seed says instead; in the ledger before the answer."""
        settings = self._world.settings
        fields = parse_qs((await request.read()).decode("utf-8", "replace"), keep_blank_values=True)
        form = {key: values[-1] for key, values in fields.items()}
        events = fields.get("StatusCallbackEvent", ["completed"])
        if (denied := self._twilio.denied(request, settings)) is not None:
            return denied

        entry = replace(_entry(form), arrived=ARRIVED.get())
        dice = self._world.dice("call", entry.to, entry.body_sha256)
        await self._world.ponder(dice)
        if (wrong := refusal(form, events) or self._twilio.far(form)) is not None:
            return self._twilio.error(entry, 400, *wrong)
        fault = self._world.fault(dice)
        if fault in NOT_ACCEPTED:
            return await self._twilio.turn_away(request, entry, fault)

        call = _call(form, events, "CA" + dice.hexadecimal("sid"), created=time.time())
        status = 201 if fault is None else 500 if fault is Fault.CRASH else 0
        if settings.remembers:
            entry = replace(entry, sender=call.sender)
        await self._world.ledger.write(
            replace(entry, sid=call.sid, accepted=True, status=status, detail=fault or "")
        )
        answer = json_answer(call_body(call, account=settings.account_sid), status=201)
        self._keep(call)
        self._fates.follow(call, dice, settings=settings)
        if fault is Fault.CRASH:
            said = error_body(20500, "An internal server error has occurred", status=500)
            return json_answer(said)
        return answer if fault is None else await self._twilio.misbehave(request, fault)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Newest first, by To, From and Status."""
        settings = self._world.settings
        if (denied := self._twilio.denied(request, settings)) is not None:
            return denied
        await self._world.wait(settings.lists_take)
        if settings.lists_answer:
            said = error_body(20500, "No list", status=settings.lists_answer)
            return json_answer(said, status=settings.lists_answer)
        found = (
            call_body(call, account=settings.account_sid)
            for call in reversed(self._held.values())
            if is_listed(call.created, settings) and _matches(call, request.query)
        )
        return json_answer(page_of(request, "calls", found), status=200)

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        settings = self._world.settings
        if (denied := self._twilio.denied(request, settings)) is not None:
            return denied
        call = self._held.get(request.match_info["sid"])
        if call is None:
            words = f"The requested resource {request.path} was not found"
            return json_answer(error_body(20404, words, status=404), status=404)
        return json_answer(call_body(call, account=settings.account_sid), status=200)

    def _keep(self, call: Call) -> None:
        self._held[call.sid] = call
        while len(self._held) > self._world.settings.texts_kept:
            self._held.popitem(last=False)


def _entry(form: Mapping[str, str]) -> Entry:
    """By the words alone: the rest of the TwiML carries a signed id, another in each run."""
    asked = read_twiml(form.get("Twiml", ""))
    return Entry(
        "call",
        callback=callback_of(form.get("StatusCallback", "")),
        to=form.get("To", ""),
        body_sha256=digest(asked.words[0] if asked and asked.words else ""),
    )


def _call(form: Mapping[str, str], events: list[str], sid: str, *, created: float) -> Call:
    return Call(
        sid=sid,
        to=form["To"],
        sender=form["From"],
        twiml=form["Twiml"],
        callback_url=form.get("StatusCallback", ""),
        events=frozenset(events),
        detects="MachineDetection" in form,
        rings=int(form.get("Timeout", "60")),
        limit=int(form.get("TimeLimit", "14400")),
        created=created,
    )


def _matches(call: Call, asked: Mapping[str, str]) -> bool:
    here = {"To": call.to, "From": call.sender, "Status": call.status}
    return all(asked.get(key, value) == value for key, value in here.items())
