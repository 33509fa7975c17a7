from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from hub.errors import Unready
from hub.store.database import database

AWAY = ("53100", "53300", "57014", "57P03", "58030", "08006", "25006")


@pytest.mark.parametrize("method", ["read", "write"])
async def test_a_server_that_cannot_work_is_away_whatever_the_reason(
    postgres_url: str, method: str
) -> None:
    """Disk full, too many connections, starting up, cancelled, a standby: come back later."""
    db = database(postgres_url)
    await db.open()
    try:
        for code in AWAY:
            failing = f"DO $$ BEGIN RAISE 'no' USING ERRCODE = '{code}'; END $$"
            with pytest.raises(Unready, match=code):
                await getattr(db, method)(lambda conn, sql=failing: conn.exec_driver_sql(sql))
        again = "DO $$ BEGIN RAISE 'no' USING ERRCODE = '40P01'; END $$"
        with pytest.raises(Unready, match="too busy"):
            await getattr(db, method)(lambda conn: conn.exec_driver_sql(again))
        with pytest.raises(DBAPIError):  # the change itself is wrong
            await getattr(db, method)(lambda conn: conn.exec_driver_sql("SELECT 1 / 0"))
    finally:
        await db.close()
