"""Bringing a database to the schema of this release; forward only, one process at a time."""

from __future__ import annotations

import secrets
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select

from hub.errors import Defect
from hub.store.database import Database
from hub.store.schema import meta

LOCK = 0x6D75_7375  # advisory lock: processes that start together migrate one after the other
_FOLDER = Path(__file__).parent / "migrations"


async def migrate(db: Database) -> str:
    """The database has the newest schema, in one transaction; its revision."""
    await db.write(_upgrade)
    return head()


async def is_current(db: Database) -> bool:
    """Whether the database has the schema this release wants."""
    return await db.read(revision) == head()


def head() -> str:
    """The newest revision this release knows."""
    found = ScriptDirectory.from_config(_config(None)).get_current_head()
    if found is None:
        raise Defect("There are no migrations beside this release.")
    return found


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def revision(connection: Connection) -> str | None:
    """The schema this database has; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    """Every revision this release knows, the newest first."""
    found = ScriptDirectory.from_config(_config(None)).walk_revisions()
    return [script.revision for script in found]


def upgrade(connection: Connection, to: str = "head") -> None:
    """The database has this schema, in the caller's transaction."""
    command.upgrade(_config(connection), to)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    upgrade(connection)
    if connection.execute(select(meta.c.value).where(meta.c.key == "epoch")).first() is None:
        connection.execute(insert(meta).values(key="epoch", value=secrets.token_hex(8)))
