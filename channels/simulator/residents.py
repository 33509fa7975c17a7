"""Residents: some open the link and answer, some text a digit, some do nothing."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from channels.simulator.agenda import Agenda
from channels.simulator.caller import Caller, Heard
from channels.simulator.dice import Dice
from channels.simulator.ledger import Entry, Ledger
from channels.simulator.page import Form, answer_forms
from channels.simulator.settings import Settings
from hub.model import DIGITS, AnswerWord

LINK: Final = re.compile(r"https?://\S+?/a/([A-Za-z0-9_-]{1,24})(?=\s|$)")
WELL: Final = {"safe": 0.55, "evacuated": 0.33, "away": 0.12}
TOO_MANY: Final = 429
TRIES: Final = 6
KEPT: Final = 500_000
_DIGIT: Final = {word: digit for digit, word in DIGITS.items()}


@dataclass(frozen=True, slots=True)
class Text:
    """What a phone has received: the number, its words, and where replies to it go."""

    to: str
    sender: str
    body: str
    callback_url: str
    account_sid: str


class Residents:
    """Everyone with a phone. Whoever has answered a link or a number once does not do so again."""

    def __init__(self, agenda: Agenda, caller: Caller, ledger: Ledger) -> None:
        self._agenda = agenda
        self._caller = caller
        self._ledger = ledger
        # Texts seen by phone and link, and whether answered. Full: the oldest is forgotten.
        self._seen: OrderedDict[str, tuple[int, bool]] = OrderedDict()

    def hears(self, text: Text, *, settings: Settings) -> None:
        """A text has reached a handset; whether and how somebody answers follows from the seed."""
        found = LINK.search(text.body)
        key = found.group(1) if found else text.to
        times, answered = self._seen.pop(key, (0, False))
        dice = Dice(settings.seed, "resident", text.to, times)
        way = "" if answered else self._way(dice, settings, linked=found is not None)
        self._seen[key] = (times + 1, answered or bool(way))
        if len(self._seen) > KEPT:
            self._seen.popitem(last=False)
        if not way:
            return
        wait = dice.around("thinks", settings.thinks, spread=0.8) / max(settings.speed, 1e-6)
        if way == "link" and found:
            self._agenda.later(wait, self._open, found.group(0), text.to, dice, settings, 0)
        else:
            self._agenda.later(wait, self._type, text, dice, settings)

    def _way(self, dice: Dice, settings: Settings, *, linked: bool) -> str:
        link = settings.by_link if linked else 0.0
        return dice.choose("way", {"link": link, "digit": settings.by_digit})

    async def _open(
        self, link: str, phone: str, dice: Dice, settings: Settings, tries: int
    ) -> None:
        """GET the page, then POST an answer for each person it offers."""
        headers = {"X-Forwarded-For": _home(dice), "Accept-Language": "zh-CN,en;q=0.5"}
        page = await self._caller.get(link, headers=headers)
        if page.status == TOO_MANY and tries < TRIES:
            wait = max(page.wait, 1.0)
            self._agenda.later(wait, self._open, link, phone, dice, settings, tries + 1)
            return
        people = answer_forms(page.text) if page.good else []
        for place, forms in enumerate(people):
            await self._answer(link, phone, forms, dice=dice, settings=settings, place=place)
        if not people:
            self._note(phone, "link", "", heard=page)

    async def _answer(
        self,
        link: str,
        phone: str,
        forms: list[Form],
        *,
        dice: Dice,
        settings: Settings,
        place: int,
    ) -> None:
        offered = {word: form for form in forms for word in form.offers()}
        word = word_of(dice, settings, place=place, offered=set(offered))
        if not word:
            return
        form = offered[word]
        url = urljoin(link, form.action) if form.action else link
        headers = {"X-Forwarded-For": _home(dice), "Origin": _origin(link)}
        for filled in form.filled(word):
            heard = await self._caller.post(url, form=filled, headers=headers)
            self._note(phone, "link", word, heard=heard)

    async def _type(self, text: Text, dice: Dice, settings: Settings) -> None:
        """Text a digit back, or cry for help in words."""
        word = word_of(dice, settings, place=0, offered=set(map(str, AnswerWord)))
        typed = _DIGIT.get(AnswerWord(word), "1")
        if word == AnswerWord.HELP:
            typed = dice.choose("cry", {"HELP": 0.25, "救命": 0.25}) or typed
        sid = "SM" + dice.hexadecimal("reply")
        form = {
            "ToCountry": "",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "SmsSid": sid,
            "SmsStatus": "received",
            "Body": typed,
            "To": text.sender,
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": text.account_sid,
            "From": text.to,
            "ApiVersion": "2010-04-01",
        }
        url = re.sub(r"/receipts/[^/]*$", "/replies", text.callback_url)
        heard = await self._caller.signed(url, form)
        self._note(text.to, "digit", word, heard=heard, sid=sid)

    def _note(self, phone: str, via: str, word: str, *, heard: Heard, sid: str = "") -> None:
        self._ledger.note(
            Entry(
                "answer",
                to=phone,
                sid=sid,
                status=heard.status,
                accepted=heard.good and bool(word),
                detail=f"{via}:{word}",
            )
        )


def word_of(dice: Dice, settings: Settings, *, place: int, offered: set[str]) -> str:
    """What a person answers, among what is offered; "" where nothing fits."""
    if "help" in offered and dice.chance(f"help{place}", settings.asks_help):
        return "help"
    if "seen" in offered:  # somebody on duty
        return "seen"
    known = {word: share for word, share in WELL.items() if word in offered}
    if not known:
        return ""
    whole = sum(known.values())
    shares = {word: share / whole for word, share in known.items()}
    return dice.choose(f"word{place}", shares) or next(iter(known))


def _origin(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}"


def _home(dice: Dice) -> str:
    """An address of its own for each phone, from the range of carriers (RFC 6598)."""
    number = int(dice.roll("home") * 2**22)
    return f"100.{64 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}"
