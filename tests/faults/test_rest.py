"""What the checker is told of the database is what stands in it, on both databases."""

from __future__ import annotations

from sqlalchemy import insert, select

from hub.model import LaunchRequest
from hub.store.database import database
from hub.store.migrate import migrate
from hub.store.schema import addresses, answers, deliveries, events
from tests.bench.estate import WHO, channels_to, launcher
from tests.faults.rest import at_rest
from tests.launch_estate import put_many


async def test_the_database_at_rest_is_read_whole(database_url: str) -> None:
    db = database(database_url)
    await db.open()
    try:
        await migrate(db)
        await db.write(lambda conn: put_many(conn, 40))
        launch = launcher(db, channels_to("http://127.0.0.1:9"))
        made = await launch.start(LaunchRequest("fire", "all"), who=WHO, key="one")
        answer = {"incident_id": made.id, "recipient_id": 1, "answer": "safe", "via": "link"}
        more = {"evidence": {}, "actor": "", "at": 1}
        await db.write(lambda conn: conn.execute(insert(answers).values(**answer, **more)))
        told = await db.read(lambda conn: conn.execute(select(events.c.data)).scalars().all())
        rows = await db.read(lambda conn: conn.execute(select(deliveries.c.id)).scalars().all())
        held = await db.read(lambda conn: conn.execute(select(addresses.c.value)).scalars().all())
    finally:
        await db.close()

    rest = await at_rest(database_url)
    assert [row.id for row in rest.rows] == sorted(rows)
    assert {row.stage for row in rest.rows} == {"alert"}
    assert set(rest.incidents) == {made.id}
    assert [fact.data for fact in rest.facts] == list(told)
    assert rest.facts[0].kind == "launched"
    assert len(rest.audience[made.id]) == made.people
    assert {number for numbers in rest.numbers.values() for number in numbers} <= set(held)
    assert (made.id, 1) in rest.answered
