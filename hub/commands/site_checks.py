"""What the doctor says of sites: placeholders that residents would read, and what a file gives
that people have set otherwise since."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from hub.bus.local import LocalWake
from hub.commands.client import connected, running
from hub.commands.owner import only_database
from hub.errors import HubError
from hub.flow.sites import Sites
from hub.folder import locked
from hub.settings import Settings
from hub.store.accounts import AccountLedger
from hub.store.database import Database, database
from hub.store.migrate import is_current
from hub.store.sites import SiteLedger

SECONDS = 20.0
SAID = ("default_name", "default_sms_signature", "default_assembly_points")


async def site_checks(settings: Settings) -> list[dict[str, Any]]:
    """A line for every site."""
    try:
        async with asyncio.timeout(SECONDS):
            found = await _found(settings)
    except (HubError, OSError, TimeoutError) as error:
        what = f"the sites could not be read: {str(error) or 'no answer in time'}"
        return [{"check": "site", "ok": False, "what": what}]
    return [_line(one, settings.sites.get(str(one["key"]), {})) for one in found]


def _line(found: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Placeholders are a note: everything works with them, and nobody should read them."""
    said = [one["text"]["en"] for one in found["warnings"] if one["code"] in SAID]
    over = [field for field in given if _differs(given[field], found.get(field))]
    if over:
        said.append(
            f"MUSTER_CONFIG says other than what was set since ({', '.join(over)}): the file only"
            " counts for a site that is not there yet."
        )
    name = f"site {found['key']}"
    what = f"{name}: {' '.join(said)}" if said else f"{name}: name, signature and points are set"
    return {"check": f"site:{found['key']}", "ok": True, "warn": bool(said), "what": what}


def _differs(given: Any, stored: Any) -> bool:
    """Whether what a file gives is not what is stored; parts it does not name do not matter."""
    if isinstance(given, Mapping) and isinstance(stored, Mapping):
        return any(_differs(said, stored.get(part)) for part, said in given.items())
    if isinstance(given, list) and isinstance(stored, list):
        pairs = zip(given, stored, strict=False)
        return len(given) != len(stored) or any(_differs(*pair) for pair in pairs)
    return bool(given != stored)


async def _found(settings: Settings) -> Sequence[Mapping[str, Any]]:
    """Every site: asked of the running hub, or looked up where none runs."""
    if only_database(settings) or not running(settings):
        return await _looked(settings)
    async with connected(settings) as client:
        keys = [one["key"] for one in (await client.call("GET", "/sites"))["items"]]
        return [await client.call("GET", f"/sites/{key}") for key in keys]


async def _looked(settings: Settings) -> Sequence[Mapping[str, Any]]:
    if settings.embedded and not (settings.data / "muster.db").exists():
        return []  # nothing has been set up here yet
    with locked(settings.data) if settings.embedded else contextlib.nullcontext():
        db = database(settings.database_url)
        try:
            await db.open()
            return await sites_of(settings, db).all() if await is_current(db) else []
        finally:
            await db.close()


def sites_of(settings: Settings, db: Database) -> Sites:
    """The sites of this database: nothing else is opened, nobody is told."""
    audit = AccountLedger(db, secret=settings.secret_key)
    languages, zone = settings.languages, settings.timezone
    return Sites(SiteLedger(db), audit, LocalWake(), settings.country, languages, zone)
