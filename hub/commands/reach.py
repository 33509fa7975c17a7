"""Which provider accounts a hub has, and whose numbers none of them serves: for `muster doctor`.

A hub that runs is asked by what its processes said of themselves a moment ago: it may have been
started with other settings than this command, as `muster demo` is.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from sqlalchemy import Connection, bindparam, select, text

from hub.bus.local import LocalWake
from hub.commands.client import running
from hub.decide.accounts import Terms
from hub.decide.dials import DIALS
from hub.errors import HubError
from hub.folder import there
from hub.ports import Traits
from hub.providers import SCREEN, SystemClock, accounts_of, channels_of
from hub.settings import Settings
from hub.store.database import database_now
from hub.store.migrate import head, revision
from hub.store.processes import SENDING, SURELY_GONE_MS
from hub.store.schema import processes
from hub.store.snapshot import look
from hub.store.ways import USABLE

MOST = 10  # prefixes named for each channel

_NUMBERS = f"""
SELECT substr(ad.value, 1, 4) AS head, count(DISTINCT ad.value) AS numbers FROM addresses ad
JOIN recipients r ON r.id = ad.recipient_id
WHERE ad.channel IN :media AND {USABLE} AND r.removed_at IS NULL AND ad.value LIKE '+%'
    AND NOT ({{served}})
GROUP BY substr(ad.value, 1, 4)"""

Media = Mapping[str, tuple[str, tuple[str, ...]]]
"""Account -> its channel, and the calling codes it serves (none: all)."""


async def reach(settings: Settings) -> list[dict[str, Any]]:
    """What is well with the accounts and the numbers they are for, as entries of the doctor's."""
    if url := os.environ.get("MUSTER_URL", ""):
        what = f"provider accounts: those of the hub at {url} are its own, and not judged from here"
        return [{"check": "accounts", "ok": True, "what": what}]
    try:
        live = await look(settings.database_url, _said) if running(settings) else []
        if settings.embedded and running(settings) and not live:
            what = "the running hub has not said its provider accounts yet: look again in 5 s"
            return [{"check": "accounts", "ok": True, "warn": True, "what": what}]
        media = _of_processes(live) if live else _of_settings(settings)
        found = [_named(media, live=bool(live)), *_replies(settings, live=bool(live))]
        if any(served for _, served in media.values()) and _there(settings):
            found += await look(settings.database_url, lambda conn: _unserved(conn, media))
    except (HubError, OSError) as error:
        return [{"check": "accounts", "ok": False, "what": f"provider accounts: {error}"}]
    return found


def _there(settings: Settings) -> bool:
    return not settings.embedded or there(settings.data / "muster.db")


def _said(conn: Connection) -> list[Mapping[str, Any]]:
    """The accounts of each process that sends and lives."""
    if revision(conn) != head():
        return []
    since = database_now(conn) - SURELY_GONE_MS
    live = (processes.c.stopped_at.is_(None), processes.c.seen_at > since)
    asked = select(processes.c.state).where(processes.c.role.in_(SENDING), *live)
    rows = conn.execute(asked.order_by(processes.c.id))
    return [(row.state or {}).get("accounts") or {} for row in rows]


def _of_processes(said: Iterable[Mapping[str, Any]]) -> Media:
    """The accounts of the hub that runs, as its processes know them."""
    every = {name: account for process in said for name, account in process.items()}
    return {
        name: (str(account.get("channel", "")), tuple(account.get("countries") or ()))
        for name, account in every.items()
    }


def _of_settings(settings: Settings) -> Media:
    """The accounts of these settings. Refused where one is set up wrongly."""
    accounts = accounts_of(settings)
    channels = channels_of(accounts, settings, clock=SystemClock(), wake=LocalWake())
    return {one.name: (channels[one.name].traits.channel, one.countries) for one in accounts}


def _named(media: Media, *, live: bool) -> dict[str, Any]:
    names = [name for name in media if name != SCREEN.name]
    what = "provider accounts of the running hub: " if live else "provider accounts: "
    what += ", ".join(names) or "none; nothing but screens can be reached"
    return {"check": "accounts", "ok": bool(names), "what": what}


def _replies(settings: Settings, *, live: bool) -> list[dict[str, Any]]:
    """A note for each account of texts that cannot be answered, by all or by some. Judged by these
    settings: not where the hub runs with others, as the demo does."""
    accounts = accounts_of(settings)
    channels = channels_of(accounts, settings, clock=SystemClock(), wake=LocalWake())
    texts = {name: one.traits for name, one in channels.items() if one.traits.channel == "sms"}
    if live and not texts:
        return []
    return [
        {"check": f"replies:{name}", "ok": True, "warn": True, "what": what}
        for name, traits in texts.items()
        if (what := _one_way(name, traits, home=settings.country))
    ]


def _one_way(name: str, traits: Traits, *, home: str) -> str:
    if not traits.answers:
        return (
            f"the account {name} takes no replies (its sender is a name, or `replies` is false):"
            " its texts ask for the link alone. Send from a number where people are to answer by"
            " text"
        )
    if traits.one_way and home == "CN":
        return (
            f"no reply comes in by the account {name} from {', '.join(traits.one_way)}: texts to"
            " these numbers ask for the link alone. If yours does take them, set `replies = true`"
        )
    return ""


def _unserved(conn: Connection, media: Media) -> list[dict[str, Any]]:
    """A warning for each channel some of whose numbers no account serves: how many, by country."""
    if revision(conn) != head():
        return []
    channels = {channel for channel, _ in media.values()}
    counted = {channel: _beyond(conn, channel, media) for channel in sorted(channels)}
    return [_warned(channel, found) for channel, found in counted.items() if found]


def _beyond(conn: Connection, channel: str, media: Media) -> Counter[str]:
    """Numbers of this channel none of its accounts serves, by calling code."""
    terms = [Terms(countries=served) for medium, served in media.values() if medium == channel]
    if not all(one.countries for one in terms):
        return Counter()
    codes = {f"c{at}": code + "%" for at, code in enumerate(c for t in terms for c in t.countries)}
    served = " OR ".join(f"ad.value LIKE :{name}" for name in codes)
    asked = text(_NUMBERS.format(served=served)).bindparams(bindparam("media", expanding=True))
    found: Counter[str] = Counter()
    for row in conn.execute(asked, {"media": [channel, *DIALS.get(channel, ())], **codes}):
        found[_calling_code(row.head)] += int(row.numbers)
    return found


def _calling_code(begin: str) -> str:
    """`+44` of `+447`: calling codes are prefix-free, one to three digits long."""
    digits = begin.lstrip("+")
    codes = (digits[:length] for length in (1, 2, 3))
    return "+" + next((c for c in codes if int(c or 0) in COUNTRY_CODE_TO_REGION_CODE), "?")


def _warned(channel: str, found: Counter[str]) -> dict[str, Any]:
    most = found.most_common(MOST)
    said = ", ".join(f"{code} ({number})" for code, number in most)
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    what = (
        f"no {channel} account serves {found.total()} numbers of the roster: {said}{more}."
        " Add these countries to an account, or reach the people another way"
    )
    entry = {"check": f"unserved:{channel}", "ok": True, "warn": True, "what": what}
    return {**entry, "numbers": dict(found)}
