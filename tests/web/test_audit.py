"""The audit record over the API: what stands in it, who may read it, and that it says when it was
touched."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, text, update
from websockets.asyncio.client import connect

from hub.store import schema as t
from tests.flow.stage import Stage
from tests.launch_estate import Who, put_estate
from tests.web.parts import House
from tests.web.test_incidents import stage, watched
from web.live import SUBPROTOCOL

__all__ = ["stage"]

API = "/api/v1"


async def _rows(web: House, **query: Any) -> list[dict[str, Any]]:
    async with web.client(headers=await web.bearer("admin")) as client:
        answer = await client.get(f"{API}/audit", params={"limit": 500, **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def _kinds(web: House, **query: Any) -> list[str]:
    return [row["kind"] for row in await _rows(web, **query)]


async def test_only_an_admin_reads_it(web: House):
    for role, status in (("viewer", 403), ("duty", 403), ("admin", 200)):
        async with web.client(headers=await web.bearer(role)) as client:
            assert (await client.get(f"{API}/audit")).status_code == status
            assert (await client.get(f"{API}/audit/check")).status_code == status
    async with web.client() as client:
        assert (await client.get(f"{API}/audit")).status_code == 401


async def test_an_incident_leaves_its_deeds_and_no_words(web: House):
    words = "Rosa from 1203 calls +44 7700 900123"
    headers = await web.bearer("duty")
    people = [Who("3/12/1203", ways=[("sms", "+8613800000001")])]
    await web.hub.db.write(lambda conn: put_estate(conn, ["3/12/1203"], people))
    async with web.client(headers=headers) as client:
        asked = {"playbook": "power-outage", "place": "3", "kind": "live"}
        key = {"idempotency-key": "once"}
        for _ in range(2):  # a repeat is no second launch
            made = await client.post(f"{API}/incidents", json=asked, headers=key)
            assert made.status_code == 202, made.text
        incident = made.json()["id"]
        path = f"{API}/incidents/{incident}"
        body = {"stage": "update", "text": {"en": words, "zh-CN": words}}
        assert (await client.post(f"{path}/notices", json=body)).status_code == 202
        assert (await client.post(f"{path}/stop")).status_code == 200
        assert (await client.post(f"{path}/stop")).status_code == 200  # again: it was no deed
        assert (
            await client.post(f"{path}/notices", json={"stage": "all_clear"})
        ).status_code == 202
        await web.hub.db.write(
            lambda conn: conn.execute(text("UPDATE deliveries SET state = 'accepted'"))
        )
        assert (await client.post(f"{path}/close")).status_code == 200
    rows = await _rows(web)
    mine = [row for row in rows if row["object"] == f"incident:{incident}"]
    assert [row["kind"] for row in mine] == ["close", "all_clear", "stop", "update", "launch"]
    assert all(row["actor"].startswith("token:") for row in mine)
    assert mine[-1]["data"] == {
        "playbook": "power-outage",
        "kind": "live",
        "place": "3",
        "code": mine[-1]["data"]["code"],
        "people": 1,
    }
    assert {"zh-CN", "en"} == set(mine[0]["words"])
    assert "Rosa" not in json.dumps(rows)
    assert "900123" not in json.dumps(rows)


async def test_tokens_users_and_logins_are_on_record(web: House):
    login = await web.user("duty")
    async with web.client() as client:
        wrong = {"login": login, "password": "not this one"}
        answer = await client.post("/login", json=wrong, headers={"accept": "application/json"})
        assert answer.status_code == 401
    async with web.client(headers=await web.bearer("admin")) as client:
        made = await client.post(f"{API}/tokens", json={"name": "x", "role": "viewer"})
        tokens = (await client.get(f"{API}/tokens")).json()["items"]
        gone = await client.delete(f"{API}/tokens/{tokens[-1]['id']}")
        assert gone.status_code == 204
    rows = await _rows(web)
    kinds = {row["kind"] for row in rows}
    assert {"user_put", "token_create", "token_revoke", "login_failed"} <= kinds
    assert made.json()["token"] not in json.dumps(rows)
    assert "not this one" not in json.dumps(rows)


async def test_a_look_at_needs_is_on_record_over_every_door(web: House, stage: Stage):
    headers = await web.bearer("duty")
    async with web.client(headers=headers) as client:
        await client.get(f"{API}/incidents/{stage.incident}/doors")
        await client.get(f"{API}/incidents/{stage.incident}/board")
        await client.get(f"{API}/recipients")
    assert [(row["object"]) for row in await _rows(web, kind="needs_look")] == [
        "recipients",
        f"incident:{stage.incident}",
    ]
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await watched(web, socket, f"incident:{stage.incident}", role="duty")
        await socket.send(json.dumps({"op": "ping"}))
        while json.loads(await socket.recv())["op"] != "pong":
            pass
    assert len(await _rows(web, kind="needs_look")) == 3


async def test_it_is_read_by_page_kind_actor_and_time(web: House):
    async with web.client(headers=await web.bearer("admin")) as client:
        for _ in range(5):
            await client.post(f"{API}/tokens", json={"name": "x", "role": "viewer"})
        first = (await client.get(f"{API}/audit", params={"limit": 4})).json()
        assert len(first["items"]) == 4
        assert first["next"] == first["items"][-1]["id"]
        query = {"limit": 4, "after": first["next"]}
        second = (await client.get(f"{API}/audit", params=query)).json()
        ids = [row["id"] for row in [*first["items"], *second["items"]]]
        assert ids == sorted(ids, reverse=True)
        assert second["next"] is None
        later = {"since": first["items"][0]["at"]}
        assert (await client.get(f"{API}/audit", params=later)).json()["items"]
        ahead = {"since": "2999-01-01T00:00:00+08:00"}
        assert (await client.get(f"{API}/audit", params=ahead)).json()["items"] == []
        for wrong in ({"kind": "no"}, {"actor": "a b"}, {"since": "soon"}, {"after": "x"}):
            answer = await client.get(f"{API}/audit", params=wrong)
            assert answer.status_code == 422
            assert answer.json()["problems"][0]["where"] == next(iter(wrong))
    mine = first["items"][0]["actor"]
    assert {row["actor"] for row in await _rows(web, actor=mine)} == {mine}
    assert await _kinds(web, actor="hub", kind="token_create")
    assert first["items"][0]["name"] == "test admin"


async def test_a_record_that_was_touched_says_so(web: House):
    async with web.client(headers=await web.bearer("admin")) as client:
        for _ in range(4):
            await client.post(f"{API}/tokens", json={"name": "x", "role": "viewer"})
        whole = (await client.get(f"{API}/audit/check")).json()
        assert (whole["whole"], whole["broken"]) == (True, None)
        noted = {"noted": whole["end"]}
        assert (await client.get(f"{API}/audit/check", params=noted)).json()["whole"]
        assert (await client.get(f"{API}/audit/check", params={"noted": "7"})).status_code == 422

        cut = delete(t.audit).where(t.audit.c.id == whole["rows"])
        await web.hub.db.write(lambda conn: conn.execute(cut))
        told = (await client.get(f"{API}/audit/check")).json()
        assert (told["whole"], told["broken"]["why"]) == (False, "end")
        assert set(told["broken"]["words"]) == {"zh-CN", "en"}

        changed = update(t.audit).where(t.audit.c.id == 2).values(actor="user:1")
        await web.hub.db.write(lambda conn: conn.execute(changed))
        told = (await client.get(f"{API}/audit/check")).json()
        assert (told["broken"]["why"], told["broken"]["row"]) == ("row", 2)
