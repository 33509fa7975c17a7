"""The owner of a hub: whoever can open its data folder, or has its database and its key."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator

from hub.commands.client import own_token
from hub.errors import Unready
from hub.flow.accounts import LOCAL, Accounts
from hub.model import Actor
from hub.settings import Settings
from hub.store.accounts import AccountLedger
from hub.store.database import database
from hub.store.migrate import is_current

OWNER = Actor(LOCAL, "admin", "owner of the hub")


def only_database(settings: Settings) -> bool:
    """Whether a command has nothing but the database: no folder, and no hub to ask by a token.

    The first token of a hub on PostgreSQL is made so.
    """
    return not settings.embedded and not os.environ.get("MUSTER_URL") and not own_token()


@contextlib.asynccontextmanager
async def accounts_of(settings: Settings) -> AsyncIterator[Accounts]:
    """The accounts in the database itself; Unready while its schema is an older one."""
    db = database(settings.database_url)
    try:
        await db.open()
        if not await is_current(db):
            raise Unready("The database has an older schema: run `muster migrate`.")
        yield Accounts(AccountLedger(db, secret=settings.secret_key))
    finally:
        await db.close()
