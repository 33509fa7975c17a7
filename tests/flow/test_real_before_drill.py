"""A drill never begins beside something real, and ends when something real begins."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from hub.errors import Conflict
from hub.flow.drills import Drills
from hub.model import Kind, LaunchRequest
from hub.plans import NoticePlan
from hub.store.boards import BoardLedger
from hub.store.real_first import DrillLedger
from tests.flow.launched import PATHS, PEOPLE, sent
from tests.launch_estate import STILL, WHO, House, open_house, put_estate

LIVE = LaunchRequest("fire", "3/12")
DRILL = LaunchRequest("fire", "3/5", Kind.DRILL, announce=True)
OUTAGE = LaunchRequest("power-outage", "4")
TEST = LaunchRequest("fire", "3/5", Kind.TEST, announce=True)
LATE = NoticePlan(
    incident=0,
    stage="all_clear",
    text="",
    lane="routine",
    wordings=(),
    expires_ms=60_000,
    update_ms=None,
    media=frozenset(),
    actor="user:1",
)


@pytest.fixture
async def home(database_url: str):
    made = await open_house(database_url)
    await made.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
    yield made
    await made.db.close()


async def start(home: House, request: LaunchRequest, key: str | None = None) -> int:
    return (await home.launch.start(request, who=WHO, key=key)).id


async def status(home: House, incident: int) -> tuple[str, int | None]:
    found = await home.rows("SELECT status, ended_by FROM incidents WHERE id = :i", i=incident)
    return found[0][0], found[0][1]


def teller(home: House) -> Drills:
    return Drills(DrillLedger(home.db), home.say)


# ── No drill beside something real ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("drill", [DRILL, TEST, LaunchRequest("power-outage", "all", Kind.DRILL)])
async def test_no_drill_begins_where_something_real_is_open(
    home: House, drill: LaunchRequest
) -> None:
    real = await start(home, LIVE)

    with pytest.raises(Conflict) as refused:
        await start(home, drill, key="drill")

    assert (refused.value.code, refused.value.facts) == ("live_open", {"incident": real})
    assert await home.one("SELECT count(*) FROM incidents") == 1
    assert await home.one("SELECT count(*) FROM requests") == 0  # the key can be used later


async def test_the_preview_of_a_drill_says_so_too(home: House) -> None:
    await start(home, LIVE)

    with pytest.raises(Conflict) as refused:
        await home.launch.preview(DRILL)

    assert refused.value.code == "live_open"


async def test_a_drill_elsewhere_begins(home: House) -> None:
    await start(home, OUTAGE)

    assert await status(home, await start(home, DRILL)) == ("open", None)


async def test_a_live_launch_begins_beside_a_live_one(home: House) -> None:
    await start(home, LIVE)

    assert await start(home, LaunchRequest("power-outage", "3"))


async def test_a_real_incident_counts_until_it_is_closed(home: House) -> None:
    real = await start(home, LIVE)
    await sent(home, 1)
    await home.say.notice(real, "all_clear", who=WHO, key=None)
    with pytest.raises(Conflict) as refused:
        await start(home, DRILL)
    assert refused.value.problems[0].code == "live_cleared"

    await home.run("UPDATE deliveries SET state = 'accepted'")
    await home.say.close(real, who=WHO)

    assert await start(home, DRILL)


async def test_drills_do_not_keep_each_other_away(home: House) -> None:
    await start(home, DRILL)

    assert await start(home, LaunchRequest("power-outage", "3", Kind.DRILL, announce=True))


async def test_a_drill_and_a_live_launch_at_once_never_both_stand(database_url: str) -> None:
    for _ in range(4):
        home = await open_house(database_url)
        other = await open_house(database_url) if "postgres" in database_url else home
        if not await home.rows("SELECT 1 FROM sites"):
            await home.db.write(lambda conn: put_estate(conn, PATHS, PEOPLE))
        await home.run("UPDATE incidents SET status = 'closed'")
        drill, real = await asyncio.gather(
            start(home, DRILL), start(other, LIVE), return_exceptions=True
        )

        assert isinstance(real, int)
        if isinstance(drill, int):
            assert await status(home, drill) == ("stopped", real)
        else:
            assert isinstance(drill, Conflict)
        await home.db.close()
        if other is not home:
            await other.db.close()


# ── Something real ends a drill ────────────────────────────────────────────────────────────────


async def test_something_real_ends_the_drill_where_it_is(home: House) -> None:
    drill = await start(home, DRILL)
    elsewhere = await start(home, LaunchRequest("power-outage", "4", Kind.DRILL, announce=True))
    home.bells.told.clear()

    real = await start(home, LIVE)

    assert await status(home, drill) == ("stopped", real)
    assert await status(home, elsewhere) == ("open", None)
    left = "SELECT count(*) FROM deliveries WHERE incident_id = :i AND state = 'planned'"
    assert await home.one(left, i=drill) == 0
    assert (
        await home.one(
            "SELECT count(*) FROM waves WHERE incident_id = :i AND state = 'waiting'", i=drill
        )
        == 0
    )
    assert drill in {int(topic.partition(":")[2]) for topic, _ in home.bells.told}


async def test_the_record_says_why_the_drill_ended(home: House) -> None:
    drill = await start(home, DRILL)
    real = await start(home, LIVE)

    rows = await home.rows(
        "SELECT kind, actor, data FROM events WHERE incident_id = :i ORDER BY seq DESC LIMIT 1",
        i=drill,
    )
    kind, actor, data = rows[0]
    said = json.loads(data) if isinstance(data, str) else data
    code = await home.one("SELECT code FROM incidents WHERE id = :i", i=real)
    assert (kind, actor, said["live"], said["live_code"]) == ("stopped", "hub", real, code)
    began = await home.one(
        "SELECT data FROM events WHERE incident_id = :i AND kind = 'launched'", i=real
    )
    began = json.loads(began) if isinstance(began, str) else began
    assert began["drills"] == [await home.one("SELECT code FROM incidents WHERE id = :i", i=drill)]


async def test_whoever_heard_of_the_drill_is_told_once_that_it_is_real(home: House) -> None:
    drill = await start(home, DRILL)
    await home.run("UPDATE deliveries SET state = 'accepted' WHERE recipient_id IN (1, 2)")
    await start(home, LIVE)

    assert await asyncio.gather(teller(home).due(), teller(home).due()) in ([1, 0], [0, 1])
    assert await teller(home).due() == 0

    rows = await home.rows(
        "SELECT d.recipient_id, w.language, w.parts FROM deliveries d"
        " JOIN notices n ON n.id = d.notice_id JOIN wordings w ON w.id = d.wording_id"
        " WHERE d.incident_id = :i AND n.stage = 'correction' AND d.channel = 'sms'"
        " ORDER BY d.recipient_id",
        i=drill,
    )
    bodies = {
        language: (json.loads(parts) if isinstance(parts, str) else parts)["body"]
        for _, language, parts in rows
    }
    assert [row[0] for row in rows] == [1, 2]
    assert "真实事件：火灾，3栋12层" in bodies["zh-CN"]
    assert "This is real now: Fire, Tower 3, floor 12" in bodies["en"]


async def test_nothing_more_is_said_in_a_drill_that_something_real_ended(home: House) -> None:
    drill = await start(home, DRILL)
    await sent(home, 1)
    real = await start(home, LIVE)

    for stage, text in (("update", STILL), ("all_clear", ""), ("correction", "")):
        with pytest.raises(Conflict) as refused:
            await home.say.notice(drill, stage, text=text, who=WHO, key=None)
        assert (refused.value.code, refused.value.facts) == ("drill_ended", {"incident": real})


async def test_words_on_their_way_to_the_database_when_it_begins_are_refused_there(
    home: House,
) -> None:
    """Checked before, while the drill still ran; written after it was ended."""
    drill = await start(home, DRILL)
    await start(home, LIVE)
    with pytest.raises(Conflict) as refused:
        await home.say.ledger.speak(replace(LATE, incident=drill))
    assert refused.value.code == "drill_ended"


async def test_the_last_word_of_a_drill_is_taken_back_if_something_real_begins(
    home: House,
) -> None:
    drill = await start(home, DRILL)
    await sent(home, 1)
    await home.say.notice(drill, "all_clear", who=WHO, key=None)

    real = await start(home, LIVE)

    left = "SELECT count(*) FROM deliveries WHERE incident_id = :i AND state = 'planned'"
    assert await home.one(left, i=drill) == 0
    assert await status(home, drill) == ("cleared", real)
    assert await teller(home).due() == 1


async def test_a_drill_that_was_over_before_stays_as_it_was(home: House) -> None:
    drill = await start(home, DRILL)
    await sent(home, 1)
    await home.say.notice(drill, "all_clear", who=WHO, key=None)
    await home.run("UPDATE deliveries SET state = 'accepted' WHERE state = 'planned'")

    await start(home, LIVE)

    assert await status(home, drill) == ("cleared", None)
    assert await teller(home).due() == 0


@pytest.mark.parametrize("end", ["close", "all_clear"])
async def test_nothing_is_said_in_a_drill_that_was_over_while_something_real_is_under_way(
    home: House, end: str
) -> None:
    """An all-clear a day late would tell the people of a fire that it is over."""
    drill = await start(home, DRILL)
    await sent(home, 1)
    late, over = ("all_clear", "closed") if end == "close" else ("correction", "cleared")
    if end == "close":
        await home.say.close(drill, who=WHO)
    else:
        await home.say.notice(drill, end, who=WHO, key=None)
        await home.run("UPDATE deliveries SET state = 'accepted' WHERE state = 'planned'")
    real = await start(home, LIVE)
    plan = replace(LATE, incident=drill, stage=late)

    for said in (
        home.say.notice(drill, late, who=WHO, key=None),
        home.say.preview(drill, late),
        home.say.ledger.speak(plan),
    ):
        with pytest.raises(Conflict) as refused:
            await said
        assert (refused.value.code, refused.value.facts) == ("drill_ended", {"incident": real})
    assert await status(home, drill) == (over, None)

    await home.say.close(real, who=WHO)
    assert (await home.say.notice(drill, late, who=WHO, key=None)).deliveries == 1


async def test_a_restored_hub_tells_nobody_of_a_drill_that_ended_before(home: House) -> None:
    drill = await start(home, DRILL)
    await sent(home, 1)
    await start(home, LIVE)
    ended = await home.one("SELECT stopped_at FROM incidents WHERE id = :i", i=drill)
    for at in (ended - 1, ended + 1):
        assert len(await DrillLedger(home.db).to_tell()) == 1
        await home.run(
            "INSERT INTO audit (at, actor, action, object, data, chain)"
            " VALUES (:at, 'local', 'hub_restore', 'hub', '{}', '')",
            at=at,
        )
    assert await teller(home).due() == 0


async def test_a_drill_of_last_week_that_nobody_closed_tells_nobody(home: House) -> None:
    drill = await start(home, DRILL)
    await sent(home, 1)
    await home.run("UPDATE incidents SET launched_at = launched_at - 604800000")
    real = await start(home, LIVE)

    assert await status(home, drill) == ("stopped", real)
    assert await teller(home).due() == 0


async def test_an_ended_drill_can_be_closed(home: House) -> None:
    drill = await start(home, DRILL)
    await start(home, LIVE)
    closed = await home.say.close(drill, who=WHO)

    assert (await status(home, drill))[0] == "closed"
    assert (closed.cleared, closed.clear_until) == (False, None)  # nothing more is said in it
    shown = (await BoardLedger(home.db).load(drill)).parts.incident
    assert (shown["cleared"], shown["clear_until"]) == (False, None)
