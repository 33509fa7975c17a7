"""What `muster doctor` learns of provider accounts and of the audit record: from the hub that runs,
which may have other accounts than these settings; else by these settings themselves."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hub.bus.local import LocalWake
from hub.commands.client import Client, connected, running
from hub.commands.owner import only_database
from hub.decide.alarm_words import words as alarm_words
from hub.decide.disk import now
from hub.decide.disk_words import disk_words
from hub.errors import HubError, NotAllowed, Unknown
from hub.flow.audit_book import told
from hub.flow.probes import Probes
from hub.providers import SystemClock, accounts_of, channels_of, terms_of
from hub.settings import Settings
from hub.store.audit_chain import check
from hub.store.disk import space_of
from hub.store.migrate import head, revision
from hub.store.snapshot import look

SECONDS = 20.0  # all accounts together: each has 12, and they are asked at once
AT_ONCE = 16

Entry = dict[str, Any]


async def probed(settings: Settings) -> list[Entry]:
    """An entry for each account: whether it would send, and what to do if not."""
    try:
        async with asyncio.timeout(SECONDS):
            if running(settings) and not only_database(settings):
                async with connected(settings) as client:
                    return _entries(await _of_hub(client))
            return _entries(await _of_settings(settings))
    except Unknown:
        return [_note("the running hub is of an earlier release, and cannot try its accounts")]
    except NotAllowed:
        return [_note("the accounts can be tried with the token of an admin alone")]
    except (HubError, OSError, TimeoutError) as error:
        what = f"the accounts could not be tried: {str(error) or 'no answer in time'}"
        return [{"check": "probes", "ok": False, "what": what}]


def _note(what: str) -> Entry:
    return {"check": "probes", "ok": True, "warn": True, "what": what}


async def _of_hub(client: Client) -> Sequence[Mapping[str, Any]]:
    names = [one["name"] for one in (await client.call("GET", "/accounts"))["items"]]
    turns = asyncio.Semaphore(AT_ONCE)

    async def test(name: str) -> Mapping[str, Any]:
        async with turns:
            path = f"/accounts/{quote(name, safe='')}/test"
            found: Mapping[str, Any] = await client.call("POST", path, {})
            return found

    return await asyncio.gather(*(test(name) for name in names))


async def _of_settings(settings: Settings) -> Sequence[Mapping[str, Any]]:
    """The accounts of these settings, tried from here."""
    async with _opened(settings) as probes:
        names = [one["name"] for one in probes.list()["items"]]
        return await asyncio.gather(*(probes.test(name) for name in names))


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Probes]:
    accounts = accounts_of(settings)
    channels = channels_of(accounts, settings, clock=SystemClock(), wake=LocalWake())
    async with contextlib.AsyncExitStack() as stack:
        for channel in channels.values():
            stack.push_async_callback(channel.close)
            await channel.open()
        yield Probes(channels, terms_of(accounts))


def _entries(found: Sequence[Mapping[str, Any]]) -> list[Entry]:
    return [_entry(one) for one in found if one["medium"] != "screen"]


def _entry(found: Mapping[str, Any]) -> Entry:
    kept = ("account", "channel", "medium", "finding", "seconds")
    return {
        "check": f"account:{found['account']}",
        "ok": found["ok"],
        "warn": found["warn"],
        **worded(found["words"]),
        **{key: found[key] for key in kept},
    }


def worded(words: Mapping[str, Mapping[str, str]]) -> Entry:
    """An entry's English sentence, and all its words."""
    english = words["en"]
    return {"what": f"{english['what']} {english['do']}".strip(), "words": dict(words)}


async def chained(settings: Settings) -> Entry:
    """Whether the audit record is whole: looked up in the database, or asked of the hub."""
    try:
        if os.environ.get("MUSTER_URL"):
            async with asyncio.timeout(SECONDS), connected(settings) as client:
                return _chain(await client.call("GET", "/audit/check"))
        if settings.embedded and not (settings.data / "muster.db").exists():
            return {"check": "audit_chain", "ok": True, "what": "no audit record yet"}
        return await look(settings.database_url, partial(_checked, secret=settings.secret_key))
    except (NotAllowed, Unknown):
        what = "the audit record can be checked with the token of an admin alone"
        return {"check": "audit_chain", "ok": True, "warn": True, "what": what}
    except (HubError, OSError, TimeoutError) as error:
        what = f"the audit record could not be checked: {str(error) or 'no answer in time'}"
        return {"check": "audit_chain", "ok": False, "what": what}


def _checked(conn: Any, *, secret: bytes) -> Entry:
    if revision(conn) != head():
        return {"check": "audit_chain", "ok": True, "what": "no audit record of this release yet"}
    return _chain(told(check(conn, secret)))


def _chain(found: Mapping[str, Any]) -> Entry:
    about = {"check": "audit_chain", "rows": found["rows"], "end": found["end"]}
    if found["broken"] is not None:
        return {**about, "ok": False, **worded(found["broken"]["words"])}
    what = f"the audit record is whole: {found['rows']} rows"
    chinese = f"审计记录完整：{found['rows']} 条"
    if found["end"]:
        what += f"; note its end down elsewhere: {found['end']}"
        chinese += f"；请把末尾记在别处：{found['end']}"
    words = {"zh-CN": {"what": chinese, "do": ""}, "en": {"what": what, "do": ""}}
    return {**about, "ok": True, "what": what, "words": words}


def disk_entry(settings: Settings) -> Entry | None:
    """How much room the data folder's disk has; None where there is no such folder."""
    folder = settings.data if settings.data.exists() else Path(settings.data).parent
    space = space_of(folder) if settings.embedded else None
    if space is None:
        return None
    found = now("data", None, space)
    data: dict[str, Any] = {"where": "data", "why": str(found.fault or ""), "files": found.files}
    data["free_mb"] = found.free_mb
    if found.fault or found.low:
        kind = "disk_full" if found.fault else "disk_low"
        ok = found.fault is None
        return {"check": "disk", "ok": ok, "warn": ok, **worded(alarm_words(kind, data)), **data}
    named = {tag: disk_words(tag, data)["where"] for tag in ("zh-CN", "en")}
    what = f"{named['en']} has {found.free_mb} MB left"
    words = {
        "zh-CN": {"what": f"{named['zh-CN']}还有 {found.free_mb} MB", "do": ""},
        "en": {"what": what, "do": ""},
    }
    return {"check": "disk", "ok": True, "what": what, "words": words, "free_mb": found.free_mb}
