from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.client import connect

from hub.decide.tokens import answer_token
from hub.errors import Unready
from tests.flow.stage import Stage
from tests.web.parts import SECRET, House, read
from tests.web.test_live_client import Peer
from web import live_state
from web.live import SUBPROTOCOL
from web.live_client import Client
from web.live_state import StateTopic


async def test_a_state_is_sent_again_only_when_it_has_changed(monkeypatch):
    monkeypatch.setattr(live_state, "SPACING", 0.01)
    state: dict[str, Any] = {"open": []}

    async def look() -> Mapping[str, Any]:
        return dict(state)

    topic, peer = StateTopic("site:", look), Peer()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        task = group.create_task(topic.run())
        await topic.greet(Client(peer), since=None, epoch="")
        for _ in range(5):
            topic.rung.set()
            await asyncio.sleep(0.02)
        assert len(peer.got) == 1
        state["open"] = [1]
        while len(peer.got) < 2:
            topic.rung.set()
            await asyncio.sleep(0.01)
        late = Peer()
        epoch = json.loads(peer.got[1].payload)["epoch"]
        await topic.greet(Client(late), since=2, epoch=epoch)
        assert late.got == []
        task.cancel()


async def test_a_database_that_is_away_keeps_nobody_from_the_next_state(monkeypatch):
    monkeypatch.setattr(live_state, "SPACING", 0.01)
    state: dict[str, Any] = {"open": []}
    away: list[Exception] = []

    async def look() -> Mapping[str, Any]:
        if away:
            raise away.pop()
        return dict(state)

    topic, peer = StateTopic("site:", look), Peer()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        task = group.create_task(topic.run())
        await topic.greet(Client(peer), since=None, epoch="")
        state["open"] = [1]
        away.append(Unready("The database is away."))
        while len(peer.got) < 2:
            topic.rung.set()
            await asyncio.sleep(0.01)
        assert not away
        task.cancel()


async def test_anyone_may_know_what_is_open_and_nobodys_name(web: House):
    await Stage(web.hub.db).set_up(people=2)
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:
        await socket.send('{"op":"hello"}')
        await socket.send('{"op":"watch","topic":"site:"}')
        await socket.recv()
        told = read(await asyncio.wait_for(socket.recv(), 30))
    assert (told["op"], told["topic"]) == ("snapshot", "site:")
    assert [one["code"] for one in told["open"]] == ["F-0"]
    assert "P0" not in json.dumps(told)


async def test_a_resident_answers_over_the_socket_and_sees_it_stand(web: House):
    stage = await Stage(web.hub.db).set_up(people=2)
    token = answer_token(SECRET, stage.incident, stage.people[0])
    async with web.client() as client:
        page = await client.get(f"/a/{token}", headers={"accept": "application/json"})
    async with connect(web.live, subprotocols=[SUBPROTOCOL]) as socket:

        async def hears(op: str) -> dict[str, Any]:
            async with asyncio.timeout(30):
                while True:
                    frame = read(await socket.recv())
                    if frame["op"] == op:
                        return frame

        await socket.send(json.dumps({"op": "hello", "token": token}))
        assert (await hears("welcome"))["role"] == "resident"
        await socket.send('{"op":"watch","topic":"me"}')
        before = await hears("snapshot")
        assert before["persons"][0]["answer"] == ""
        await socket.send('{"op":"answer","answer":"safe","ref":1}')
        assert (await hears("refused"))["code"] == "nonce"
        said = {"op": "answer", "answer": "safe", "nonce": page.json()["nonce"], "ref": 2}
        await socket.send(json.dumps(said))
        assert (await hears("answered"))["ref"] == 2
        assert (await hears("snapshot"))["persons"][0]["answer"] == "safe"
