"""What was under way in a restored hub is never sent; who may have got it can still be told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text

from hub.decide.claim import Sent
from hub.model import Lane, Outcome, Verdict
from hub.states import Reason
from hub.store.database import database
from hub.store.deliveries import DeliveryLedger
from hub.store.snapshot import look
from tests.flow.launched import FIRE
from tests.launch_estate import WHO, House, house
from tests.store.backups import (
    backed_up,
    both,
    contents,
    every_way,
    restored,
    running,
    sqlite,
)


@every_way
async def test_what_was_under_way_ends_and_an_all_clear_still_goes_to_who_may_have_got_it(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        rows = await home.rows("SELECT id FROM deliveries WHERE state = 'planned' ORDER BY id")
        ids = [row[0] for row in rows]
        assert len(ids) >= 4
        states = ["accepted", "sending", "planned"]
        for number, state in zip(ids, states, strict=False):
            await home.run("UPDATE deliveries SET state = :s WHERE id = :i", s=state, i=number)
        await home.run("UPDATE attempts SET delivery_id = :i, verdict = ''", i=ids[1])
        await home.run("UPDATE deliveries SET expires_at = 1 WHERE id = :i", i=ids[3])
        await backed_up(old, tmp_path / "backup.zip")
    found = await restored(new, tmp_path / "backup.zip")

    (cut,) = found.cuts
    assert (cut.incident, cut.was) == (1, "open")
    assert (cut.unsent, cut.unsure) == (len(ids) - 1, len(ids) - 2)
    assert cut.stages == ("alert",)
    assert cut.waves > 0
    async with _house(new) as home:
        asked = "SELECT id, state, reason, unsure FROM deliveries WHERE id >= :i ORDER BY id"
        after = await home.rows(asked, i=ids[0])
        assert after[:3] == [
            (ids[0], "accepted", "", 0),
            (ids[1], "cancelled", "restored", 1),
            (ids[2], "cancelled", "restored", 1),
        ]
        attempts = await home.rows("SELECT verdict, reason FROM attempts WHERE delivery_id > 0")
        assert attempts == [("unsure", "restored")]
        assert await home.one("SELECT count(*) FROM waves WHERE state = 'waiting'") == 0
        assert await home.one("SELECT status FROM incidents") == "stopped"
        event = (await home.rows("SELECT kind, actor, data FROM events ORDER BY seq"))[-1]
        data = json.loads(event[2]) if isinstance(event[2], str) else event[2]
        assert (*event[:2], data["reason"]) == ("stopped", "hub", "restored")
        assert sum(move[3] for move in data["moves"]) == cut.unsent

        said = await home.say.notice(1, "all_clear", text="", who=WHO, key="over")
        told = await home.rows(
            "SELECT channel, address FROM deliveries WHERE notice_id = :n ORDER BY 1, 2",
            n=said.notice,
        )
        heard = await home.rows(
            "SELECT channel, address FROM deliveries WHERE id IN (:a, :b, :c) ORDER BY 1, 2",
            a=ids[0],
            b=ids[1],
            c=ids[2],
        )
        assert told == heard, "not the one that was too old to be sent after the backup"


@both
async def test_what_was_sent_after_the_backup_hears_the_all_clear_and_its_ids_are_not_given_again(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        await backed_up(old, tmp_path / "backup.zip")
        ledger = DeliveryLedger(home.db)
        lost = (await ledger.claim(Lane.URGENT, "sms", "one", limit=2)).claims
        taken = Outcome(Verdict.ACCEPTED, Reason.OK, "SM1")
        await ledger.record([Sent(claim, taken, receipts=True) for claim in lost])
        later = await home.launch.start(FIRE, who=WHO, key="after the backup")
        assert len(lost) == 2
    await restored(new, tmp_path / "backup.zip")

    async with _house(new) as home:
        again = await DeliveryLedger(home.db).claim(Lane.URGENT, "sms", "one", limit=50)
        assert not again.claims, "nothing is sent again"
        said = await home.say.notice(1, "all_clear", text="", who=WHO, key="over")
        told = await home.rows("SELECT address FROM deliveries WHERE notice_id = :n", n=said.notice)
        assert {claim.address for claim in lost} <= {row[0] for row in told}

        launched = await home.launch.start(FIRE, who=WHO, key="anew")
        assert (launched.id > later.id + 900, launched.code != later.code) == (True, True)
        sends = (await DeliveryLedger(home.db).claim(Lane.URGENT, "sms", "one", limit=50)).claims
        assert min(send.attempt for send in sends) > max(claim.attempt for claim in lost) + 900
        assert min(send.notice for send in sends) > said.notice - 1 > 900


@both
async def test_a_failed_delivery_goes_on_to_no_other_channel_after_a_restore(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        await home.run("UPDATE deliveries SET state = 'failed'")
        await backed_up(old, tmp_path / "backup.zip")
    await restored(new, tmp_path / "backup.zip")

    open_ = text("SELECT count(*) FROM deliveries WHERE onward_at IS NULL")
    assert await look(new, lambda c: c.execute(open_).scalar()) == 0


@sqlite
async def test_an_all_clear_that_was_going_out_is_named(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        await home.run("UPDATE deliveries SET state = 'accepted'")
        await home.say.notice(1, "all_clear", text="", who=WHO, key="over")
        await backed_up(old, tmp_path / "backup.zip")
    (cut,) = (await restored(new, tmp_path / "backup.zip")).cuts

    assert (cut.was, cut.stages) == ("cleared", ("all_clear",))
    kinds = [(row[3], row[4]) for row in (await contents(new))["events"]]
    assert kinds[-1] == ("progress", "hub"), "the board learns of it; it stays cleared"
    status = text("SELECT status FROM incidents")
    assert await look(new, lambda c: c.execute(status).scalar()) == "cleared"


@asynccontextmanager
async def _house(url: str) -> AsyncIterator[House]:
    db = database(url)
    await db.open()
    yield house(db)
    await db.close()
