"""By which tables this hub tells the time, and whether they know its zones: for `muster doctor`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from hub.errors import HubError
from hub.folder import there
from hub.settings import Settings
from hub.store.placed import as_json
from hub.store.schema import sites
from hub.store.snapshot import look
from hub.times import clock_of, offset_name
from hub.zones import zone_fault, zone_of

MACHINES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo")

Zones = dict[str, str]
"""Site -> the name of its zone."""


async def zones(settings: Settings) -> list[dict[str, Any]]:
    """The tables' version, what the time is, and each site whose zone the tables do not know."""
    entries = [_tables(settings)]
    if settings.embedded and not there(settings.data / "muster.db"):
        return entries
    try:
        known = await look(settings.database_url, _of_sites)
    except (HubError, OSError):
        return entries  # another check says what is wrong with the database
    return entries + [_unknown(site, name, settings) for site, name in known.items() if _odd(name)]


def _tables(settings: Settings) -> dict[str, Any]:
    ours, theirs = pinned_version(), machines_version()
    if not ours:
        what = "no time zones: the package tzdata is missing; install requirements.lock again"
        return {"check": "zones", "ok": False, "what": what}
    beside = f", not this machine's own {theirs}" if theirs and theirs != ours else ""
    zone, now = zone_of(settings.timezone), datetime.now(UTC)
    ahead = int((now.astimezone(zone).utcoffset() or now - now).total_seconds()) // 60
    here = f"{settings.timezone} is {offset_name(ahead)}, now {clock_of(now, zone, language='en')}"
    return {"check": "zones", "ok": True, "what": f"time zones of tzdata {ours}{beside}: {here}"}


def _of_sites(conn: Connection) -> Zones:
    rows = conn.execute(select(sites.c.key, sites.c.settings))
    return {row.key: str((as_json(row.settings) or {}).get("timezone") or "") for row in rows}


def _odd(name: str) -> bool:
    return bool(name) and zone_fault(name) is not None


def _unknown(site: str, name: str, settings: Settings) -> dict[str, Any]:
    what, hint = zone_fault(name) or ("", "")
    what = f"the site {site}: its time zone {what} ({hint}); until then its times may be wrong"
    if zone_of(name, settings.timezone).key != name:
        what += f": they are told as those of {settings.timezone}"
    return {"check": f"zones:{site}", "ok": False, "what": what}


def pinned_version() -> str:
    """The release of the tables in use, such as `2026f`; "" where the package is missing."""
    try:
        return str(import_module("tzdata").IANA_VERSION)
    except ModuleNotFoundError:
        return ""


def machines_version(folders: Iterable[str] = MACHINES) -> str:
    """The release of the machine's own tables, which nobody here reads; "" if it says none."""
    for folder in folders:
        try:
            with (Path(folder) / "tzdata.zi").open(encoding="ascii", errors="replace") as file:
                first = file.readline(100)
        except OSError:
            continue
        return first.removeprefix("# version").strip()
    return ""
