"""What was under way in a restored hub is never sent; who may have got it can still be told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.decide.claim import Sent
from hub.errors import Conflict
from hub.flow.say import Said
from hub.model import Lane, Outcome, Verdict
from hub.states import Reason
from hub.store.database import database
from hub.store.deliveries import DeliveryLedger
from hub.store.snapshot import look
from tests.flow.launched import FIRE
from tests.launch_estate import STILL, WHO, House, house
from tests.store.backups import backed_up, both, every_way, restored, running, sqlite


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

        said = await home.say.notice(1, "all_clear", confirm_help=1, who=WHO, key="over")
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
        later = await home.launch.start(replace(FIRE, again=True), who=WHO, key="after")
        assert len(lost) == 2
    await restored(new, tmp_path / "backup.zip")

    async with _house(new) as home:
        again = await DeliveryLedger(home.db).claim(Lane.URGENT, "sms", "one", limit=50)
        assert not again.claims, "nothing is sent again"
        said = await home.say.notice(1, "all_clear", confirm_help=1, who=WHO, key="over")
        told = await home.rows("SELECT address FROM deliveries WHERE notice_id = :n", n=said.notice)
        assert {claim.address for claim in lost} <= {row[0] for row in told}

        launched = await home.launch.start(FIRE, who=WHO, key="anew")
        assert (launched.id > later.id + 900, launched.code != later.code) == (True, True)
        sends = (await DeliveryLedger(home.db).claim(Lane.URGENT, "sms", "one", limit=50)).claims
        assert min(send.attempt for send in sends) > max(claim.attempt for claim in lost) + 900
        assert min(send.notice for send in sends) > said.notice - 1 > 900
        newest = "SELECT max(id) - min(id) FROM deliveries"
        assert await home.one(newest) < 900, "nobody outside knows these: no gap on either database"


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


@both
async def test_an_all_clear_a_restore_cut_short_is_said_again_to_those_who_have_not_surely_got_it(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        await home.run("UPDATE deliveries SET state = 'accepted'")
        first = await home.say.notice(1, "all_clear", confirm_help=1, who=WHO, key="over")
        got, in_the_air, waits = await _fates(home, first.notice)
        await backed_up(old, tmp_path / "backup.zip")
    (cut,) = (await restored(new, tmp_path / "backup.zip")).cuts
    assert (cut.was, cut.stages) == ("cleared", ("all_clear",))

    async with _house(new) as home:
        assert await home.one("SELECT status FROM incidents") == "stopped", "it can be said again"
        event = (await home.rows("SELECT kind, actor FROM events ORDER BY seq"))[-1]
        assert tuple(event) == ("stopped", "hub")
        seen = await home.say.preview(1, "all_clear", text="")
        again = await home.say.notice(1, "all_clear", confirm_help=1, who=WHO, key="over, again")
        told = await _told(home, again.notice)

        assert got not in told, "it surely has it: it is not told twice"
        assert {in_the_air, waits} <= told
        assert len(told) == first.deliveries - 1 == again.deliveries
        assert seen.deliveries == len(told)
        assert await home.one("SELECT status FROM incidents") == "cleared"
        with pytest.raises(Conflict):
            await home.say.notice(1, "all_clear", confirm_help=1, who=WHO, key="a third")


@both
async def test_a_correction_a_restore_cut_short_can_be_said_again_and_nothing_else_before_it(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        await home.run("UPDATE deliveries SET state = 'accepted'")
        cleared = await home.say.notice(1, "all_clear", confirm_help=1, who=WHO, key="over")
        await home.run(
            "UPDATE deliveries SET state = 'delivered' WHERE notice_id = :n", n=cleared.notice
        )
        first = await home.say.notice(1, "correction", text="", who=WHO, key="an error")
        got, in_the_air, waits = await _fates(home, first.notice)
        await backed_up(old, tmp_path / "backup.zip")
    (cut,) = (await restored(new, tmp_path / "backup.zip")).cuts
    assert (cut.was, cut.stages) == ("cleared", ("correction",))

    async with _house(new) as home:
        for stage in ("update", "all_clear"):
            with pytest.raises(Conflict, match="Withdraw it again"):
                await home.say.notice(1, stage, text="", who=WHO, key=stage)
        asked = [
            home.say.notice(1, "correction", text="", who=WHO, key=key) for key in ("one", "two")
        ]
        said = await asyncio.gather(*asked, return_exceptions=True)
        assert sorted(type(one).__name__ for one in said) == ["Conflict", "Said"]
        (again,) = [one for one in said if isinstance(one, Said)]
        told = await _told(home, again.notice)

        assert got not in told
        assert {in_the_air, waits} <= told
        assert len(told) == first.deliveries - 1


@sqlite
async def test_a_last_word_after_an_update_goes_to_all_again_and_a_close_says_it_was_not_said(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        await home.run("UPDATE deliveries SET state = 'accepted'")
        first = await home.say.notice(1, "all_clear", confirm_help=1, who=WHO, key="over")
        got, *_ = await _fates(home, first.notice)
        await backed_up(old, tmp_path / "backup.zip")
    await restored(new, tmp_path / "backup.zip")

    async with _house(new) as home:
        await home.say.notice(1, "update", text=STILL, who=WHO, key="not yet")
        again = await home.say.notice(1, "all_clear", confirm_help=1, who=WHO, key="over, again")
        assert got in await _told(home, again.notice), "the update may have come after it"
    await restored(new, tmp_path / "backup.zip", replace=True)
    async with _house(new) as home:
        assert not (await home.say.close(1, confirm_help=1, who=WHO)).cleared


@sqlite
async def test_an_all_clear_a_correction_took_the_place_of_opens_nothing_again(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    old, new = urls
    async with running(old) as home:
        await home.run("UPDATE deliveries SET state = 'accepted'")
        cleared = await home.say.notice(1, "all_clear", confirm_help=1, who=WHO, key="over")
        await _fates(home, cleared.notice)
        corrected = await home.say.notice(1, "correction", text="", who=WHO, key="an error")
        done = "UPDATE deliveries SET state = 'accepted' WHERE notice_id = :n"
        await home.run(done, n=corrected.notice)
        await backed_up(old, tmp_path / "backup.zip")
    (cut,) = (await restored(new, tmp_path / "backup.zip")).cuts
    assert cut.stages == ("all_clear",)

    async with _house(new) as home:
        kinds = await home.rows("SELECT kind, actor FROM events ORDER BY seq")
        assert tuple(kinds[-1]) == ("progress", "hub"), "the board learns of it; it stays cleared"
        assert await home.one("SELECT status FROM incidents") == "cleared"
        for stage in ("all_clear", "correction"):
            with pytest.raises(Conflict):
                await home.say.notice(1, stage, text="", who=WHO, key=stage)


async def _fates(home: House, notice: int) -> tuple[str, str, str]:
    """One has the notice, one is in the air, the others wait: an address of each."""
    rows = await home.rows(
        "SELECT id, address FROM deliveries WHERE notice_id = :n ORDER BY id", n=notice
    )
    assert len(rows) >= 3
    for (delivery, _), state in zip(rows, ("accepted", "sending"), strict=False):
        await home.run("UPDATE deliveries SET state = :s WHERE id = :i", s=state, i=delivery)
    return rows[0][1], rows[1][1], rows[2][1]


async def _told(home: House, notice: int) -> set[str]:
    asked = "SELECT address FROM deliveries WHERE notice_id = :n"
    return {row[0] for row in await home.rows(asked, n=notice)}


@asynccontextmanager
async def _house(url: str) -> AsyncIterator[House]:
    db = database(url)
    await db.open()
    yield house(db)
    await db.close()
