"""The provider accounts of a hub: what each is for, and the channel it sends by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from channels.registry import Account, House, Registry
from hub.account_settings import AccountSetting
from hub.decide.accounts import Terms
from hub.errors import Problem, Refused
from hub.ports import Channel, Clock, Wake
from hub.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SCREEN = AccountSetting("screen", "screen")

TOKEN_LENGTH = 24  # characters of an answer link (hub.decide.tokens)


class SystemClock:
    """The time of this machine, aware, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def accounts_of(settings: Settings) -> tuple[Account, ...]:
    """Every provider account; screens are always there.

    Refused where an account is set up wrongly, and, where only this machine may be reached, for an
    account that leads elsewhere.
    """
    every = (*settings.accounts, SCREEN)
    if settings.loopback_only:
        for setting in every:
            _check_loopback(setting)
    return tuple(Account.read(one.name, one.channel, one.options) for one in every)


def channels_of(
    accounts: Sequence[Account], settings: Settings, *, clock: Clock, wake: Wake
) -> dict[str, Channel]:
    """Every account's channel by account name; Refused for two accounts of one name."""
    house = House(clock=clock, wake=wake, public_url=settings.public_url)
    return Registry().make_all(accounts, house)


def terms_of(accounts: Sequence[Account]) -> dict[str, Terms]:
    """What each account is for, by its name."""
    return {one.name: Terms(one.order, one.weight, one.countries) for one in accounts}


def _check_loopback(setting: AccountSetting) -> None:
    """Demo people have made-up numbers: they may never reach a real provider."""
    url = str(setting.options.get("api_url", ""))
    if setting.channel != "screen" and urlsplit(url).hostname not in LOOPBACK:
        where = Problem(f"accounts.{setting.name}", "does not lead to this machine")
        raise Refused("The demo may only reach the simulator.", [where], code="not_loopback")


def link_length(settings: Settings) -> int:
    """Characters of an answer link in a text: it is paid for in every SMS."""
    return len(f"{settings.public_url}/a/") + TOKEN_LENGTH
