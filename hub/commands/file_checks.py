"""What `muster doctor` learns of SQLite's file, and of the heartbeat a watch outside waits for.

Both are read beside a hub that works; neither is tried anew: a heartbeat sent by the doctor would
say outside that all is well.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, select

from hub.commands.client import running
from hub.errors import HubError
from hub.folder import there
from hub.settings import Settings
from hub.store.alarms import HEARD_OUTSIDE, WELL
from hub.store.migrate import head, revision
from hub.store.schema import meta
from hub.store.snapshot import look

SECONDS = 20.0  # a large file is looked through for so long, then said to be too large
STEPS = 100_000  # of SQLite's machine between two looks at the clock

Entry = dict[str, Any]


async def whole(settings: Settings) -> list[Entry]:
    """Whether every page of SQLite's file is as it was written."""
    if not (settings.embedded and there(settings.data / "muster.db")):
        return []
    try:
        found = await look(settings.database_url, _checked)
    except HubError as error:
        return [{"check": "database", "ok": False, "what": str(error)}]
    if found is None:
        what = f"the database is large: {SECONDS:.0f} s were too short to look through all of it"
        return [{"check": "database", "ok": True, "warn": True, "what": what}]
    if found != "ok":
        what = "the database is damaged: put a backup in its place (`muster restore`)"
        return [{"check": "database", "ok": False, "what": f"{what}; SQLite says: {found[:200]}"}]
    return [{"check": "database", "ok": True, "what": "every page of the database is whole"}]


def _checked(conn: Connection) -> str | None:
    """What SQLite has against its file, "ok" for nothing; None if it takes too long."""
    raw: Any = conn.connection.driver_connection
    until = time.monotonic() + SECONDS
    raw.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        return str(conn.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    except Exception:
        if time.monotonic() > until:
            return None
        raise
    finally:
        raw.set_progress_handler(None, 0)


async def heartbeat(settings: Settings) -> list[Entry]:
    """Whether the watch outside has heard the last heartbeat. One whose address is wrong from the
    first day on has never heard one, and so never misses it."""
    if not settings.heartbeat_url or not running(settings):
        return []
    try:
        said = await look(settings.database_url, _said)
    except HubError as error:
        return [{"check": "heartbeat", "ok": False, "what": f"not known: {error}"}]
    if said == WELL:
        return [{"check": "heartbeat", "ok": True, "what": "the watch outside hears the hub"}]
    if not said:
        what = "no heartbeat was sent yet: it waits for an audit without critical alarms"
        return [{"check": "heartbeat", "ok": True, "warn": True, "what": what}]
    what = f"the watch outside did not take the last heartbeat ({said})"
    hint = "check MUSTER_HEARTBEAT_URL and the way there, then restart"
    return [{"check": "heartbeat", "ok": False, "what": f"{what}: {hint}"}]


def _said(conn: Connection) -> str:
    if revision(conn) != head():
        return ""
    asked = select(meta.c.value).where(meta.c.key == HEARD_OUTSIDE)
    return str(conn.execute(asked).scalar_one_or_none() or "")
