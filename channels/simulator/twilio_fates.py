"""What becomes of a text Twilio has taken: on its way, on the handset or not, told by callbacks."""

from __future__ import annotations

import aiohttp

from channels.simulator.dice import Dice
from channels.simulator.ledger import Entry
from channels.simulator.residents import Text
from channels.simulator.settings import Settings
from channels.simulator.twilio_rules import Held
from channels.simulator.world import World

RETRY_CALLBACK = 1.0  # Twilio repeats a callback once if it could not connect


class Fates:
    """Plans what follows a text; the agenda lets it happen."""

    def __init__(self, world: World) -> None:
        self._world = world

    def follow(self, held: Held, dice: Dice, *, settings: Settings) -> None:
        """What becomes of a text: on its way, then on the handset or not; told by callbacks."""
        sent = dice.around("sent", settings.sent_after)
        final = sent + dice.around("delivered", settings.delivered_after, spread=0.8)
        phone = Dice(settings.seed, "phone", held.to)
        status, error = _fate(held, phone, sent=sent, settings=settings)
        self._world.agenda.later(final, self._arrive, held, status, error)
        if not held.callback_url:
            return
        for when, last in reports(dice, settings, sent=sent, final=final):
            word = (status, error) if last else ("sent", None)
            self._world.agenda.later(when, self._report, held, *word, 0)

    async def _arrive(self, held: Held, status: str, error: int | None) -> None:
        held.status, held.error = status, error
        if status != "delivered":
            return
        settings = self._world.settings
        text = Text(held.to, held.sender, held.body, held.callback_url, settings.account_sid)
        self._world.residents.hears(text, settings=settings)

    async def _report(self, held: Held, status: str, error: int | None, tries: int) -> None:
        """One status callback, signed; repeated once where the hub could not be reached."""
        form = {
            "SmsSid": held.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": held.to,
            "MessageSid": held.sid,
            "AccountSid": self._world.settings.account_sid,
            "From": held.sender,
            "ApiVersion": "2010-04-01",
        }
        if error is not None:
            form["ErrorCode"] = str(error)
        try:
            heard = await self._world.caller.signed(held.callback_url, form)
        except (aiohttp.ClientError, OSError, TimeoutError):
            if tries == 0:
                values = (held, status, error, tries + 1)
                self._world.agenda.later(RETRY_CALLBACK, self._report, *values)
            raise
        self._world.ledger.note(
            Entry(
                "callback",
                callback=held.callback,
                sid=held.sid,
                status=heard.status,
                accepted=heard.good,
                detail=status,
            )
        )


def reports(
    dice: Dice, settings: Settings, *, sent: float, final: float
) -> list[tuple[float, bool]]:
    """When callbacks come and which are the last word: punctual, late, doubled, odd or lost."""
    if dice.chance("late", settings.receipt_late):
        final += dice.around("late_by", settings.late_by, spread=0.3)
    if dice.chance("disordered", settings.receipt_disordered):
        sent, final = final, sent
    planned = []
    if not dice.chance("lost_sent", settings.receipt_lost):
        planned.append((sent, False))
    if not dice.chance("lost", settings.receipt_lost):
        planned.append((final, True))
    if dice.chance("doubled", settings.receipt_doubled):
        planned.append((final + dice.around("again", settings.sent_after), True))
    return planned


def _fate(held: Held, phone: Dice, *, sent: float, settings: Settings) -> tuple[str, int | None]:
    if sent > held.validity:
        return "failed", 30036
    if phone.chance("off", settings.handset_off):
        return "undelivered", 30003
    if phone.chance("filtered", settings.filtered):
        return "undelivered", 30007
    return "delivered", None
