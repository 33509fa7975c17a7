"""What becomes of a call: it rings, somebody or something takes it, and perhaps presses a key."""

from __future__ import annotations

import aiohttp

from channels.simulator.call_rules import Call, read_twiml
from channels.simulator.dice import Dice
from channels.simulator.ledger import Entry
from channels.simulator.residents import word_of
from channels.simulator.settings import Settings
from channels.simulator.twilio_fates import RETRY_CALLBACK, reports
from channels.simulator.world import World
from hub.model import DIGITS, AnswerWord

_DIGIT = {word: digit for digit, word in DIGITS.items()}
UNANSWERED = {"busy": "busy", "rings": "no-answer", "dead": "failed"}
"""What a phone does -> the status of a call nobody took."""

MOST_KEYS = 4  # then even a person who likes keys has hung up


class CallFates:
    """Plans what follows a call; the agenda lets it happen."""

    def __init__(self, world: World) -> None:
        self._world = world

    def follow(self, call: Call, dice: Dice, *, settings: Settings) -> None:
        """The phone rings; who takes the call, and when, follows from the seed."""
        fates = {
            "busy": settings.call_busy,
            "rings": settings.call_rings,
            "dead": settings.call_dead,
            "mailbox": settings.call_mailbox,
        }
        fate = dice.choose("call", fates) or "person"
        faster = max(settings.speed, 1e-6)
        rings = min(dice.around("rings", settings.picks_up), float(call.rings)) / faster
        if fate in UNANSWERED:
            after = {"busy": 1.0, "dead": 1.0}.get(fate, float(call.rings)) / faster
            self._world.agenda.later(after, self._over, call, UNANSWERED[fate], dice, settings)
        else:
            self._world.agenda.later(rings, self._taken, call, fate, dice, settings)

    async def _taken(self, call: Call, fate: str, dice: Dice, settings: Settings) -> None:
        """Somebody took the call: they hear it, and press a key or do not."""
        call.status = "in-progress"
        if call.detects:
            odd = dice.chance("unsure_who", settings.call_unsure)
            call.answered_by = (
                "machine_start" if fate == "mailbox" else "unknown" if odd else "human"
            )
        faster = max(settings.speed, 1e-6)
        listens = dice.around("listens", settings.listens)
        presses = fate == "person" and dice.chance("key", settings.by_key)
        if presses and listens < call.limit:
            wait = listens / faster
            self._world.agenda.later(wait, self._press, call, call.twiml, dice, settings, 0)
        else:
            wait = min(3 * settings.listens, float(call.limit)) / faster
            self._world.agenda.later(wait, self._over, call, "completed", dice, settings)
        if "answered" in call.events:
            await self._report(call, "in-progress", 0)

    async def _press(
        self, call: Call, twiml: str, dice: Dice, settings: Settings, times: int
    ) -> None:
        """A key goes where the TwiML says; what comes back is heard, and perhaps answered."""
        asked = read_twiml(twiml)
        if asked is None or not asked.action or times >= MOST_KEYS:
            await self._over(call, "completed", dice, settings)
            return
        key, word = self._key(dice, settings, times)
        form = self._form(call, "in-progress")
        heard = await self._world.caller.signed(
            asked.action, {**form, "Digits": key, "msg": "Gather End", "FinishedOnKey": ""}
        )
        self._world.ledger.note(
            Entry(
                "answer",
                to=call.to,
                sid=call.sid,
                status=heard.status,
                accepted=heard.good and bool(word),
                detail=f"key:{word or key}",
            )
        )
        wait = dice.around(f"listens{times}", settings.listens) / max(settings.speed, 1e-6)
        self._world.agenda.later(
            wait, self._press, call, heard.text if heard.good else "", dice, settings, times + 1
        )

    def _key(self, dice: Dice, settings: Settings, times: int) -> tuple[str, str]:
        """The key of this turn, and the answer meant by it; "" for a key that is none."""
        if times == 0 and dice.chance("again", settings.key_again):
            return "#", ""
        if times < 2 and dice.chance(f"slip{times}", settings.key_slip):
            return "9", ""
        word = word_of(dice, settings, place=0, offered=set(map(str, AnswerWord)))
        return _DIGIT.get(AnswerWord(word), "1"), word

    async def _over(self, call: Call, status: str, dice: Dice, settings: Settings) -> None:
        """The call has ended; the provider says so, or says it late, twice or never."""
        call.status = status
        if not call.callback_url or "completed" not in call.events:
            return
        for when, last in reports(dice, settings, sent=0.0, final=settings.sent_after):
            word = status if last else "ringing"
            if last or "ringing" in call.events:
                self._world.agenda.later(when, self._report, call, word, 0)

    async def _report(self, call: Call, status: str, tries: int) -> None:
        """One status callback, signed; repeated once where the hub could not be reached."""
        form = self._form(call, status) | {"CallbackSource": "call-progress-events"}
        if status == "completed" and call.answered_by:
            form["AnsweredBy"] = call.answered_by
        if status == "failed":
            form["SipResponseCode"] = "404"
        try:
            heard = await self._world.caller.signed(call.callback_url, form)
        except (aiohttp.ClientError, OSError, TimeoutError):
            if tries == 0:
                self._world.agenda.later(RETRY_CALLBACK, self._report, call, status, tries + 1)
            raise
        self._world.ledger.note(
            Entry(
                "callback",
                callback=call.callback,
                sid=call.sid,
                status=heard.status,
                accepted=heard.good,
                detail=status,
            )
        )

    def _form(self, call: Call, status: str) -> dict[str, str]:
        return {
            "AccountSid": self._world.settings.account_sid,
            "ApiVersion": "2010-04-01",
            "CallSid": call.sid,
            "CallStatus": status,
            "Called": call.to,
            "Caller": call.sender,
            "Direction": "outbound-api",
            "From": call.sender,
            "To": call.to,
        }
