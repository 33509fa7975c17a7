"""Provider accounts in the settings: listed in the TOML file, or Twilio's by environment alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.environment import Environment


@dataclass(frozen=True, slots=True)
class AccountSetting:
    """One provider account: `channel` is the registry name, `options` hold its secrets."""

    name: str
    channel: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)


def accounts_in(env: Environment, config: Mapping[str, Any]) -> tuple[AccountSetting, ...]:
    """The accounts of the TOML file, then those of the environment; faults go to `env`."""
    listed = config.get("accounts", [])
    if not isinstance(listed, list):
        env.wrong("CONFIG", "has accounts that are no list", "write [[accounts]] above each")
        listed = []
    found = [_account(env, entry) for entry in listed]
    found += _twilio(env)
    if wecom := env.text("WECOM_API_URL"):
        found.append(AccountSetting("wecom", "chat_wecom", {"api_url": wecom}))
    return tuple(account for account in found if account is not None)


def _twilio(env: Environment) -> list[AccountSetting]:
    """The account that sends texts and, with a caller id, the one that calls."""
    sid = env.text("TWILIO_ACCOUNT_SID")
    if not sid:
        return []
    same: dict[str, Any] = {
        "account_sid": sid,
        "auth_token": env.secret("TWILIO_AUTH_TOKEN"),
        "api_url": env.text("TWILIO_API_URL"),
    }
    sender, caller = env.text("TWILIO_FROM"), env.text("TWILIO_VOICE_FROM")
    needed = {"TWILIO_AUTH_TOKEN": same["auth_token"], "TWILIO_FROM": sender or caller}
    for name, given in needed.items():
        if not given:
            env.wrong(name, "is not set", "MUSTER_TWILIO_ACCOUNT_SID needs it")
    sms = same | {"from": sender}
    if pace := env.text("TWILIO_PACE"):
        sms["pace"] = _number(env, "TWILIO_PACE", pace)
    if replies := env.text("TWILIO_REPLIES"):
        sms["replies"] = replies
    found = [AccountSetting("twilio", "sms_twilio", sms)] if sender else []
    if caller:
        calls = same | {"from": caller}
        found.append(AccountSetting("twilio_voice", "voice_twilio", calls))
    return found


def _account(env: Environment, entry: object) -> AccountSetting | None:
    if not isinstance(entry, Mapping) or not entry.get("name") or not entry.get("channel"):
        env.wrong("CONFIG", "has an account without name or channel", "write name and channel")
        return None
    options = {k: v for k, v in entry.items() if k not in {"name", "channel"}}
    return AccountSetting(str(entry["name"]), str(entry["channel"]), options)


def _number(env: Environment, name: str, text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if value <= 0:
        env.wrong(name, f"is no positive number: {text!r}", "write segments a second")
        return None
    return value
