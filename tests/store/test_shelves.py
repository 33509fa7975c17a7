"""The last good version of the site's own texts, on both databases."""

from __future__ import annotations

from hub.entries import KeptText, TextFault
from hub.store.audits import AuditLedger
from hub.store.database import database
from hub.store.migrate import migrate
from hub.store.shelves import ShelfLedger

OLD = KeptText("water-off", "water.yaml", "a1", "key: water-off\n")
NEW = KeptText("water-off", "water.yaml", "b2", "key: water-off\nversion: 2\n")
FAULT = TextFault("fire", "fire.yaml", "/x/fire.yaml:3:1", "is wrong", used="kept", version="1")


async def test_what_is_good_is_kept_and_what_is_wrong_is_for_the_auditor(
    database_url: str,
) -> None:
    db = database(database_url)
    await db.open()
    try:
        await migrate(db)
        ledger = ShelfLedger(db)
        await ledger.put([OLD], [FAULT])
        await ledger.put([OLD], [FAULT])  # safe to repeat
        assert await ledger.kept() == [OLD]
        assert (await AuditLedger(db).facts(0.0)).text_faults == (FAULT,)
        await ledger.put([NEW], [])
        assert await ledger.kept() == [NEW]
        assert (await AuditLedger(db).facts(0.0)).text_faults == ()
        await ledger.put([], [])  # what has no good version now keeps its last one
        assert await ledger.kept() == [NEW]
        assert await ledger.forget("water-off")
        assert not await ledger.forget("water-off")
        assert await ledger.kept() == []
    finally:
        await db.close()
