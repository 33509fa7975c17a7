"""A real hub with its real application, as the benches of the web measure it."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from hub import logs
from hub.account_settings import AccountSetting
from hub.decide.tokens import answer_token
from hub.model import Actor, Answer, AnswerWord, IncidentId, LaunchRequest, RecipientId
from hub.settings import Settings
from hub.wiring import Hub, opened
from tests.bench.child import Desk
from tests.bench.estate import SECRET, WHO, twilio_setting
from tests.launch_estate import put_many
from web.app import create_app
from web.resident.nonce import page_nonce
from web.server import Bind, serve
from web.wire import Frame, encode

NOBODY = "http://127.0.0.1:9"
PASSED = 0.3  # seconds after which a topic looks again at once


@dataclass(frozen=True, slots=True)
class _Standing:
    hub: Hub
    app: Starlette
    port: int
    incident: int


@contextlib.asynccontextmanager
async def _standing(people: int) -> AsyncIterator[_Standing]:
    """A hub that serves on SQLite and its own Valkey, with a fire for everybody. Nothing is sent:
    the working half is not started."""
    logs.configure("info")  # as `muster serve` has it
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
        data = Path(folder)
        _log_into(data / "hub.log")
        settings = Settings(
            data=data,
            database_url=f"sqlite:///{data / 'hub.db'}",
            redis_url=None,
            public_url="http://127.0.0.1",
            secret_key=SECRET,
            accounts=(AccountSetting("bench", "sms_twilio", twilio_setting(NOBODY)),),
        )
        bind = Bind(port=0, trusted_proxies=("127.0.0.1",))
        async with opened(settings) as hub:
            await hub.db.write(partial(put_many, people=people))
            began = await hub.launch.start(LaunchRequest("fire", "all"), who=WHO, key=None)
            app = create_app(hub)
            async with serve(app, bind) as serving:
                yield _Standing(hub, app, serving.port, began.id)


def _log_into(file: Path) -> None:
    """Lines are written as a hub writes them, but not onto somebody's terminal."""
    with file.open("ab") as opened_file:
        os.dup2(opened_file.fileno(), 2)


# ── Watchers ───────────────────────────────────────────────────────────────────────────────────


async def live(given: Mapping[str, Any], *, desk: Desk) -> None:
    """Watchers come with tickets; `publish` puts one frame on every wire, `answer` takes a real
    answer and lets the whole house carry it to them."""
    async with _standing(int(given["people"])) as house:
        feed = await house.hub.watch.feed(house.incident)
        await _answer(house, 1)
        frame = next(body for body in await feed.news() if body["op"] == "progress")
        desk.say(port=house.port, topic=f"incident:{house.incident}", text=encode(frame).decode())
        actor, nobody = await _admin(house.hub), 1
        async for command in desk.commands():
            began, cpu = time.monotonic(), time.process_time()
            said: dict[str, Any] = {}
            if command["op"] == "tickets":
                said["tickets"] = [
                    await house.hub.accounts.ticket(actor) for _ in range(command["count"])
                ]
            elif command["op"] == "publish":
                _publish(house, frame)
            elif command["op"] == "answer":
                nobody += 1
                await _answer(house, nobody)
            topics = house.app.state.live.topics
            desk.say(at=began, cpu=cpu, watching=topics.watchers(), **said)


async def _admin(hub: Hub) -> Actor:
    """Somebody who stands: sockets of the unknown are closed after a few seconds."""
    login = await hub.accounts.first_login(who=WHO) or ""
    actor = await hub.accounts.session(await hub.accounts.one_time_login(login))
    if actor is None:
        raise AssertionError("the first login does not work")
    return actor


def _publish(house: _Standing, body: Mapping[str, Any]) -> None:
    """As `IncidentTopic` does it: encoded and framed once, then to the room."""
    topic = house.app.state.live.topics._open[f"incident:{house.incident}"]
    topic.room.publish(Frame.of(body, seq=int(body["seq"])))


async def _answer(house: _Standing, person: int) -> None:
    answer = Answer(IncidentId(house.incident), RecipientId(person), AnswerWord.SAFE, "link")
    await house.hub.answer.take(answer, who=WHO, once=None)


# ── Answers ────────────────────────────────────────────────────────────────────────────────────


async def answers(given: Mapping[str, Any], *, desk: Desk) -> None:
    """Residents answer by their links; `count` says how many answers are on record."""
    async with _standing(int(given["people"])) as house:
        tokens = [
            answer_token(SECRET, house.incident, person)
            for person in range(1, int(given["people"]) + 1)
        ]
        now = house.hub.clock.now()
        links = [[token, page_nonce(SECRET, token, now)] for token in tokens]
        links_file = Path(given["links"])
        links_file.write_text(json.dumps(links))
        desk.say(port=house.port)
        async for _ in desk.commands():
            count = await house.hub.db.read(
                lambda conn: conn.exec_driver_sql("SELECT count(*) FROM answers").scalar_one()
            )
            desk.say(cpu=time.process_time(), answers=count)
