"""Commands that look: playbook check, migrate, doctor, healthcheck."""

from __future__ import annotations

import asyncio
import contextlib
import math
import sqlite3
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from channels.registry import traits
from hub.address import caution
from hub.commands.accounts import chained, disk_entry, probed
from hub.commands.client import connected, running
from hub.commands.file_checks import heartbeat, whole
from hub.commands.output import say
from hub.commands.owner import only_database
from hub.commands.reach import reach
from hub.commands.site_checks import site_checks
from hub.commands.zone_checks import zones
from hub.decide.alarm_words import words
from hub.decide.alarms import Alarm, AlarmKind
from hub.errors import HubError, Problem, Refused, Unready
from hub.folder import locked, there, writable
from hub.guard import auditor_of
from hub.settings import Settings
from hub.shelf import own_problems, own_texts
from hub.store.database import Database, database
from hub.store.migrate import is_current, migrate
from hub.unusable import look as unusable_now
from playbooks.check import ADVICE, STOPS, Rule, check_text
from playbooks.load import packaged_texts

SAFE_SQLITE = (3, 51, 3)  # older ones have the WAL-reset bug
HEALTH_SECONDS = 3.0
AUDIT_SECONDS = 20.0


def run_check(files: tuple[Path, ...], settings: Settings, *, json_: bool) -> int:
    """Every playbook is fit to be launched, or each fault stands with its line and column. What
    only misleads is a warning."""
    own = {} if files else own_problems(settings)
    texts = {str(file): _text(file) for file in files}
    texts = texts or packaged_texts() | own_texts(settings.playbooks)
    found = _problems(texts, settings, STOPS)
    for name, problems in own.items():
        found[name] = list(dict.fromkeys([*problems, *found.get(name, [])]))
    faults = [problem for problems in found.values() for problem in problems]
    advice = [one for some in _problems(texts, settings, ADVICE).values() for one in some]
    warnings = [problem for problem in advice if problem not in faults]  # unreadable: said once
    document = {
        "playbooks": sorted(found),
        "problems": [_problem(one) for one in faults],
        "warnings": [_problem(one) for one in warnings],
    }
    say(document, json_=json_, words=lambda: _check_words(found, faults, warnings))
    return 1 if faults else 0


def _problems(
    texts: Mapping[str, str], settings: Settings, rules: Sequence[Rule]
) -> dict[str, list[Problem]]:
    known, languages = traits(), settings.languages
    return {
        name: check_text(text, name=name, traits=known, languages=languages, rules=rules)
        for name, text in texts.items()
    }


def _problem(found: Problem) -> dict[str, str]:
    return {"where": found.where, "what": found.what, "hint": found.hint}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read: {error}.", code="file") from error


def _check_words(found: Mapping[str, Any], faults: list[Problem], warnings: list[Problem]) -> str:
    lines = [f"{p.where}: {p.what}{f' ({p.hint})' if p.hint else ''}" for p in faults]
    lines += [f"{p.where}: warning: {p.what}{f' ({p.hint})' if p.hint else ''}" for p in warnings]
    fine = sum(not problems for problems in found.values())
    return "\n".join([*lines, f"{fine} of {len(found)} playbooks are fit to be launched."])


async def run_migrate(settings: Settings, *, json_: bool) -> int:
    """The database has the newest schema."""
    if settings.embedded:
        writable(settings.data)
    db = database(settings.database_url)
    try:
        await db.open()
        revision = await migrate(db)
    finally:
        await db.close()
    say({"revision": revision}, json_=json_, words=f"The database has schema {revision}.")
    return 0


async def run_doctor(
    settings: Settings, *, json_: bool, language: str = "en", demo: bool = False
) -> int:
    """What is well and what is not; exit 1 if something needs a person. `demo`: these settings are
    those of a demo that runs, since no hub of one's own is here."""
    found = [
        *([_demo(settings)] if demo else []),
        _sqlite(settings) if _is_sqlite(settings) else await _postgres(settings),
        _languages(settings),
        _address(settings),
        _own(settings),
    ]
    refused = unusable_now(settings.data) if settings.embedded else None
    if refused is not None:  # whatever else stands there cannot be judged
        found.append({"check": "folder", "ok": False, "what": refused.what})
    else:
        found += [*await whole(settings), *await heartbeat(settings)]
        found += [*await zones(settings), *await reach(settings), *await probed(settings)]
        found += [_folder(settings), *(one for one in [disk_entry(settings)] if one is not None)]
        found += [await chained(settings), await _hub(settings), *await site_checks(settings)]
        found += await _audit(settings)
    ok = all(entry["ok"] for entry in found)
    words = "\n".join(f"{_mark(entry)}  {_in(language, entry)}" for entry in found)
    say({"ok": ok, "checks": found}, json_=json_, words=words)
    return 0 if ok else 1


def _demo(settings: Settings) -> dict[str, Any]:
    what = f"no hub of your own is here; this is the demo that runs in {settings.data}"
    chinese = f"这里没有您自己的系统；以下是正在运行的演示（{settings.data}）"
    words = {"zh-CN": {"what": chinese, "do": ""}, "en": {"what": what, "do": ""}}
    return {"check": "demo", "ok": True, "warn": True, "what": what, "words": words}


def _in(language: str, entry: Mapping[str, Any]) -> str:
    """The entry's sentences in this language; in English where it has no others."""
    said = (entry.get("words") or (entry.get("alarm") or {}).get("words") or {}).get(language)
    return f"{said['what']} {said['do']}".strip() if said else str(entry["what"])


def _mark(entry: Mapping[str, Any]) -> str:
    if not entry["ok"]:
        return "MEND"
    return "NOTE" if entry.get("warn") else "ok  "


def _sqlite(settings: Settings) -> dict[str, Any]:
    version = sqlite3.sqlite_version_info
    said = ".".join(map(str, version))
    if not settings.embedded or version >= SAFE_SQLITE:
        return {"check": "sqlite", "ok": True, "what": f"SQLite {said}"}
    what = f"SQLite {said} is older than 3.51.3 (WAL-reset bug; one writer keeps clear of it)"
    return {"check": "sqlite", "ok": True, "what": what}


def _is_sqlite(settings: Settings) -> bool:
    return settings.database_url.startswith("sqlite")


async def _postgres(settings: Settings) -> dict[str, Any]:
    """Whether PostgreSQL answers, and what stands before it."""
    db = database(settings.database_url)
    try:
        async with asyncio.timeout(HEALTH_SECONDS * 5):
            await db.open()
            asked = "SHOW server_version"
            version = await db.read(lambda conn: conn.exec_driver_sql(asked).scalar_one())
    except (HubError, OSError, TimeoutError) as error:
        what = str(error) or "PostgreSQL did not answer in time"
        return {"check": "postgresql", "ok": False, "what": what}
    finally:
        await db.close()
    pooled = getattr(db, "pooled", False)
    what = f"PostgreSQL {version}"
    if pooled:
        what += (
            " behind a pooler (PgBouncer): it works, without prepared statements and so slower;"
            " docs/PROXIES.md says what to set"
        )
    return {"check": "postgresql", "ok": True, "warn": pooled, "what": what}


def _languages(settings: Settings) -> dict[str, Any]:
    said = ", ".join(settings.languages)
    return {"check": "languages", "ok": bool(settings.languages), "what": f"languages: {said}"}


def _address(settings: Settings) -> dict[str, Any]:
    """Where phones and providers are sent; what will not work with it is a note."""
    if warned := caution(settings.public_url):
        return {"check": "address", "ok": True, "warn": True, "what": warned}
    return {"check": "address", "ok": True, "what": f"public address: {settings.public_url}"}


def _own(settings: Settings) -> dict[str, Any]:
    """The site's own files as they are now: what the next start would find."""
    found = own_problems(settings)
    faults = [problem for problems in found.values() for problem in problems]
    what = f"{len(found)} files of the site's own can be used" if found else "no own playbooks"
    if faults:
        first = faults[0]
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        hint = f" ({first.hint})" if first.hint else ""
        what = f"own playbooks: {first.where}: {first.what}{hint}{more}; mend it, then restart"
    return {"check": "playbooks", "ok": not faults, "what": what}


PRIVATE = ("muster.db", "muster.db-wal", "muster.db-shm", "secret.key")


def _folder(settings: Settings) -> dict[str, Any]:
    """Names, numbers and the key are for the hub's owner alone."""
    files = [settings.data / name for name in PRIVATE] if settings.embedded else []
    bare = [file for file in files if there(file) and stat.S_IMODE(file.stat().st_mode) & 0o077]
    what = "the data folder's files are their owner's alone"
    if bare:
        what = f"others can read {', '.join(map(str, bare))}: chmod 600 them"
    return {"check": "files", "ok": not bare, "what": what}


async def _hub(settings: Settings) -> dict[str, Any]:
    if not running(settings):
        return {"check": "hub", "ok": True, "what": "no hub is running"}
    try:
        async with connected(settings) as client:
            url = f"{client.url}/readyz"
            async with asyncio.timeout(HEALTH_SECONDS), client.session.get(url) as answer:
                said = await answer.json()
                ok = answer.status == 200
    except (HubError, OSError, aiohttp.ClientError, TimeoutError) as error:
        return {"check": "hub", "ok": False, "what": f"the hub does not answer: {error}"}
    less = "; ".join(f"{one['part']}: {one['what']}" for one in said.get("degraded") or ())
    why = "; ".join(f"{one['part']}: {one['what']}" for one in said.get("reasons") or ())
    what = f"the hub is {'ready' if ok else f'not ready: {why or said}'}"
    what += f", but {less}" if ok and less else ""
    return {"check": "hub", "ok": ok, "warn": bool(less), "what": what}


async def _audit(settings: Settings) -> list[dict[str, Any]]:
    """What the auditor finds: asked of the running hub, or looked up where none runs."""
    try:
        async with asyncio.timeout(AUDIT_SECONDS):
            found = await _found(settings)
    except (HubError, OSError, TimeoutError) as error:
        what = f"the audit could not be made: {str(error) or 'no answer in time'}"
        return [{"check": "audit", "ok": False, "what": what}]
    if not found:
        return [{"check": "audit", "ok": True, "what": "the audit finds nothing amiss"}]
    return [_alarm(alarm) for alarm in found]


async def _found(settings: Settings) -> list[Mapping[str, Any]]:
    """Open alarms as the API tells them."""
    if only_database(settings) or not running(settings):
        return await _looked(settings)
    async with connected(settings) as client:
        said = await client.call("GET", "/alarms?limit=500")
    if not said["audited"]:
        raise Unready("nobody audits this hub: no process of it has looked for 20 s.")
    return [alarm for alarm in said["items"] if alarm["cleared_at"] is None]


async def _looked(settings: Settings) -> list[Mapping[str, Any]]:
    """As `_found`, by the database alone. Where no hub runs, no process is missed."""
    if settings.embedded and not there(settings.data / "muster.db"):
        return []  # nothing has been set up here yet
    with locked(settings.data) if settings.embedded else contextlib.nullcontext():
        db = database(settings.database_url)
        try:
            await db.open()
            watched_s = 0.0 if settings.embedded else math.inf
            alarms = await _alarms(settings, db, watched_s)
        finally:
            await db.close()
    return [
        {"kind": str(a.kind), "severity": str(a.severity), "words": words(a.kind, a.data)}
        for a in alarms
    ]


async def _alarms(settings: Settings, db: Database, watched_s: float) -> Sequence[Alarm]:
    if not await is_current(db):
        return [Alarm("old_schema", AlarmKind.OLD_SCHEMA)]
    return await (await auditor_of(settings, db)).look(watched_s)


def _alarm(alarm: Mapping[str, Any]) -> dict[str, Any]:
    said = alarm["words"]["en"]
    what = f"{said['what']} {said['do']}"
    return {"check": f"audit:{alarm['kind']}", "ok": False, "what": what, "alarm": dict(alarm)}


async def run_healthcheck(settings: Settings) -> int:
    """0 if the web process on this machine answers `/healthz`."""
    scheme = "https" if settings.tls_cert else "http"
    url = f"{scheme}://127.0.0.1:{settings.port}/healthz"
    try:
        async with (
            asyncio.timeout(HEALTH_SECONDS),
            aiohttp.ClientSession() as session,
            session.get(url, ssl=False) as answer,
        ):
            return 0 if answer.status == 200 else 1
    except (OSError, aiohttp.ClientError, TimeoutError):
        return 1
