"""What a hub keeps of the site's own playbooks."""

from __future__ import annotations

import contextlib

from hub.commands.output import say
from hub.errors import Unknown, Unready
from hub.folder import locked
from hub.settings import Settings
from hub.store.database import database
from hub.store.migrate import is_current
from hub.store.shelves import ShelfLedger


async def run_forget(settings: Settings, key: str, *, json_: bool) -> int:
    """No version of this key is kept any more: the next start uses what ships, or none."""
    with locked(settings.data) if settings.embedded else contextlib.nullcontext():
        db = database(settings.database_url)
        try:
            await db.open()
            if not await is_current(db):
                raise Unready("The database has an older schema: run `muster migrate`.")
            if not await ShelfLedger(db).forget(key):
                raise Unknown(f"No version of {key} is kept.")
        finally:
            await db.close()
    words = f"Nothing of {key} is kept. The next start uses what ships of it, if anything does."
    say({"forgotten": key}, json_=json_, words=words)
    return 0
