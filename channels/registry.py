"""Which channels there are, how each is made from an account, and that this package is ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import channels
from channels import chat_wecom, screen, sms_twilio, voice_twilio
from channels.chat_wecom import WecomAccount, WecomRobot
from channels.screen import Screen
from channels.sms_twilio import TwilioSms
from channels.twilio_account import TwilioAccount
from channels.voice_twilio import TwilioVoice, VoiceAccount
from hub.errors import Defect, Problem, Refused, Unready
from hub.ports import Channel, Clock, Traits, Wake

SIBLINGS = ("channels", "hub", "playbooks", "web")


@dataclass(frozen=True, slots=True)
class Account:
    """One provider account. `settings` holds its secrets and is never printed.

    `countries`: calling codes it serves (`+86`), none meaning all. `pace`: units a second it may
    send (None: what the provider gives a sender of its kind). `order`: accounts of one medium with
    a lower one go first; `weight`: its share among those of the same order.
    """

    name: str
    channel: str  # the registry name: sms_twilio, voice_twilio, chat_wecom, screen
    settings: Mapping[str, object] = field(default_factory=dict, repr=False)
    countries: tuple[str, ...] = ()
    pace: float | None = None
    order: int = 0
    weight: float = 1.0

    @classmethod
    def read(cls, name: str, channel: str, options: Mapping[str, object]) -> Account:
        """The account as it stands in a file; `Refused` names what is wrong with its `countries`,
        `order`, `weight` or `pace`. What is left over is the channel's own."""
        own = dict(options)
        given = {key: own.pop(key, None) for key in ("countries", "order", "weight", "pace")}
        problems = [
            Problem(f"accounts.{name}.{key}", f"is {given[key]!r}", hint)
            for key, right, hint in _RULES
            if given[key] is not None and not right(given[key])
        ]
        if problems:
            wrong = ", ".join(f"{one.where} {one.what}: {one.hint}" for one in problems)
            raise Refused(f"The provider account {name} is set up wrongly: {wrong}.", problems)
        found: Any = {key: value for key, value in given.items() if value is not None}
        codes = tuple("+" + str(code).lstrip("+") for code in found.pop("countries", ()))
        return cls(name, channel, own, codes, **found)


def _codes(given: object) -> bool:
    return isinstance(given, list | tuple) and all(
        _CODE.fullmatch(str(one)) is not None for one in given
    )


def _whole(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool)


def _positive(given: object) -> bool:
    number = isinstance(given, int | float) and not isinstance(given, bool)
    return number and 0 < float(str(given)) < float("inf")


_CODE = re.compile(r"\+?[1-9][0-9]{0,6}")
_RULES: tuple[tuple[str, Callable[[object], bool], str], ...] = (
    ("countries", _codes, 'write a list of calling codes, like ["+86", "+852"]'),
    ("order", _whole, "write a whole number, lower goes first"),
    ("weight", _positive, "write a number above 0"),
    ("pace", _positive, "write units a second, above 0"),
)


@dataclass(frozen=True, slots=True)
class House:
    """What a channel may use of the hub it lives in."""

    clock: Clock
    wake: Wake
    public_url: str


Maker = Callable[[Account, House], Channel]


def _sms_twilio(account: Account, house: House) -> Channel:
    settings = TwilioAccount.read(account.settings, pace=account.pace)
    return TwilioSms(
        settings, clock=house.clock, public_url=house.public_url, countries=account.countries
    )


def _voice_twilio(account: Account, house: House) -> Channel:
    settings = VoiceAccount.read(account.settings, pace=account.pace)
    return TwilioVoice(settings, clock=house.clock, public_url=house.public_url)


def _chat_wecom(account: Account, house: House) -> Channel:
    settings = WecomAccount.read(account.settings, pace=account.pace)
    return WecomRobot(settings, clock=house.clock)


def _screen(_: Account, house: House) -> Channel:
    return Screen(wake=house.wake, clock=house.clock)


SHIPPED: tuple[tuple[str, Maker], ...] = (
    (TwilioSms.name, _sms_twilio),
    (TwilioVoice.name, _voice_twilio),
    (WecomRobot.name, _chat_wecom),
    (Screen.name, _screen),
)


class Registry:
    """The channels that can be made, by registry name."""

    def __init__(self, makers: Iterable[tuple[str, Maker]] = SHIPPED) -> None:
        """`Defect` where two makers claim one name: the later would replace the other unseen."""
        self._makers: dict[str, Maker] = {}
        for name, maker in makers:
            if name in self._makers:
                raise Defect(f"Two channels are registered as {name!r}: rename one of them")
            self._makers[name] = maker

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._makers))

    def make(self, account: Account, house: House) -> Channel:
        """The channel of an account, not yet opened; `Refused` where the account is wrong."""
        maker = self._makers.get(account.channel)
        if maker is None:
            known = ", ".join(self.names())
            where = f"accounts.{account.name}.channel"
            problem = Problem(where, f"{account.channel!r} is no channel", f"write one of: {known}")
            raise Refused(f"Account {account.name} names an unknown channel", [problem])
        return maker(account, house)

    def make_all(self, accounts: Iterable[Account], house: House) -> dict[str, Channel]:
        """Every account's channel by account name; `Refused` where two have the same name."""
        made: dict[str, Channel] = {}
        for account in accounts:
            if account.name in made:
                problem = Problem(f"accounts.{account.name}", "stands twice", "rename one of them")
                raise Refused(f"Two provider accounts are named {account.name}", [problem])
            made[account.name] = self.make(account, house)
        return made


def traits() -> Mapping[str, Traits]:
    """What each medium can do (`sms`, `voice` …), without any account: for checks."""
    found = (sms_twilio.TRAITS, voice_twilio.TRAITS, chat_wecom.TRAITS, screen.TRAITS)
    return {one.channel: one for one in found}


def make(account: Account, house: House) -> Channel:
    """The channel of an account, from the channels this distribution ships."""
    return Registry().make(account, house)


def ours(package: ModuleType = channels) -> None:
    """`channels` is this distribution's package, whole; else `Unready` says what to do.

    `channels`, `hub` and `web` are import names of other projects too: installed into the same
    environment they overwrite files of ours, or hide them.
    """
    here = Path(__file__).resolve().parent
    found = Path(package.__file__).resolve().parent if package.__file__ else None
    marked = getattr(package, "DISTRIBUTION", "") == "muster-hub"
    missing = [name for name in SIBLINGS if not (here.parent / name / "__init__.py").is_file()]
    if found == here and marked and not missing:
        return
    what = f"the folder of {', '.join(missing)} is missing" if missing else f"found in {found}"
    raise Unready(
        f"The Python package 'channels' is not the one of muster-hub ({what}; expected in {here})."
        " Another project of the same name is installed in this environment."
        " Install muster-hub alone: run ./run in a clone, or use an environment of its own."
    )
