"""Plays Twilio's Messages API: create, list, fetch, and the status callbacks that follow."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from aiohttp import web

from channels.simulator.caller import Stranger
from channels.simulator.dice import Dice
from channels.simulator.faults import misbehave
from channels.simulator.ledger import ARRIVED, Entry
from channels.simulator.lists import is_listed, page_of
from channels.simulator.settings import NOT_ACCEPTED, Fault, Settings
from channels.simulator.twilio_fates import Fates
from channels.simulator.twilio_rules import Held, callback_of, error_body, message_body, refusal
from channels.simulator.world import World, digest

INACTIVE = 20005
ACCOUNT = "/2010-04-01/Accounts/{account}"


class TwilioPlay:
    """One Twilio account."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._fates = Fates(world)
        # The newest texts by sid, for list and fetch. Full: the oldest is forgotten.
        self._held: OrderedDict[str, Held] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{ACCOUNT}/Messages.json", self.create),
            web.get(f"{ACCOUNT}/Messages.json", self.list),
            web.get(f"{ACCOUNT}/Messages/{{sid}}.json", self.fetch),
            web.get(f"{ACCOUNT}.json", self.account),
        ]

    def recall(self, entries: Iterable[Entry]) -> None:
        """The texts among these were taken in an earlier life: they stand in its lists."""
        for entry in entries:
            if entry.kind == "sms" and entry.accepted:
                self._keep(_recalled(entry))

    # ── requests ──

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Takes a text, or does what the seed says instead; in the ledger before the answer."""
        settings = self._world.settings
        words = (await request.read()).decode("utf-8", "replace")
        form = dict(parse_qsl(words, keep_blank_values=True))
        if (denied := self.denied(request, settings)) is not None:
            return denied

        to, body = form.get("To", ""), form.get("Body", "")
        entry = Entry(
            "sms",
            callback=callback_of(form.get("StatusCallback", "")),
            to=to,
            body_sha256=digest(body),
            arrived=ARRIVED.get(),
        )
        dice = self._world.dice("sms", to, entry.body_sha256)
        await self._world.ponder(dice)
        if (wrong := self.wrong(form, settings)) is not None:
            return self.error(entry, 403 if wrong[0] == INACTIVE else 400, *wrong)
        fault = self._world.fault(dice)
        if fault in NOT_ACCEPTED:
            return await self.turn_away(request, entry, fault)

        held = _held(form, dice)
        status = 201 if fault is None else 500 if fault is Fault.CRASH else 0
        if settings.remembers:
            entry = replace(entry, sender=held.sender, body=body)
        await self._world.ledger.write(
            replace(entry, sid=held.sid, accepted=True, status=status, detail=fault or "")
        )
        self._keep(held)
        self._fates.follow(held, dice, settings=settings)
        if fault is Fault.CRASH:
            return json_answer(
                error_body(20500, "An internal server error has occurred", status=500)
            )
        if fault is not None:
            return await self.misbehave(request, fault)
        return json_answer(message_body(held, account=settings.account_sid), status=201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Newest first, by To, From and DateSent (a day; `<` and `>` for before and after)."""
        settings = self._world.settings
        if (denied := self.denied(request, settings)) is not None:
            return denied
        await self._world.wait(settings.lists_take)
        if settings.lists_answer:
            return json_answer(error_body(20500, "No list", status=settings.lists_answer))
        found = (
            message_body(held, account=settings.account_sid)
            for held in reversed(self._held.values())
            if is_listed(held.created, settings) and _matches(held, request.query)
        )
        return json_answer(page_of(request, "messages", found))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        settings = self._world.settings
        if (denied := self.denied(request, settings)) is not None:
            return denied
        held = self._held.get(request.match_info["sid"])
        if held is None:
            words = f"The requested resource {request.path} was not found"
            return json_answer(error_body(20404, words, status=404), status=404)
        return json_answer(message_body(held, account=settings.account_sid))

    async def account(self, request: web.Request) -> web.StreamResponse:
        settings = self._world.settings
        if (denied := self.denied(request, settings)) is not None:
            return denied
        if settings.account_answer:
            return json_answer(error_body(20500, "No account", status=settings.account_answer))
        if settings.account_says:
            return web.Response(text=settings.account_says, content_type="text/html")
        status, kind = settings.account_status, settings.account_type
        return json_answer({"sid": settings.account_sid, "status": status, "type": kind})

    # ── refusals ──

    def denied(self, request: web.Request, settings: Settings) -> web.Response | None:
        whole = f"{settings.account_sid}:{settings.auth_token}".encode()
        good = b"Basic " + base64.b64encode(whole)
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, good):
            return json_answer(error_body(20003, "Authenticate", status=401), status=401)
        if request.match_info["account"] != settings.account_sid:
            words = f"The requested resource {request.path} was not found"
            return json_answer(error_body(20404, words, status=404), status=404)
        return None

    def wrong(self, form: Mapping[str, str], settings: Settings) -> tuple[int, str] | None:
        if settings.account_status != "active":
            return INACTIVE, "Account not active"
        return refusal(form, settings) or self.far(form)

    def far(self, form: Mapping[str, str]) -> tuple[int, str] | None:
        url = form.get("StatusCallback", "")
        try:
            if url:
                self._world.caller.target(url)
        except Stranger as error:
            return 21609, f"Invalid StatusCallback: {error}"
        return None

    def error(self, entry: Entry, status: int, code: int, words: str) -> web.Response:
        self._world.ledger.note(replace(entry, status=status, detail=str(code)))
        return json_answer(error_body(code, words, status=status), status=status)

    async def turn_away(
        self, request: web.Request, entry: Entry, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is Fault.THROTTLE:
            self._world.ledger.note(replace(entry, status=429, detail=fault))
            wait = {"Retry-After": str(self._world.settings.throttle_wait)}
            return json_answer(error_body(20429, "Too Many Requests", status=429), headers=wait)
        if fault is Fault.UNAVAILABLE:
            self._world.ledger.note(replace(entry, status=503, detail=fault))
            return json_answer(error_body(20503, "Service is unavailable", status=503))
        assert fault is not None  # noqa: S101 - the caller looked it up in NOT_ACCEPTED
        self._world.ledger.note(replace(entry, status=0, detail=fault))
        return await self.misbehave(request, fault)

    async def misbehave(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        world = self._world
        return await misbehave(request, fault, hang=world.settings.hang, wait=world.wait)

    def _keep(self, held: Held) -> None:
        self._held[held.sid] = held
        while len(self._held) > self._world.settings.texts_kept:
            self._held.popitem(last=False)


def _held(form: Mapping[str, str], dice: Dice) -> Held:
    sender = form.get("From") or form.get("MessagingServiceSid", "")
    return Held(
        sid="SM" + dice.hexadecimal("sid"),
        to=form["To"],
        sender=sender,
        body=form["Body"],
        callback_url=form.get("StatusCallback", ""),
        created=time.time(),
        validity=int(form.get("ValidityPeriod", "36000")),
        status="accepted" if sender.startswith("MG") else "queued",
    )


def _recalled(entry: Entry) -> Held:
    return Held(
        sid=entry.sid,
        to=entry.to,
        sender=entry.sender,
        body=entry.body,
        callback_url="",
        created=entry.ts / 1000,
        validity=0,
        status="sent",
    )


def _matches(held: Held, asked: Mapping[str, str]) -> bool:
    day = time.strftime("%Y-%m-%d", time.gmtime(held.created))
    if asked.get("To", held.to) != held.to or asked.get("From", held.sender) != held.sender:
        return False
    if asked.get("DateSent", day)[:10] != day:
        return False
    return asked.get("DateSent>", day)[:10] <= day <= asked.get("DateSent<", day)[:10]


def json_answer(
    body: Mapping[str, object], *, status: int = 0, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A JSON answer; an error body brings its own status."""
    said = body.get("status")
    code = status or (said if isinstance(said, int) else 200)
    return web.Response(
        body=json.dumps(body).encode(),
        status=code,
        headers=headers,
        content_type="application/json",
    )
