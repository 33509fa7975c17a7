from __future__ import annotations

from tests.web.parts import House


async def test_a_living_process_says_ok(web: House):
    async with web.client() as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_a_hub_that_can_work_is_ready(web: House):
    async with web.client() as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True


async def test_a_hub_without_its_database_says_why_it_is_not_ready(web: House):
    await web.hub.db.close()
    async with web.client() as client:
        answer = await client.get("/readyz")
        alive = await client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["reasons"][0]["part"] == "database"
    assert alive.status_code == 200
    await web.hub.db.open()


async def test_redis_away_is_told_but_no_reason(web: House):
    web.hub.wake.connected = False
    async with web.client() as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["degraded"][0]["part"] == "redis"
